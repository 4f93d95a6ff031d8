//! The path to a field of an experiment, written as `methods[3].scope`.

use std::fmt;

use serde_json::Value;

/// The way from the top of an experiment to one of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct FieldPath(Vec<Step>);

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a list, counted from 0.
    Index(usize),
}

impl FieldPath {
    pub(crate) fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    pub(crate) fn then(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    pub(crate) fn is_top(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether this is `ancestor` or lies within it.
    pub(crate) fn is_within(&self, ancestor: &Self) -> bool {
        self.0.starts_with(&ancestor.0)
    }

    /// Returns all paths above, the nearest first.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = Self> {
        (0..self.0.len()).rev().map(|length| Self(self.0[..length].to_vec()))
    }

    /// Returns the path that leads from `to` where this one leads from `from`; `None` if this one
    /// is not within `from`.
    pub(crate) fn moved(&self, from: &Self, to: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(from.0.as_slice())?;
        Some(Self([&to.0, rest].concat()))
    }

    /// Returns the value at this path; `None` if there is none.
    pub(crate) fn value<'root>(&self, root: &'root Value) -> Option<&'root Value> {
        self.0.iter().try_fold(root, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        })
    }

    /// Reads what `Display` writes; keys with dots or brackets cannot be reached.
    ///
    /// Returns an error, a fragment of a sentence, if it is not a path.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (key, indices) = part.split_at(part.find('[').unwrap_or(part.len()));
            if key.is_empty() {
                return Err("a name is missing before or after a dot".to_owned());
            }
            steps.push(Step::Key(key.to_owned()));
            for index in indices.split_inclusive(']') {
                let inner = index.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                let number = inner.and_then(|digits| digits.parse().ok());
                let number =
                    number.ok_or_else(|| format!("`{index}` is not an index like `[0]`"))?;
                steps.push(Step::Index(number));
            }
        }
        Ok(Self(steps))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    let dot = if position == 0 { "" } else { "." };
                    write!(formatter, "{dot}{}", key.escape_debug())?;
                }
                Step::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_reads_what_display_writes() {
        for text in ["name", "train.epochs", "methods[3].scope", "methods[0].rates[12][1].x"] {
            assert_eq!(FieldPath::parse(text).unwrap().to_string(), text);
        }
        let path = FieldPath::default().key("methods").index(3).key("scope");
        assert_eq!(FieldPath::parse("methods[3].scope").unwrap(), path);
    }

    #[test]
    fn malformed_paths_are_refused() {
        for text in ["", ".", "a..b", "a.", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[0]b", "a]"] {
            let parsed = FieldPath::parse(text);
            // A bracket that was never opened is an ordinary character of a name.
            assert_eq!(parsed.is_ok(), text == "a]", "{text}: {parsed:?}");
        }
    }
}
