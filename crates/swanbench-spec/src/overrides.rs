//! `--set path=value`: a field of an experiment changed from the command line.

use serde_json::{Map, Value};

use crate::{
    path::{FieldPath, Step},
    position::Position,
    problem::Problem,
    quote::type_name,
    yaml::{Marks, Yaml},
};

/// One field to be set after the file was read and before it is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    text: String,
    path: FieldPath,
    value: Yaml,
}

/// Why an override cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// There is no equals sign.
    #[error("`{0}` has no `=`; write path=value, such as train.epochs=1")]
    NoValue(String),
    /// The part before the equals sign is no path.
    #[error("`{path}` is no path: {reason}; write names and indices, such as methods[3].scope")]
    Path {
        /// What was written.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The part after the equals sign is no YAML.
    #[error("`{value}` is not valid YAML: {reason}")]
    Value {
        /// What was written.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Override {
    /// Reads `path=value`: names with dots and `[i]`, then a value in YAML.
    ///
    /// Returns an error if there is no `=`, no path or no YAML.
    pub fn parse(text: &str) -> Result<Self, OverrideError> {
        let (path, value) =
            text.split_once('=').ok_or_else(|| OverrideError::NoValue(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            path: FieldPath::parse(path.trim())
                .map_err(|reason| OverrideError::Path { path: path.to_owned(), reason })?,
            value: Yaml::read(value).map_err(|error| OverrideError::Value {
                value: value.to_owned(),
                reason: error.info().to_owned(),
            })?,
        })
    }

    /// Returns what was written on the command line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the whole option, as messages show it.
    pub(crate) fn as_option(&self) -> String {
        format!("--set {}", self.text)
    }

    /// Sets the field. Absent mappings on the way are created, and a bare word that names a
    /// component becomes a mapping with `kind`. `position` is that of this override.
    ///
    /// Returns an error if the path leads nowhere.
    pub(crate) fn apply(&self, yaml: &mut Yaml, position: Position) -> Result<(), Problem> {
        let mut node = &mut yaml.root;
        let mut here = FieldPath::default();
        for step in self.path.steps() {
            let marks =
                *yaml.marks.entry(here.clone()).or_insert(Marks { key: position, value: position });
            if matches!(step, Step::Key(_)) && make_mapping(node, &here) {
                yaml.marks.insert(here.key("kind"), marks);
            }
            node = descend(node, &here, step)?;
            here = here.then(step.clone());
        }
        node.clone_from(&self.value.root);
        yaml.replace(&self.path, &self.value, position.source);
        Ok(())
    }
}

/// Returns the value one step below `node`, which is at `here`; an absent field is created.
fn descend<'yaml>(
    node: &'yaml mut Value,
    here: &FieldPath,
    step: &Step,
) -> Result<&'yaml mut Value, Problem> {
    let holder = type_name(node);
    match (step, node) {
        (Step::Key(key), Value::Object(fields)) => Ok(fields.entry(key).or_insert(Value::Null)),
        (Step::Index(index), Value::Array(items)) => {
            let count = items.len();
            items.get_mut(*index).ok_or_else(|| {
                let items = if count == 1 { "item" } else { "items" };
                let message = format!("the list has {count} {items}, counted from 0");
                Problem::new(&here.index(*index), message)
            })
        }
        (Step::Key(key), _) => {
            let message = format!("cannot be set, since `{here}` is {holder}");
            Err(Problem::new(&here.key(key), message))
        }
        (Step::Index(index), _) => {
            let message = format!("cannot be set, since `{here}` is {holder}, not a list");
            Err(Problem::new(&here.index(*index), message))
        }
    }
}

/// Turns what may be written shorter than as a mapping into one. Returns whether it was a word.
fn make_mapping(node: &mut Value, here: &FieldPath) -> bool {
    match node {
        Value::Null => *node = Map::new().into(),
        Value::String(kind) if may_be_a_bare_word(here) => {
            let kind = Value::String(std::mem::take(kind));
            *node = Map::from_iter([("kind".to_owned(), kind)]).into();
            return true;
        }
        _ => {}
    }
    false
}

fn may_be_a_bare_word(path: &FieldPath) -> bool {
    match path.steps() {
        [Step::Key(block)] => block == "data" || block == "model",
        [Step::Key(block), Step::Index(_)] => block == "methods",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, set: &str) -> Result<Value, String> {
        let mut yaml = Yaml::read(text).unwrap();
        let set = Override::parse(set).map_err(|error| error.to_string())?;
        let applied = set.apply(&mut yaml, Position { source: 1, ..Position::default() });
        applied.map(|()| yaml.root).map_err(|problem| problem.to_string())
    }

    #[test]
    fn fields_are_set_and_created() {
        for (text, set, wanted) in [
            ("train: { epochs: 20 }", "train.epochs=1", "train: { epochs: 1 }"),
            ("a: 1", "train.epochs=1", "{ a: 1, train: { epochs: 1 } }"),
            ("seeds: [0, 1]", "seeds[1]=7", "seeds: [0, 7]"),
            ("a: 1", "a=[1, {b: c}]", "a: [1, { b: c }]"),
            ("a: 1", "a=x=y", "a: x=y"),
            ("a: 1", "a=", "a: null"),
            ("", "a.b=1", "a: { b: 1 }"),
            ("data: digits", "data.limit=5", "data: { kind: digits, limit: 5 }"),
            ("methods: [a]", "methods[0].x=1", "methods: [{ kind: a, x: 1 }]"),
        ] {
            assert_eq!(after(text, set).unwrap(), Yaml::read(wanted).unwrap().root, "{set}");
        }
    }

    #[test]
    fn what_cannot_be_set_says_why() {
        for (text, set, wanted) in [
            ("name: digits", "name.x=5", "name.x: cannot be set, since `name` is text"),
            ("seeds: [0, 1]", "seeds[2]=1", "seeds[2]: the list has 2 items, counted from 0"),
            ("a: {}", "a[0]=1", "a[0]: cannot be set, since `a` is a mapping, not a list"),
            (
                "",
                "train.epochs",
                "`train.epochs` has no `=`; write path=value, such as train.epochs=1",
            ),
            (
                "",
                "a..b=1",
                "`a..b` is no path: a name is missing before or after a dot; \
                 write names and indices, such as methods[3].scope",
            ),
        ] {
            assert_eq!(after(text, set).unwrap_err(), wanted);
        }
        let error = after("", "a=[1").unwrap_err();
        assert!(error.starts_with("`[1` is not valid YAML: "), "{error}");
    }
}
