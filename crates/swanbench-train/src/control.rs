//! Gates that replace a method's own, to tell what their dependence on the input earns.

use std::rc::Rc;

use swanbench_core::{
    GateRecord, Gated, Gates, ModelMap, Pass, Regularizer, SeedStream, Site, cost::CostModel,
};
use swanbench_data::Split;
use swanbench_spec::{Control, Mode};
use swanbench_torch::{Generator, TorchError};
use tch::{Device, Kind, Tensor};

use crate::{
    evaluate::{BATCH_SIZE, Measured, evaluate_by},
    network::Network,
};

/// All of them, in the order in which they are measured.
pub const CONTROLS: [Control; 3] = [Control::Frozen, Control::Shuffled, Control::Random];

/// How the gates of one site behave on examples that a run was not trained on.
struct SiteGateStats {
    /// The share of examples on which each unit is open, `[1, units]`.
    open: Tensor,
    /// What multiplies each unit's output on average where it is open, `[1, units]`.
    factor: Tensor,
}

/// How a method's gates usually behave, by site; none where they do not depend on the example.
pub struct GateStatistics(Vec<Option<SiteGateStats>>);

impl GateStatistics {
    /// Watches the gates on a split. None where no site's gates depend on the example.
    pub fn collect(network: &mut Network, split: &Split) -> Result<Option<Self>, TorchError> {
        let _no_graph = tch::no_grad_guard();
        let model = Rc::clone(&network.model);
        let sites = &model.map().sites;
        let mut sums: Vec<Option<(Tensor, Tensor)>> = sites.iter().map(|_| None).collect();
        for (images, _) in split.batches_in_order(BATCH_SIZE) {
            let (_, record_) = network.forward(&images, Pass::Evaluate(Mode::Hard))?;
            for (site, sum) in sites.iter().zip(&mut sums) {
                let Some(gates) = record_.gates(site.id).filter(|gates| gates.per_example) else {
                    continue;
                };
                let total = |gate: &Tensor| gate.sum_dim_intlist(0i64, true, Kind::Double);
                let (open, factor) = (total(&gates.hard), total(&gates.factor));
                *sum = Some(match sum.take() {
                    None => (open, factor),
                    Some((opened, factors)) => (opened + open, factors + factor),
                });
            }
        }
        let examples = split.len() as f64;
        let habits: Vec<Option<SiteGateStats>> = sums
            .into_iter()
            .map(|sum| {
                let (open, factor) = sum?;
                Some(SiteGateStats { factor: factor / open.clamp_min(1.0), open: open / examples })
            })
            .collect();
        Ok(habits.iter().any(Option::is_some).then_some(Self(habits)))
    }

    /// Evaluates with gates of this kind. They come from an undisturbed pass over the same batch, so
    /// that those of later sites do not see what was done to earlier ones.
    pub fn evaluate(
        &self,
        network: &mut Network,
        split: &Split,
        control: Control,
        seed: u64,
    ) -> Result<Measured, TorchError> {
        let model = Rc::clone(&network.model);
        let mut cost = CostModel::new(model.map(), &*network.method, network.device);
        if control != Control::Shuffled {
            cost = cost.with_given_gates();
        }
        // On the CPU, so that a seed means the same everywhere.
        let mut generator = SeedStream::Control.generator(seed, Device::Cpu)?;
        evaluate_by(network, split, &cost, |network, images| {
            let (_, record_) = network.forward(images, Pass::Evaluate(Mode::Hard))?;
            let given = self.replace(record_, model.map(), control, &mut generator)?;
            network.forward_under(&mut Given(given), images)
        })
    }

    fn replace(
        &self,
        mut record_: GateRecord,
        map: &ModelMap,
        control: Control,
        generator: &mut Generator,
    ) -> Result<Vec<Option<Gates>>, TorchError> {
        let mut order = None;
        let mut replaced = Vec::new();
        for (site, usual) in map.sites.iter().zip(&self.0) {
            let own = record_.take(site.id);
            let (Some(usual), Some(own)) = (usual, &own) else {
                replaced.push(own);
                continue;
            };
            let examples = own.hard.size()[0];
            replaced.push(Some(match control {
                Control::Frozen => usual.frozen(),
                Control::Shuffled => {
                    // The same for all sites: their gates stay together.
                    if order.is_none() {
                        order = Some(generator.permutation(examples)?.to_device(own.hard.device()));
                    }
                    own.reordered(order.as_ref().expect("just drawn"))
                }
                Control::Random => usual.random(examples, generator)?,
            }));
        }
        Ok(replaced)
    }
}

impl SiteGateStats {
    fn frozen(&self) -> Gates {
        let units = self.open.size()[1];
        let count = (self.open.sum(Kind::Double).double_value(&[]).round() as i64).clamp(1, units);
        let order = self.open.argsort_stable(true, 1, true).narrow(1, 0, count);
        let hard = self.open.zeros_like().scatter_value(1, &order, 1.0);
        self.gates(&hard, false)
    }

    fn random(&self, examples: i64, generator: &mut Generator) -> Result<Gates, TorchError> {
        let activity = self.open.mean(Kind::Double).double_value(&[]);
        let drawn = generator.uniform(&[examples, self.open.size()[1]], 0.0, 1.0)?;
        let hard = drawn.lt(activity).to_device(self.open.device()).to_kind(Kind::Double);
        Ok(self.gates(&hard, true))
    }

    fn gates(&self, hard: &Tensor, per_example: bool) -> Gates {
        let factor = (hard * &self.factor).to_kind(Kind::Float);
        let hard = hard.to_kind(Kind::Float);
        Gates { hard, per_example, soft: None, applied: Mode::Hard, factor }
    }
}

/// Gates that are known before the pass.
struct Given(Vec<Option<Gates>>);

impl Regularizer for Given {
    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        match self.0[site.id.index()].take() {
            None => Gated::open(output),
            Some(gates) => Gated::by(gates, &output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(open: &[f64], factor: &[f64]) -> SiteGateStats {
        let row = |values: &[f64]| Tensor::from_slice(values).unsqueeze(0);
        SiteGateStats { open: row(open), factor: row(factor) }
    }

    fn numbers(tensor: &Tensor) -> Vec<f64> {
        Vec::try_from(tensor.flatten(0, -1).to_kind(Kind::Double)).unwrap()
    }

    #[test]
    fn frozen_gates_keep_the_units_that_are_open_most_as_many_as_are_open_on_average() {
        // 0.2 + 0.9 + 0.6 + 0.1 = 1.8 units on average: two.
        let gates = usual(&[0.2, 0.9, 0.6, 0.1], &[1.0, 1.5, 0.5, 1.0]).frozen();
        assert_eq!(numbers(&gates.hard), [0.0, 1.0, 1.0, 0.0]);
        assert_eq!(numbers(&gates.factor), [0.0, 1.5, 0.5, 0.0]);
        assert!(!gates.per_example);
        // A site is never closed altogether.
        let gates = usual(&[0.1, 0.2], &[1.0, 1.0]).frozen();
        assert_eq!(numbers(&gates.hard), [0.0, 1.0]);
    }

    #[test]
    fn random_gates_have_the_activity_of_their_site_and_forget_which_unit_it_was() {
        let mut generator = SeedStream::Control.generator(0, Device::Cpu).unwrap();
        let gates = usual(&[1.0, 0.0], &[1.0, 2.0]).random(10_000, &mut generator).unwrap();
        let rates = numbers(&gates.hard.mean_dim(0i64, false, Kind::Double));
        assert!(rates.iter().all(|rate| (rate - 0.5).abs() < 0.02), "{rates:?}");
        let factors = numbers(&gates.factor.mean_dim(0i64, false, Kind::Double));
        assert!((factors[1] - 2.0 * rates[1]).abs() < 1e-6, "{factors:?}");
    }
}
