//! An experiment as it was written: its text, its values, and where each of them came from.

use serde_yaml::{Mapping, Value};

use crate::{
    Override, Problems, SpecError,
    duplicates::repeated_key,
    locate::locate,
    problem::{Place, Problem},
};

/// A YAML text with overrides applied, which can tell the place of each of its problems.
#[derive(Debug)]
pub(crate) struct Document<'text> {
    /// None where there are only overrides.
    file: Option<&'text str>,
    text: &'text str,
    overrides: &'text [Override],
    root: Value,
}

impl<'text> Document<'text> {
    /// Reads the text and sets the overridden fields.
    pub(crate) fn read(
        file: &'text str,
        text: &'text str,
        overrides: &'text [Override],
    ) -> Result<Self, SpecError> {
        let root = serde_yaml::from_str(text).map_err(|error| {
            let repeated = error.to_string().contains("duplicate entry");
            let exact = if repeated { repeated_key(text) } else { None };
            SpecError::syntax(file, &exact.unwrap_or(error))
        })?;
        Ok(Self { file: Some(file), text, overrides, root }.overridden()?)
    }

    /// A mapping that has no text, only overrides.
    pub(crate) fn of_overrides(overrides: &'text [Override]) -> Result<Self, Problems> {
        Self { file: None, text: "", overrides, root: Mapping::new().into() }.overridden()
    }

    fn overridden(mut self) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        for (position, change) in self.overrides.iter().enumerate() {
            if let Err(problem) = change.apply(&mut self.root) {
                let text = change.text().to_owned();
                problems.push(problem.placed(Place::Override { position, text }));
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(Problems::new(problems)) }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// Tells each problem its place.
    pub(crate) fn place(&self, problems: Vec<Problem>) -> Problems {
        let placed = problems.into_iter().map(|problem| match self.place_of(&problem) {
            Some(place) => problem.placed(place),
            None => problem,
        });
        Problems::new(placed.collect())
    }

    fn place_of(&self, problem: &Problem) -> Option<Place> {
        // The last override of a field is the one that holds.
        let mut changes = self.overrides.iter().enumerate().rev();
        if let Some((position, change)) =
            changes.find(|(_, change)| problem.path().is_within(change.path()))
        {
            return Some(Place::Override { position, text: change.text().to_owned() });
        }
        let (line, column) = locate(self.text, problem.path(), problem.anchor());
        self.file.map(|file| Place::File { line, column, file: file.to_owned() })
    }
}
