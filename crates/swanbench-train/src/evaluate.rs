//! Evaluations of a network on one split: accuracy, loss, and the cost of every example.

use std::rc::Rc;

use swanbench_core::{CostModel, GateRecord, Pass};
use swanbench_data::Split;
use swanbench_spec::Mode;
use swanbench_torch::TorchError;
use tch::{Device, Kind, Tensor};

use crate::{
    folding::Folding,
    gated_model::{GatedModel, PassOutput, cost_model},
};

/// Large enough to keep kernels busy, small enough for the feature maps of deep networks.
pub const BATCH_SIZE: i64 = 500;

/// The result of a full evaluation.
pub struct FullEval {
    /// Correct examples over all examples.
    pub accuracy: f64,
    /// Mean cross-entropy in nats.
    pub loss: f64,
    /// Mean FLOPs with single zero weights skipped too.
    pub weight_flops: f64,
    /// Mean FLOPs of deciding the gates.
    pub gate_flops: f64,
    /// Mean number of open units.
    pub open_units: f64,
    /// Parameters that inference must store.
    pub parameters: u64,
    /// In the order of the split.
    pub examples: Examples,
    /// By site: the share of examples on which each unit was open.
    pub open_rates: Vec<Vec<f64>>,
}

/// One number per example.
pub struct Examples {
    pub labels: Vec<i64>,
    /// The class with the highest logit.
    pub predicted: Vec<i64>,
    /// Cross-entropy in nats.
    pub losses: Vec<f64>,
    /// FLOPs with closed units skipped.
    pub unit_flops: Vec<f64>,
}

/// The result of an evaluation without costs.
pub struct QuickEval {
    /// Correct examples over all examples.
    pub accuracy: f64,
    /// Mean number of open units.
    pub open_units: f64,
}

/// Evaluates a split in each of these modes, without a graph and without costs, as every epoch needs
/// it.
pub fn evaluate_quick(
    network: &mut GatedModel,
    split: &Split,
    modes: &[Mode],
) -> Result<Vec<QuickEval>, TorchError> {
    let _no_graph = tch::no_grad_guard();
    let map = Rc::clone(&network.model);
    let cost = cost_model(&map, network, None);
    let passes: Vec<Pass> = modes.iter().copied().map(Pass::evaluate).collect();
    // Summed on the device: the host waits once per split.
    let mut sums = Tensor::zeros([modes.len() as i64, 2], (Kind::Double, network.device));
    for (images, labels) in split.batches_in_order(BATCH_SIZE) {
        let outputs = network.forward_each(&images, &passes)?;
        let of_mode = outputs.iter().flat_map(|PassOutput { logits, record }| {
            let correct = logits.argmax(-1, false).eq_tensor(&labels).sum(Kind::Double);
            [correct, cost.units_open(record, labels.size()[0]).sum(Kind::Double)]
        });
        sums += Tensor::stack(&of_mode.collect::<Vec<_>>(), 0).view([-1, 2]);
    }
    let means = numbers(&(sums / split.len() as f64).view([-1]));
    let means = means.as_chunks::<2>().0.iter();
    Ok(means.map(|&[accuracy, open_units]| QuickEval { accuracy, open_units }).collect())
}

/// Evaluates passes like `pass` without a graph, with the gates that do not vary folded.
pub fn evaluate(
    network: &mut GatedModel,
    split: &Split,
    pass: Pass,
    folding: Option<&Folding>,
) -> Result<FullEval, TorchError> {
    let model = Rc::clone(&network.model);
    let cost = cost_model(&model, network, folding);
    evaluate_by(network, split, &cost, |network, images| {
        network.forward_folded(images, pass, folding)
    })
}

/// Evaluates the output of `pass` on batches of images, with the costs of `cost`.
pub fn evaluate_by(
    network: &mut GatedModel,
    split: &Split,
    cost: &CostModel<'_>,
    mut pass: impl FnMut(&mut GatedModel, &Tensor) -> Result<PassOutput, TorchError>,
) -> Result<FullEval, TorchError> {
    let _no_graph = tch::no_grad_guard();
    let mut totals = Totals::zero(network.device);
    for (images, labels) in split.batches_in_order(BATCH_SIZE) {
        totals.add(pass(network, &images)?, labels, cost);
    }
    Ok(totals.finish(cost))
}

/// What an evaluation collects batch by batch, on the device.
struct Totals {
    labels: Vec<Tensor>,
    predicted: Vec<Tensor>,
    losses: Vec<Tensor>,
    unit_flops: Vec<Tensor>,
    weight_flops: Tensor,
    gate_flops: Tensor,
    open_units: Tensor,
    /// By site.
    examples_open: Vec<Tensor>,
    last: Option<GateRecord>,
}

impl Totals {
    fn zero(device: Device) -> Self {
        let zero = || Tensor::zeros([], (Kind::Double, device));
        Self {
            labels: Vec::new(),
            predicted: Vec::new(),
            losses: Vec::new(),
            unit_flops: Vec::new(),
            weight_flops: zero(),
            gate_flops: zero(),
            open_units: zero(),
            examples_open: Vec::new(),
            last: None,
        }
    }

    fn add(&mut self, output: PassOutput, labels: Tensor, cost: &CostModel<'_>) {
        let PassOutput { logits, record } = output;
        self.predicted.push(logits.argmax(-1, false));
        let likelihood = logits.log_softmax(-1, Kind::Double);
        self.losses.push(-likelihood.gather(1, &labels.unsqueeze(1), false).squeeze_dim(1));
        let costs = cost.count_flops(&record, labels.size()[0]);
        self.labels.push(labels);
        self.unit_flops.push(costs.unit_flops);
        self.weight_flops += costs.weight_flops.sum(Kind::Double);
        self.gate_flops += costs.gate_flops.sum(Kind::Double);
        self.open_units += costs.open_units.sum(Kind::Double);
        if self.examples_open.is_empty() {
            self.examples_open = costs.examples_open;
        } else {
            let sums = self.examples_open.iter_mut().zip(costs.examples_open);
            sums.for_each(|(sum, more)| *sum += more);
        }
        self.last = Some(record);
    }

    fn finish(self, cost: &CostModel<'_>) -> FullEval {
        let classes = |parts: &[Tensor]| -> Vec<i64> {
            Vec::try_from(Tensor::cat(parts, 0)).expect("one class per example")
        };
        let examples = Examples {
            labels: classes(&self.labels),
            predicted: classes(&self.predicted),
            losses: numbers(&Tensor::cat(&self.losses, 0)),
            unit_flops: numbers(&Tensor::cat(&self.unit_flops, 0)),
        };
        let count = examples.labels.len() as f64;
        let pairs = examples.labels.iter().zip(&examples.predicted);
        let correct = pairs.filter(|(label, predicted)| label == predicted).count();
        FullEval {
            accuracy: correct as f64 / count,
            loss: examples.losses.iter().sum::<f64>() / count,
            weight_flops: self.weight_flops.double_value(&[]) / count,
            gate_flops: self.gate_flops.double_value(&[]) / count,
            open_units: self.open_units.double_value(&[]) / count,
            parameters: self.last.map_or(0, |record| cost.stored_parameters(&record)),
            examples,
            open_rates: self.examples_open.iter().map(|open| numbers(&(open / count))).collect(),
        }
    }
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor).expect("one row of numbers")
}
