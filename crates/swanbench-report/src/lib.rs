//! Reports on results: pictures, tables, verdicts, and a page with all of it.
//!
//! [`report`] writes all of them. Its rooms use one another in one direction: `draw` knows nothing
//! of results, `data` prepares them, `pictures` use both, `tables` use `data`, and `page` shows
//! everything. A picture is a file of its own, and `pictures` lists them. Nothing here knows a
//! method by name: what is drawn follows from the data alone. Equal results give equal bytes.

mod data;
mod draw;
mod error;
mod format;
mod page;
mod pictures;
mod tables;

use std::{
    fs,
    path::{Path, PathBuf},
};

use swanbench_results::{
    Results,
    claims::judge,
    comparison::{labels, pairs},
    published::{Comparison, compare},
    replace_file,
};

pub use error::Error;
pub use tables::verdicts::{effect, outcome};

use crate::{
    data::{report_data::ReportData, run_list::Run},
    pictures::Picture,
    tables::{
        column, markdown, methods,
        optional::{self, OptionalTable},
        paper, table, verdicts,
    },
};

/// Files that only some reports have, next to pictures and optional tables.
const CLAIMS_FILE: &str = "claims.md";
const PAPER_FILES: [&str; 2] = ["paper.md", "paper.tex"];
const PAPER_CAPTION: &str = "the paper's numbers beside ours";

/// Writes the report on `results`, of `Store::read_results` or `Store::gather`, into `folder`,
/// which is created if it does not exist. Returns the paths of the files: every picture that has
/// something to show as `.svg` and `.png`, `table.md`, `.csv` and `.tex`, `methods.md` and `.csv`,
/// `pairs.csv`, of the optional tables those with rows, with claims `claims.md`, with published
/// numbers `paper.md` and `.tex`, and last `index.html`, the page that shows all of it.
///
/// Returns [`Error::NothingDone`] if no run has finished; otherwise an error if a file cannot be
/// written. Everything is drawn before the first file is replaced.
pub fn report(results: &Results, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let data = ReportData::of(results)?;
    let pictures = pictures::pictures(&data, results)?;
    let rows = table::rows(&data);
    let columns = table::columns(&data, &rows);
    let reference = data.reference().map(|cell| cell.label.as_str());
    let summaries = labels(&results.runs, data.task_index, reference, results.about.chance());
    let pairs = pairs(&results.runs, data.task_index);
    let methods = methods::columns(&summaries, reference.unwrap_or("the reference"));
    let verdicts = judge(results);
    let optional = OptionalTable::all(&data, results);
    let paper = paper::columns(&compare(results, &results.about.published));
    let page = page::html(page::Content {
        metadata: &results.about,
        data: &data,
        verdicts: &verdicts,
        pictures: &pictures,
        rows: &rows,
        columns: &columns,
        methods: &methods,
        optional: &optional,
        paper: &paper,
        runs: &Run::all(&results.runs),
    });
    let mut files = Vec::new();
    let mut add = |name: &str, content: Vec<u8>| files.push((name.to_owned(), content));
    for Picture { name, svg, png, .. } in pictures {
        add(&format!("{name}.svg"), svg.into_bytes());
        add(&format!("{name}.png"), png);
    }
    add("table.md", table::markdown(&data, &rows, &columns).into_bytes());
    add("table.csv", table::csv(&rows));
    add("table.tex", table::latex(&data, &rows, &columns).into_bytes());
    add("methods.md", methods::page(&methods, &pairs).into_bytes());
    add("methods.csv", methods::labels_csv(&summaries));
    add("pairs.csv", methods::pairs_csv(&pairs));
    for table in &optional {
        add(&format!("{}.md", table.name), table.markdown().into_bytes());
    }
    if !verdicts.is_empty() {
        add(CLAIMS_FILE, verdicts::markdown(&verdicts).into_bytes());
    }
    if column::height(&paper) > 0 {
        add(PAPER_FILES[0], markdown::table(&paper).into_bytes());
        let (label, caption) =
            (format!("{}-paper", data.experiment), format!("{}: {PAPER_CAPTION}", data.experiment));
        add(PAPER_FILES[1], paper::latex(&label, &caption, &paper).into_bytes());
    }
    add("index.html", page.into_bytes());
    write(folder, files)
}

/// Writes the numbers of a paper beside ours, from several experiments, as `paper.md` and `paper.tex` into
/// `folder`. Returns the table in Markdown.
///
/// Returns an error if a file cannot be written.
pub fn paper(all: &[Comparison], folder: &Path) -> Result<String, Error> {
    let columns = paper::columns(all);
    let table = markdown::table(&columns);
    create(folder)?;
    let latex = paper::latex("paper", PAPER_CAPTION, &columns);
    for (name, content) in PAPER_FILES.into_iter().zip([&table, &latex]) {
        replace_file(&folder.join(name), content.as_bytes())?;
    }
    Ok(table)
}

fn create(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { path: folder.to_path_buf(), source })
}

/// Puts all files in place, and removes those of an earlier report that this one does not have:
/// they would contradict it.
fn write(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Result<Vec<PathBuf>, Error> {
    create(folder)?;
    let mut written = Vec::with_capacity(files.len());
    for (name, content) in files {
        let path = folder.join(name);
        replace_file(&path, &content)?;
        written.push(path);
    }
    let texts = [CLAIMS_FILE, PAPER_FILES[0], PAPER_FILES[1]].map(str::to_owned);
    for name in optional::names().chain(texts).chain(pictures::names()) {
        let path = folder.join(name);
        if !written.contains(&path) && path.exists() {
            fs::remove_file(&path).map_err(|source| Error::Outdated { path, source })?;
        }
    }
    Ok(written)
}
