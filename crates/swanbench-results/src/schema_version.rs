//! The version of the columns, in the metadata of every parquet file.

use std::{io::Cursor, path::Path};

use polars::prelude::{ParquetReader, SerReader as _};
use polars_parquet::write::KeyValue;

use crate::Error;

/// The version that is written. Raise it when a column changes its name, meaning or type, and when
/// a new one tells rows apart: a program that does not know it would take them for others.
pub(crate) const SCHEMA_VERSION: u32 = 9;

/// The oldest version that is read: what came since are optional columns. Raise it when a file of
/// before would be misread.
pub(crate) const OLDEST_SCHEMA_VERSION: u32 = 8;

const KEY: &str = "swanbench.schema";

/// Returns the entry of a file's metadata.
pub(crate) fn entry() -> KeyValue {
    KeyValue { key: KEY.to_owned(), value: Some(SCHEMA_VERSION.to_string()) }
}

/// Checks that the content of a file has a version that is read.
///
/// Returns an error otherwise.
pub(crate) fn check(path: &Path, content: &[u8]) -> Result<(), Error> {
    let found = version(path, content)?;
    let number = found.as_ref().and_then(|found| found.parse().ok());
    if number.is_some_and(|number| (OLDEST_SCHEMA_VERSION..=SCHEMA_VERSION).contains(&number)) {
        return Ok(());
    }
    let found = found.unwrap_or_else(|| "none".to_owned());
    Err(Error::Schema { path: path.to_path_buf(), found })
}

/// Returns whether a file has the version that is written: an older one may lack what is gathered
/// now.
pub(crate) fn is_current(path: &Path, content: &[u8]) -> bool {
    version(path, content).is_ok_and(|found| found == entry().value)
}

fn version(path: &Path, content: &[u8]) -> Result<Option<String>, Error> {
    let mut reader = ParquetReader::new(Cursor::new(content));
    let metadata = reader.get_metadata();
    let metadata =
        metadata.map_err(|source| Error::NotParquet { path: path.to_path_buf(), source })?;
    let entries = metadata.key_value_metadata().iter().flatten();
    Ok(entries.filter(|entry| entry.key == KEY).find_map(|entry| entry.value.clone()))
}

#[cfg(test)]
mod tests {
    use polars::prelude::{KeyValueMetadata, ParquetWriter, df};

    use super::*;

    /// The content of a file with this version, or without one.
    fn file(version: Option<u32>) -> Vec<u8> {
        let metadata = version.map(|version| {
            let entry = KeyValue { value: Some(version.to_string()), ..entry() };
            KeyValueMetadata::Static(vec![entry])
        });
        let mut content = Vec::new();
        let mut frame = df!("label" => ["a"]).expect("a column");
        let writer = ParquetWriter::new(&mut content).with_key_value_metadata(metadata);
        writer.finish(&mut frame).expect("encoded");
        content
    }

    #[test]
    fn versions_without_other_meanings_are_read() {
        let path = Path::new("results/runs.parquet");
        let reads = |version| check(path, &file(Some(version))).is_ok();
        let versions = [OLDEST_SCHEMA_VERSION - 1, OLDEST_SCHEMA_VERSION, SCHEMA_VERSION];
        assert_eq!(versions.map(reads), [false, true, true]);
        assert!(!reads(SCHEMA_VERSION + 1));
        assert!(is_current(path, &file(Some(SCHEMA_VERSION))));
        assert!(!is_current(path, &file(Some(OLDEST_SCHEMA_VERSION))));
    }

    #[test]
    fn a_file_without_our_version_is_refused() {
        let error = check(Path::new("results/runs.parquet"), &file(None)).expect_err("no version");
        assert_eq!(
            error.to_string(),
            format!(
                "`results/runs.parquet` has results schema none, and this version reads schemas \
                 {OLDEST_SCHEMA_VERSION} to {SCHEMA_VERSION}: use the version that wrote it, or sweep again"
            )
        );
    }
}
