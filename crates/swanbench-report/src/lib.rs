//! From the frame of runs to what a reader decides with: pictures and tables.
//!
//! [`report`] writes all of them. A picture is a function from `Evidence` to a `Scene`, in a
//! file of its own; `render` turns scenes into SVG and PNG. Nothing here knows a method by name:
//! what is drawn follows from the data alone. Equal results give equal bytes.

mod axes;
mod cell;
mod error;
mod evidence;
mod fonts;
mod format;
mod labels;
mod marker;
mod pareto;
mod render;
mod scale;
mod scene;
mod table;
mod theme;

use std::{
    fs,
    path::{Path, PathBuf},
};

use swanbench_results::{Results, replace_file};

pub use error::Error;

use crate::evidence::Evidence;

/// Writes the report on `results`, of `Store::read_results` or `Store::gather`, into `folder`, which
/// is created where it is not there. Gives the paths of the files, in the order in which a reader
/// wants them: `pareto.svg`, `pareto.png`, `table.md`, `table.csv`, `table.tex`.
///
/// # Errors
/// [`Error::NothingDone`] where no run has finished; otherwise where a column is missing or a file
/// cannot be written. Everything is drawn before the first file is replaced.
pub fn report(results: &Results, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let evidence = Evidence::of(&results.runs)?;
    let pareto = pareto::picture(&evidence);
    let rows = table::rows(&evidence);
    let columns = table::columns(&evidence, &rows);
    let files = [
        ("pareto.svg", render::svg(&pareto)?),
        ("pareto.png", render::png(&pareto)?),
        ("table.md", table::markdown(&evidence, &rows, &columns).into_bytes()),
        ("table.csv", table::csv(&rows)?),
        ("table.tex", table::latex(&evidence, &rows, &columns).into_bytes()),
    ];
    fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { path: folder.to_path_buf(), source })?;
    let mut written = Vec::with_capacity(files.len());
    for (name, content) in files {
        let path = folder.join(name);
        replace_file(&path, &content)?;
        written.push(path);
    }
    Ok(written)
}
