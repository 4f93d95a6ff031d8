//! Finding a word in the vocabulary.

use crate::{
    ComponentInfo, Vocabulary,
    nearest::{nearest, one_of},
    path::FieldPath,
    problem::Problem,
    quote::quote,
};

impl Vocabulary {
    /// The method of this name.
    ///
    /// # Errors
    /// There is none; the problem lists the methods and the nearest of them.
    pub fn method(&self, name: &str) -> Result<&ComponentInfo, Problem> {
        find(&self.methods, "method", name, &FieldPath::default())
    }

    /// The model of this name.
    ///
    /// # Errors
    /// There is none; the problem lists the models and the nearest of them.
    pub fn model(&self, name: &str) -> Result<&ComponentInfo, Problem> {
        find(&self.models, "model", name, &FieldPath::default())
    }

    /// The dataset of this name.
    ///
    /// # Errors
    /// There is none; the problem lists the datasets and the nearest of them.
    pub fn dataset(&self, name: &str) -> Result<&ComponentInfo, Problem> {
        find(&self.datasets, "dataset", name, &FieldPath::default())
    }
}

/// The kind of this name, or the problem that `path` names none.
pub(crate) fn find<'kinds>(
    kinds: &'kinds [ComponentInfo],
    sort: &str,
    name: &str,
    path: &FieldPath,
) -> Result<&'kinds ComponentInfo, Problem> {
    kinds.iter().find(|kind| kind.name == name).ok_or_else(|| {
        let names = kinds.iter().map(|kind| kind.name);
        Problem::new(path, format!("unknown {sort} {}", quote(&name.into())))
            .expected(one_of(names.clone()))
            .nearest(nearest(name, names))
    })
}
