//! Structs as rows of a file: names, types and values of the columns follow from the fields.
//!
//! [`columns!`](crate::columns!) defines a struct and makes it a row; a field that is itself such a
//! struct stands for all of its columns. [`words!`](crate::words!) makes the words of an enum, as
//! serde writes them, values of a column.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{
    Serialize,
    de::{DeserializeOwned, value::StrDeserializer},
};

/// What is known of a column before its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnType,
    /// Whether a row may have no value in it. A file from before there was such a column is then
    /// read as one in which it is empty.
    pub optional: bool,
}

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8.
    Text,
    /// 64-bit float.
    Number,
    /// Unsigned 64-bit integer.
    Count,
}

/// Value of a column in one row.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the variants are those of `ColumnType`")]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Count(u64),
}

impl<'a> Value<'a> {
    /// Returns the text. `None` if it is a number.
    pub fn text(self) -> Option<Cow<'a, str>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Returns the float. `None` if it is something else.
    pub fn number(self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// Returns the integer. `None` if it is something else.
    pub fn count(self) -> Option<u64> {
        if let Self::Count(count) = self { Some(count) } else { None }
    }
}

/// Value that a field cannot take.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("column `{column}` holds `{value}`")]
pub struct BadValue {
    column: &'static str,
    value: String,
}

impl BadValue {
    /// Names the column and the value.
    pub fn new(column: &'static str, value: Value) -> Self {
        let value = match value {
            Value::Text(text) => text.into_owned(),
            Value::Number(number) => number.to_string(),
            Value::Count(count) => count.to_string(),
        };
        Self { column, value }
    }
}

/// What one or more columns of a row hold.
pub trait Columns: Sized {
    /// The number of columns.
    const WIDTH: usize;

    /// Adds what is known of each column; a single column is called `name`.
    fn describe(name: &'static str, columns: &mut Vec<ColumnInfo>);

    /// Hands the value of each column to `put`, in order; `None` if there is no value.
    fn write<'a>(&'a self, put: &mut dyn FnMut(Option<Value<'a>>));

    /// Takes the value of each column from `next`, in order. `None` if a required one is missing.
    /// What rows share is that of the row `before` if it is equal.
    ///
    /// Returns an error if a value is not one that the type can take.
    fn read<'a>(
        name: &'static str,
        before: Option<&Self>,
        next: &mut dyn FnMut() -> Option<Value<'a>>,
    ) -> Result<Option<Self>, BadValue>;
}

/// Lists what is known of each column of `Row`.
pub fn list<Row: Columns>() -> Vec<ColumnInfo> {
    let mut columns = Vec::with_capacity(Row::WIDTH);
    Row::describe("", &mut columns);
    columns
}

/// Writes the word of an enum's variant.
///
/// Returns an error if the variant has fields.
pub fn write_word(word: &impl Serialize, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    word.serialize(formatter)
}

/// Reads the word of an enum's variant. `None` if no variant has this word.
pub fn read_word<Word: DeserializeOwned>(value: Value) -> Option<Word> {
    let text = value.text()?;
    Word::deserialize(StrDeserializer::<serde::de::value::Error>::new(&text)).ok()
}

/// Makes a type the value of one column, by a function from it to the value and one back.
#[macro_export]
macro_rules! column {
    ($type:ty, $kind:ident, $write:expr, $read:expr) => {
        impl $crate::columns::Columns for $type {
            const WIDTH: usize = 1;

            fn describe(name: &'static str, columns: &mut Vec<$crate::columns::ColumnInfo>) {
                let kind = $crate::columns::ColumnType::$kind;
                columns.push($crate::columns::ColumnInfo { name, kind, optional: false });
            }

            fn write<'a>(&'a self, put: &mut dyn FnMut(Option<$crate::columns::Value<'a>>)) {
                let write: for<'b> fn(&'b $type) -> $crate::columns::Value<'b> = $write;
                put(Some(write(self)));
            }

            fn read<'a>(
                name: &'static str,
                _: Option<&Self>,
                next: &mut dyn FnMut() -> Option<$crate::columns::Value<'a>>,
            ) -> Result<Option<Self>, $crate::columns::BadValue> {
                let read: for<'b> fn($crate::columns::Value<'b>) -> Option<$type> = $read;
                let Some(value) = next() else { return Ok(None) };
                let bad = || $crate::columns::BadValue::new(name, value.clone());
                read(value.clone()).ok_or_else(bad).map(Some)
            }
        }
    };
}

column!(String, Text, |text| Value::Text(text.into()), |value| Some(value.text()?.into_owned()));
column!(f64, Number, |number| Value::Number(*number), |value| value.number());
column!(u64, Count, |count| Value::Count(*count), |value| value.count());
column!(u32, Count, |count| Value::Count((*count).into()), |value| value.count()?.try_into().ok());

impl<Inner: Columns> Columns for Arc<Inner> {
    const WIDTH: usize = Inner::WIDTH;

    fn describe(name: &'static str, columns: &mut Vec<ColumnInfo>) {
        Inner::describe(name, columns);
    }

    fn write<'a>(&'a self, put: &mut dyn FnMut(Option<Value<'a>>)) {
        (**self).write(put);
    }

    fn read<'a>(
        name: &'static str,
        before: Option<&Self>,
        next: &mut dyn FnMut() -> Option<Value<'a>>,
    ) -> Result<Option<Self>, BadValue> {
        let values: Vec<Option<Value>> = (0..Self::WIDTH).map(|_| next()).collect();
        if let Some(before) = before {
            let mut equal = true;
            let mut own = values.iter();
            before.write(&mut |value| equal &= own.next() == Some(&value));
            if equal {
                return Ok(Some(Self::clone(before)));
            }
        }
        let mut values = values.into_iter();
        Ok(Inner::read(name, None, &mut || values.next().flatten())?.map(Self::new))
    }
}

impl<Inner: Columns> Columns for Option<Inner> {
    const WIDTH: usize = Inner::WIDTH;

    fn describe(name: &'static str, columns: &mut Vec<ColumnInfo>) {
        let before = columns.len();
        Inner::describe(name, columns);
        // Of a struct with several columns that may be missing, those of its required fields are required.
        if let [own] = &mut columns[before..] {
            own.optional = true;
        }
    }

    fn write<'a>(&'a self, put: &mut dyn FnMut(Option<Value<'a>>)) {
        match self {
            Some(inner) => inner.write(put),
            None => (0..Self::WIDTH).for_each(|_| put(None)),
        }
    }

    fn read<'a>(
        name: &'static str,
        before: Option<&Self>,
        next: &mut dyn FnMut() -> Option<Value<'a>>,
    ) -> Result<Option<Self>, BadValue> {
        Inner::read(name, before.and_then(Self::as_ref), next).map(Some)
    }
}

/// Defines a struct whose fields are columns.
#[macro_export]
macro_rules! columns {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident $(<$inner:ident>)? {
            $($(#[$field_meta:meta])* $field_visibility:vis $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        $visibility struct $name $(<$inner>)? {
            $($(#[$field_meta])* $field_visibility $field: $type,)+
        }

        impl $(<$inner: $crate::columns::Columns>)? $crate::columns::Columns for $name $(<$inner>)? {
            const WIDTH: usize = 0 $(+ <$type as $crate::columns::Columns>::WIDTH)+;

            fn describe(
                _: &'static str,
                columns: &mut Vec<$crate::columns::ColumnInfo>,
            ) {
                $(<$type as $crate::columns::Columns>::describe(stringify!($field), columns);)+
            }

            fn write<'a>(&'a self, put: &mut dyn FnMut(Option<$crate::columns::Value<'a>>)) {
                $($crate::columns::Columns::write(&self.$field, put);)+
            }

            fn read<'a>(
                _: &'static str,
                before: Option<&Self>,
                next: &mut dyn FnMut() -> Option<$crate::columns::Value<'a>>,
            ) -> Result<Option<Self>, $crate::columns::BadValue> {
                $(let $field = <$type as $crate::columns::Columns>::read(
                    stringify!($field),
                    before.map(|before| &before.$field),
                    next,
                )?;)+
                // Only now, since every column has to be taken.
                Ok((|| Some(Self { $($field: $field?),+ }))())
            }
        }
    };
}

/// Makes the serialized words of enums their display form and values of a column.
#[macro_export]
macro_rules! words {
    ($($type:ty),+) => {$(
        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::columns::write_word(self, formatter)
            }
        }

        $crate::column!(
            $type,
            Text,
            |word| $crate::columns::Value::Text(word.to_string().into()),
            |value| $crate::columns::read_word(value)
        );
    )+};
}
