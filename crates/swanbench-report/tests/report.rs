//! What a reader of `plots/<experiment>` gets, from frames of every kind.

#[path = "support/sample_runs.rs"]
mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use support::{Setting, quickstart, runs};
use swanbench_report::{Error, report};
use swanbench_results::{ExperimentMetadata, Results};
use swanbench_spec::{Claim, Metric, Question, Relation, Side};

/// Writes a report and reads the picture that decides and the tables.
fn written(runs: &Results) -> (String, Vec<u8>, String, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = report(runs, &folder.path().join("quickstart")).expect("written");
    let read = |name: &str| {
        let path = files.iter().find(|path| path.ends_with(name)).expect("a file of that name");
        fs::read(path).expect("readable")
    };
    let text = |name: &str| String::from_utf8(read(name)).expect("a text");
    (text("pareto.svg"), read("pareto.png"), text("table.md"), text("table.csv"))
}

/// The cells of the row of a Markdown table whose first two cells are these.
fn row(table: &str, label: &str, target: &str) -> Vec<String> {
    let start = format!("| {label} | {target} |");
    let line = table.lines().find(|line| line.starts_with(&start)).expect("a row");
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

#[test]
fn a_report_is_pictures_tables_and_a_page() {
    // Kept below the target folder, for whoever wants to look at the pictures.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    let files = report(&runs(&quickstart(), 3, &[]), &folder).expect("written");
    let pictures =
        ["pareto", "parameters", "budget", "curves", "adaptivity", "classes", "gates", "raw"];
    let pictures = pictures.iter().flat_map(|name| [format!("{name}.svg"), format!("{name}.png")]);
    let tables = ["table.md", "table.csv", "table.tex", "methods.md", "methods.csv", "pairs.csv"];
    let tables = tables.into_iter().chain(["classes.md", "controls.md"]);
    let expected = pictures.chain(tables.map(str::to_owned)).chain(["index.html".to_owned()]);
    assert_eq!(files, expected.map(|name| folder.join(name)).collect::<Vec<_>>());
    assert!(files.iter().all(|file: &PathBuf| file.metadata().expect("a file").len() > 500));
}

/// Kept beside the usual report, for whoever wants to look at what is hard to draw.
#[test]
fn many_labels_and_one_seed_can_be_drawn() {
    let labels: Vec<&'static str> =
        (0..20).map(|index| &*format!("method {index} with a name").leak()).collect();
    let mut settings = vec![Setting::new("dense", None, 0.95, 1.0)];
    for (index, label) in labels.iter().enumerate() {
        for target in [0.5, 0.2, 0.1, 0.05] {
            let share = target * (0.8 + 0.03 * index as f64);
            settings.push(Setting {
                raw: (index % 2 == 0).then_some(0.2 + target),
                input_dependent: 0.04 * index as f64,
                ..Setting::new(label, Some(target), 0.95 - 0.002 * index as f64 / target, share)
            });
        }
    }
    let report_in = |name: &str, seeds: u64| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        report(&runs(&settings, seeds, &[]), &folder).expect("written")
    };
    let (many, few) = (report_in("many labels", 3), report_in("one seed", 1));
    assert_eq!(many.len(), few.len());
}

#[test]
fn claims_have_a_file_as_long_as_there_are_any() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings =
        [Setting::new("full", None, 0.95, 1.0), Setting::new("gated", Some(0.5), 0.93, 0.5)];
    let mut results = runs(&settings, 3, &[]);
    let side = |label: &str| Side { label: label.to_owned(), control: None };
    results.about = ExperimentMetadata {
        title: Some("Gates & dense nets".to_owned()),
        claims: vec![Claim {
            id: "h1".to_owned(),
            statement: "Gates cost nothing.".to_owned(),
            question: Question::Compare {
                metric: Metric::TestAccuracy,
                of: side("gated"),
                against: side("full"),
                at_flops: Vec::new(),
                phase: None,
                expect: Relation::Equal,
                margin: 0.01,
            },
        }],
        ..ExperimentMetadata::default()
    };
    let files = report(&results, folder.path()).expect("written");
    let claims = folder.path().join("claims.md");
    assert_eq!(files[files.len() - 2], claims);
    assert!(
        fs::read_to_string(&claims)
            .expect("a text")
            .contains("| ✗ refuted (exploratory) | −2.00 [")
    );
    let page = fs::read_to_string(&files[files.len() - 1]).expect("a page");
    assert!(
        page.contains("<h1>Gates &amp; dense nets</h1>")
            && page.contains("</span> refuted (exploratory)</p>")
    );
    results.about.claims.clear();
    report(&results, folder.path()).expect("written");
    assert!(!claims.exists());
}

#[test]
fn equal_runs_give_equal_bytes() {
    let runs = runs(&quickstart(), 3, &[]);
    let bytes = || {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = report(&runs, folder.path()).expect("written");
        files.iter().map(|file| fs::read(file).expect("a file")).collect::<Vec<_>>()
    };
    assert!(bytes() == bytes());
}

#[test]
fn the_picture_says_what_it_shows() {
    let (svg, ..) = written(&runs(&quickstart(), 3, &[]));
    for text in [
        "quickstart: accuracy against inference cost, mlp on mnist-5k",
        "test accuracy, %",
        "unit FLOPs of one example, share of dense (log scale)",
        "weight FLOPs of one example, share of dense (log scale)",
        "only a sparse kernel can do this",
        "mean test accuracy of 3 seeds",
        "Pareto front",
        "compressed below",
    ] {
        assert!(svg.contains(text), "no `{text}` in the picture");
    }
    // Every label stands in both panels.
    for label in ["narrow dense", "dropout", "magnitude (unit)", "swan (static)"] {
        let count = svg.lines().filter(|line| *line == label).count();
        assert_eq!(count, 2, "`{label}`");
    }
    for tick in ["2%", "5%", "10%", "20%", "50%", "100%"] {
        assert_eq!(svg.lines().filter(|line| *line == tick).count(), 2, "`{tick}`");
    }
}

#[test]
fn the_table_has_hand_computed_values() {
    let half = Setting {
        weight_share: 0.2,
        raw: Some(0.5),
        soft: Some(0.92),
        input_dependent: 0.6,
        ..Setting::new("gated", Some(0.5), 0.91, 0.25)
    };
    let (_, _, table, csv) = written(&runs(&[Setting::new("full", None, 0.95, 1.0), half], 3, &[]));
    // Seeds of `full`: 0.95 + 0.0025 * (-0.8, 0.1, 0.7) have the mean 0.95 and the deviation 0.0025
    // * sqrt(1.14 / 2) = 0.001887; t(2) / sqrt(3) = 2.48414 times that is 0.004689. `gated` spreads
    // by 0.0025 + 0.12 * 0.04 = 0.0073 instead: 0.013691. Its activity exceeds 0.5 by 0.6 * (0.05 +
    // 0.2 + 0.4) / 3 = 13%, and examples cost 25% * (1 -+ 0.45 * 0.6).
    let reference = ["full", "", "3", "95.00 ± 0.47", "0.00", "100", "100", "", "1.00×"];
    assert_eq!(row(&table, "full", "")[..9], reference);
    assert_eq!(
        row(&table, "gated", "0.5"),
        [
            "gated",
            "0.5",
            "3",
            "91.00 ± 1.37",
            "−4.00",
            "56.5",
            "25.0",
            "static",
            "4.00×",
            "18.2 to 31.8",
            "20.0",
            "20.0",
            "50.00",
            "92.00",
            "0.55×",
            "1 operating point; training costs 0.55×"
        ]
    );
    assert!(table.contains("gap to full, points"));
    assert!(table.contains("quickstart: mlp on mnist-5k. n: seeds."));
    let names = csv.lines().next().expect("a header");
    assert!(names.starts_with("label,target_activity,stage,n,test_accuracy,"), "{names}");
    let gated: Vec<_> = csv.lines().nth(2).expect("a second row").split(',').collect();
    assert_eq!(gated[..4], ["gated", "0.5", "fine-tuned", "3"]);
    let speed_up = names.split(',').position(|name| name == "speed_up").expect("a column");
    assert_eq!(gated[speed_up], "4.0");
}

#[test]
fn one_seed_has_no_interval_anywhere() {
    let (svg, _, table, _) = written(&runs(&quickstart(), 1, &[]));
    assert!(svg.contains("test accuracy of one seed, so there is no interval"));
    assert!(!table.contains("± 0") && !table.contains("± 1"), "{table}");
    assert_eq!(row(&table, "swan", "0.1")[2], "1");
}

#[test]
fn failed_runs_are_left_out_and_named() {
    let (svg, _, table, _) = written(&runs(&quickstart(), 2, &["swan", "dropout"]));
    assert!(svg.contains("20 runs failed, left out here"));
    assert!(table.contains("- swan at target 5%, seed 1: the loss is not a number\n"));
    assert!(!table.contains("| swan | 0.05 |"));
}

#[test]
fn without_a_dense_net_nothing_is_compared_with_it() {
    let settings: Vec<_> =
        quickstart().into_iter().filter(|setting| setting.label == "swan").collect();
    let (svg, _, table, _) = written(&runs(&settings, 3, &[]));
    assert!(!table.contains("gap to"), "{table}");
    assert_eq!(svg.lines().filter(|line| *line == "swan").count(), 2);
}

#[test]
fn a_single_cell_can_be_reported() {
    let (svg, _, table, _) = written(&runs(&[Setting::new("dense", None, 0.95, 1.0)], 1, &[]));
    assert!(svg.contains("dense"));
    // The columns that would be empty are left out, the target among them.
    assert!(table.starts_with("| method | n | test accuracy, % |"), "{table}");
}

#[test]
fn what_is_not_a_number_is_left_out_of_the_picture_and_empty_in_the_table() {
    let settings = [
        Setting::new("dense", None, 0.95, 1.0),
        Setting::new("diverged", Some(0.5), f64::NAN, 0.5),
        Setting::new("closed", Some(0.5), 0.1, 0.0),
    ];
    let (svg, _, table, _) = written(&runs(&settings, 3, &[]));
    assert_eq!(svg.lines().filter(|line| *line == "diverged" || *line == "closed").count(), 0);
    assert_eq!(row(&table, "diverged", "0.5")[3], "");
    assert_eq!(row(&table, "closed", "0.5")[3], "10.00 (1.64 to 17.32)");
}

#[test]
fn more_labels_than_colours_can_be_drawn() {
    const LABELS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let settings: Vec<_> = LABELS
        .into_iter()
        .enumerate()
        .map(|(index, label)| Setting::new(label, Some(0.5), 0.9, 0.1 + 0.05 * index as f64))
        .collect();
    let (svg, ..) = written(&runs(&settings, 3, &[]));
    assert!(LABELS.iter().all(|label| svg.lines().filter(|line| line == label).count() == 2));
}

#[test]
fn where_nothing_finished_the_report_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().join("quickstart");
    let dense = [Setting::new("dense", None, 0.95, 1.0)];
    let error = report(&runs(&dense, 2, &["dense"]), &place).expect_err("nothing to report");
    assert!(matches!(error, Error::NothingDone(_)));
    assert_eq!(
        error.to_string(),
        "no run of the experiment has finished, so there is nothing to report; \
         the first that failed says: the loss is not a number"
    );
    assert!(!place.exists());
}
