//! Why a report could not be made.

use std::{io, path::PathBuf};

/// Nothing of an earlier report is lost where one of these comes back.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum Error {
    /// There is no accuracy to show: no run, or all of them failed.
    #[error("no run of the experiment has finished, so there is nothing to report{}", first_reason(.0.as_deref()))]
    NothingDone(
        /// Why the first failed run failed, where one did.
        Option<String>,
    ),
    /// A file could not be written.
    #[error(transparent)]
    Results(#[from] swanbench_results::Error),
    /// The folder of the report cannot be made.
    #[error("cannot create `{}`", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A file of an earlier report, which this one does not have, cannot be removed.
    #[error("cannot remove `{}`, which an earlier report left", path.display())]
    Outdated {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// plotters refused to draw.
    #[error("cannot draw the picture: {0}")]
    Draw(String),
    /// The PNG could not be encoded, for which a temporary folder is needed.
    #[error("cannot encode the picture in a temporary folder")]
    Encode(#[source] io::Error),
}

fn first_reason(reason: Option<&str>) -> String {
    reason.map(|reason| format!("; the first that failed says: {reason}")).unwrap_or_default()
}
