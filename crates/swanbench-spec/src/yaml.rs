//! YAML text as JSON values, with the place of each of them.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};
use serde_json::{Map, Value};

use crate::{path::FieldPath, position::Position, problem::Problem, quote::type_name};

/// Up to here every integer has a floating-point number of its own: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Limits that no experiment needs, so that aliases of aliases cannot fill the memory.
const MOST_VALUES: usize = 1_000_000;
const DEEPEST: usize = 100;

impl From<Span> for Position {
    fn from(span: Span) -> Self {
        Self { source: 0, line: span.start.line(), column: span.start.col() + 1 }
    }
}

/// The positions of a field's name and of its value; equal for items of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    pub key: Position,
    pub value: Position,
}

/// Values read from YAML.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Yaml {
    /// A number without a fraction is an integer, so that `20.0` and `2e1` are 20. `.inf` and
    /// `.nan` are text, since JSON has no such numbers.
    pub root: Value,
    pub marks: HashMap<FieldPath, Marks>,
    /// What JSON cannot express: repeated keys, keys that are not text, tags.
    pub problems: Vec<Problem>,
}

impl Yaml {
    /// Reads a text that holds one document or none.
    ///
    /// Returns an error if the text is not YAML.
    pub(crate) fn read(text: &str) -> Result<Self, ScanError> {
        let events = Parser::new_from_str(text);
        let mut reader = Reader { events, anchors: HashMap::new(), yaml: Self::default() };
        reader.document()?;
        Ok(reader.yaml)
    }

    /// Returns the position of a field, or of the nearest one above it that exists.
    pub(crate) fn position(&self, path: &FieldPath, at_key: bool) -> Position {
        let own = self.marks.get(path).map(|own| if at_key { own.key } else { own.value });
        let mut above = path.ancestors().filter_map(|path| Some(self.marks.get(&path)?.value));
        own.or_else(|| above.next()).unwrap_or_default()
    }

    /// Forgets what is known of the value at `path`, and takes over what is known of `value`, which
    /// stands in its place and comes from `source`.
    pub(crate) fn replace(&mut self, path: &FieldPath, value: &Self, source: usize) {
        let top = FieldPath::default();
        self.marks.retain(|marked, _| !marked.is_within(path));
        self.problems.retain(|problem| !problem.path().is_within(path));
        let from_source = |position| Position { source, ..position };
        self.marks.extend(value.marks.iter().filter_map(|(marked, Marks { key, value })| {
            let marks = Marks { key: from_source(*key), value: from_source(*value) };
            Some((marked.moved(&top, path)?, marks))
        }));
        self.problems.extend(value.problems.iter().map(|problem| problem.clone().within(path)));
    }
}

/// The events of a text on their way to values.
struct Reader<'text> {
    events: Parser<'text, StrInput<'text>>,
    /// Complete values that aliases may name.
    anchors: HashMap<usize, (FieldPath, Value)>,
    yaml: Yaml,
}

impl<'text> Reader<'text> {
    fn next(&mut self) -> Result<(Event<'text>, Span), ScanError> {
        self.events.next().unwrap_or_else(|| Ok((Event::StreamEnd, Span::default())))
    }

    fn document(&mut self) -> Result<(), ScanError> {
        self.next()?; // The start of the stream.
        if matches!(self.next()?, (Event::StreamEnd, _)) {
            return Ok(());
        }
        let (event, span) = self.next()?;
        self.yaml.root = self.value(event, span, &FieldPath::default(), span)?;
        self.next()?; // The end of the document.
        match self.next()? {
            (Event::StreamEnd, _) => Ok(()),
            (_, span) => {
                let reason = "a second document starts here, and a file holds one";
                Err(ScanError::new_str(span.start, reason))
            }
        }
    }

    fn value(
        &mut self,
        event: Event,
        span: Span,
        path: &FieldPath,
        key: Span,
    ) -> Result<Value, ScanError> {
        let marks = Marks { key: key.into(), value: span.into() };
        self.yaml.marks.insert(path.clone(), marks);
        if path.steps().len() > DEEPEST || self.yaml.marks.len() > MOST_VALUES {
            return Err(ScanError::new_str(span.start, "too many values, or too deep"));
        }
        let tag = self.tag(&event, path);
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_text = match tag.as_deref() {
                    Some(tag) => tag == "str",
                    None => style != ScalarStyle::Plain,
                };
                let value = if is_text { text.into_owned().into() } else { plain_scalar(&text) };
                (anchor, value)
            }
            Event::SequenceStart(anchor, _) => (anchor, self.list(path)?),
            Event::MappingStart(anchor, _) => (anchor, self.mapping(path)?),
            Event::Alias(anchor) => return self.alias(anchor, span, path),
            _ => return Err(ScanError::new_str(span.start, "a value is missing")),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, (path.clone(), value.clone()));
        }
        Ok(value)
    }

    /// Returns the type that a tag names, such as `int` of `!!int`; `None` without one.
    fn tag(&mut self, event: &Event, path: &FieldPath) -> Option<String> {
        let (Event::Scalar(.., tag) | Event::SequenceStart(_, tag) | Event::MappingStart(_, tag)) =
            event
        else {
            return None;
        };
        let tag = tag.as_ref()?;
        let named = match event {
            Event::Scalar(text, ..) => types_of(text),
            Event::SequenceStart(..) => &["seq"],
            _ => &["map"],
        };
        if tag.is_yaml_core_schema() && named.contains(&tag.suffix.as_str()) {
            return Some(tag.suffix.clone());
        }
        let message = format!("the tag `{tag}` does not fit the value, or has no meaning here");
        self.yaml.problems.push(Problem::new(path, message).expected("a value without a tag"));
        None
    }

    fn list(&mut self, path: &FieldPath) -> Result<Value, ScanError> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(items.into());
            }
            items.push(self.value(event, span, &path.index(items.len()), span)?);
        }
    }

    fn mapping(&mut self, path: &FieldPath) -> Result<Value, ScanError> {
        let mut fields = Map::new();
        loop {
            let (event, key_span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(fields.into());
            }
            let key = self.value(event, key_span, &path.key(""), key_span)?;
            let name = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
            let (event, span) = self.next()?;
            let field = path.key(&name);
            let value = self.value(event, span, &field, key_span)?;
            let problem = match key {
                Value::String(key) if key == "<<" => {
                    let problem = Problem::new(path, "merge keys (`<<`) are not read");
                    Some(problem.expected("the fields written out, or the whole value by an alias"))
                }
                Value::String(_) => {
                    let repeated = fields.insert(name, value).is_some();
                    let problem = Problem::new(&field, "the key is repeated").at_key();
                    repeated.then(|| problem.expected("each key once"))
                }
                Value::Array(_) | Value::Object(_) => {
                    let problem = Problem::new(path, format!("a key is {}", type_name(&key)));
                    Some(problem.expected("a word as key"))
                }
                _ => {
                    let message = format!("the key `{name}` is not text");
                    Some(Problem::new(&field, message).at_key().expected("a word as key"))
                }
            };
            self.yaml.problems.extend(problem);
        }
    }

    /// Copies an earlier value, whose parts keep their places.
    fn alias(&mut self, anchor: usize, span: Span, to: &FieldPath) -> Result<Value, ScanError> {
        let Some((from, value)) = self.anchors.get(&anchor) else {
            return Err(ScanError::new_str(span.start, "the alias names a value around itself"));
        };
        let parts = self.yaml.marks.iter().filter(|(path, _)| *path != from);
        let copied: Vec<(FieldPath, Marks)> =
            parts.filter_map(|(path, marks)| Some((path.moved(from, to)?, *marks))).collect();
        self.yaml.marks.extend(copied);
        Ok(value.clone())
    }
}

/// Reads a scalar without quotes: `null`, a truth value, a number, or text.
fn plain_scalar(text: &str) -> Value {
    // To a reader of single scalars they would be marks of documents.
    if text.starts_with("---") || text.starts_with("...") {
        return text.into();
    }
    match serde_yaml::from_str(text) {
        Ok(serde_yaml::Value::Null) => Value::Null,
        Ok(serde_yaml::Value::Bool(truth)) => truth.into(),
        Ok(serde_yaml::Value::Number(number)) => json_number(&number).unwrap_or(text.into()),
        _ => text.into(),
    }
}

/// Returns the types of YAML's core schema that a scalar can be of.
fn types_of(text: &str) -> &'static [&'static str] {
    match plain_scalar(text) {
        Value::Null => &["str", "null"],
        Value::Bool(_) => &["str", "bool"],
        Value::Number(number) if number.is_f64() => &["str", "float"],
        Value::Number(_) => &["str", "int", "float"],
        _ => &["str"],
    }
}

/// Returns `None` for numbers that JSON does not have.
fn json_number(number: &serde_yaml::Number) -> Option<Value> {
    if let Some(integer) = number.as_u64() {
        return Some(integer.into());
    }
    if let Some(integer) = number.as_i64() {
        return Some(integer.into());
    }
    let float = number.as_f64().filter(|float| float.is_finite())?;
    let is_integer = float.fract() == 0.0 && float.abs() <= EXACT;
    Some(if is_integer { (float as i64).into() } else { float.into() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "\
# a comment
name: x
model: { kind: mlp, hidden: [300, 100] }
methods:
  - dense
  - kind: swan
    gate_rank: 8
    nested:
      deep: [1, [2, é, 3]]
  - &again { kind: magnitude, \"scope\": unit }
  - *again
";

    #[test]
    fn every_field_has_its_position() {
        let yaml = Yaml::read(TEXT).unwrap();
        for (path, at_key, expected) in [
            ("name", false, (2, 7)),
            ("model", false, (3, 8)),
            ("model.hidden[1]", false, (3, 35)),
            ("methods[0]", false, (5, 5)),
            ("methods[1]", false, (6, 5)),
            ("methods[1].gate_rank", false, (7, 16)),
            ("methods[1].nested.deep[1][2]", false, (9, 24)),
            ("name", true, (2, 1)),
            ("methods[1].gate_rank", true, (7, 5)),
            ("model.hidden", true, (3, 21)),
            ("methods[2].scope", true, (10, 31)),
            // Parts of an alias are where its anchor is.
            ("methods[3].scope", false, (10, 40)),
            // What is missing is at the nearest place above.
            ("seeds", false, (2, 1)),
            ("model.width", true, (3, 8)),
            ("methods[9].kind", false, (5, 3)),
            ("name.kind", false, (2, 7)),
        ] {
            let position = yaml.position(&FieldPath::parse(path).unwrap(), at_key);
            assert_eq!((position.line, position.column), expected, "{path}");
        }
        let empty = Yaml::read("").unwrap();
        assert_eq!(empty.position(&FieldPath::default(), false), Position::default());
    }

    #[test]
    fn values_follow_the_core_schema() {
        let text =
            "[~, null, yes, 'true', true, -1, 0x1F, 20.0, 2e1, 1e-3, 1e400, .inf, inf, !!str 5]";
        let expected = json!([
            null, null, "yes", "true", true, -1, 31, 20, 20, 0.001, "1e400", ".inf", "inf", "5"
        ]);
        assert_eq!(Yaml::read(text).unwrap().root, expected);
        assert_eq!(Yaml::read(TEXT).unwrap().root["methods"][3]["scope"], "unit");
    }

    #[test]
    fn repeated_keys_and_tags_are_problems() {
        let places = |text: &str| -> Vec<(usize, usize)> {
            let yaml = Yaml::read(text).unwrap();
            let at = |problem: &Problem| yaml.position(problem.path(), problem.is_at_key());
            yaml.problems.iter().map(at).map(|place| (place.line, place.column)).collect()
        };
        assert_eq!(places("a: 1\nb: 2\na: 3\n"), [(3, 1)]);
        assert_eq!(places("x:\n  - { a: 1, \"a\": 2 }\n"), [(2, 13)]);
        assert_eq!(places("x: !tagged { a: 1, b: 2 }").len(), 1);
        assert_eq!(places("a: [1, -1, 1.5, .nan, true, null, ~, 'q', [], {}]\nb: { a: 1 }"), []);
    }

    #[test]
    fn aliases_cannot_fill_the_memory() {
        assert!(Yaml::read("&a [*a]").is_err(), "within itself");
        let doubled =
            |name: char, of: char| format!("{name}: &{name} [*{of}, *{of}, *{of}, *{of}]\n");
        let lines: String = ('b'..='n').zip('a'..).map(|(name, of)| doubled(name, of)).collect();
        assert!(Yaml::read(&format!("a: &a [1, 2, 3, 4]\n{lines}")).is_err());
    }
}
