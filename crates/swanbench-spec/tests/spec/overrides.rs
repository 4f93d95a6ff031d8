//! Overrides, files, and how problems that come from them are shown.

use std::{fs, path::Path};

use insta::assert_snapshot;
use swanbench_spec::Draft;

use crate::support::{TRIAL, parse, vocabulary};

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
    let cases: [&[&str]; 4] = [
        &["train.epochs=0", "modle=mlp", "model.width=0"],
        &["methods=[prune, swan]"],
        // The file's own problem comes first.
        &["data.kind=letters", "seeds[1]=0"],
        // A path that leads nowhere is a problem, too.
        &["methods[9].width=1", "name.x=1"],
    ];
    let text = TRIAL.replace("prune, scope", "prune, scop");
    let message = |overrides| parse(&text, overrides).unwrap_err().to_string();
    assert_snapshot!(cases.map(message).join("\n\n"));
}

#[test]
fn later_errors_have_places_too() {
    let overrides = [swanbench_spec::Override::parse("targets[1]=0.2").unwrap()];
    let draft = Draft::parse("trial.yaml", TRIAL, &overrides, &vocabulary()).unwrap();
    let at = |field| draft.error_at(field, "is too small", "more").to_string();
    assert_eq!(at("targets[0]"), "trial.yaml:6:11: targets[0]: is too small\n  expected: more");
    let of_override = "--set targets[1]=0.2: targets[1]: is too small\n  expected: more";
    assert_eq!(at("targets[1]"), of_override);
}

#[test]
fn a_file_is_read_from_disk() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trial.yaml");
    fs::write(&file, TRIAL).unwrap();
    let loaded = Draft::load(&file, &[], &vocabulary()).unwrap();
    assert_eq!(loaded.resolve("1"), parse(TRIAL, &[]).unwrap());
}

#[test]
fn an_unreadable_file_is_named_with_the_cause() {
    let message = |path: &Path| Draft::load(path, &[], &vocabulary()).unwrap_err().to_string();
    assert_eq!(
        message(Path::new("nowhere/trial.yaml")),
        "cannot read nowhere/trial.yaml: No such file or directory (os error 2)"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latin-1.yaml");
    fs::write(&file, b"name: caf\xe9").unwrap();
    let wanted = format!("{} is not text in UTF-8: save it as UTF-8", file.display());
    assert_eq!(message(&file), wanted);
    fs::write(&file, b"\xff\xfen\0").unwrap();
    assert!(message(&file).ends_with("is text in UTF-16: save it as UTF-8"));
}
