//! The budget of a run: what it may use, and the numbers of units that use it up.

use swanbench_spec::BudgetKind;
use swanbench_torch::squared_excess;
use tch::Tensor;

use crate::{Deciding, Layer, ModelMap, Regularizer, Site, UnitCost};

/// The share of the dense net that a run may use at inference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// What is counted.
    pub kind: BudgetKind,
    /// The share, in `(0, 1]`.
    pub target: f64,
    /// FLOPs per example of the dense net that the share refers to.
    pub dense_flops: f64,
    /// Its units.
    pub dense_units: f64,
    /// Its weights, those of layers alone.
    pub dense_weights: f64,
}

impl Default for Budget {
    /// Allows everything.
    fn default() -> Self {
        let most = f64::INFINITY;
        let (dense_flops, dense_units, dense_weights) = (most, most, most);
        Self { kind: BudgetKind::Flops, target: 1.0, dense_flops, dense_units, dense_weights }
    }
}

impl Budget {
    /// Creates the share `target` of the `reference` dense net.
    pub fn new(kind: BudgetKind, target: f64, reference: &ModelMap) -> Self {
        Self {
            kind,
            target,
            dense_flops: reference.flops() as f64,
            dense_units: reference.units() as f64,
            dense_weights: reference.layers.iter().map(Layer::weights).sum::<i64>() as f64,
        }
    }

    /// Returns the same budget with another share, as on the way from everything to the target.
    pub fn at(self, target: f64) -> Self {
        Self { target, ..self }
    }

    /// Returns the cost of open units of `map`, and the most that may be used. Deciding the gates
    /// costs `gates`, which counts if FLOPs do.
    pub fn of_units(&self, map: &ModelMap, gates: UnitCost) -> Limit {
        match self.kind {
            BudgetKind::Flops => Limit {
                cost: UnitCost::flops(map).plus(gates),
                most: self.target * self.dense_flops,
            },
            BudgetKind::Units => {
                Limit { cost: UnitCost::units(map), most: self.target * self.dense_units }
            }
        }
    }

    /// Returns the cost of the weights of each layer of `map`, and the most that may be kept.
    pub fn of_weights(&self, map: &ModelMap) -> WeightLimit {
        match self.kind {
            BudgetKind::Flops => {
                let each = map.layers.iter().map(|layer| 2.0 * layer.positions as f64);
                WeightLimit { each: each.collect(), most: self.target * self.dense_flops }
            }
            BudgetKind::Units => {
                let most = self.target * self.dense_weights;
                WeightLimit { each: vec![1.0; map.layers.len()], most }
            }
        }
    }
}

/// Returns the least target that a method can be held to on a model: one unit of every site is open,
/// and the gate of one is decided, or of all, if a method must compute all units to decide. Methods
/// that prune single weights keep as many as there are outputs of layers, one for each on average:
/// with fewer, most units would compute nothing.
pub fn least_target(method: &dyn Regularizer, map: &ModelMap, budget: Budget) -> f64 {
    let capabilities = method.capabilities();
    if capabilities.prunes_weights {
        let outputs: Vec<f64> = map.layers.iter().map(|layer| layer.outputs as f64).collect();
        return budget.at(1.0).of_weights(map).used(&outputs);
    }
    if !capabilities.closes_units {
        return 0.0;
    }
    let inference = method.inference_cost(map);
    let computes_all =
        |site: &Site| inference.gates.get(site.id.index()).is_some_and(|gate| gate.reuses_outputs);
    let one = Deciding { units: 1.0, always_open: 0.0 };
    let decided = |site: &Site| if computes_all(site) { Deciding::all(site) } else { one };
    let deciding: Vec<Deciding> = map.sites.iter().map(decided).collect();
    budget.at(1.0).of_units(map, inference.gate_flops(map, &deciding)).least(map)
}

/// A cost of open units, and the most that may be used.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Counts what units cost.
    pub cost: UnitCost,
    /// The most that may be used.
    pub most: f64,
}

/// Room for the rounding of sums that are equal.
const ROUNDING: f64 = 1e-9;

impl Limit {
    /// Returns whether these open units, by site, fit.
    pub fn allows(&self, open: &[f64]) -> bool {
        self.cost.of(open) <= self.most * (1.0 + ROUNDING)
    }

    /// Computes `weight * max(0, cost / most - 1)^2` of the mean cost over examples under these gates,
    /// by site, each `[examples, units]` or `[1, units]`. Passes their gradient.
    pub fn squared_excess(&self, gates: &[Tensor], weight: f64) -> Tensor {
        let Some(first) = gates.first() else { return Tensor::from(0.0f32) };
        let form = self.cost.quadratic_form(gates.len());
        let form = form.to_kind(first.kind()).to_device(first.device());
        squared_excess(gates, &form, self.most, weight).expect("gates of every site")
    }

    /// Returns the share of the most that the least possible network uses: above 1, nothing fits.
    pub fn least(&self, map: &ModelMap) -> f64 {
        self.cost.least(map) / self.most
    }
}

/// The cost of one weight of each layer, and the most that may be used.
#[derive(Debug, Clone)]
pub struct WeightLimit {
    each: Vec<f64>,
    most: f64,
}

impl WeightLimit {
    /// Returns whether these numbers of weights, by layer, fit.
    pub fn allows(&self, kept: &[f64]) -> bool {
        self.used(kept) <= 1.0 + ROUNDING
    }

    /// Returns the share of the most that these numbers of weights use.
    fn used(&self, kept: &[f64]) -> f64 {
        self.each.iter().zip(kept).map(|(each, kept)| each * kept).sum::<f64>() / self.most
    }
}

/// Halvings of an interval until it is as narrow as a floating-point number.
const HALVINGS: u32 = 60;

/// Finds the largest number in `[0, 1]` that is allowed, where smaller ones are if larger ones are.
pub fn largest(allowed: impl Fn(f64) -> bool) -> f64 {
    if allowed(1.0) {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if allowed(middle) { low = middle } else { high = middle }
    }
    low
}

/// Finds how many entries each group keeps so that together they use up what is allowed. A group of
/// `sizes[i]` entries keeps the share `shares(t)[i]` of them, which grow with `t` in `[0, 1]`, and
/// at least one. What rounding leaves over goes to the groups that lost most to it.
pub fn solve(
    sizes: &[i64],
    shares: impl Fn(f64) -> Vec<f64>,
    allows: impl Fn(&[f64]) -> bool,
) -> Vec<i64> {
    let wanted = |t: f64| -> Vec<f64> {
        let shares = shares(t);
        sizes.iter().zip(shares).map(|(&size, share)| share.min(1.0) * size as f64).collect()
    };
    let down = |wanted: &[f64]| -> Vec<f64> {
        wanted.iter().map(|entries| (entries + ROUNDING).floor().max(1.0)).collect()
    };
    let wanted = wanted(largest(|t| allows(&down(&wanted(t)))));
    let mut kept = down(&wanted);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| (wanted[b] - kept[b]).total_cmp(&(wanted[a] - kept[a])));
    for group in order {
        if kept[group] < sizes[group] as f64 {
            kept[group] += 1.0;
            if !allows(&kept) {
                kept[group] -= 1.0;
            }
        }
    }
    kept.into_iter().map(|entries| entries as i64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ModelBuilder;

    /// 784 inputs -> 300 -> 100 -> 10 classes.
    fn lenet_300_100() -> ModelMap {
        let mut builder = ModelBuilder::new([784, 1, 1], 10, 1.0);
        let hidden = builder.linear("fc1", builder.input(), 300);
        let hidden = builder.site("fc1", hidden);
        let hidden = builder.linear("fc2", hidden, 100);
        let hidden = builder.site("fc2", hidden);
        builder.linear("fc3", hidden, 10);
        builder.finish()
    }

    fn uniform(t: f64) -> Vec<f64> {
        vec![t; 2]
    }

    #[test]
    fn a_quarter_of_the_units_is_not_a_quarter_of_the_flops() {
        let map = lenet_300_100();
        let open = |kind| {
            let limit = Budget::new(kind, 0.25, &map).of_units(&map, UnitCost::default());
            solve(&[300, 100], uniform, |open| limit.allows(open))
        };
        assert_eq!(open(BudgetKind::Units), [75, 25]);
        // 784 x 81 + 81 x 28 + 28 x 10 = 66,052 of 66,550 MACs; one more unit of fc1 does not fit.
        assert_eq!(open(BudgetKind::Flops), [81, 28]);
    }

    #[test]
    fn shares_are_those_of_the_reference_whatever_the_network() {
        let map = lenet_300_100();
        let mut builder = ModelBuilder::new([784, 1, 1], 10, 1.0);
        let hidden = builder.linear("fc1", builder.input(), 150);
        let hidden = builder.site("fc1", hidden);
        builder.linear("fc2", hidden, 10);
        let narrow = builder.finish();
        let budget = Budget::new(BudgetKind::Units, 0.25, &map);
        // A quarter of 400 units, and of 266,200 weights.
        assert_eq!(budget.of_units(&narrow, UnitCost::default()).most, 100.0);
        let weights = budget.of_weights(&narrow);
        assert!(weights.allows(&[66_000.0, 550.0]) && !weights.allows(&[66_000.0, 551.0]));
    }

    #[test]
    fn a_site_keeps_one_unit_whatever_the_budget() {
        let map = lenet_300_100();
        let limit = Budget::new(BudgetKind::Flops, 1e-6, &map).of_units(&map, UnitCost::default());
        assert_eq!(solve(&[300, 100], uniform, |open| limit.allows(open)), [1, 1]);
        assert!(limit.least(&map) > 1.0);
    }

    proptest! {
        #[test]
        fn solved_units_use_the_budget_up(target in 0.01f64..1.0, tilt in 0.5f64..2.0) {
            let map = lenet_300_100();
            let budget = Budget::new(BudgetKind::Flops, target, &map);
            let limit = budget.of_units(&map, UnitCost::default());
            let shares = |t: f64| vec![t, t.powf(tilt)];
            let open = solve(&[300, 100], shares, |open| limit.allows(open));
            let used = limit.cost.of(&open.iter().map(|&units| units as f64).collect::<Vec<_>>());
            prop_assert!(used <= limit.most * (1.0 + 1e-9));
            // Not one more unit of the first layer: 1,768 FLOPs at most.
            prop_assert!(used >= limit.most - 2.0 * (784.0 + 100.0), "{open:?}: {used}");
        }
    }
}
