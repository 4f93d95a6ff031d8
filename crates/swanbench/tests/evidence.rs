//! The committed results are what the documents and the committed pictures say.
//!
//! A comment `<!-- results: NAME -->` in a document names the results that the next table, listing or
//! paragraph is taken from; `, task 2` says after which of several tasks, `, raw` before its last stage,
//! `, phases` from which table of the report.
//! In a table a row begins with a label, and the head of a column is a target. With `, target 0.05` it is
//! `epoch 1`, for accuracies on validation after so many epochs of the task; `step 0`, `step 10` or `end`, for
//! those on test; `class 3` or `tenth 10`, for those on a part of the test examples.

#[path = "support/quotation.rs"]
mod quotation;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use quotation::{Content, Quotation, When, quotations};
use swanbench_results::{GroupBy, Headline, Results, last_task, statistics::Summary};
use swanbench_spec::{Conditions, Evaluation, Stage};

const FINDINGS: &str = "experiments/FINDINGS.md";
const DOCUMENTS: [&str; 3] = ["README.md", FINDINGS, "plots/README.md"];
/// What numbers in a text are taken from if its comment names no tables.
const TABLES: [&str; 6] = ["paper", "claims", "methods", "table", "controls", "timings"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns a file as git keeps it: a user's own sweeps write to the same places. Without git, as it is.
fn committed(path: &str) -> Vec<u8> {
    let git = Command::new("git").current_dir(root()).args(["show", &format!(":{path}")]).output();
    match git {
        Ok(output) if output.status.success() => output.stdout,
        _ => fs::read(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}")),
    }
}

fn packed(name: &str) -> Results {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pack.zip");
    fs::write(&file, committed(&format!("results/{name}.zip"))).unwrap();
    Results::read_pack(&file).unwrap_or_else(|error| panic!("results/{name}.zip: {error}"))
}

/// The files of reports that are in git.
fn committed_reports() -> Vec<String> {
    let git = Command::new("git").current_dir(root()).args(["ls-files", "plots/*/*"]).output();
    let paths = String::from_utf8(git.map(|output| output.stdout).unwrap_or_default()).unwrap();
    paths.lines().map(str::to_owned).collect()
}

#[test]
fn committed_reports_follow_from_committed_results() {
    let folder = tempfile::tempdir().unwrap();
    for path in committed_reports() {
        let (name, file) = path["plots/".len()..].split_once('/').unwrap();
        let report = folder.path().join(name);
        if !report.exists() {
            swanbench_report::report(&packed(name), &report).unwrap();
        }
        let written = fs::read(report.join(file)).unwrap_or_default();
        assert!(
            committed(&path) == written,
            "{path} fell behind: `just report {name}` writes another"
        );
    }
}

#[test]
fn documents_say_what_the_results_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut problems = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let only_tables = document != FINDINGS;
        problems.extend(quotation::unannounced(document, &text, only_tables));
        for quotation in quotations(document, &text) {
            let results = packed(&quotation.name);
            match &quotation.content {
                Content::Table(rows) => problems.extend(check_table(&quotation, rows, &results)),
                Content::Text(lines) => {
                    let report = folder.path().join(&quotation.name);
                    if !report.exists() {
                        swanbench_report::report(&results, &report).unwrap();
                    }
                    let own = quotation.tables.iter().map(String::as_str);
                    let usual = TABLES.into_iter().filter(|_| quotation.tables.is_empty());
                    let files = own.chain(usual).map(|name| report.join(format!("{name}.md")));
                    let texts: Vec<String> = files.flat_map(fs::read_to_string).collect();
                    problems.extend(quotation::check_text(&quotation, lines, &texts.concat()));
                }
            }
        }
    }
    assert!(problems.is_empty(), "documents fell behind:\n{}", problems.join("\n"));
}

#[test]
fn wrong_numbers_are_found() {
    let tables = "| beats | +1.672 [+1.471, +1.873] | −2.64 [−4.70, −0.58] | 87.53 |";
    let check = |text: &str| {
        let document = format!("<!-- results: made-up -->\n{text}\n");
        let quotation = &quotations("page.md", &document)[0];
        let Content::Text(lines) = &quotation.content else { panic!("a text") };
        quotation::check_text(quotation, lines, tables)
    };
    for right in [
        "It is 1.67 [1.47, 1.87] points above.",
        "It is 2.64 points\n[0.58, 4.70] below, or −2.6 [−4.7, −0.6].",
        "87.5 of 100, `0.123` in code.",
    ] {
        assert_eq!(check(right), Vec::<String>::new(), "{right}");
    }
    for wrong in ["1.68", "87.6", "1.67 [1.47, 1.88]", "2.64 [4.70, 0.58]", "87.530"] {
        assert_eq!(check(wrong).len(), 1, "{wrong}");
    }
    let unannounced = |text| quotation::unannounced("page.md", text, false);
    assert_eq!(unannounced("no number, or 12\n").len(), 0);
    assert_eq!(
        unannounced("<!-- results: made-up -->\n1.5\n\n1.5\n"),
        ["page.md:4: no comment says whose results: 1.5"]
    );
}

/// Which runs a cell of a table is about, and when.
struct Cell<'a> {
    label: &'a str,
    target: Option<f64>,
    /// Whether a label without targets is meant, too: where heads of columns are no targets.
    or_none: bool,
    task: u32,
    when: When,
}

/// Compares the cells of a table, such as `87.5 ± 0.5 at 19.7%`, with accuracies and unit FLOPs.
fn check_table(
    quotation: &Quotation,
    rows: &[(usize, Vec<String>)],
    results: &Results,
) -> Vec<String> {
    let task = quotation.task.unwrap_or_else(|| last_task(&results.runs));
    let [(_, heads), body @ ..] = rows else { return vec![quotation.at(0, "the table is empty")] };
    let mut problems = Vec::new();
    for (line, cells) in body {
        let label = cells[0].as_str();
        for (head, text) in heads.iter().zip(cells).skip(1).filter(|(_, text)| !text.is_empty()) {
            let at_time = When::of_head(head);
            let or_none = at_time.is_some();
            let (target, when) = if let Some(when) = at_time {
                (quotation.target, when)
            } else {
                let share: f64 = head.trim_end_matches('%').parse().expect("a target as a head");
                ((share < 100.0).then_some(share / 100.0), quotation.when)
            };
            let wrong = check_cell(text, &Cell { label, target, or_none, task, when }, results);
            problems.extend(
                wrong.map(|wrong| quotation.at(*line, &format!("{label} at {head}: {wrong}"))),
            );
        }
    }
    problems
}

/// Returns what is wrong in the text of a cell.
fn check_cell(text: &str, cell: &Cell<'_>, results: &Results) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let after = |word: &str| Some(words[words.iter().position(|one| *one == word)? + 1]);
    let summary = |share| {
        let own = cell.percents(results, share);
        (!own.is_empty()).then(|| Summary::of(&own))
    };
    let accuracy = summary(|evaluation| evaluation.test_accuracy);
    let flops = summary(|evaluation| evaluation.unit_flops_share);
    let pairs = [
        (words.first().copied(), accuracy.map(|summary| summary.mean)),
        (after("±"), accuracy.and_then(|summary| summary.half_width)),
        (after("at"), flops.map(|summary| summary.mean)),
    ];
    pairs.into_iter().find_map(|(said, ours)| {
        let said = said?.trim_end_matches('%');
        let digits = said.split_once('.').map_or(0, |(_, digits)| digits.len());
        let ours =
            ours.map_or_else(|| "no such cell".to_owned(), |ours| format!("{ours:.digits$}"));
        (ours != said).then(|| format!("{said}, the results have {ours}"))
    })
}

impl Cell<'_> {
    /// Returns by run a share in percent; after epochs, the accuracy on validation.
    fn percents(&self, results: &Results, share: fn(&Evaluation) -> f64) -> Vec<f64> {
        let is_own = |label: &str, target: Option<f64>| {
            let is_target = target == self.target || self.or_none && target.is_none();
            label == self.label && is_target
        };
        let of_group = |by, index| {
            let own = results.adaptivity.iter().filter(|row| {
                (row.row.by, row.row.index) == (by, index)
                    && is_own(&row.run.label, row.run.target_activity)
            });
            own.filter_map(|row| Some(100.0 * row.row.accuracy?)).collect()
        };
        let (stage, steps) = match self.when {
            // Groups are those of the last task.
            When::Class(_) | When::Tenth(_) if self.task != last_task(&results.runs) => {
                return Vec::new();
            }
            When::Class(class) => return of_group(GroupBy::Class, class),
            When::Tenth(tenth) => return of_group(GroupBy::Difficulty, tenth - 1),
            When::Epoch(epoch) => {
                let of_task =
                    || results.epochs.iter().filter(|row| row.row.task_index == self.task);
                let first = of_task().map(|row| row.row.epoch).min().unwrap_or(0);
                let own = of_task().filter(|row| row.row.epoch + 1 == first + epoch);
                let own = own.filter(|row| is_own(&row.run.label, row.run.target_activity));
                return own.map(|row| 100.0 * row.row.val_accuracy).collect();
            }
            When::Raw if self.or_none && self.task == 1 => return Vec::new(),
            When::Raw => (Some(Stage::Training), None),
            When::End => (None, None),
            When::Step(steps) => (None, Some(steps)),
        };
        let headline = Headline::of_runs(&results.runs, self.task);
        let own = results.runs.iter().filter(|row| is_own(&row.run.label, row.run.target_activity));
        let evaluations = own.filter_map(|row| row.evaluation.as_ref());
        let wanted = evaluations.filter(|evaluation| {
            let conditions = Conditions { steps: None, ..evaluation.conditions };
            evaluation.conditions.steps == steps
                && headline.holds_at(self.label, &conditions, stage)
        });
        wanted.map(|evaluation| 100.0 * share(evaluation)).collect()
    }
}
