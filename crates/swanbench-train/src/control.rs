//! Gates that replace a method's own, to measure what their dependence on the input contributes.

use std::rc::Rc;

use swanbench_core::{GateRecord, Gated, Gates, ModelMap, Pass, Regularizer, SeedStream, Site};
use swanbench_data::Split;
use swanbench_spec::{Control, Mode};
use swanbench_torch::{Generator, TorchError};
use tch::{Device, Kind, Tensor};

use crate::{
    evaluate::{FullEval, evaluate_by},
    folding::Folding,
    gate_statistics::{GateStatistics, SiteGateStats},
    gated_model::{GatedModel, cost_model},
};

/// All controls, in the order in which they are measured.
pub const CONTROLS: [Control; 3] = [Control::Frozen, Control::Shuffled, Control::Random];

impl GateStatistics {
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
        let folding = Folding::of(self);
        let mut cost = cost_model(&model, network, Some(&folding));
        if control != Control::Shuffled {
            cost = cost.with_given_gates();
        }
        // On the CPU, so that a seed means the same everywhere.
        let mut generator = SeedStream::Control.generator(seed, Device::Cpu)?;
        evaluate_by(network, split, &cost, |network, images| {
            let pass = Pass::evaluate(Mode::Hard);
            let record = network.forward_folded(images, pass, Some(&folding))?.record;
            let given = self.replace(record, &model, control, &mut generator)?;
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
        for (site, stats) in map.sites.iter().zip(self.sites()) {
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
        SiteGateStats { open: row(open), factor: row(factor), binary: false }
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
