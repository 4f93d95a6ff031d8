//! The experiments that come with the project, as an editor sees them.

use std::{fs, path::Path};

use serde_json::Value;

/// The line by which an editor finds the schema.
const MODELINE: &str = "# yaml-language-server: $schema=experiment.schema.json\n";

#[test]
fn shipped_experiments_are_valid_by_their_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let schema = fs::read_to_string(folder.join("experiment.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(MODELINE), "{}", path.display());
        let experiment = swanbench_spec::read_yaml("text", &text).unwrap();
        if let Err(error) = validator.validate(&experiment) {
            panic!("{}: {error}", path.display());
        }
        assert!(!validator.is_valid(&serde_json::json!({ "name": "empty" })));
        count += 1;
    }
    assert!(count >= 3, "{count} experiments");
}
