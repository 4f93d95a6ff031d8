//! Finds the line and column of a field in YAML text.
//!
//! `serde_yaml` keeps no positions of what it has read, but it puts one on every error that is
//! raised while reading. So the text is read once more, down one path, with the intention to fail
//! at its end. Only done when there is a problem to report.

use std::{convert::Infallible, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::path::{FieldPath, Step};

/// Which end of a mapping's entry to point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Key,
    Value,
}

/// Line and column, both counted from 1, of a field or of the nearest place above it that the
/// text has.
pub(crate) fn locate(text: &str, path: &FieldPath, anchor: Anchor) -> (usize, usize) {
    let walk = Walk { steps: path.steps(), anchor };
    let Err(error) = walk.deserialize(serde_yaml::Deserializer::from_str(text));
    error.location().map_or((1, 1), |location| (location.line(), location.column()))
}

/// Reads down the path and fails at its end; the default visits of every value that is not on the
/// path are such a failure, too.
struct Walk<'path> {
    steps: &'path [Step],
    anchor: Anchor,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Infallible;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Infallible, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Infallible;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("the next step of the path")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Infallible, A::Error> {
        if let [Step::Index(index), rest @ ..] = self.steps {
            for _ in 0..*index {
                items.next_element::<IgnoredAny>()?;
            }
            items.next_element_seed(Walk { steps: rest, ..self })?;
        }
        Err(A::Error::custom("the path ends here"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Infallible, A::Error> {
        if let [Step::Key(wanted), rest @ ..] = self.steps {
            let stop = rest.is_empty() && self.anchor == Anchor::Key;
            while let Some(found) = entries.next_key_seed(KeyIs { wanted, stop })? {
                if found {
                    entries.next_value_seed(Walk { steps: rest, ..self })?;
                }
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Err(A::Error::custom("the path ends here"))
    }
}

/// Compares a key with the wanted one, and fails there if that is where the path ends.
struct KeyIs<'path> {
    wanted: &'path str,
    stop: bool,
}

impl<'de> DeserializeSeed<'de> for KeyIs<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyIs<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a word")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        match key == self.wanted {
            true if self.stop => Err(E::custom("the path ends here")),
            found => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
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

    fn find(path: &str, anchor: Anchor) -> (usize, usize) {
        locate(TEXT, &FieldPath::parse(path).unwrap(), anchor)
    }

    #[test]
    fn values_are_found_in_block_and_flow_style() {
        assert_eq!(find("name", Anchor::Value), (2, 7));
        assert_eq!(find("model", Anchor::Value), (3, 8));
        assert_eq!(find("model.hidden[1]", Anchor::Value), (3, 35));
        assert_eq!(find("methods[0]", Anchor::Value), (5, 5));
        assert_eq!(find("methods[1]", Anchor::Value), (6, 5));
        assert_eq!(find("methods[1].gate_rank", Anchor::Value), (7, 16));
        assert_eq!(find("methods[1].nested.deep[1][2]", Anchor::Value), (9, 24));
    }

    #[test]
    fn keys_are_found_quoted_or_not() {
        assert_eq!(find("name", Anchor::Key), (2, 1));
        assert_eq!(find("methods[1].gate_rank", Anchor::Key), (7, 5));
        assert_eq!(find("model.hidden", Anchor::Key), (3, 21));
        assert_eq!(find("methods[2].scope", Anchor::Key), (10, 31));
    }

    #[test]
    fn an_alias_is_shown_where_its_anchor_is() {
        assert_eq!(find("methods[3].scope", Anchor::Value), (10, 40));
    }

    #[test]
    fn what_is_missing_is_shown_at_the_nearest_place_above() {
        assert_eq!(find("seeds", Anchor::Value), (2, 1));
        assert_eq!(find("model.width", Anchor::Key), (3, 8));
        assert_eq!(find("methods[9].kind", Anchor::Value), (4 + 1, 3));
        assert_eq!(find("name.kind", Anchor::Value), (2, 7));
        assert_eq!(locate("", &FieldPath::default(), Anchor::Value), (1, 1));
    }
}
