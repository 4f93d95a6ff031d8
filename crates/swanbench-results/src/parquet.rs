//! Rows in and out of parquet, with the version of the schema in the file's metadata.

use std::{borrow::Cow, io::Cursor, path::Path};

use polars::prelude::{
    ChunkedBuilder as _, Column, CompatLevel, DataFrame, DataType, Float64Type, IntoColumn as _,
    KeyValueMetadata, ParallelStrategy, ParquetReader, ParquetWriter, PolarsResult,
    PrimitiveChunkedBuilder, SchemaExt as _, SerReader as _, StringChunkedBuilder, UInt64Type,
};
use polars_parquet::write::schema_to_metadata_key;
use rayon::prelude::*;
use swanbench_spec::columns::{ColumnInfo, ColumnType, Columns, Value, list};

use crate::{Error, schema_version};

/// How many rows are a frame at a time, and a group in the file: what a table takes is then its rows,
/// and little more.
const ROWS_AT_ONCE: usize = 1 << 16;

/// Returns the content of a parquet file with these rows.
pub(crate) fn encode<Row: Columns>(rows: &[Row]) -> Result<Vec<u8>, Error> {
    // An empty table has columns too.
    let (first, others) = rows.split_at(rows.len().min(ROWS_AT_ONCE));
    let frames = others.chunks(ROWS_AT_ONCE).map(frame);
    write(&frame(first), frames).map_err(Error::Parquet)
}

/// Reads the content of the file at `path` and checks its version and the columns of `Row`. Other
/// columns are ignored; an optional one that is not there is read as empty.
pub(crate) fn decode<Row: Columns + Send>(path: &Path, content: &[u8]) -> Result<Vec<Row>, Error> {
    decode_where(path, content, |_| true)
}

/// As [`decode`], but keeps only the rows that are wanted.
pub(crate) fn decode_where<Row: Columns + Send>(
    path: &Path,
    content: &[u8],
    is_wanted: impl Fn(&Row) -> bool + Sync,
) -> Result<Vec<Row>, Error> {
    let damaged = |source| Error::NotParquet { path: path.into(), source };
    schema_version::check(path, content)?;
    let reader = || {
        ParquetReader::new(Cursor::new(content))
            .read_parallel(ParallelStrategy::None)
            .set_rechunk(true)
    };
    let count = reader().num_rows().map_err(damaged)?;
    let rows = |first: usize| {
        let frame = reader().with_slice(Some((first, ROWS_AT_ONCE))).finish().map_err(damaged)?;
        read(path, &frame, first, &is_wanted)
    };
    // The columns of an empty table are checked too.
    let firsts: Vec<usize> = (0..count.max(1)).step_by(ROWS_AT_ONCE).collect();
    let parts = firsts.into_par_iter().map(rows).collect::<Result<Vec<_>, Error>>()?;
    Ok(parts.into_iter().flatten().collect())
}

/// Returns the rows as a polars frame, to compute with.
///
/// # Panics
/// If two fields of `Row` have one name.
pub fn frame<Row: Columns>(rows: &[Row]) -> DataFrame {
    let columns = list::<Row>().into_iter();
    let mut columns: Vec<Builder> =
        columns.map(|ColumnInfo { name, kind, .. }| Builder::new(name, kind, rows.len())).collect();
    for row in rows {
        let mut columns = columns.iter_mut();
        row.write(&mut |value| columns.next().expect("as many as its width").push(value));
    }
    let columns = columns.into_iter().map(Builder::finish).collect();
    DataFrame::new(rows.len(), columns).expect("fields with names of their own")
}

/// A column to which values are added.
enum Builder {
    Text(StringChunkedBuilder),
    Number(PrimitiveChunkedBuilder<Float64Type>),
    Count(PrimitiveChunkedBuilder<UInt64Type>),
}

impl Builder {
    fn new(name: &str, kind: ColumnType, rows: usize) -> Self {
        let name = name.into();
        match kind {
            ColumnType::Text => Self::Text(StringChunkedBuilder::new(name, rows)),
            ColumnType::Number => Self::Number(PrimitiveChunkedBuilder::new(name, rows)),
            ColumnType::Count => Self::Count(PrimitiveChunkedBuilder::new(name, rows)),
        }
    }

    fn push(&mut self, value: Option<Value>) {
        match self {
            Self::Text(values) => values.append_option(value.and_then(Value::text)),
            Self::Number(values) => values.append_option(value.and_then(Value::number)),
            Self::Count(values) => values.append_option(value.and_then(Value::count)),
        }
    }

    fn finish(self) -> Column {
        match self {
            Self::Text(values) => values.finish().into_column(),
            Self::Number(values) => values.finish().into_column(),
            Self::Count(values) => values.finish().into_column(),
        }
    }
}

fn write(first: &DataFrame, others: impl Iterator<Item = DataFrame>) -> PolarsResult<Vec<u8>> {
    // The types of Arrow that every reader has had for years, instead of polars' newest.
    let types = schema_to_metadata_key(&first.schema().to_arrow(CompatLevel::oldest()));
    let mut content = Vec::new();
    // In this thread: a sweep writes from many at once, and the frames are small.
    let mut writer = ParquetWriter::new(&mut content)
        .set_parallel(false)
        .with_key_value_metadata(Some(KeyValueMetadata::Static(vec![
            types,
            schema_version::entry(),
        ])))
        .batched(first.schema())?;
    writer.write_batch(first)?;
    for frame in others {
        writer.write_batch(&frame)?;
    }
    writer.finish()?;
    drop(writer);
    Ok(content)
}

/// The values of a column that was read, row by row.
type Values<'a> = Box<dyn Iterator<Item = Option<Value<'a>>> + 'a>;

/// Reads the wanted rows of a frame, in which the file at `path` continues after the rows `before`.
fn read<Row: Columns>(
    path: &Path,
    frame: &DataFrame,
    before: usize,
    is_wanted: impl Fn(&Row) -> bool,
) -> Result<Vec<Row>, Error> {
    let columns = list::<Row>().into_iter().map(|column| values(path, frame, column));
    let mut columns = columns.collect::<Result<Vec<_>, Error>>()?;
    let (mut rows, mut last): (_, Option<Row>) = (Vec::new(), None);
    for row in 0..frame.height() {
        let bad = |problem| Error::BadRow { path: path.into(), row: before + row + 1, problem };
        let mut columns = columns.iter_mut();
        let read = Row::read("", last.as_ref(), &mut || columns.next()?.next()?);
        let row = read.map_err(|error| bad(error.to_string()))?;
        let row = row.ok_or_else(|| bad("it lacks a value".to_owned()))?;
        rows.extend(last.replace(row).filter(&is_wanted));
    }
    rows.extend(last.filter(&is_wanted));
    Ok(rows)
}

fn values<'a>(
    path: &Path,
    frame: &'a DataFrame,
    ColumnInfo { name: column, kind, optional }: ColumnInfo,
) -> Result<Values<'a>, Error> {
    let path = || path.to_path_buf();
    let expected = match kind {
        ColumnType::Text => DataType::String,
        ColumnType::Number => DataType::Float64,
        ColumnType::Count => DataType::UInt64,
    };
    let Ok(found) = frame.column(column) else {
        if optional {
            return Ok(Box::new(std::iter::empty()));
        }
        return Err(Error::MissingColumn { path: path(), column, expected: expected.to_string() });
    };
    let values: PolarsResult<Values> = match kind {
        ColumnType::Text => found.str().map(|column| {
            Box::new(column.iter().map(|value| Some(Value::Text(Cow::Borrowed(value?))))) as _
        }),
        ColumnType::Number => found
            .f64()
            .map(|column| Box::new(column.iter().map(|value| value.map(Value::Number))) as _),
        ColumnType::Count => found
            .u64()
            .map(|column| Box::new(column.iter().map(|value| value.map(Value::Count))) as _),
    };
    values.map_err(|_| {
        let (found, expected) = (found.dtype().to_string(), expected.to_string());
        Error::WrongType { path: path(), column, found, expected }
    })
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;
    use swanbench_spec::{Mode, columns};

    use super::*;

    columns! {
        #[derive(Debug, PartialEq)]
        struct Row {
            label: String,
            test_accuracy: Option<f64>,
        }
    }

    columns! {
        #[derive(Debug, PartialEq)]
        struct Outer {
            seed: u32,
            inner: Option<Inner>,
        }
    }

    columns! {
        #[derive(Debug, PartialEq)]
        struct Inner {
            mode: Mode,
            loss: f64,
        }
    }

    fn row(label: &str, test_accuracy: Option<f64>) -> Row {
        Row { label: label.to_owned(), test_accuracy }
    }

    /// What [`decode`] says of a file with this content.
    fn complaint(content: &[u8]) -> String {
        let path = Path::new("results/runs.parquet");
        decode::<Row>(path, content).expect_err("a bad file").to_string()
    }

    fn encoded(frame: PolarsResult<DataFrame>) -> Vec<u8> {
        write(&frame.expect("columns of one length"), std::iter::empty()).expect("encoded")
    }

    #[test]
    fn an_optional_column_may_be_missing() {
        let read: Vec<Row> =
            decode(Path::new("a"), &encoded(df!("label" => ["a", "b"]))).expect("readable");
        assert_eq!(read, [row("a", None), row("b", None)]);
        // Not if it is required in a struct that may be missing as a whole.
        let lacking = encoded(df!("seed" => [1_u64], "loss" => [0.5]));
        let error = decode::<Outer>(Path::new("a"), &lacking).expect_err("no mode");
        assert_eq!(error.to_string(), "`a` has no column `mode`, expected str: sweep again");
    }

    #[test]
    fn other_columns_and_their_order_do_not_matter() {
        let frame =
            df!("extra" => [1, 2], "test_accuracy" => [Some(0.5), None], "label" => ["a", "b"]);
        let read: Vec<Row> = decode(Path::new("a"), &encoded(frame)).expect("readable");
        assert_eq!(read, [row("a", Some(0.5)), row("b", None)]);
    }

    #[test]
    fn inner_structs_are_columns_and_may_be_missing() {
        let inner = Some(Inner { mode: Mode::Soft, loss: 0.5 });
        let rows = [Outer { seed: 7, inner }, Outer { seed: 8, inner: None }];
        let content = encode(&rows).expect("encoded");
        let expected = df!(
            "seed" => [7_u64, 8], "mode" => [Some("soft"), None], "loss" => [Some(0.5), None]
        );
        assert!(frame(&rows).equals_missing(&expected.expect("columns of one length")));
        assert_eq!(decode::<Outer>(Path::new("a"), &content).expect("readable"), rows);
    }

    #[test]
    fn a_bad_value_is_named_with_its_row() {
        let complaint = |frame| {
            let error = decode::<Outer>(Path::new("a"), &encoded(frame)).expect_err("a bad row");
            error.to_string()
        };
        assert_eq!(
            complaint(df!("seed" => [1_u64, 2], "mode" => ["hard", "stiff"], "loss" => [0.5; 2])),
            "row 2 of `a` cannot be read: column `mode` holds `stiff`: sweep again"
        );
        assert_eq!(
            complaint(df!("seed" => [1_u64 << 32], "mode" => ["hard"], "loss" => [0.5])),
            "row 1 of `a` cannot be read: column `seed` holds `4294967296`: sweep again"
        );
        assert_eq!(
            complaint(df!("seed" => [None::<u64>], "mode" => ["hard"], "loss" => [0.5])),
            "row 1 of `a` cannot be read: it lacks a value: sweep again"
        );
    }

    #[test]
    fn a_file_that_is_not_parquet_is_named() {
        assert_eq!(
            complaint(b"label,test_accuracy\na,0.5\n"),
            "`results/runs.parquet` cannot be read as parquet: remove this file and sweep again"
        );
    }

    #[test]
    fn a_truncated_file_is_named() {
        let content = encode(&[row("a", Some(0.5))]).expect("encoded");
        let message = complaint(&content[..content.len() - 10]);
        assert!(
            message.starts_with("`results/runs.parquet` cannot be read as parquet"),
            "{message}"
        );
    }

    #[test]
    fn a_missing_and_a_wrong_column_are_named() {
        assert_eq!(
            complaint(&encoded(df!("test_accuracy" => [0.5]))),
            "`results/runs.parquet` has no column `label`, expected str: sweep again"
        );
        assert_eq!(
            complaint(&encoded(df!("label" => ["a"], "test_accuracy" => ["high"]))),
            "column `test_accuracy` of `results/runs.parquet` holds str, expected f64: sweep again"
        );
    }
}
