//! From the frame of runs to what a reader decides with: pictures, tables, and a page of both.
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
mod methods;
mod page;
mod pareto;
mod published;
mod render;
mod run_list;
mod scale;
mod scene;
mod table;
mod theme;
mod verdict;

use std::{
    fs,
    path::{Path, PathBuf},
};

use swanbench_results::{
    Results,
    claims::judge,
    comparison::{labels, pairs},
    published::beside,
    replace_file,
};

pub use error::Error;

use crate::{evidence::Evidence, page::Picture, run_list::Run};

/// The file that only reports on experiments with claims have.
const CLAIMS_FILE: &str = "claims.md";
/// The files that only reports beside a paper have.
const PUBLISHED_FILES: [&str; 2] = ["paper.md", "paper.tex"];

/// Writes the report on `results`, of `Store::read_results` or `Store::gather`, into `folder`, which
/// is created where it is not there. Gives the paths of the files: `pareto.svg`, `pareto.png`,
/// `table.md`, `table.csv`, `table.tex`, `methods.md`, `methods.csv`, `pairs.csv`, with claims also `claims.md`, and at last `index.html`, the
/// page that shows all of it.
///
/// # Errors
/// [`Error::NothingDone`] where no run has finished; otherwise where a column is missing or a file
/// cannot be written. Everything is drawn before the first file is replaced.
pub fn report(results: &Results, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let evidence = Evidence::of(&results.runs)?;
    let verdicts = judge(results)?;
    let pareto = pareto::picture(&evidence);
    let rows = table::rows(&evidence);
    let columns = table::columns(&evidence, &rows);
    let svg = render::svg(&pareto)?;
    let pictures = [Picture {
        id: "pareto".to_owned(),
        heading: "Accuracy against inference cost".to_owned(),
        alternative: "Test accuracy against FLOPs left, by method and target; the table below \
                      has the numbers"
            .to_owned(),
        svg: String::from_utf8_lossy(&svg).into_owned(),
    }];
    let reference = evidence.reference().map(|cell| cell.label.as_str());
    let summaries = labels(&results.runs, evidence.phase, reference)?;
    let pairs = pairs(&results.runs, evidence.phase)?;
    let methods = methods::columns(&summaries, reference.unwrap_or("the reference"));
    let published = published::columns(&beside(results)?);
    let page = page::html(page::Content {
        about: &results.about,
        evidence: &evidence,
        verdicts: &verdicts,
        pictures: &pictures,
        rows: &rows,
        columns: &columns,
        methods: &methods,
        published: &published,
        runs: &Run::all(&results.runs)?,
    });
    let mut files = vec![
        ("pareto.svg", svg),
        ("pareto.png", render::png(&pareto)?),
        ("table.md", table::markdown(&evidence, &rows, &columns).into_bytes()),
        ("table.csv", table::csv(&rows)?),
        ("table.tex", table::latex(&evidence, &rows, &columns).into_bytes()),
        ("methods.md", methods::markdown(&methods, &pairs).into_bytes()),
        ("methods.csv", methods::labels_csv(&summaries)?),
        ("pairs.csv", methods::pairs_csv(&pairs)?),
    ];
    if !verdicts.is_empty() {
        files.push((CLAIMS_FILE, verdict::markdown(&verdicts).into_bytes()));
    }
    if !results.about.published.is_empty() {
        files.push((PUBLISHED_FILES[0], table::markdown_table(&published).into_bytes()));
        let caption = format!("{}: the paper's numbers beside ours", evidence.experiment);
        let key = format!("{}-paper", evidence.experiment);
        let latex = table::latex_table(&key, &caption, &published);
        files.push((PUBLISHED_FILES[1], latex.into_bytes()));
    }
    files.push(("index.html", page.into_bytes()));
    write(folder, files)
}

fn write(folder: &Path, files: Vec<(&str, Vec<u8>)>) -> Result<Vec<PathBuf>, Error> {
    fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { path: folder.to_path_buf(), source })?;
    let mut written = Vec::with_capacity(files.len());
    for (name, content) in files {
        let path = folder.join(name);
        replace_file(&path, &content)?;
        written.push(path);
    }
    for name in PUBLISHED_FILES.iter().chain([&CLAIMS_FILE]) {
        let path = folder.join(name);
        if !written.contains(&path) && path.exists() {
            // Those of an earlier report would contradict this one.
            fs::remove_file(&path).map_err(|source| Error::Outdated { path, source })?;
        }
    }
    Ok(written)
}
