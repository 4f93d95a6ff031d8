//! One mistake in an experiment, and all of them together.

use std::fmt;

use crate::{path::FieldPath, position::Position};

/// One mistake: where it is, what is wrong, what was expected, and what may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    // Boxed, since a problem is the error of many small checks and should stay small.
    place: Option<Box<Place>>,
    path: FieldPath,
    at_key: bool,
    message: String,
    expected: Option<String>,
    nearest: Option<String>,
}

/// Where a problem was written, in order of the file and then of the overrides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub position: Position,
    /// As messages show it, such as `trial.yaml:3:8` or `--set train.epochs=0`.
    pub text: String,
}

impl Problem {
    pub(crate) fn new(path: &FieldPath, message: impl Into<String>) -> Self {
        Self {
            place: None,
            path: path.clone(),
            at_key: false,
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

    /// Points at the key itself, not at the value that it leads to.
    pub(crate) fn at_key(self) -> Self {
        Self { at_key: true, ..self }
    }

    pub(crate) fn placed(self, place: Place) -> Self {
        Self { place: Some(Box::new(place)), ..self }
    }

    /// Moves a problem of a value to where that value is put.
    pub(crate) fn within(self, path: &FieldPath) -> Self {
        let path = self.path.moved(&FieldPath::default(), path).unwrap_or_default();
        Self { path, ..self }
    }

    /// Adds to the message what the reader needs in order to understand it.
    pub(crate) fn noted(self, note: &str) -> Self {
        Self { message: format!("{} ({note})", self.message), ..self }
    }

    pub(crate) fn path(&self) -> &FieldPath {
        &self.path
    }

    pub(crate) fn is_at_key(&self) -> bool {
        self.at_key
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(formatter, "{}: ", place.text)?;
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

/// Everything that is wrong with an experiment, in the order of the file; what overrides brought
/// in comes last, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort_by(|one, other| one.place.cmp(&other.place));
        Self(problems)
    }

    /// Returns the single problems.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Problem> {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        formatter.write_str(&texts.join("\n"))?;
        if texts.len() > 1 {
            write!(formatter, "\n{} problems", texts.len())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
