//! The values of an experiment with overrides applied, and where each of them comes from.

use serde_json::{Map, Value};

use crate::{
    Override, Problems, SpecError,
    path::FieldPath,
    position::Position,
    problem::{Place, Problem},
    yaml::Yaml,
};

/// Reads YAML text as JSON, without a check. `file` only serves to say where it is wrong.
///
/// Returns an error if the text is not YAML.
pub fn read_yaml(file: &str, text: &str) -> Result<Value, SpecError> {
    let yaml = Yaml::read(text).map_err(|error| SpecError::syntax(file, &error))?;
    Ok(yaml.root)
}

/// A YAML text with overrides applied, which can tell the place of each of its problems.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its name in messages; `None` if there are only overrides.
    file: Option<String>,
    overrides: Vec<Override>,
    yaml: Yaml,
}

impl Document {
    /// Reads the text and sets the overridden fields.
    ///
    /// Returns an error if the text is not YAML, or if an override leads nowhere.
    pub(crate) fn read(file: &str, text: &str, overrides: &[Override]) -> Result<Self, SpecError> {
        let yaml = Yaml::read(text).map_err(|error| SpecError::syntax(file, &error))?;
        let overrides = overrides.to_vec();
        Ok(Self { file: Some(file.to_owned()), overrides, yaml }.overridden()?)
    }

    /// Makes a mapping that has no text, only overrides.
    ///
    /// Returns an error if an override leads nowhere.
    pub(crate) fn of_overrides(overrides: &[Override]) -> Result<Self, Problems> {
        let yaml = Yaml { root: Map::new().into(), ..Yaml::default() };
        Self { file: None, overrides: overrides.to_vec(), yaml }.overridden()
    }

    fn overridden(mut self) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        for (index, change) in self.overrides.iter().enumerate() {
            let position = Position { source: index + 1, ..Position::default() };
            if let Err(problem) = change.apply(&mut self.yaml, position) {
                problems.push(problem.placed(Place { position, text: change.as_option() }));
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(Problems::new(problems)) }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.yaml.root
    }

    /// Returns what the values cannot express of the text.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.yaml.problems
    }

    /// Returns the keys of a mapping in the order in which they are written.
    pub(crate) fn keys(&self, path: &FieldPath) -> Vec<&str> {
        let fields = path.value(self.root()).and_then(Value::as_object);
        let mut keys: Vec<&str> =
            fields.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        keys.sort_by_key(|key| self.yaml.position(&path.key(key), true));
        keys
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
        let position = self.yaml.position(problem.path(), problem.is_at_key());
        let text = match position.source.checked_sub(1) {
            Some(index) => self.overrides[index].as_option(),
            None => format!("{}:{}:{}", self.file.as_ref()?, position.line, position.column),
        };
        Some(Place { position, text })
    }
}
