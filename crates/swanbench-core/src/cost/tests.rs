//! Tests of the cost model, with numbers by hand.

use super::*;
use crate::{GateCost, Gates, ModelBuilder};

/// 4 inputs -> site of 2 units -> site of 2 units -> 3 classes.
fn small() -> ModelMap {
    let mut builder = ModelBuilder::new([4, 1, 1], 3, 1.0);
    let hidden = builder.linear("first", builder.input(), 2);
    let hidden = builder.site("first", hidden);
    let hidden = builder.linear("second", hidden, 2);
    let hidden = builder.site("second", hidden);
    builder.linear("last", hidden, 3);
    builder.finish()
}

/// Gates of 5 FLOPs for the two units of each site, with 7 parameters in all.
fn masked(map: &ModelMap, weight_masks: Vec<Option<Tensor>>) -> CostModel<'_> {
    let gate = |parameters| GateCost { per_unit: 2.5, parameters, ..GateCost::default() };
    let inference = InferenceCost { weight_masks, gates: vec![gate(3), gate(4)] };
    CostModel::new(map, &inference, None, Device::Cpu)
}

fn gates(rows: &[[f32; 2]], applied: Mode) -> Gates {
    let hard = Tensor::from_slice2(rows);
    let (soft, factor) = (Some(&hard * 0.5), hard.shallow_clone());
    Gates { soft, applied, ..Gates::per_example(hard, factor) }
}

fn record(first: Option<Gates>, second: Option<Gates>) -> GateRecord {
    GateRecord::of(vec![first, second])
}

fn values(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor).unwrap()
}

#[test]
fn costs_are_counted_per_example_not_by_the_mean() {
    let map = small();
    let cost = masked(&map, Vec::new());
    // One example opens everything, the other nothing: mean activity 1/2 at both sites.
    let rows = [[1.0, 1.0], [0.0, 0.0]];
    let record = record(Some(gates(&rows, Mode::Hard)), Some(gates(&rows, Mode::Hard)));
    let costs = cost.count_flops(&record, 2);
    // MACs 4 x 2 + 2 x 2 + 2 x 3 = 18, and none; two sites of 5 FLOPs for the gates.
    assert_eq!(values(&costs.unit_flops), [46.0, 10.0]);
    assert_eq!(values(&costs.weight_flops), [46.0, 10.0]);
    assert_eq!(values(&costs.gate_flops), [10.0, 10.0]);
    assert_eq!(values(&costs.open_units), [4.0, 0.0]);
    assert_eq!(cost.units_open(&record, 2), costs.open_units);
    assert_eq!(values(&costs.examples_open[1]), [1.0, 1.0]);
    assert_eq!(values(&cost.with_given_gates().count_flops(&record, 2).unit_flops), [36.0, 0.0]);
    let cost = masked(&map, Vec::new());
    // The product of the means would say 4 + 1 + 3 = 8 MACs; the truth is 9 on average.
    assert_eq!(values(&costs.unit_flops).iter().sum::<f64>() / 2.0, 2.0 * 9.0 + 10.0);
    assert_eq!(cost.stored_parameters(&record), map.parameter_count() + 7);
}

#[test]
fn gates_that_do_not_vary_cost_nothing() {
    let map = small();
    let gates = vec![GateCost { per_input: 1.0, parameters: 9, ..GateCost::default() }; 2];
    let inference = InferenceCost { weight_masks: Vec::new(), gates };
    let deciding =
        [Deciding { units: 0.0, always_open: 1.0 }, Deciding { units: 2.0, always_open: 0.0 }];
    let cost = CostModel::new(&map, &inference, Some(&deciding), Device::Cpu);
    let one = Gates::fixed(&Tensor::from_slice(&[1.0f32, 0.0]));
    let costs = cost.count_flops(&record(Some(one), None), 1);
    // The second site's gates read the first site's open unit.
    assert_eq!(values(&costs.gate_flops), [1.0]);
    assert_eq!(values(&costs.unit_flops), [2.0 * (4.0 + 2.0 + 6.0) + 1.0]);
}

/// A batch of one example does not show what other examples would close.
#[test]
fn gates_of_the_input_keep_all_parameters() {
    let map = small();
    let cost = masked(&map, Vec::new());
    let record = record(Some(gates(&[[1.0, 0.0]], Mode::Hard)), None);
    assert_eq!(cost.stored_parameters(&record), map.parameter_count() + 7);
}

#[test]
fn soft_gates_save_nothing() {
    let map = small();
    let cost = masked(&map, Vec::new());
    let record = record(Some(gates(&[[1.0, 0.0]], Mode::Soft)), None);
    let costs = cost.count_flops(&record, 3);
    assert_eq!(values(&costs.unit_flops), [46.0; 3]);
    // Half a gate at the first site, all of the second.
    assert_eq!(values(&costs.open_units), [2.5; 3]);
    assert_eq!(values(&costs.examples_open[0]), [3.0, 3.0]);
}

#[test]
fn surviving_weights_count_between_usable_units() {
    let map = small();
    // Second layer: unit 1 of the first site leads nowhere; unit 0 leads to both outputs.
    let second = Tensor::from_slice2(&[[1.0f32, 0.0], [1.0, 0.0]]);
    // Last layer: only unit 0 of the second site is read, by two classes.
    let last = Tensor::from_slice2(&[[1.0f32, 0.0], [0.0, 0.0], [1.0, 0.0]]);
    let cost = masked(&map, vec![None, Some(second), Some(last)]);
    let record = record(None, None);
    let costs = cost.count_flops(&record, 1);
    // Units: 4 x 1, 1 x 1, 1 x 3. Weights: 4 x 1, 1, 2.
    assert_eq!(values(&costs.unit_flops), [2.0 * 8.0 + 10.0]);
    assert_eq!(values(&costs.weight_flops), [2.0 * 7.0 + 10.0]);
    assert_eq!(values(&costs.open_units), [2.0]);
    assert_eq!(values(&costs.examples_open[0]), [1.0, 0.0]);
    // 7 weights; biases 1, 1 and 3; 7 of the gates.
    assert_eq!(cost.stored_parameters(&record), 7 + 5 + 7);
}

#[test]
fn masks_of_units_and_of_weights_combine() {
    let map = small();
    let last = Tensor::from_slice2(&[[1.0f32, 1.0], [0.0, 0.0], [1.0, 0.0]]);
    let cost = masked(&map, vec![None, None, Some(last)]);
    let closed = Tensor::from_slice(&[1.0f32, 0.0]);
    let record = record(None, Some(Gates::fixed(&closed)));
    let costs = cost.count_flops(&record, 1);
    // Units: 4 x 2, 2 x 1, 1 x 3. Weights: 8, 2, 2 that leave unit 0.
    assert_eq!(values(&costs.unit_flops), [2.0 * 13.0 + 10.0]);
    assert_eq!(values(&costs.weight_flops), [2.0 * 12.0 + 10.0]);
    assert_eq!(cost.stored_parameters(&record), 12 + (2 + 1 + 3) + 7);
}
