//! Gates that replace a method's own, to measure what their dependence on the input contributes.

use std::rc::Rc;

use swanbench_core::{GateRecord, Gated, Gates, ModelMap, Pass, Regularizer, SeedStream, Site};
use swanbench_data::Split;
use swanbench_spec::{Control, Mode};
use swanbench_torch::{Generator, TorchError};
use tch::{Device, Kind, Tensor};

use crate::{
    evaluate::{BATCH_SIZE, FullEval, evaluate_by},
    gated_model::{GatedModel, cost_model},
};

/// All controls, in the order in which they are measured.
pub const CONTROLS: [Control; 3] = [Control::Frozen, Control::Shuffled, Control::Random];

/// The gates of one site on examples that a run was not trained on.
struct SiteGateStats {
    /// The share of examples on which each unit is open, `[1, units]`.
    open: Tensor,
    /// What multiplies each unit's output on average while it is open, `[1, units]`.
    factor: Tensor,
}

/// A method's gates on average, by site; `None` if they do not depend on the example.
pub struct GateStatistics(Vec<Option<SiteGateStats>>);

impl GateStatistics {
    /// Collects the gates on a split; `None` if no site's gates depend on the example.
    pub fn collect(network: &mut GatedModel, split: &Split) -> Result<Option<Self>, TorchError> {
        let _no_graph = tch::no_grad_guard();
        let model = Rc::clone(&network.model);
        let sites = &model.map().sites;
        let mut sums: Vec<Option<SiteGateStats>> = sites.iter().map(|_| None).collect();
        for (images, _) in split.batches_in_order(BATCH_SIZE) {
            let record = network.forward(&images, Pass::evaluate(Mode::Hard))?.record;
            for (site, sum) in sites.iter().zip(&mut sums) {
                if let Some(gates) = record.gates(site.id).filter(|gates| gates.per_example) {
                    let batch = SiteGateStats::summed(gates);
                    *sum = Some(match sum.take() {
                        None => batch,
                        Some(before) => before.plus(batch),
                    });
                }
            }
        }
        let examples = split.len() as f64;
        let means: Vec<_> = sums.into_iter().map(|sum| Some(sum?.mean(examples))).collect();
        Ok(means.iter().any(Option::is_some).then_some(Self(means)))
    }

    /// Evaluates with gates of this control. They come from an unchanged pass over the same batch,
    /// so that changes at early sites do not influence the gates of later ones.
    pub fn evaluate(
        &self,
        network: &mut GatedModel,
        split: &Split,
        control: Control,
        seed: u64,
    ) -> Result<FullEval, TorchError> {
        let model = Rc::clone(&network.model);
        let mut cost = cost_model(&*model, network);
        if control != Control::Shuffled {
            cost = cost.with_given_gates();
        }
        // On the CPU, so that a seed means the same everywhere.
        let mut generator = SeedStream::Control.generator(seed, Device::Cpu)?;
        evaluate_by(network, split, &cost, |network, images| {
            let record = network.forward(images, Pass::evaluate(Mode::Hard))?.record;
            let given = self.replace(record, model.map(), control, &mut generator)?;
            network.forward_under(&mut Given(given), images)
        })
    }

    fn replace(
        &self,
        mut record: GateRecord,
        map: &ModelMap,
        control: Control,
        generator: &mut Generator,
    ) -> Result<Vec<Option<Gates>>, TorchError> {
        let mut order = None;
        let mut replaced = Vec::new();
        for (site, stats) in map.sites.iter().zip(&self.0) {
            let own = record.take(site.id);
            let (Some(stats), Some(own)) = (stats, &own) else {
                replaced.push(own);
                continue;
            };
            let examples = own.hard.size()[0];
            replaced.push(Some(match control {
                Control::Frozen => stats.frozen(),
                Control::Shuffled => {
                    // The same for all sites: their gates stay together.
                    if order.is_none() {
                        order = Some(generator.permutation(examples)?.to_device(own.hard.device()));
                    }
                    own.reordered(order.as_ref().expect("just drawn"))
                }
                Control::Random => stats.random(examples, generator)?,
            }));
        }
        Ok(replaced)
    }
}

impl SiteGateStats {
    /// Sums the gates of a batch over its examples.
    fn summed(gates: &Gates) -> Self {
        let total = |gate: &Tensor| gate.sum_dim_intlist(0i64, true, Kind::Double);
        Self { open: total(&gates.hard), factor: total(&gates.factor) }
    }

    fn plus(self, more: Self) -> Self {
        Self { open: self.open + more.open, factor: self.factor + more.factor }
    }

    /// Turns sums into means.
    fn mean(self, examples: f64) -> Self {
        Self { factor: self.factor / self.open.clamp_min(1.0), open: self.open / examples }
    }

    /// Opens the units that are open most often, as many as are open on average, for all examples.
    fn frozen(&self) -> Gates {
        let units = self.open.size()[1];
        let count = (self.open.sum(Kind::Double).double_value(&[]).round() as i64).clamp(1, units);
        let order = self.open.argsort_stable(true, 1, true).narrow(1, 0, count);
        let hard = self.open.zeros_like().scatter_value(1, &order, 1.0);
        self.gates(&hard, false)
    }

    /// Opens every unit with the mean activity of the site.
    fn random(&self, examples: i64, generator: &mut Generator) -> Result<Gates, TorchError> {
        let activity = self.open.mean(Kind::Double).double_value(&[]);
        let drawn = generator.uniform(&[examples, self.open.size()[1]], 0.0, 1.0)?;
        let hard = drawn.lt(activity).to_device(self.open.device()).to_kind(Kind::Double);
        Ok(self.gates(&hard, true))
    }

    fn gates(&self, hard: &Tensor, per_example: bool) -> Gates {
        let factor = (hard * &self.factor).to_kind(Kind::Float);
        let hard = hard.to_kind(Kind::Float);
        Gates { per_example, ..Gates::per_example(hard, factor) }
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

    fn stats(open: &[f64], factor: &[f64]) -> SiteGateStats {
        let row = |values: &[f64]| Tensor::from_slice(values).unsqueeze(0);
        SiteGateStats { open: row(open), factor: row(factor) }
    }

    fn numbers(tensor: &Tensor) -> Vec<f64> {
        Vec::try_from(tensor.flatten(0, -1).to_kind(Kind::Double)).unwrap()
    }

    #[test]
    fn frozen_gates_keep_most_open_units() {
        // 0.2 + 0.9 + 0.6 + 0.1 = 1.8 units on average: two.
        let gates = stats(&[0.2, 0.9, 0.6, 0.1], &[1.0, 1.5, 0.5, 1.0]).frozen();
        assert_eq!(numbers(&gates.hard), [0.0, 1.0, 1.0, 0.0]);
        assert_eq!(numbers(&gates.factor), [0.0, 1.5, 0.5, 0.0]);
        assert!(!gates.per_example);
        // At least one unit of a site stays open.
        let gates = stats(&[0.1, 0.2], &[1.0, 1.0]).frozen();
        assert_eq!(numbers(&gates.hard), [0.0, 1.0]);
    }

    #[test]
    fn random_gates_have_the_activity_of_their_site() {
        let mut generator = SeedStream::Control.generator(0, Device::Cpu).unwrap();
        let gates = stats(&[1.0, 0.0], &[1.0, 2.0]).random(10_000, &mut generator).unwrap();
        let rates = numbers(&gates.hard.mean_dim(0i64, false, Kind::Double));
        assert!(rates.iter().all(|rate| (rate - 0.5).abs() < 0.02), "{rates:?}");
        let factors = numbers(&gates.factor.mean_dim(0i64, false, Kind::Double));
        assert!((factors[1] - 2.0 * rates[1]).abs() < 1e-6, "{factors:?}");
    }
}
