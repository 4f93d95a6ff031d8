//! Components chosen outside an experiment.

use insta::assert_snapshot;
use serde_json::json;
use swanbench_spec::Override;

use crate::support::vocabulary;

#[test]
fn settings_are_completed() {
    let vocabulary = vocabulary();
    let model = vocabulary.model("mlp").unwrap();
    let config = model.choose(&json!({ "hidden": [10] })).unwrap();
    assert_eq!(config.kind, "mlp");
    assert_eq!(*config.settings, json!({ "hidden": [10], "bias": true }));
    let overrides = [Override::parse("hidden=[10]").unwrap()];
    assert_eq!(model.choose_with(&overrides).unwrap(), config);
    assert_eq!(*model.choose_with(&[]).unwrap().settings, model.settings.defaults());
}

#[test]
fn wrong_settings_are_explained_as_in_experiments() {
    let vocabulary = vocabulary();
    let model = vocabulary.model("mlp").unwrap();
    assert_snapshot!(model.choose(&json!({ "hiden": 5, "bias": 1 })).unwrap_err(), @r"
    bias: `1` is a number
      expected: true or false
    hiden: unknown field `hiden`
      expected: one of bias, hidden
      nearest: hidden
    2 problems
    ");
    assert_snapshot!(model.choose(&json!([1])).unwrap_err(), @r"
    the settings of `mlp` are a list
      expected: a mapping
    ");
    let overrides = ["hidden=[0]", "bais=true"].map(|text| Override::parse(text).unwrap());
    assert_snapshot!(model.choose_with(&overrides).unwrap_err(), @r"
    --set hidden=[0]: hidden[0]: `0` is out of range
      expected: an integer from 1 to 4294967295
    --set bais=true: bais: unknown field `bais`
      expected: one of bias, hidden
      nearest: bias
    2 problems
    ");
}

#[test]
fn an_unknown_name_shows_the_nearest() {
    let vocabulary = vocabulary();
    assert_snapshot!(vocabulary.model("mpl").unwrap_err(), @r"
    unknown model `mpl`
      expected: one of mlp, convnet
      nearest: mlp
    ");
    assert_snapshot!(vocabulary.method("prun").unwrap_err(), @r"
    unknown method `prun`
      expected: one of dense, prune, gates
      nearest: prune
    ");
    assert_snapshot!(vocabulary.dataset("letters").unwrap_err(), @r"
    unknown dataset `letters`
      expected: one of digits, noise
    ");
}
