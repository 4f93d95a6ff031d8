//! Measures a network on one split: accuracy, loss, and what every example costs.

use std::rc::Rc;

use swanbench_core::{Phase, cost::CostModel};
use swanbench_data::Split;
use swanbench_spec::Mode;
use swanbench_torch::TorchError;
use tch::{Kind, Tensor};

use crate::network::Network;

/// Large enough to keep kernels busy, small enough for the feature maps of deep networks.
pub const BATCH_SIZE: i64 = 500;

/// What one pass over a split gave.
pub struct Measured {
    /// Correct examples over all examples.
    pub accuracy: f64,
    /// Mean cross-entropy in nats.
    pub loss: f64,
    /// FLOPs of each example with closed units skipped, ascending.
    pub unit_flops: Vec<f64>,
    /// Mean FLOPs with single zero weights skipped too.
    pub weight_flops: f64,
    /// Mean FLOPs of deciding the gates.
    pub gate_flops: f64,
    /// Mean number of open units.
    pub open_units: f64,
    /// Parameters that inference must store.
    pub parameters: u64,
}

/// Evaluates without a graph.
pub fn evaluate(network: &mut Network, split: &Split, mode: Mode) -> Result<Measured, TorchError> {
    let _no_graph = tch::no_grad_guard();
    let model = Rc::clone(&network.model);
    let device = network.device;
    let cost = CostModel::new(model.map(), &*network.method, device);
    let zero = || Tensor::zeros([], (Kind::Double, device));
    let (mut correct, mut loss, mut weight_flops, mut open_units) =
        (zero(), zero(), zero(), zero());
    let mut unit_flops = Vec::new();
    let mut stored = 0;
    for (images, labels) in split.batches_in_order(BATCH_SIZE) {
        let examples = labels.size()[0];
        let (logits, tape) = network.forward(&images, Phase::Evaluate(mode))?;
        correct += logits.argmax(-1, false).eq_tensor(&labels).sum(Kind::Double);
        loss += logits.cross_entropy_for_logits(&labels) * examples as f64;

        let bill = cost.charge(&tape, examples);
        unit_flops.push(bill.unit_flops);
        weight_flops += bill.weight_flops.sum(Kind::Double);
        open_units += bill.open_units.sum(Kind::Double);
        stored = cost.stored_parameters(&tape);
    }
    let count = split.len() as f64;
    let mean = |sum: &Tensor| sum.double_value(&[]) / count;
    let sorted = Tensor::cat(&unit_flops, 0).sort(0, false).0;
    Ok(Measured {
        accuracy: mean(&correct),
        loss: mean(&loss),
        unit_flops: Vec::try_from(sorted).expect("one number for each example"),
        weight_flops: mean(&weight_flops),
        gate_flops: cost.gate_flops(),
        open_units: mean(&open_units),
        parameters: stored,
    })
}
