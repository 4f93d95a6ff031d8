//! Finds a key that stands twice in one mapping of YAML text.
//!
//! `serde_yaml` refuses such a text, but names the place of the mapping, not of the key.

use std::{collections::HashSet, fmt};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// The error of `serde_yaml` that stands at the first repeated key, if there is one.
pub(crate) fn repeated_key(text: &str) -> Option<serde_yaml::Error> {
    serde_yaml::from_str::<Unique>(text).err()
}

/// Any YAML in which no mapping repeats a key.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_none<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        let mut seen = HashSet::new();
        while entries.next_key_seed(NewKey(&mut seen))?.is_some() {
            entries.next_value::<Self>()?;
        }
        Ok(self)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Self, A::Error> {
        let (_, value) = tagged.variant::<String>()?;
        value.newtype_variant()
    }
}

/// A key that its mapping has not had yet.
struct NewKey<'seen>(&'seen mut HashSet<String>);

impl<'de> DeserializeSeed<'de> for NewKey<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NewKey<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a word as key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<(), E> {
        if self.0.insert(key.to_owned()) {
            return Ok(());
        }
        Err(E::custom(format_args!("the key `{key}` stands here a second time")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Option<(usize, usize)> {
        let location = repeated_key(text)?.location()?;
        Some((location.line(), location.column()))
    }

    #[test]
    fn the_second_key_is_named_at_any_depth() {
        assert_eq!(place("a: 1\nb: 2\na: 3\n"), Some((3, 1)));
        assert_eq!(place("x:\n  - { a: 1, \"a\": 2 }\n"), Some((2, 13)));
        assert_eq!(place("x: !tagged { a: 1, a: 2 }"), Some((1, 20)));
    }

    #[test]
    fn every_kind_of_value_passes() {
        let text = "a: [1, -1, 1.5, .nan, true, null, ~, word, 'q', [], {}, !tag 1]\nb: { a: 1 }";
        assert!(repeated_key(text).is_none());
    }
}
