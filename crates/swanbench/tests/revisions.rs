//! Settings that equal their default are not part of a run's id. A changed default therefore needs
//! a new revision, or old results would count as new ones. `just generate` accepts new names.

use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{ComponentInfo, Train};

#[test]
fn a_changed_default_needs_a_new_revision() {
    let methods = METHODS.iter().map(swanbench_core::MethodEntry::info);
    let models = MODELS.iter().map(swanbench_core::ModelEntry::info);
    let line = |info: ComponentInfo| {
        format!("{} revision {}: {}\n", info.name, info.revision, info.settings.defaults())
    };
    let all: String = methods.chain(models).map(line).collect();
    let train = serde_json::to_value(Train::default()).unwrap();
    insta::assert_snapshot!(format!("{all}train: {train}"));
}
