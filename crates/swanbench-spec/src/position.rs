//! A place in the text of an experiment.

/// Where a value starts. Positions in the file come before those in overrides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// 0 for the file, and the number of the override, counted from 1, for the others.
    pub source: usize,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Default for Position {
    fn default() -> Self {
        Self { source: 0, line: 1, column: 1 }
    }
}
