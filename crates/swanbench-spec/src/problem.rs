//! One thing that is wrong with an experiment, and all of them together.

use std::fmt;

use crate::{locate::Anchor, path::FieldPath};

/// One thing that is wrong: where, what, what was expected, and what may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    // Boxed, since a problem is the error of many small checks and should stay small.
    place: Option<Box<Place>>,
    path: FieldPath,
    anchor: Anchor,
    message: String,
    expected: Option<String>,
    nearest: Option<String>,
}

/// Where a problem was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Line and column count from 1.
    File { line: usize, column: usize, file: String },
    /// The override that brought it in, and its position on the command line.
    Override { position: usize, text: String },
}

impl Problem {
    pub(crate) fn new(path: &FieldPath, message: impl Into<String>) -> Self {
        Self {
            place: None,
            path: path.clone(),
            anchor: Anchor::Value,
            message: message.into(),
            expected: None,
            nearest: None,
        }
    }

    pub(crate) fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }

    pub(crate) fn nearest(self, nearest: Option<String>) -> Self {
        Self { nearest, ..self }
    }

    /// The problem is the key itself, not the value that it leads to.
    pub(crate) fn at_key(self) -> Self {
        Self { anchor: Anchor::Key, ..self }
    }

    pub(crate) fn placed(self, place: Place) -> Self {
        Self { place: Some(Box::new(place)), ..self }
    }

    /// Adds to the message what the reader needs in order to understand it.
    pub(crate) fn noted(self, note: &str) -> Self {
        Self { message: format!("{} ({note})", self.message), ..self }
    }

    pub(crate) fn path(&self) -> &FieldPath {
        &self.path
    }

    pub(crate) fn anchor(&self) -> Anchor {
        self.anchor
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(formatter, "{place}: ")?;
        }
        if !self.path.is_top() {
            write!(formatter, "{}: ", self.path)?;
        }
        formatter.write_str(&self.message)?;
        if let Some(expected) = &self.expected {
            write!(formatter, "\n  expected: {expected}")?;
        }
        if let Some(nearest) = &self.nearest {
            write!(formatter, "\n  nearest: {nearest}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::File { line, column, file } => write!(formatter, "{file}:{line}:{column}"),
            Self::Override { text, .. } => write!(formatter, "--set {text}"),
        }
    }
}

/// Everything that is wrong with an experiment, in the order of the file; what overrides brought
/// in comes last, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort_by(|one, other| one.place.cmp(&other.place));
        Self(problems)
    }

    /// The single problems.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Problem> {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        for (position, problem) in self.0.iter().enumerate() {
            if position > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{problem}")?;
        }
        if self.0.len() > 1 {
            write!(formatter, "\n{} problems", self.0.len())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Problem>);

impl Findings {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Takes what went well, notes what did not.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    pub(crate) fn extend(&mut self, other: impl IntoIterator<Item = Problem>) {
        self.0.extend(other);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}
