//! An experiment, from its file to its runs.

use std::{fs, path::Path};

use crate::{
    Claim, ComponentConfig, Override, Problems, Published, RunSpec, SpecError, Task, Train,
    Vocabulary,
    check::{Checked, check},
    document::Document,
    expand::expand,
    path::FieldPath,
    problem::Problem,
};

/// A checked experiment and all its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// Names the folders of results and plots: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// One line on what it is about, for readers of the file.
    pub title: Option<String>,
    /// What the experiment asks.
    pub description: Option<String>,
    /// The YAML as it was read, without overrides.
    pub text: String,
    /// The dataset of all runs.
    pub data: ComponentConfig,
    /// The model of all runs.
    pub model: ComponentConfig,
    /// How all runs are trained.
    pub train: Train,
    /// The tasks of all runs, in order; a single one, the data as they are, where there are none.
    pub phases: Vec<Task>,
    /// One for each entry of `methods`, in order, all different.
    pub labels: Vec<String>,
    /// Shares of units (or weights) to keep, in `(0, 1]`, in the order written.
    pub targets: Vec<f64>,
    /// In the order written.
    pub seeds: Vec<u64>,
    /// What the report judges, in the order written.
    pub claims: Vec<Claim>,
    /// Numbers of a paper, beside which the report sets ours.
    pub published: Vec<Published>,
    /// Entries in order, then targets, then seeds. All ids are different.
    pub runs: Vec<RunSpec>,
}

impl Experiment {
    /// Reads and checks an experiment's file.
    ///
    /// # Errors
    /// The file cannot be read, is not YAML, or is not an experiment; see [`Experiment::parse`].
    pub fn load(
        path: &Path,
        overrides: &[Override],
        vocabulary: &Vocabulary,
    ) -> Result<Self, SpecError> {
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&file, &text, overrides, vocabulary),
            Err(cause) => Err(SpecError::Unreadable { file, cause }),
        }
    }

    /// Checks an experiment's text. `file` only serves to say where problems are.
    ///
    /// # Errors
    /// The text is not YAML, an override leads nowhere, or, all at once, whatever does not fit the
    /// vocabulary or is out of range.
    pub fn parse(
        file: &str,
        text: &str,
        overrides: &[Override],
        vocabulary: &Vocabulary,
    ) -> Result<Self, SpecError> {
        let document = Document::read(file, text, overrides)?;
        let in_place = |problems| -> Problems { document.place(problems) };
        let checked = check(document.root(), vocabulary).map_err(in_place)?;
        let runs = expand(&checked, vocabulary).map_err(in_place)?;
        let Checked {
            name,
            title,
            description,
            data,
            model,
            train,
            phases,
            seeds,
            targets,
            entries,
            claims,
            published,
            ..
        } = checked;
        Ok(Self {
            name,
            title,
            description,
            text: text.to_owned(),
            data: data.1,
            model: model.1,
            train,
            phases,
            labels: entries.into_iter().map(|entry| entry.label).collect(),
            targets,
            seeds,
            claims,
            published,
            runs,
        })
    }

    /// The error that a target cannot be met, placed where it was written. `file` and `overrides` are
    /// those that the experiment was read with, and `expected` says what could be met.
    #[must_use]
    pub fn refuse_target(
        &self,
        (file, overrides): (&Path, &[Override]),
        target: f64,
        message: &str,
        expected: &str,
    ) -> SpecError {
        let index = self.targets.iter().position(|&written| written == target).unwrap_or_default();
        let path = FieldPath::default().key("targets").index(index);
        self.refuse((file, overrides), Problem::new(&path, message).expected(expected))
    }

    /// The error that the data do not allow a field of a phase, counted from 0, placed where it was
    /// written.
    #[must_use]
    pub fn refuse_phase(
        &self,
        (file, overrides): (&Path, &[Override]),
        (phase, field): (usize, &str),
        message: &str,
        expected: &str,
    ) -> SpecError {
        let path = FieldPath::default().key("phases").index(phase).key(field);
        self.refuse((file, overrides), Problem::new(&path, message).expected(expected))
    }

    fn refuse(&self, (file, overrides): (&Path, &[Override]), problem: Problem) -> SpecError {
        let file = file.display().to_string();
        match Document::read(&file, &self.text, overrides) {
            Ok(document) => document.place(vec![problem]).into(),
            Err(error) => error,
        }
    }
}
