//! Texts that every program can show, and labels that a reader can tell apart.

use serde_json::Value;
use unicode_normalization::is_nfc;

use super::{Checker, path_of};
use crate::{Control, path::FieldPath, problem::Problem, quote::quote};

/// What pictures and tables have room for.
const LONGEST_LABEL: usize = 60;

impl Checker<'_> {
    /// Checks all texts of the experiment; only a description may have several lines.
    pub(super) fn texts(&mut self) {
        let root = self.document.root();
        self.texts_within(root, &FieldPath::default());
    }

    fn texts_within(&mut self, value: &Value, path: &FieldPath) {
        match value {
            Value::String(text) => {
                let has_lines = *path == path_of("description");
                let odd = text.chars().find(|&letter| {
                    is_unprintable(letter) && !(has_lines && matches!(letter, '\n' | '\t'))
                });
                if let Some(letter) = odd {
                    let message = format!("{} holds {}", quote(value), name(letter));
                    self.add(Problem::new(path, message).expected("one line of printable text"));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.texts_within(item, &path.index(index));
                }
            }
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.texts_within(value, &path.key(key));
                }
            }
            _ => {}
        }
    }

    /// Checks a label that is written at `path`.
    pub(super) fn label(&mut self, label: &str, path: &FieldPath) {
        let value = Value::from(label);
        let refuse = |message: String, expected: &str| {
            Some(Problem::new(path, format!("{} {message}", quote(&value))).expected(expected))
        };
        let length = label.chars().count();
        let control = [Control::Shuffled, Control::Frozen, Control::Random]
            .into_iter()
            .find(|control| label.ends_with(&control.suffix()));
        let problem = if label.trim() != label || label.is_empty() {
            refuse("begins or ends with a blank".to_owned(), "a label without blanks around it")
        } else if length > LONGEST_LABEL {
            refuse(format!("has {length} characters"), &format!("at most {LONGEST_LABEL}"))
        } else if label.starts_with(['=', '+', '-', '@']) {
            let message = "begins with what spreadsheets take for a formula";
            refuse(message.to_owned(), "a label that does not begin with =, +, - or @")
        } else if !is_nfc(label) {
            let message = "has letters that are put together from parts, and may look like another";
            refuse(message.to_owned(), "text in Unicode's normal form C")
        } else if let Some(control) = control {
            let message = format!("ends in the name of a control, `{}`", control.suffix());
            refuse(message, "another label")
        } else {
            None
        };
        self.problems.extend(problem);
    }
}

/// Tells whether a character breaks lines, changes the direction of others, has no meaning, or has no
/// width: formats forbid it, or a reader cannot see it.
fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(letter) & 0xfffe == 0xfffe
}

fn name(letter: char) -> String {
    match letter {
        '\n' | '\r' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        other => format!("the unprintable character U+{:04X}", u32::from(other)),
    }
}
