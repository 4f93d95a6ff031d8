//! A column as data: its name, its type, and where a row's value comes from.

use std::path::Path;

use polars::prelude::{Column as Values, DataFrame, DataType};

use crate::Error;

/// One column over rows of type `Row`; a value that is none becomes a null.
pub(crate) struct Column<Row> {
    name: &'static str,
    value: Value<Row>,
}

/// How to get a column's value from a row.
enum Value<Row> {
    Text(fn(&Row) -> Option<String>),
    Number(fn(&Row) -> Option<f64>),
    Count(fn(&Row) -> Option<u64>),
}

impl<Row> Column<Row> {
    pub(crate) const fn text(name: &'static str, get: fn(&Row) -> Option<String>) -> Self {
        Self { name, value: Value::Text(get) }
    }

    pub(crate) const fn number(name: &'static str, get: fn(&Row) -> Option<f64>) -> Self {
        Self { name, value: Value::Number(get) }
    }

    pub(crate) const fn count(name: &'static str, get: fn(&Row) -> Option<u64>) -> Self {
        Self { name, value: Value::Count(get) }
    }

    const fn data_type(&self) -> DataType {
        match self.value {
            Value::Text(_) => DataType::String,
            Value::Number(_) => DataType::Float64,
            Value::Count(_) => DataType::UInt64,
        }
    }

    fn values(&self, rows: &[Row]) -> Values {
        let name = self.name.into();
        match self.value {
            Value::Text(get) => Values::new(name, rows.iter().map(get).collect::<Vec<_>>()),
            Value::Number(get) => Values::new(name, rows.iter().map(get).collect::<Vec<_>>()),
            Value::Count(get) => Values::new(name, rows.iter().map(get).collect::<Vec<_>>()),
        }
    }
}

/// A frame with these columns, a row for each of `rows`.
pub(crate) fn frame<Row>(columns: &[Column<Row>], rows: &[Row]) -> DataFrame {
    let values = columns.iter().map(|column| column.values(rows)).collect();
    DataFrame::new(rows.len(), values).expect("a list of columns names each one once")
}

/// Names and types that a file must have.
#[derive(Debug, Clone)]
pub(crate) struct Layout(Vec<(&'static str, DataType)>);

impl Layout {
    #[cfg(test)]
    pub(crate) const fn new(columns: Vec<(&'static str, DataType)>) -> Self {
        Self(columns)
    }

    pub(crate) fn of<Row>(columns: &[Column<Row>]) -> Self {
        Self(columns.iter().map(|column| (column.name, column.data_type())).collect())
    }

    /// These columns, then those.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }

    /// Names the first column that `frame`, read from `path`, lacks or holds in another type.
    pub(crate) fn check(&self, frame: &DataFrame, path: &Path) -> Result<(), Error> {
        for (column, expected) in &self.0 {
            let found = frame.schema().get(column);
            if found == Some(expected) {
                continue;
            }
            let (path, expected) = (path.to_path_buf(), expected.to_string());
            return Err(match found.map(ToString::to_string) {
                Some(found) => Error::WrongType { path, column, found, expected },
                None => Error::MissingColumn { path, column, expected },
            });
        }
        Ok(())
    }
}
