//! Why results could not be written or read.

use std::{io, path::PathBuf};

use polars::prelude::PolarsError;

use crate::schema_version::{OLDEST_SCHEMA_VERSION, SCHEMA_VERSION};

/// Every message names the file, and what the user can do about it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum Error {
    /// The file system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// A verb: write, read, rename.
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// There is nothing to report on.
    #[error("no results at `{}`: sweep the experiment first, or check its name", path.display())]
    NoResults { path: PathBuf },
    /// There is something to report on, once a sweep has gathered it.
    #[error(
        "`{}` has finished runs, but no sweep has come to its end: the same command continues it",
        folder.display()
    )]
    NotGathered { folder: PathBuf },
    /// The file is cut off, damaged, or something else altogether.
    #[error(
        "`{}` cannot be read as parquet: remove this file and sweep again",
        path.display()
    )]
    NotParquet {
        path: PathBuf,
        #[source]
        source: PolarsError,
    },
    /// The file was written by another version, or by another program.
    #[error(
        "`{}` has results schema {found}, and this version reads schemas {OLDEST_SCHEMA_VERSION} to \
         {SCHEMA_VERSION}: use the version that wrote it, or sweep again",
        path.display()
    )]
    Schema {
        path: PathBuf,
        /// What the file says of itself.
        found: String,
    },
    /// A column is absent.
    #[error("`{}` has no column `{column}`, expected {expected}: sweep again", path.display())]
    MissingColumn { path: PathBuf, column: &'static str, expected: String },
    /// A column holds something else.
    #[error(
        "column `{column}` of `{}` holds {found}, expected {expected}: sweep again",
        path.display()
    )]
    WrongType { path: PathBuf, column: &'static str, found: String, expected: String },
    /// `claims.json` is damaged.
    #[error(
        "`{}` is not the JSON that it should be: put back a copy, or remove it, after which all claims \
         count as exploratory",
        path.display()
    )]
    Claims {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    /// `failure.json` or `run.json` is damaged.
    #[error("`{}` is not the JSON that it should be: remove it and sweep again", path.display())]
    Json {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    /// The checksum does not fit, or there is none.
    #[error(
        "`{}` is not what was written, by its checksum in `{}`: sweep again",
        path.display(),
        listing.display()
    )]
    Changed { path: PathBuf, listing: PathBuf },
    /// The file of a run is damaged, or cut off.
    #[error("`{}` is not what was written: sweep again", path.display())]
    Archive {
        path: PathBuf,
        #[source]
        source: zip::result::ZipError,
    },
    /// There is no file of packed results.
    #[error("there is no file `{}`: expected one that `swanbench pack` wrote", path.display())]
    NoPack { path: PathBuf },
    /// The file holds something else.
    #[error(
        "`{}` holds no packed results: expected a file that `swanbench pack` wrote",
        path.display()
    )]
    NotAPack { path: PathBuf },
    /// What a checkpoint or a run holds is not what was written, or was written by a version that
    /// kept no checksums.
    #[error(
        "`{}` is damaged or of another version and was moved to `{}`: its run starts afresh",
        path.display(),
        aside.display()
    )]
    Damaged { path: PathBuf, aside: PathBuf },
    /// A row holds a value that this version does not know, or lacks one.
    #[error("row {row} of `{}` cannot be read: {problem}: sweep again", path.display())]
    BadRow {
        path: PathBuf,
        /// Counted from 1.
        row: usize,
        problem: String,
    },
    /// Polars could not write a frame.
    #[error("the results cannot be written as parquet")]
    Parquet(#[source] PolarsError),
}

impl Error {
    /// Adapts an [`io::Error`] of doing `action` to `path`.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
