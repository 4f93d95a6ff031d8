//! Frames in and out of parquet, with the version of the schema in the file's metadata.

use std::{io::Cursor, path::Path};

use polars::prelude::{
    DataFrame, KeyValueMetadata, ParallelStrategy, ParquetReader, ParquetWriter, SerReader as _,
};

use crate::{Error, column::Layout, columns::SCHEMA_VERSION};

const VERSION_KEY: &str = "swanbench.schema";

/// The content of a parquet file that holds `frame`.
pub(crate) fn encode(frame: &DataFrame) -> Result<Vec<u8>, Error> {
    let version = (VERSION_KEY.to_owned(), SCHEMA_VERSION.to_string());
    let mut content = Vec::new();
    // In this thread: a sweep writes from many at once, and the frames are small.
    ParquetWriter::new(&mut content)
        .set_parallel(false)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![version])))
        .finish(&mut frame.clone())?;
    Ok(content)
}

/// Reads the content of the file at `path` and checks its version and columns against `layout`. Columns that the layout does
/// not name are left out.
pub(crate) fn decode(path: &Path, content: Vec<u8>, layout: &Layout) -> Result<DataFrame, Error> {
    let damaged = |source| Error::NotParquet { path: path.into(), source };
    let mut reader = ParquetReader::new(Cursor::new(content))
        .read_parallel(ParallelStrategy::None)
        .set_rechunk(true);
    let metadata = reader.get_metadata().map_err(damaged)?;
    let version = metadata
        .key_value_metadata()
        .iter()
        .flatten()
        .find(|entry| entry.key == VERSION_KEY)
        .and_then(|entry| entry.value.clone());
    if version.as_deref() != Some(SCHEMA_VERSION.to_string().as_str()) {
        return Err(Error::Schema {
            path: path.into(),
            found: version.unwrap_or_else(|| "none".to_owned()),
            expected: SCHEMA_VERSION,
        });
    }
    let frame = reader.finish().map_err(damaged)?;
    layout.check(&frame, path)?;
    Ok(frame.select(layout.names())?)
}

#[cfg(test)]
mod tests {
    use polars::prelude::{DataType, ParquetWriter, df};

    use super::*;

    fn layout() -> Layout {
        Layout::new(vec![("label", DataType::String), ("test_accuracy", DataType::Float64)])
    }

    /// What [`decode`] says of a file with this content.
    fn complaint(content: &[u8]) -> String {
        let path = Path::new("results/runs.parquet");
        decode(path, content.to_vec(), &layout()).expect_err("a bad file").to_string()
    }

    #[test]
    fn what_is_written_is_read_without_columns_that_are_not_asked_for() {
        let frame =
            df!("extra" => [1, 2], "test_accuracy" => [Some(0.5), None], "label" => ["a", "b"]);
        let content = encode(&frame.expect("columns of one length")).expect("encoded");
        let expected = df!("label" => ["a", "b"], "test_accuracy" => [Some(0.5), None]);
        let read = decode(Path::new("runs.parquet"), content, &layout()).expect("readable");
        assert!(read.equals_missing(&expected.expect("columns of one length")));
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
        let frame = df!("label" => ["a"], "test_accuracy" => [0.5]).expect("columns of one length");
        let content = encode(&frame).expect("encoded");
        let message = complaint(&content[..content.len() - 10]);
        assert!(
            message.starts_with("`results/runs.parquet` cannot be read as parquet"),
            "{message}"
        );
    }

    #[test]
    fn a_missing_and_a_wrong_column_are_named() {
        let frame = df!("label" => ["a"]).expect("one column");
        assert_eq!(
            complaint(&encode(&frame).expect("encoded")),
            "`results/runs.parquet` has no column `test_accuracy`, expected f64: sweep again"
        );
        let frame = df!("label" => ["a"], "test_accuracy" => ["high"]).expect("columns");
        assert_eq!(
            complaint(&encode(&frame).expect("encoded")),
            "column `test_accuracy` of `results/runs.parquet` holds str, expected f64: sweep again"
        );
    }

    #[test]
    fn a_file_without_our_version_is_refused() {
        let mut content = Vec::new();
        let mut frame = df!("label" => ["a"], "test_accuracy" => [0.5]).expect("columns");
        ParquetWriter::new(&mut content).finish(&mut frame).expect("encoded");
        assert_eq!(
            complaint(&content),
            format!(
                "`results/runs.parquet` has results schema none, and this version reads schema \
                 {SCHEMA_VERSION}: use the version that wrote it, or sweep again"
            )
        );
    }
}
