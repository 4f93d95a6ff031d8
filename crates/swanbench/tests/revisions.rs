//! Settings that equal their default are not part of a run's id. A changed default must therefore
//! come with a new revision, or old results would pass for new ones.

use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{ComponentInfo, Train};

#[test]
fn a_changed_default_comes_with_a_new_revision() {
    let methods = METHODS.iter().map(swanbench_core::MethodEntry::kind);
    let models = MODELS.iter().map(swanbench_core::ModelEntry::kind);
    let line = |kind: ComponentInfo| {
        format!("{} revision {}: {}\n", kind.name, kind.revision, kind.settings.defaults())
    };
    let all: String = methods.chain(models).map(line).collect();
    let train = serde_json::to_value(Train::default()).unwrap();
    insta::assert_snapshot!(format!("{all}train: {train}"));
}
