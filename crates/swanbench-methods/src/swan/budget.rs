//! The penalty by which SWAN's activity reaches its target.

use swanbench_core::{GateRecord, Gates, ModelMap, Site, SiteId};
use swanbench_torch::{squared_hinge, weighted_sum};
use tch::{Device, Kind, Tensor};

use super::settings::{BudgetKind, Scope, Settings};

/// The penalty `lambda_open mean(p) + lambda_flops cost-weighted mean(p) + lambda_target max(0,
/// alpha / alpha* - 1)^2`, each with its delayed ramp; with `multiplier_rate` also `multiplier x
/// (alpha / alpha* - 1)`, which reaches the target if a reward works against the square.
///
/// Below the budget the last term is zero: using less costs nothing. With `anneal_target` its
/// weight is constant and alpha* falls along the ramp instead. The excess is relative to the
/// target, so that one `lambda_target` serves all targets; SWAN's own weight is this one over
/// `alpha*^2`. Alpha counts hard gates and passes the gradient of the probabilities, so that the
/// budget holds for what inference will use.
pub struct Budget {
    settings: Settings,
    target: f64,
    sites: Vec<SiteId>,
    /// By site, the number of units.
    units: Vec<f64>,
    /// By site, the weight of a unit in mean activity: the same everywhere.
    by_activity: Vec<f64>,
    /// By site, its weight in mean cost: the MACs that touch it when all other units are open.
    by_cost: Vec<f64>,
    /// Lagrange multipliers of the excess over the target, one per group that has to meet it.
    multiplier: Tensor,
}

impl Budget {
    /// Creates the penalty before [`attach`](Self::attach).
    pub fn new(settings: &Settings, target: f64) -> Self {
        Self {
            settings: settings.clone(),
            target,
            sites: Vec::new(),
            units: Vec::new(),
            by_activity: Vec::new(),
            by_cost: Vec::new(),
            multiplier: Tensor::new(),
        }
    }

    /// Returns the sites in order.
    pub fn sites(&self) -> &[SiteId] {
        &self.sites
    }

    /// Returns the multipliers, `[groups]`.
    pub fn multiplier(&self) -> &Tensor {
        &self.multiplier
    }

    /// Returns the multipliers to be written over.
    pub fn multiplier_mut(&mut self) -> &mut Tensor {
        &mut self.multiplier
    }

    /// Computes the weights of units for a model.
    pub fn attach(&mut self, map: &ModelMap, device: Device) {
        let macs = |site: &Site| -> f64 {
            let producers = site.producers.iter().map(|&id| map.layer(id));
            let consumers = site.consumers.iter().map(|&id| map.layer(id));
            let produced = producers.map(|layer| layer.macs() as f64 / layer.outputs as f64);
            let consumed = consumers.map(|layer| layer.macs() as f64 / layer.inputs as f64);
            produced.chain(consumed).sum()
        };
        let all: f64 = map.sites.iter().map(|site| macs(site) * site.units as f64).sum();
        self.sites = map.sites.iter().map(|site| site.id).collect();
        self.units = map.sites.iter().map(|site| site.units as f64).collect();
        self.by_activity = map.sites.iter().map(|_| 1.0 / map.units() as f64).collect();
        self.by_cost = map.sites.iter().map(|site| macs(site) / all).collect();
        let groups = match self.settings.budget_scope {
            Scope::Global => 1,
            Scope::Site => map.sites.len() as i64,
        };
        self.multiplier = Tensor::zeros([groups], (Kind::Float, device));
    }

    /// Computes the penalty of the gates in `record` after the share `progress` of training.
    pub fn penalty(&mut self, record: &GateRecord, progress: f64) -> Option<Tensor> {
        let Settings { lambda_open, lambda_flops, ramp, ramp_open, ramp_flops, .. } = self.settings;
        let open = lambda_open * ramp_open.unwrap_or(ramp).at(progress);
        let flops = lambda_flops * ramp_flops.unwrap_or(ramp).at(progress);
        let mean = |weight: f64, weights: &[f64]| {
            let weights: Vec<f64> = weights.iter().map(|unit| weight * unit).collect();
            (weight > 0.0).then(|| self.mean(record, &weights, soft, 0.0))
        };
        let terms = [
            mean(open, &self.by_activity),
            mean(flops, &self.by_cost),
            self.excess_penalty(record, ramp.at(progress)),
        ];
        terms.into_iter().flatten().reduce(|sum, term| sum + term)
    }

    /// Computes the penalty of the excess over the target.
    fn excess_penalty(&mut self, record: &GateRecord, ramp: f64) -> Option<Tensor> {
        let Settings {
            lambda_target, multiplier_rate, anneal_target, budget, budget_scope, ..
        } = self.settings;
        if ramp == 0.0 || (lambda_target == 0.0 && multiplier_rate == 0.0) {
            return None;
        }
        let weights = match budget {
            BudgetKind::Activity => &self.by_activity,
            BudgetKind::Flops => &self.by_cost,
        };
        let (target, weight) =
            if anneal_target { (self.target.powf(ramp), 1.0) } else { (self.target, ramp) };
        let excess = match budget_scope {
            Scope::Global => {
                let weights: Vec<f64> = weights.iter().map(|unit| unit / target).collect();
                self.mean(record, &weights, hard, -1.0)
            }
            // Each site separately.
            Scope::Site => self.means(record, hard) / target - 1.0,
        };
        let squared = squared_hinge(&excess, lambda_target * weight).expect("numbers");
        if multiplier_rate == 0.0 {
            return Some(squared);
        }
        let step = excess.detach() * (multiplier_rate * weight);
        self.multiplier = (&self.multiplier + step).clamp_min(0.0);
        Some(squared + (excess * &self.multiplier).mean(Kind::Float))
    }

    /// Sums all gates, each times the weight of a unit of its site, averages over examples, and
    /// adds a constant.
    fn mean(
        &self,
        record: &GateRecord,
        weights: &[f64],
        gate: fn(&Gates) -> &Tensor,
        constant: f64,
    ) -> Tensor {
        let gates: Vec<&Tensor> =
            self.sites.iter().map(|&site| gate(gates_of(record, site))).collect();
        // All sites have the same number of examples, or 1 if gates are static.
        let examples = gates[0].size()[0] as f64;
        let weights: Vec<f64> = weights.iter().map(|unit| unit / examples).collect();
        weighted_sum(&gates, &weights, constant).expect("gates are on one device")
    }

    /// Averages the gates of each site, `[sites]`.
    fn means(&self, record: &GateRecord, gate: fn(&Gates) -> &Tensor) -> Tensor {
        let mean = |(&site, units): (&SiteId, &f64)| {
            let gate = gate(gates_of(record, site));
            gate.sum(Kind::Float) / (units * gate.size()[0] as f64)
        };
        Tensor::stack(&self.sites.iter().zip(&self.units).map(mean).collect::<Vec<_>>(), 0)
    }
}

fn gates_of(record: &GateRecord, site: SiteId) -> &Gates {
    record.gates(site).expect("swan switches every site")
}

fn hard(gates: &Gates) -> &Tensor {
    &gates.hard
}

fn soft(gates: &Gates) -> &Tensor {
    gates.soft.as_ref().expect("swan has soft gates")
}

#[cfg(test)]
mod tests {
    use swanbench_core::{ModelBuilder, Ramp};

    use super::*;
    use crate::testing::numbers;

    /// 4 inputs -> 2 units -> 3 units -> 2 classes.
    fn map() -> ModelMap {
        let mut builder = ModelBuilder::new([4, 1, 1], 2, 1.0);
        let (_, signal) = builder.linear("first", builder.input(), 2);
        let (_, signal) = builder.site("first", signal);
        let (_, signal) = builder.linear("second", signal, 3);
        let (_, signal) = builder.site("second", signal);
        builder.linear("last", signal, 2);
        builder.finish()
    }

    fn gates(soft: &Tensor) -> Gates {
        // As `switch` makes them: the value of the hard gate, the gradient of the soft one.
        let hard = soft + (soft.gt(0.5).to_kind(Kind::Float) - soft).detach();
        let factor = hard.shallow_clone();
        Gates { soft: Some(soft.shallow_clone()), ..Gates::per_example(hard, factor) }
    }

    fn attached(settings: &Settings, target: f64) -> Budget {
        let mut budget = Budget::new(settings, target);
        budget.attach(&map(), Device::Cpu);
        budget
    }

    fn penalty(settings: &Settings, target: f64, first: &Tensor, second: &Tensor) -> Option<f64> {
        let record = GateRecord::of(vec![Some(gates(first)), Some(gates(second))]);
        let penalty = attached(settings, target).penalty(&record, 0.9);
        penalty.map(|penalty| penalty.double_value(&[]))
    }

    fn settings() -> Settings {
        let ramp = Ramp { start: 0.0, end: 0.5 };
        Settings { ramp, lambda_target: 3.0, anneal_target: false, ..Settings::default() }
    }

    /// Two examples: 3 of 4 gates open at the first site, 1 of 6 at the second: alpha = 4 / 10.
    fn examples() -> (Tensor, Tensor) {
        let first = Tensor::from_slice2(&[[0.9f32, 0.8], [0.7, 0.2]]);
        (first, Tensor::from_slice2(&[[0.6f32, 0.1, 0.1], [0.3, 0.2, 0.1]]))
    }

    #[test]
    fn only_the_excess_over_the_budget_costs() {
        let (first, second) = examples();
        // 3 (0.4 / 0.25 - 1)^2
        let above = penalty(&settings(), 0.25, &first, &second).unwrap();
        assert!((above - 3.0 * 0.36).abs() < 1e-6, "{above}");
        assert_eq!(penalty(&settings(), 0.4001, &first, &second), Some(0.0));
        assert_eq!(penalty(&settings(), 1.0, &first, &second), Some(0.0));
    }

    #[test]
    fn the_ramp_raises_the_weight_or_lowers_the_target() {
        let (first, second) = examples();
        let half_way = |anneal_target| {
            let ramp = Ramp { start: 0.8, end: 1.0 };
            penalty(&Settings { ramp, anneal_target, ..settings() }, 0.09, &first, &second).unwrap()
        };
        // Weight 3 / 2, excess 0.4 / 0.09 - 1; weight 3, excess 0.4 / sqrt(0.09) - 1.
        let excess = 0.4f64 / 0.09 - 1.0;
        assert!((half_way(false) - 1.5 * excess * excess).abs() < 1e-4);
        assert!((half_way(true) - 3.0 / 9.0).abs() < 1e-5);
    }

    #[test]
    fn a_flops_budget_weights_units_by_their_cost() {
        let (first, second) = examples();
        // A unit of the first site touches 4 + 3 MACs, one of the second 2 + 2: 14 + 12 = 26 in all.
        // Open on average: 1.5 x 7 + 0.5 x 4 = 12.5.
        let settings = Settings { budget: BudgetKind::Flops, ..settings() };
        let above = penalty(&settings, 0.25, &first, &second).unwrap();
        let excess = 12.5 / 26.0 / 0.25 - 1.0;
        assert!((above - 3.0 * excess * excess).abs() < 1e-6, "{above}");
    }

    #[test]
    fn lambdas_weight_the_mean_probabilities() {
        let (first, second) = examples();
        let settings =
            Settings { lambda_open: 2.0, lambda_flops: 5.0, lambda_target: 0.0, ..settings() };
        // Sums of probabilities: 2.6 and 1.4, over two examples.
        let expected = 2.0 * 4.0 / 10.0 + 5.0 * (2.6 * 7.0 + 1.4 * 4.0) / 2.0 / 26.0;
        let value = penalty(&settings, 1.0, &first, &second).unwrap();
        assert!((value - expected).abs() < 1e-6, "{value}");
    }

    #[test]
    fn gradients_lower_open_gates_after_the_ramp() {
        let late = Settings { ramp: Ramp { start: 0.95, end: 1.0 }, ..settings() };
        let (first, second) = examples();
        assert!(penalty(&late, 0.1, &first, &second).is_none());

        let first = first.set_requires_grad(true);
        let mut budget = attached(&settings(), 0.2);
        let record = GateRecord::of(vec![Some(gates(&first)), Some(gates(&second))]);
        budget.penalty(&record, 0.9).unwrap().backward();
        // d/dp of 3 (alpha / 0.2 - 1)^2 at alpha = 0.4: 2 x 3 x 1 / 0.2, each gate a tenth of alpha.
        let gradient = numbers(&first.grad());
        assert!(gradient.iter().all(|gradient| (gradient - 3.0).abs() < 1e-5), "{gradient:?}");
    }

    #[test]
    fn the_target_can_hold_for_each_site() {
        let (first, second) = examples();
        // Open: 3/4 at the first site, 1/6 at the second; only the first exceeds a half, by a half.
        let settings = Settings { budget_scope: Scope::Site, ..settings() };
        let value = penalty(&settings, 0.5, &first, &second).unwrap();
        assert!((value - 3.0 * 0.25 / 2.0).abs() < 1e-6, "{value}");
    }

    #[test]
    fn the_multiplier_grows_and_is_never_negative() {
        let (first, second) = examples();
        let settings = Settings { lambda_target: 0.0, multiplier_rate: 0.5, ..settings() };
        let step = |budget: &mut Budget| {
            let record = GateRecord::of(vec![Some(gates(&first)), Some(gates(&second))]);
            budget.penalty(&record, 0.9).unwrap().double_value(&[])
        };
        let mut budget = attached(&settings, 0.2);
        // The relative excess is 1: the multiplier is 1/2, then 1.
        assert!((step(&mut budget) - 0.5).abs() < 1e-6);
        assert!((step(&mut budget) - 1.0).abs() < 1e-6);
        let mut below = attached(&settings, 0.8);
        assert_eq!(step(&mut below), 0.0);
        assert_eq!(below.multiplier().double_value(&[0]), 0.0);
    }
}
