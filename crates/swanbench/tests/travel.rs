//! Results of other machines join those here, and travel in one file.

#[path = "support/folder.rs"]
mod support;

use std::fs;

use support::{Folder, TINY, assert_contains};

#[test]
fn results_of_two_machines_are_those_of_one() {
    let folder = Folder::with("tiny.yaml", TINY);
    let half = |seed: &str, results: &str| {
        let seeds = format!("seeds=[{seed}]");
        folder.sweep(&["--set", &seeds, "--results", results]);
    };
    half("0", "here");
    half("1", "there");
    half("0, 1", "whole");
    let merged = folder.succeed(&["merge", "there", "whole", "--results", "here"]).stdout;
    assert_contains(&merged, "tiny: 6 runs taken, 0 were here and are equal");
    assert_contains(&merged, "tiny: 0 runs taken, 12 were here and are equal");
    assert!(folder.metrics("here/tiny") == folder.metrics("whole/tiny"));
    assert_contains(&folder.sweep(&["--results", "here"]).stderr, "12 runs, 12 already done");

    // A run that is not what it says is named, and takes no other's place.
    let ids: Vec<String> = folder.metrics("here/tiny").into_keys().collect();
    let file = |id: &str| folder.path().join(format!("there/tiny/{id}.zip"));
    let mut own = ids.iter().filter(|id| file(id).exists());
    let (one, other) = (own.next().unwrap(), own.next().unwrap());
    fs::copy(file(one), file(other)).unwrap();
    let output = folder.run(&["merge", "there", "--results", "here"]);
    assert_eq!(output.status.code(), Some(1), "{}", output.stderr);
    assert_contains(&output.stdout, &format!("tiny: {other} is another result here, and stays"));
    let output = folder.run(&["merge", ".", "--results", "here"]);
    assert_eq!(output.status.code(), Some(2));
    assert_contains(&output.stderr, "`.` is no folder of results");
}

#[test]
fn a_report_on_packed_results_is_that_on_their_folder() {
    let folder = Folder::with("tiny.yaml", TINY);
    folder.sweep(&["--set", "seeds=[0]"]);
    let packed = folder.succeed(&["pack", "tiny"]).stdout;
    assert_contains(&packed, "wrote results/tiny.zip");
    assert_contains(&packed, "experiment.yaml claims.json about.json");
    let bytes = fs::read(folder.path().join("results/tiny.zip")).unwrap();
    folder.succeed(&["pack", "tiny", "--output", "again.zip"]);
    assert!(fs::read(folder.path().join("again.zip")).unwrap() == bytes);

    let report = |folder: &Folder, name: &str, plots: &str| {
        folder.succeed(&["report", name, "--plots", plots]);
        let entries = fs::read_dir(folder.path().join(plots).join("tiny")).unwrap().flatten();
        let mut files: Vec<_> =
            entries.map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap())).collect();
        files.sort();
        files
    };
    let before = report(&folder, "tiny", "plots");
    assert!(before.len() > 10);
    // On a machine that has nothing else; by the name of the file, or of the experiment.
    let elsewhere = Folder::new();
    fs::create_dir(elsewhere.path().join("results")).unwrap();
    fs::write(elsewhere.path().join("results/tiny.zip"), &bytes).unwrap();
    assert!(report(&elsewhere, "results/tiny.zip", "one") == before);
    assert!(report(&elsewhere, "tiny", "other") == before);
}

#[test]
fn what_is_no_pack_is_named() {
    let folder = Folder::with("tiny.yaml", TINY);
    let complaint = |arguments: &[&str]| {
        let output = folder.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
        output.stderr
    };
    assert_contains(&complaint(&["pack", "tiny"]), "sweep the experiment first, or check its name");
    assert_contains(&complaint(&["report", "no.zip"]), "there is no file `no.zip`");
    fs::write(folder.path().join("text.zip"), "not an archive").unwrap();
    assert_contains(&complaint(&["report", "text.zip"]), "`text.zip` holds no packed results");
}
