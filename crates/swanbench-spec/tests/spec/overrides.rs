//! Overrides, and how problems that they bring in are shown.

use std::{fs, path::Path};

use insta::assert_snapshot;
use swanbench_spec::Experiment;

use crate::support::{TRIAL, parse, vocabulary};

fn wrong(overrides: &[&str]) -> String {
    parse(TRIAL, overrides).unwrap_err().to_string()
}

#[test]
fn a_field_is_overridden_before_the_check() {
    let experiment =
        parse(TRIAL, &["train.epochs=1", "data.limit=100", "methods[1].scope=weight", "seeds=[9]"])
            .unwrap();
    let run = experiment.runs.last().unwrap();
    assert_eq!((run.train.epochs, run.data_options.limit, run.seed), (1, Some(100), 9));
    assert_eq!(run.method.settings["scope"], "weight");
    assert_eq!(experiment.labels, ["dense", "prune (weight)"]);
    assert_eq!(experiment.text, TRIAL);
}

#[test]
fn the_last_override_of_a_field_holds() {
    let experiment = parse(TRIAL, &["train.epochs=0", "train={ epochs: 2 }"]).unwrap();
    assert_eq!(experiment.train.epochs, 2);
}

#[test]
fn problems_show_the_override_that_brought_them_in() {
    assert_snapshot!(wrong(&["train.epochs=0", "modle=mlp", "model.width=0"]), @r"
    --set train.epochs=0: train.epochs: `0` is out of range
      expected: an integer from 1 to 1000000
    --set modle=mlp: modle: an experiment has no field `modle`
      expected: one of name, title, description, data, model, train, phases, seeds, targets, methods, claims, published
      nearest: model
    --set model.width=0: model.width: `0` is out of range
      expected: a number above 0, up to 100
    3 problems
    ");
    assert_snapshot!(wrong(&["methods=[prune, swan]"]), @r"
    --set methods=[prune, swan]: methods[1]: unknown method `swan`
      expected: one of dense, prune, gates
    ");
}

#[test]
fn the_file_s_own_problems_come_first() {
    let text = TRIAL.replace("seeds: [0, 1]", "seeds: [0, 0]");
    let message = parse(&text, &["data.kind=letters"]).unwrap_err().to_string();
    assert_snapshot!(message, @r"
    trial.yaml:5:12: seeds[1]: the seed `0` stands here a second time
      expected: each seed once
    --set data.kind=letters: data.kind: unknown dataset `letters`
      expected: one of digits, noise
    2 problems
    ");
}

#[test]
fn a_path_that_leads_nowhere_is_a_problem() {
    assert_snapshot!(wrong(&["methods[9].width=1", "name.x=1"]), @r"
    --set methods[9].width=1: methods[9]: the list has 2 items, counted from 0
    --set name.x=1: name.x: cannot be set, since `name` is text
    2 problems
    ");
}

#[test]
fn a_file_is_read_from_disk() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trial.yaml");
    fs::write(&file, TRIAL).unwrap();
    let loaded = Experiment::load(&file, &[], &vocabulary()).unwrap();
    assert_eq!(loaded, parse(TRIAL, &[]).unwrap());
}

#[test]
fn an_unreadable_file_is_named_with_the_cause() {
    let message = |path: &Path| Experiment::load(path, &[], &vocabulary()).unwrap_err().to_string();
    assert_snapshot!(message(Path::new("nowhere/trial.yaml")), @"cannot read nowhere/trial.yaml: No such file or directory (os error 2)");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latin-1.yaml");
    fs::write(&file, b"name: caf\xe9").unwrap();
    let wanted = format!("cannot read {}: stream did not contain valid UTF-8", file.display());
    assert_eq!(message(&file), wanted);
}
