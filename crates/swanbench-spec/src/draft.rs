//! Experiments that are read and checked, before their data are there.

use std::{fs, path::Path};

use crate::{
    ComponentConfig, Experiment, Override, SpecError, Vocabulary,
    check::{Checked, check},
    document::Document,
    expand::expand,
    path::FieldPath,
    problem::Problem,
};

/// A checked experiment whose runs have no ids yet, since these depend on the content of the data.
/// It knows where everything was written, and can place what is found wrong later.
#[derive(Debug)]
pub struct Draft {
    document: Document,
    text: String,
    checked: Checked,
}

impl Draft {
    /// Reads and checks an experiment's file.
    ///
    /// Returns an error if the file cannot be read, and as [`Draft::parse`] does.
    pub fn load(
        path: &Path,
        overrides: &[Override],
        vocabulary: &Vocabulary,
    ) -> Result<Self, SpecError> {
        let file = path.display().to_string();
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(cause) => return Err(SpecError::Unreadable { file, cause }),
        };
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(&file, &text, overrides, vocabulary),
            Err(error) => Err(SpecError::not_utf8(file, error.as_bytes())),
        }
    }

    /// Reads and checks an experiment's text. `file` only serves to say where problems are.
    ///
    /// Returns an error if the text is not YAML, if an override leads nowhere, or if something does
    /// not fit the vocabulary or is out of range: then all of it at once.
    pub fn parse(
        file: &str,
        text: &str,
        overrides: &[Override],
        vocabulary: &Vocabulary,
    ) -> Result<Self, SpecError> {
        let document = Document::read(file, text, overrides)?;
        let in_place = |problems| document.place(problems);
        let checked = check(&document, vocabulary).map_err(in_place)?;
        let first = checked.seeds.get(..1).unwrap_or_default();
        expand(&checked, first, &checked.data.info.revision).map_err(in_place)?;
        Ok(Self { document, text: text.to_owned(), checked })
    }

    /// Returns the dataset of all runs.
    pub fn data(&self) -> &ComponentConfig {
        &self.checked.data.config
    }

    /// Lists the runs on data of this revision, the checksum of their content.
    pub fn resolve(&self, data_revision: &str) -> Experiment {
        let checked = &self.checked;
        let runs = expand(checked, &checked.seeds, data_revision)
            .expect("no revision brings in a problem");
        Experiment {
            name: checked.name.clone(),
            title: checked.title.clone(),
            description: checked.description.clone(),
            text: self.text.clone(),
            data: checked.data.config.clone(),
            model: checked.model.config.clone(),
            train: checked.train.clone(),
            phases: checked.phases.clone(),
            labels: checked.methods.iter().map(|entry| entry.label.clone()).collect(),
            budget: checked.budget,
            keep: checked.keep,
            latency: checked.latency.clone(),
            launcher: checked.launcher.clone(),
            targets: checked.targets.clone(),
            seeds: checked.seeds.clone(),
            claims: checked.claims.clone(),
            published: checked.published.clone(),
            runs,
        }
    }

    /// Returns an error about a field, such as `targets[1]`, at the place where it is written.
    pub fn error_at(&self, field: &str, message: &str, expected: &str) -> SpecError {
        let path = FieldPath::parse(field).unwrap_or_default();
        self.document.place(vec![Problem::new(&path, message).expected(expected)]).into()
    }
}
