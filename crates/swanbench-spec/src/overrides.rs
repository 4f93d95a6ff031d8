//! `--set path=value`: a field of an experiment changed from the command line.

use serde_yaml::{Mapping, Value};

use crate::{
    path::{FieldPath, Step},
    problem::Problem,
    quote::type_name,
};

/// One field to be set after the file was read and before it is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    text: String,
    path: FieldPath,
    value: Value,
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
    /// # Errors
    /// One sentence, where there is no `=`, no path or no YAML.
    pub fn parse(text: &str) -> Result<Self, OverrideError> {
        let (path, value) =
            text.split_once('=').ok_or_else(|| OverrideError::NoValue(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            path: FieldPath::parse(path.trim())
                .map_err(|reason| OverrideError::Path { path: path.to_owned(), reason })?,
            value: serde_yaml::from_str(value).map_err(|error| OverrideError::Value {
                value: value.to_owned(),
                reason: error.to_string(),
            })?,
        })
    }

    /// What was written on the command line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn path(&self) -> &FieldPath {
        &self.path
    }

    /// Sets the field. Mappings on the way that are absent are made, and a bare word that stands
    /// for a kind becomes a mapping with `kind`.
    pub(crate) fn apply(&self, root: &mut Value) -> Result<(), Problem> {
        let mut node = root;
        let mut here = FieldPath::default();
        for step in self.path.steps() {
            if matches!(step, Step::Key(_)) {
                make_mapping(node, &here);
            }
            let holder = type_name(node);
            node = match (step, node) {
                (Step::Key(key), Value::Mapping(fields)) => {
                    fields.entry(key.as_str().into()).or_insert(Value::Null)
                }
                (Step::Index(index), Value::Sequence(items)) => {
                    let count = items.len();
                    items.get_mut(*index).ok_or_else(|| {
                        let items = if count == 1 { "item" } else { "items" };
                        let message = format!("the list has {count} {items}, counted from 0");
                        Problem::new(&here.index(*index), message)
                    })?
                }
                (Step::Key(key), _) => {
                    let message = format!("cannot be set, since `{here}` is {holder}");
                    return Err(Problem::new(&here.key(key), message));
                }
                (Step::Index(index), _) => {
                    let message = format!("cannot be set, since `{here}` is {holder}, not a list");
                    return Err(Problem::new(&here.index(*index), message));
                }
            };
            here = here.then(step.clone());
        }
        *node = self.value.clone();
        Ok(())
    }
}

/// Turns what may be written shorter than as a mapping into one.
fn make_mapping(node: &mut Value, here: &FieldPath) {
    match node {
        Value::Null => *node = Value::Mapping(Mapping::new()),
        Value::String(kind) if may_be_a_bare_word(here) => {
            let kind = Value::String(std::mem::take(kind));
            *node = Value::Mapping(Mapping::from_iter([("kind".into(), kind)]));
        }
        _ => {}
    }
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
        let mut root = serde_yaml::from_str(text).unwrap();
        let set = Override::parse(set).map_err(|error| error.to_string())?;
        set.apply(&mut root).map_err(|problem| problem.to_string())?;
        Ok(root)
    }

    #[track_caller]
    fn assert_becomes(text: &str, set: &str, wanted: &str) {
        assert_eq!(after(text, set).unwrap(), serde_yaml::from_str::<Value>(wanted).unwrap());
    }

    #[test]
    fn fields_are_set_and_made() {
        assert_becomes("train: { epochs: 20 }", "train.epochs=1", "train: { epochs: 1 }");
        assert_becomes("a: 1", "train.epochs=1", "{ a: 1, train: { epochs: 1 } }");
        assert_becomes("seeds: [0, 1]", "seeds[1]=7", "seeds: [0, 7]");
        assert_becomes("a: 1", "a=[1, {b: c}]", "a: [1, { b: c }]");
        assert_becomes("a: 1", "a=x=y", "a: x=y");
        assert_becomes("a: 1", "a=", "a: null");
        assert_becomes("", "a.b=1", "a: { b: 1 }");
    }

    #[test]
    fn a_bare_word_becomes_a_mapping_where_it_names_a_kind() {
        assert_becomes("data: digits", "data.limit=5", "data: { kind: digits, limit: 5 }");
        assert_becomes("methods: [a]", "methods[0].x=1", "methods: [{ kind: a, x: 1 }]");
        assert_eq!(
            after("name: digits", "name.x=5").unwrap_err(),
            "name.x: cannot be set, since `name` is text"
        );
    }

    #[test]
    fn a_path_that_leads_nowhere_is_one_sentence() {
        assert_eq!(
            after("seeds: [0, 1]", "seeds[2]=1").unwrap_err(),
            "seeds[2]: the list has 2 items, counted from 0"
        );
        assert_eq!(
            after("a: { b: 1 }", "a[0]=1").unwrap_err(),
            "a[0]: cannot be set, since `a` is a mapping, not a list"
        );
    }

    #[test]
    fn what_cannot_be_read_says_what_to_write() {
        let message = |text| Override::parse(text).unwrap_err().to_string();
        assert_eq!(
            message("train.epochs"),
            "`train.epochs` has no `=`; write path=value, such as train.epochs=1"
        );
        assert_eq!(
            message("a..b=1"),
            "`a..b` is no path: a name is missing before or after a dot; \
             write names and indices, such as methods[3].scope"
        );
        assert_eq!(
            message("a=[1"),
            "`[1` is not valid YAML: did not find expected ',' or ']' at line 2 column 1, \
             while parsing a flow sequence"
        );
    }
}
