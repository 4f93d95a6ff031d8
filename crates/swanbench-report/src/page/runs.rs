//! The runs one by one, and those that failed.

use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{section::section, table::table};
use crate::{
    data::run_list::Run,
    format,
    tables::{column::Column, table::points},
};

/// More rows than this would make the page slow, and nobody reads them one by one.
const MOST: usize = 500;

/// What is escaped in a segment of a path (RFC 3986, section 3.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns a table of the first [`MOST`] runs of `experiment`, each with a link to its settings.
pub(super) fn list(experiment: &str, runs: &[Run]) -> Markup {
    // The results of the experiment, seen from the page.
    let results = format!("../../results/{}", utf8_percent_encode(experiment, SEGMENT));
    let shown = &runs[..runs.len().min(MOST)];
    let left_out = runs.len() - shown.len();
    let file = html! { a href=(format!("{results}/runs.parquet")) { code { "runs.parquet" } } };
    section(
        "runs",
        "Runs",
        &html! {
            p {
                @if left_out > 0 {
                    "The first " (MOST) " of " (format::count(runs.len(), "run")) "; the other "
                    (left_out) " are in " (file) " with all other measurements."
                } @else {
                    "All measurements are in " (file) "."
                }
            }
            (table("runs", &columns(&results, shown)))
        },
    )
}

fn columns(results: &str, runs: &[Run]) -> Vec<Column> {
    let numbers = |title: &str, value: fn(&Run) -> Option<f64>, text: fn(f64) -> String| {
        Column::numbers(title, runs, |run| value(run).map(|value| (text(value), value)))
    };
    let mut ids = Column::words("run", runs, |run| run.id.clone());
    for (entry, run) in ids.entries.iter_mut().zip(runs) {
        entry.link = Some(format!("{results}/{}", file(run)));
    }
    let state = |run: &Run| if run.done { "done" } else { "failed" }.to_owned();
    vec![
        ids,
        Column::words("method", runs, |run| run.label.clone()),
        numbers("target", |run| run.target, |target| target.to_string()),
        numbers("seed", |run| Some(run.seed as f64), |seed| seed.to_string()),
        Column::words("state", runs, state),
        numbers("test accuracy, %", |run| run.test_accuracy, points),
        numbers("seconds", |run| run.seconds, |seconds| format!("{seconds:.1}")),
        Column::words("device", runs, |run| run.device.clone()),
    ]
}

/// Returns the file of a run among the results; of a failed one, what was requested.
fn file(run: &Run) -> String {
    let suffix = if run.done { ".zip" } else { ".failed/run.json" };
    format!("{}{suffix}", utf8_percent_encode(&run.id, SEGMENT))
}

/// Returns which runs failed, and why; nothing if all succeeded.
pub(super) fn failures(failures: &[String]) -> Markup {
    if failures.is_empty() {
        return Markup::default();
    }
    let left_out = failures.len().saturating_sub(MOST);
    section(
        "failures",
        "Failures",
        &html! {
            p {
                (format::count(failures.len(), "run"))
                " failed, left out of the pictures and of the table above."
            }
            ul.failures { @for failure in failures.iter().take(MOST) { li { (failure) } } }
            @if left_out > 0 { p { "And " (left_out) " more: see " code { "runs.parquet" } "." } }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(index: usize, done: bool) -> Run {
        Run {
            id: format!("{index:016x}"),
            label: "gated <b>".to_owned(),
            target: Some(0.5),
            seed: 3,
            done,
            test_accuracy: done.then_some(0.912_34),
            seconds: Some(12.34),
            device: "cpu".to_owned(),
        }
    }

    #[test]
    fn a_run_links_to_its_file() {
        let page = list("trial", &[run(1, true), run(2, false)]).into_string();
        for expected in [
            "<a href=\"../../results/trial/0000000000000001.zip\">0000000000000001</a>",
            "<a href=\"../../results/trial/0000000000000002.failed/run.json\">",
            "<td>gated &lt;b&gt;</td>",
            "<td class=\"number\" data-value=\"0.91234\">91.23</td>",
            "<td>failed</td><td class=\"number\"></td><td class=\"number\" data-value=\"12.34\">",
        ] {
            assert!(page.contains(expected), "no `{expected}` in {page}");
        }
    }

    #[test]
    fn a_name_does_not_leave_its_place_in_a_path() {
        for (name, segment) in
            [("fashion-lenet5", "fashion-lenet5"), ("a/b c\"é", "a%2Fb%20c%22%C3%A9")]
        {
            let link = format!("\"../../results/{segment}/runs.parquet\"");
            assert!(list(name, &[]).into_string().contains(&link), "{name}");
        }
    }

    #[test]
    fn ten_thousand_runs_do_not_make_the_page_heavy() {
        let runs: Vec<_> = (0..10_000).map(|index| run(index, true)).collect();
        let page = list("trial", &runs).into_string();
        assert!(page.contains("The first 500 of 10000 runs; the other 9500 are in"));
        assert_eq!(page.matches(".zip").count(), 500);
        assert!(page.len() < 300_000, "{}", page.len());
    }

    #[test]
    fn a_failure_is_named_with_its_reason() {
        assert_eq!(failures(&[]).into_string(), "");
        let page = failures(&["gated, seed 1: loss > 1e9".to_owned()]).into_string();
        assert!(page.contains("1 run failed") && page.contains("<li>gated, seed 1: loss &gt; 1e9"));
    }
}
