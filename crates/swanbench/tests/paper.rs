//! A paper's numbers beside ours, from whatever results are there.

#[path = "support/folder.rs"]
mod support;

use std::fs;

use support::{Folder, TINY, assert_contains};

const PUBLISHED: &str = "\
published:
  - { what: all units, paper: above 1%, at_least: 0.01, label: dense }
  - { what: few units, paper: above 99%, at_least: 0.99, label: swan, target: 0.25, reason: tiny }
  - { what: another net, paper: 50%, reason: needs a larger machine }
";

#[test]
fn numbers_come_from_results_folders_and_packs() {
    let folder = Folder::with("tiny.yaml", &(TINY.to_owned() + PUBLISHED));
    let before = folder.succeed(&["paper", "tiny.yaml"]).stdout;
    assert_eq!(before.matches("not trained yet").count(), 2, "{before}");
    assert_eq!(before.matches("could not be run here").count(), 1, "{before}");
    assert_contains(&before, "tiny; swanbench sweep tiny.yaml trains it");
    assert!(!folder.results().exists(), "it trains nothing");

    folder.sweep(&["--quiet"]);
    let after = folder.succeed(&["paper", "tiny.yaml"]).stdout;
    let verdict = |what: &str| {
        let line = after.lines().find(|line| line.contains(what)).unwrap();
        line.split(" | ").nth(5).unwrap().to_owned()
    };
    assert_eq!(verdict("all units"), "agrees");
    assert_eq!(verdict("few units"), "disagrees");
    assert_eq!(verdict("another net"), "could not be run here");
    let written = fs::read_to_string(folder.path().join("plots/paper/paper.md")).unwrap();
    assert_eq!(written.trim_end(), after.trim_end());

    folder.succeed(&["pack", "tiny"]);
    fs::remove_dir_all(folder.results()).unwrap();
    assert_eq!(folder.succeed(&["paper", "tiny.yaml"]).stdout, after);

    let longer = (TINY.to_owned() + PUBLISHED).replace("epochs: 4", "epochs: 5");
    folder.write("tiny.yaml", &longer);
    assert_contains(&folder.succeed(&["paper", "tiny.yaml"]).stdout, "of other settings");
}

#[test]
fn an_experiment_without_a_paper_is_refused() {
    let folder = Folder::with("tiny.yaml", TINY);
    let output = folder.run(&["paper", "tiny.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_contains(&output.stderr, "expected a file with `published:`");
    assert!(!folder.path().join("plots").exists());
}

#[test]
fn bounds_that_contradict_each_other_are_refused() {
    let wrong = PUBLISHED.replace("at_least: 0.01", "at_least: 0.9, at_most: 0.1");
    let folder = Folder::with("tiny.yaml", &(TINY.to_owned() + &wrong));
    let output = folder.run(&["paper", "tiny.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_contains(&output.stderr, "is more than `at_most`");
}
