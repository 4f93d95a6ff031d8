//! From results to what a reader decides with: pictures, tables, verdicts, and a page with all of it.
//!
//! [`report`] writes all of them. A picture is a function from `ReportData` to a `Scene`, in a
//! file of its own, and `pictures` lists them; `render` turns scenes into SVG and PNG. Nothing here
//! knows a method by name: what is drawn follows from the data alone. Equal results give equal bytes.

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
    published::compare,
    replace_file,
};

pub use error::Error;
pub use tables::verdicts::{effect, word as outcome_word};

use crate::{
    data::{report_data::ReportData, run_list::Run},
    pictures::Pictures,
    tables::{controls, methods, paper, table, verdicts},
};

/// Files that only some reports have, beside pictures.
const CLAIMS_FILE: &str = "claims.md";
const CONTROLS_FILE: &str = "controls.md";
const PAPER_FILES: [&str; 2] = ["paper.md", "paper.tex"];

/// Writes the report on `results`, of `Store::read_results` or `Store::gather`, into `folder`, which
/// is created where it is not there. Gives the paths of the files: every picture that has something
/// to show as `.svg` and `.png`, `table.md`, `.csv` and `.tex`, `methods.md` and `.csv`, `pairs.csv`,
/// with controls or thresholds `controls.md`, with claims `claims.md`, beside a paper `paper.md` and `.tex`, and at last `index.html`, the page
/// that shows all of it.
///
/// # Errors
/// Returns [`Error::NothingDone`] if no run has finished; otherwise an error if a file cannot be
/// written. Everything is drawn before the first file is replaced.
pub fn report(results: &Results, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let evidence = ReportData::of(&results.runs)?;
    let Pictures { mut files, on_page } = pictures::pictures(&evidence, results)?;
    let rows = table::rows(&evidence);
    let columns = table::columns(&evidence, &rows);
    let reference = evidence.reference().map(|cell| cell.label.as_str());
    let summaries = labels(&results.runs, evidence.task_index, reference);
    let pairs = pairs(&results.runs, evidence.task_index);
    let methods = methods::columns(&summaries, reference.unwrap_or("the reference"));
    let verdicts = judge(results);
    let controls = controls::columns(&evidence);
    let published = paper::columns(&compare(results));
    let mut add = |name: &str, content: Vec<u8>| files.push((name.to_owned(), content));
    add("table.md", table::markdown(&evidence, &rows, &columns).into_bytes());
    add("table.csv", table::csv(&rows));
    add("table.tex", table::latex(&evidence, &rows, &columns).into_bytes());
    add("methods.md", methods::markdown(&methods, &pairs).into_bytes());
    add("methods.csv", methods::labels_csv(&summaries));
    add("pairs.csv", methods::pairs_csv(&pairs));
    if !controls[0].entries.is_empty() {
        let table = table::markdown_table(&controls);
        add(CONTROLS_FILE, format!("{table}\n{}\n", controls::MEANING).into_bytes());
    }
    if !verdicts.is_empty() {
        add(CLAIMS_FILE, verdicts::markdown(&verdicts).into_bytes());
    }
    if !results.about.published.is_empty() {
        let [markdown, latex] = PAPER_FILES;
        add(markdown, table::markdown_table(&published).into_bytes());
        let caption = format!("{}: the paper's numbers beside ours", evidence.experiment);
        let key = format!("{}-paper", evidence.experiment);
        add(latex, table::latex_table(&key, &caption, &published).into_bytes());
    }
    let page = page::html(page::Content {
        about: &results.about,
        evidence: &evidence,
        verdicts: &verdicts,
        pictures: &on_page,
        rows: &rows,
        columns: &columns,
        methods: &methods,
        controls: &controls,
        published: &published,
        runs: &Run::all(&results.runs),
    });
    add("index.html", page.into_bytes());
    write(folder, files)
}

/// Puts all files in place, and removes those of an earlier report that this one does not have: they
/// would contradict it.
fn write(folder: &Path, files: Vec<(String, Vec<u8>)>) -> Result<Vec<PathBuf>, Error> {
    fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { path: folder.to_path_buf(), source })?;
    let mut written = Vec::with_capacity(files.len());
    for (name, content) in files {
        let path = folder.join(name);
        replace_file(&path, &content)?;
        written.push(path);
    }
    let optional = [CONTROLS_FILE, CLAIMS_FILE, PAPER_FILES[0], PAPER_FILES[1]].map(str::to_owned);
    for name in optional.into_iter().chain(pictures::names()) {
        let path = folder.join(name);
        if !written.contains(&path) && path.exists() {
            fs::remove_file(&path).map_err(|source| Error::Outdated { path, source })?;
        }
    }
    Ok(written)
}
