//! The penalty by which SWAN's gates use no more than the budget.

use swanbench_core::{
    Budget, Deciding, GateRecord, Gates, InferenceCost, Limit, ModelMap, Site, State, StateError,
    UnitCost,
};
use tch::{Device, Kind, Tensor};

use super::settings::Settings;
use crate::ranking::most_open;

/// The penalty `lambda_open units(p) + lambda_flops flops(p) + lambda_target max(0, F / F* - 1)^2`.
/// The first two are shares of the whole net's under soft gates. F is the mean over examples of the
/// exact FLOPs that inference needs for their hard gates, deciding the gates included, with the
/// gradient of the probabilities; F* falls along the ramp from the whole budget to the target.
pub struct Penalty {
    settings: Settings,
    budget: Budget,
    /// `None` before [`attach`](Self::attach).
    map: Option<ModelMap>,
    /// What deciding the gates costs.
    inference: InferenceCost,
    /// By site, the running rate at which each unit is open, `[units]`.
    rates: Vec<Tensor>,
    /// By site, the units that vary and those that are always open, by the rates, `[sites, 2]`.
    counted: Tensor,
    /// The budget, with the cost of the gates that vary; `None` before [`attach`](Self::attach).
    limit: Option<Limit>,
    steps: i64,
}

/// Weight of a step in the running rates.
const MOMENTUM: f64 = 0.01;
/// Steps after which the gates that vary are counted again: reading them stalls a GPU.
const RECOUNT: i64 = 50;

impl Penalty {
    /// Creates the penalty before [`attach`](Self::attach).
    pub fn new(settings: &Settings) -> Self {
        Self {
            settings: settings.clone(),
            budget: Budget::default(),
            map: None,
            inference: InferenceCost::default(),
            rates: Vec::new(),
            counted: Tensor::new(),
            limit: None,
            steps: 0,
        }
    }

    /// Takes the budget and the costs of a model, whose gates all vary at first.
    pub fn attach(&mut self, map: &ModelMap, budget: Budget, inference: InferenceCost, on: Device) {
        let rates = map.sites.iter().map(|site| Tensor::full([site.units], 0.5, (Kind::Float, on)));
        self.rates = rates.collect();
        (self.map, self.budget, self.inference) = (Some(map.clone()), budget, inference);
        self.recount();
    }

    /// Computes the penalty of the gates in `record` after the share `progress` of training.
    pub fn of(&mut self, record: &GateRecord, progress: f64) -> Option<Tensor> {
        self.follow(record);
        let ramp = self.settings.ramp.at(progress);
        if ramp == 0.0 {
            return None;
        }
        let map = self.map.as_ref().expect("attached");
        let share = |weight: f64, cost: UnitCost| {
            let used = || mean(&cost, &open_units(record, map, soft));
            (weight > 0.0).then(|| used() * (weight * ramp / cost.whole(map)))
        };
        let open = share(self.settings.lambda_open, UnitCost::units(map));
        let flops = share(self.settings.lambda_flops, UnitCost::flops(map));
        let excess = Some(self.excess_penalty(record, ramp));
        [open, flops, excess].into_iter().flatten().reduce(|sum, term| sum + term)
    }

    /// Computes the penalty of the excess over the target.
    fn excess_penalty(&self, record: &GateRecord, ramp: f64) -> Tensor {
        let map = self.map.as_ref().expect("attached");
        let limit = self.limit.as_ref().expect("attached");
        let most = limit.most * self.budget.target.powf(ramp - 1.0);
        let gates = map.sites.iter().map(|site| hard(gates_of(record, site)).shallow_clone());
        let limit = Limit { most, cost: limit.cost.clone() };
        limit.squared_excess(&gates.collect::<Vec<_>>(), self.settings.lambda_target)
    }

    /// Follows the rates at which units are open, and counts now and then which of them vary.
    fn follow(&mut self, record: &GateRecord) {
        let map = self.map.as_ref().expect("attached");
        let _no_graph = tch::no_grad_guard();
        for (site, rate) in map.sites.iter().zip(&mut self.rates) {
            let open = hard(gates_of(record, site)).mean_dim(0i64, false, Kind::Float);
            let _ = rate.lerp_(&open, MOMENTUM);
        }
        self.steps += 1;
        if self.steps % RECOUNT == 0 {
            self.recount();
        }
    }

    fn recount(&mut self) {
        let counts = self.rates.iter().map(|rate| {
            let open = rate.gt(1.0 - Deciding::CONSTANT);
            let varies = rate.ge(Deciding::CONSTANT).logical_and(&open.logical_not());
            Tensor::stack(&[varies, open], 0).sum_dim_intlist(1i64, false, Kind::Double)
        });
        self.counted = Tensor::stack(&counts.collect::<Vec<_>>(), 0).to_device(Device::Cpu);
        self.count_cost();
    }

    fn count_cost(&mut self) {
        let map = self.map.as_ref().expect("attached");
        let number = |site: usize, column: i64| self.counted.double_value(&[site as i64, column]);
        let deciding = (0..map.sites.len())
            .map(|site| Deciding { units: number(site, 0), always_open: number(site, 1) });
        let gates = self.inference.gate_flops(map, &deciding.collect::<Vec<_>>());
        self.limit = Some(self.budget.of_units(map, gates));
    }

    /// Returns the units that gates with these logits, by site, may open within the budget if they
    /// are the same for all examples.
    pub fn most_open(&self, logits: &[Tensor]) -> Vec<Tensor> {
        most_open(logits, self.map.as_ref().expect("attached"), self.budget)
    }

    /// Keeps what changes in training.
    pub fn keep(&self, state: &mut State) {
        state.keep("steps", &Tensor::from(self.steps));
        state.keep("counted", &self.counted);
        state.keep_all("rates", &self.rates);
    }

    /// Restores what [`keep`](Self::keep) kept.
    ///
    /// Returns an error if the state belongs to another method.
    pub fn restore(&mut self, state: &State) -> Result<(), StateError> {
        self.steps = state.get("steps")?.int64_value(&[]);
        self.counted = state.get("counted")?.to_device(Device::Cpu);
        state.restore_all("rates", &mut self.rates)?;
        self.count_cost();
        Ok(())
    }
}

/// Returns the cost averaged over examples.
fn mean(cost: &UnitCost, open: &[Tensor]) -> Tensor {
    cost.per_example(open).mean(Kind::Float)
}

/// Counts the open units of each site, `[examples]`, or `[1]` if gates are static.
fn open_units(record: &GateRecord, map: &ModelMap, gate: fn(&Gates) -> &Tensor) -> Vec<Tensor> {
    let count = |site| gate(gates_of(record, site)).sum_dim_intlist(1i64, false, Kind::Float);
    map.sites.iter().map(count).collect()
}

fn gates_of<'record>(record: &'record GateRecord, site: &Site) -> &'record Gates {
    record.gates(site.id).expect("swan switches every site")
}

fn hard(gates: &Gates) -> &Tensor {
    &gates.hard
}

fn soft(gates: &Gates) -> &Tensor {
    gates.soft.as_ref().expect("swan has soft gates")
}

#[cfg(test)]
mod tests {
    use swanbench_core::{GateCost, ModelBuilder, Ramp};
    use swanbench_spec::BudgetKind;

    use super::*;
    use crate::testing::numbers;

    /// 4 inputs -> 2 units -> 3 units -> 2 classes: 40 FLOPs.
    fn map() -> ModelMap {
        let mut builder = ModelBuilder::new([4, 1, 1], 2, 1.0);
        let signal = builder.linear("first", builder.input(), 2);
        let signal = builder.site("first", signal);
        let signal = builder.linear("second", signal, 3);
        let signal = builder.site("second", signal);
        builder.linear("last", signal, 2);
        builder.finish()
    }

    fn gates(soft: &Tensor) -> Gates {
        // As `switch` makes them: the value of the hard gate, the gradient of the soft one.
        let hard = soft + (soft.gt(0.5).to_kind(Kind::Float) - soft).detach();
        let factor = hard.shallow_clone();
        Gates { soft: Some(soft.shallow_clone()), ..Gates::per_example(hard, factor) }
    }

    fn attached(settings: &Settings, target: f64) -> Penalty {
        let map = map();
        let gates = vec![GateCost { per_unit: 1.0, ..GateCost::default() }; 2];
        let inference = InferenceCost { gates, ..InferenceCost::default() };
        let budget = Budget::new(BudgetKind::Flops, target, &map);
        let mut penalty = Penalty::new(settings);
        penalty.attach(&map, budget, inference, Device::Cpu);
        penalty
    }

    /// Two examples: one opens everything, the other one unit of each site.
    fn record() -> (Tensor, GateRecord) {
        let first = Tensor::from_slice2(&[[0.9f32, 0.8], [0.9, 0.2]]).set_requires_grad(true);
        let second = Tensor::from_slice2(&[[0.9f32, 0.9, 0.9], [0.1, 0.1, 0.6]]);
        let record = GateRecord::of(vec![Some(gates(&first)), Some(gates(&second))]);
        (first, record)
    }

    const AT_ONCE: Ramp = Ramp { start: 0.0, end: 0.0 };

    fn squared_only() -> Settings {
        Settings { lambda_target: 2.0, ramp: AT_ONCE, ..Settings::default() }
    }

    #[test]
    fn the_excess_is_that_of_exact_flops_over_the_target() {
        let (first, record) = record();
        // FLOPs 40 and 14, on average 27, and 5 to decide the gates: 32 of 20 that are allowed.
        let penalty = attached(&squared_only(), 0.5).of(&record, 1.0).unwrap();
        assert!((penalty.double_value(&[]) - 2.0 * 0.6f64.powi(2)).abs() < 1e-6, "{penalty}");
        penalty.backward();
        // 2 x 2 x 0.6 / 20 / 2 examples for each FLOP; a unit of the first site costs 8 and 2 for
        // each open unit of the second.
        let each = |flops: f64| 2.0 * 2.0 * 0.6 / 20.0 / 2.0 * flops;
        for (found, flops) in numbers(&first.grad()).into_iter().zip([14.0, 14.0, 10.0, 10.0]) {
            assert!((found - each(flops)).abs() < 1e-6, "{found} for {flops} FLOPs");
        }
    }

    #[test]
    fn below_the_target_nothing_is_penalised() {
        let (_, record) = record();
        let penalty = attached(&squared_only(), 0.9).of(&record, 1.0).unwrap();
        assert_eq!(penalty.double_value(&[]), 0.0);
    }

    #[test]
    fn the_target_falls_along_the_ramp() {
        let (_, record) = record();
        let settings = Settings { ramp: Ramp { start: 0.0, end: 1.0 }, ..squared_only() };
        let at = |progress: f64| attached(&settings, 0.25).of(&record, progress);
        assert!(at(0.0).is_none());
        // Halfway the target is a half, not a quarter.
        assert!((at(0.5).unwrap().double_value(&[]) - 2.0 * 0.6f64.powi(2)).abs() < 1e-5);
    }

    #[test]
    fn shares_of_soft_gates_can_be_weighed() {
        let (_, record) = record();
        let open = Settings { lambda_open: 10.0, ..squared_only() };
        // Sums 1.7 + 2.7 and 1.1 + 0.8 of five units.
        let value = attached(&open, 0.9).of(&record, 1.0).unwrap().double_value(&[]);
        assert!((value - 10.0 * (4.4 + 1.9) / 2.0 / 5.0).abs() < 1e-5, "{value}");
        let flops = Settings { lambda_flops: 10.0, ..squared_only() };
        // MACs 4 x 1.7 + 1.7 x 2.7 + 2 x 2.7 and 4 x 1.1 + 1.1 x 0.8 + 2 x 0.8, of 20.
        let value = attached(&flops, 0.9).of(&record, 1.0).unwrap().double_value(&[]);
        assert!((value - 10.0 * (16.79 + 6.88) / 2.0 / 20.0).abs() < 1e-5, "{value}");
    }

    #[test]
    fn gates_that_stop_varying_are_no_longer_charged() {
        let (_, record) = record();
        let mut penalty = attached(&squared_only(), 0.5);
        for _ in 0..20 * RECOUNT {
            penalty.of(&record, 1.0);
        }
        // The first unit of the first site is always open; the second is on every other example.
        // Likewise the third of the second site, and the others.
        let counted = Vec::<f64>::try_from(penalty.counted.flatten(0, -1)).unwrap();
        assert_eq!(counted, [1.0, 1.0, 2.0, 1.0]);
    }
}
