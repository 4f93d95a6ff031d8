//! Networks that are kept beside the results.

#[path = "support/folder.rs"]
mod support;

use std::{collections::BTreeMap, fs};

use safetensors::SafeTensors;
use support::{Folder, TINY, assert_contains};

/// Returns the networks of all runs by id.
fn models(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    folder.files("results/tiny", "model.safetensors")
}

#[test]
fn models_are_kept_with_their_names_and_settings() {
    let folder = Folder::with("tiny.yaml", &format!("keep: models\n{TINY}"));
    folder.sweep(&[]);
    let kept = models(&folder);
    assert_eq!(kept.len(), 12);
    let mut labels = Vec::new();
    for (id, bytes) in &kept {
        let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
        let metadata = header.metadata().as_ref().unwrap();
        let about: serde_json::Value = serde_json::from_str(&metadata["swanbench"]).unwrap();
        let run = &about["run"];
        assert_eq!(run["id"].as_str(), Some(id.as_str()));
        assert_eq!(about["input"], serde_json::json!([1, 28, 28]));
        assert_eq!(about["classes"], 10);
        let file = SafeTensors::deserialize(bytes).unwrap();
        let shape = file.tensor("fc1.weight").unwrap().shape().to_vec();
        assert_eq!(shape.last(), Some(&784));
        let label = run["label"].as_str().unwrap().to_owned();
        let has_gates = file.names().iter().any(|name| name.starts_with("gates."));
        assert_eq!(has_gates, label == "swan", "{label}");
        labels.push(label);
    }
    assert!(labels.contains(&"swan".to_owned()));
    // Their checksums are kept too.
    let (id, model) = kept.iter().next().unwrap();
    let path = folder.results().join(format!("{id}.zip"));
    let mut content = fs::read(&path).unwrap();
    let end = &model[model.len() - 64..];
    let place = content.windows(end.len()).position(|part| part == end).unwrap();
    content[place] ^= 1;
    fs::write(&path, content).unwrap();
    let again = folder.sweep(&[]).stderr;
    let aside = format!("results/tiny/{id}.zip.damaged");
    assert_contains(&again, &aside);
    fs::remove_file(folder.path().join(aside)).unwrap();
    assert!(models(&folder) == kept, "equal to the bit");
}

#[test]
fn models_of_runs_that_are_done_are_trained_when_they_are_wanted() {
    let folder = Folder::with("tiny.yaml", TINY);
    folder.sweep(&[]);
    let before = folder.measurements();
    assert!(models(&folder).is_empty());
    let bare = ["--set", "name=bare", "--set", "seeds=[0]"];
    folder.sweep(&bare);
    let planned = folder.sweep(&["--keep-models", "--dry-run"]).stdout;
    assert_contains(&planned, "12 runs, 0 done");
    folder.sweep(&["--keep-models"]);
    assert_eq!(models(&folder).len(), 12);
    assert!(folder.measurements() == before, "results stay as they were");
    assert_contains(&folder.sweep(&["--keep-models"]).stderr, "12 runs, 12 already done");

    // Of another experiment they are taken with their results.
    let other = ["--set", "name=other", "--keep-models"];
    assert_contains(&folder.sweep(&other).stderr, "12 runs, 12 already done");
    assert!(folder.files("results/other", "model.safetensors") == models(&folder));
    // And if only their results were there already.
    let stderr = folder.sweep(&[&bare[..], &["--keep-models"]].concat()).stderr;
    assert_contains(&stderr, "6 runs, 6 already done");
    assert_eq!(folder.files("results/bare", "model.safetensors").len(), 6);
}
