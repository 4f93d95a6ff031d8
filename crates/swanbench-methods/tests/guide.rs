//! The README's guide to a method of one's own: its example is this code, and works.

#[path = "guide/first_units.rs"]
mod first_units;

use first_units::FirstUnits;
use serde_json::json;
use swanbench_core::{MethodEntry, ModelBuilder, ModelMap, Pass};
use swanbench_spec::{ComponentConfig, Mode};
use tch::{Device, Kind, Tensor};

const ENTRY: MethodEntry = MethodEntry::of::<FirstUnits>();

/// 3 inputs -> 4 units -> 2 classes.
fn map() -> ModelMap {
    let mut plan = ModelBuilder::new([3, 1, 1], 2, 1.0);
    let (_, signal) = plan.linear("hidden", plan.input(), 4);
    let (_, signal) = plan.site("hidden", signal);
    plan.linear("last", signal, 2);
    plan.finish()
}

/// What is left of ones at the only site, two examples.
fn gated(settings: &serde_json::Value, target: f64) -> Vec<f32> {
    let settings = ENTRY.kind().settings.resolve(settings).expect("right settings");
    let choice = ComponentConfig { kind: "first-units".to_owned(), settings };
    let mut method = ENTRY.build(&choice, target).expect("built");
    let ones = Tensor::ones([2, 4], (Kind::Float, Device::Cpu));
    let input = Tensor::zeros([2, 3], (Kind::Float, Device::Cpu));
    let gated = method.gate(&map().sites[0], &input, ones, Pass::Evaluate(Mode::Hard));
    Vec::try_from(gated.output.flatten(0, -1)).expect("outputs")
}

#[test]
fn the_readme_shows_the_example_as_it_is() {
    let readme = include_str!("../../../README.md");
    let code = include_str!("guide/first_units.rs");
    assert!(readme.contains(&format!("```rust\n{code}```\n")));
}

#[test]
fn the_example_keeps_the_units_that_it_says() {
    assert_eq!(gated(&json!({}), 0.5), [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(gated(&json!({ "last": true }), 0.25), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(gated(&json!({}), 0.01)[..4], [1.0, 0.0, 0.0, 0.0], "never none at all");
}

#[test]
fn a_setting_that_the_example_does_not_have_is_refused() {
    assert!(ENTRY.kind().settings.resolve(&json!({ "first": true })).is_err());
}
