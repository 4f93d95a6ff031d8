//! A column of a table, written down once for Markdown, LaTeX and the page.

/// A column over all rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub title: String,
    pub alignment: Alignment,
    /// An entry for each row.
    pub entries: Vec<Entry>,
}

/// The edge to which the entries of a column are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alignment {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// The content of a column in one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Plain text, not escaped; empty if there is no value.
    pub text: String,
    /// The value that the text shows with fewer digits, to sort by; `None` for words.
    pub value: Option<f64>,
    /// Where the text links to on the page.
    pub link: Option<String>,
}

impl Column {
    /// Makes a column of words.
    pub(crate) fn words<T>(
        title: impl Into<String>,
        rows: &[T],
        text: impl Fn(&T) -> String,
    ) -> Self {
        let entry = |row| Entry { text: text(row), value: None, link: None };
        let entries = rows.iter().map(entry).collect();
        Self { title: title.into(), alignment: Alignment::Left, entries }
    }

    /// Makes a column of numbers, each with its text; `None` leaves an entry empty.
    pub(crate) fn numbers<T>(
        title: impl Into<String>,
        rows: &[T],
        number: impl Fn(&T) -> Option<(String, f64)>,
    ) -> Self {
        let entry = |row| {
            let (text, value) = number(row).unzip();
            Entry { text: text.unwrap_or_default(), value, link: None }
        };
        let entries = rows.iter().map(entry).collect();
        Self { title: title.into(), alignment: Alignment::Right, entries }
    }

    /// Whether there is an entry that is not empty.
    pub(crate) fn has_text(&self) -> bool {
        self.entries.iter().any(|entry| !entry.text.is_empty())
    }
}

/// Returns the number of rows.
pub(crate) fn height(columns: &[Column]) -> usize {
    columns.first().map_or(0, |column| column.entries.len())
}
