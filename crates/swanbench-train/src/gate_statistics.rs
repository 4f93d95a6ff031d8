//! How a method's gates vary from example to example.

use std::rc::Rc;

use swanbench_core::{Gates, Pass};
use swanbench_data::Split;
use swanbench_torch::TorchError;
use tch::{Kind, Tensor};

use crate::{evaluate::BATCH_SIZE, gated_model::GatedModel};

/// How the gates of one site vary over a split.
pub struct SiteGateStats {
    /// The share of examples on which each unit is open, `[1, units]`.
    pub open: Tensor,
    /// What multiplies each unit's output on average while it is open, `[1, units]`.
    pub factor: Tensor,
    /// Whether an open gate multiplies by one on all examples.
    pub binary: bool,
}

/// A method's gates over a split, by site; `None` if they do not depend on the example.
pub struct GateStatistics(Vec<Option<SiteGateStats>>);

impl GateStatistics {
    /// Collects the gates of passes like `pass` on a split; `None` if no site's gates depend on the
    /// example.
    pub fn collect(
        network: &mut GatedModel,
        split: &Split,
        pass: Pass,
    ) -> Result<Option<Self>, TorchError> {
        let _no_graph = tch::no_grad_guard();
        let model = Rc::clone(&network.model);
        let sites = &model.sites;
        let mut sums: Vec<Option<SiteGateStats>> = sites.iter().map(|_| None).collect();
        for (images, _) in split.batches_in_order(BATCH_SIZE) {
            let record = network.forward(&images, pass)?.record;
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

    /// Returns the statistics of every site.
    pub fn sites(&self) -> &[Option<SiteGateStats>] {
        &self.0
    }
}

impl SiteGateStats {
    /// Sums the gates of a batch over its examples.
    fn summed(gates: &Gates) -> Self {
        let total = |gate: &Tensor| gate.sum_dim_intlist(0i64, true, Kind::Double);
        let binary = gates.hard == gates.factor;
        Self { open: total(&gates.hard), factor: total(&gates.factor), binary }
    }

    fn plus(self, more: Self) -> Self {
        Self {
            open: self.open + more.open,
            factor: self.factor + more.factor,
            binary: self.binary && more.binary,
        }
    }

    /// Turns sums into means.
    fn mean(self, examples: f64) -> Self {
        let factor = self.factor / self.open.clamp_min(1.0);
        Self { factor, open: self.open / examples, binary: self.binary }
    }
}
