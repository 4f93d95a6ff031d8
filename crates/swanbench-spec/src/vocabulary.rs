//! Lookup of a word in the vocabulary.

use crate::{
    ComponentInfo, Vocabulary,
    nearest::{nearest, one_of},
    path::FieldPath,
    problem::Problem,
    quote::quote,
};

impl Vocabulary {
    /// Finds the method of this name.
    ///
    /// Returns an error if there is none; it lists the methods and the nearest of them.
    pub fn method(&self, name: &str) -> Result<&ComponentInfo, Problem> {
        find(&self.methods, "method", name, &FieldPath::default())
    }

    /// Finds the model of this name.
    ///
    /// Returns an error if there is none; it lists the models and the nearest of them.
    pub fn model(&self, name: &str) -> Result<&ComponentInfo, Problem> {
        find(&self.models, "model", name, &FieldPath::default())
    }

    /// Finds the dataset of this name.
    ///
    /// Returns an error if there is none; it lists the datasets and the nearest of them.
    pub fn dataset(&self, name: &str) -> Result<&ComponentInfo, Problem> {
        find(&self.datasets, "dataset", name, &FieldPath::default())
    }
}

/// Finds the component of this name.
///
/// Returns an error, which is at `path`, if there is none.
pub(crate) fn find<'infos>(
    infos: &'infos [ComponentInfo],
    sort: &str,
    name: &str,
    path: &FieldPath,
) -> Result<&'infos ComponentInfo, Problem> {
    infos.iter().find(|info| info.name == name).ok_or_else(|| {
        let names = infos.iter().map(|info| info.name);
        Problem::new(path, format!("unknown {sort} {}", quote(&name.into())))
            .expected(one_of(names.clone()))
            .nearest(nearest(name, names))
    })
}
