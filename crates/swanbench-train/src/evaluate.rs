//! Measures a network on one split: accuracy, loss, and what every example costs.

use std::rc::Rc;

use swanbench_core::{GateRecord, Pass, cost::CostModel};
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

/// One number for each example.
pub struct Examples {
    pub labels: Vec<i64>,
    /// The class with the highest logit.
    pub predicted: Vec<i64>,
    /// Cross-entropy in nats.
    pub losses: Vec<f64>,
    /// FLOPs with closed units skipped.
    pub unit_flops: Vec<f64>,
}

/// What every epoch asks of a split.
pub struct QuickEval {
    /// Correct examples over all examples.
    pub accuracy: f64,
    /// Mean number of open units.
    pub open_units: f64,
}

/// Looks at a split without a graph, and without the costs that only finished stages are asked for.
pub fn evaluate_quick(
    network: &mut Network,
    split: &Split,
    mode: Mode,
) -> Result<QuickEval, TorchError> {
    let _no_graph = tch::no_grad_guard();
    let model = Rc::clone(&network.model);
    let cost = CostModel::new(model.map(), &*network.method, network.device);
    // Summed on the device: the host waits once for each split.
    let mut sums = Tensor::zeros([2], (Kind::Double, network.device));
    for (images, labels) in split.batches_in_order(BATCH_SIZE) {
        let (logits, record_) = network.forward(&images, Pass::Evaluate(mode))?;
        let correct = logits.argmax(-1, false).eq_tensor(&labels).sum(Kind::Double);
        let open = cost.units_open(&record_, labels.size()[0]).sum(Kind::Double);
        sums += Tensor::stack(&[correct, open], 0);
    }
    let means = numbers(&(sums / split.len() as f64));
    Ok(QuickEval { accuracy: means[0], open_units: means[1] })
}

/// Evaluates without a graph.
pub fn evaluate(network: &mut Network, split: &Split, mode: Mode) -> Result<Measured, TorchError> {
    let model = Rc::clone(&network.model);
    let cost = CostModel::new(model.map(), &*network.method, network.device);
    evaluate_by(network, split, &cost, |network, images| {
        network.forward(images, Pass::Evaluate(mode))
    })
}

/// Evaluates what `pass` makes of batches of images, at the prices of `cost`.
pub fn evaluate_by(
    network: &mut Network,
    split: &Split,
    cost: &CostModel<'_>,
    mut pass: impl FnMut(&mut Network, &Tensor) -> Result<(Tensor, GateRecord), TorchError>,
) -> Result<Measured, TorchError> {
    let _no_graph = tch::no_grad_guard();
    let zero = || Tensor::zeros([], (Kind::Double, network.device));
    let (mut weight_flops, mut open_units) = (zero(), zero());
    let (mut all_labels, mut predicted, mut losses, mut unit_flops) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut open: Vec<Tensor> = Vec::new();
    let mut last = None;
    for (images, labels) in split.batches_in_order(BATCH_SIZE) {
        let (logits, record_) = pass(network, &images)?;
        predicted.push(logits.argmax(-1, false));
        let likelihood = logits.log_softmax(-1, Kind::Double);
        losses.push(-likelihood.gather(1, &labels.unsqueeze(1), false).squeeze_dim(1));

        let costs = cost.count_flops(&record_, labels.size()[0]);
        all_labels.push(labels);
        unit_flops.push(costs.unit_flops);
        weight_flops += costs.weight_flops.sum(Kind::Double);
        open_units += costs.open_units.sum(Kind::Double);
        if open.is_empty() {
            open = costs.examples_open;
        } else {
            open.iter_mut().zip(costs.examples_open).for_each(|(sum, more)| *sum += more);
        }
        last = Some(record_);
    }
    let count = split.len() as f64;
    let classes = |parts: &[Tensor]| -> Vec<i64> {
        Vec::try_from(Tensor::cat(parts, 0)).expect("one class for each example")
    };
    let examples = Examples {
        labels: classes(&all_labels),
        predicted: classes(&predicted),
        losses: numbers(&Tensor::cat(&losses, 0)),
        unit_flops: numbers(&Tensor::cat(&unit_flops, 0)),
    };
    Ok(Measured {
        accuracy: examples.correct() as f64 / count,
        loss: examples.losses.iter().sum::<f64>() / count,
        weight_flops: weight_flops.double_value(&[]) / count,
        gate_flops: cost.gate_flops(),
        open_units: open_units.double_value(&[]) / count,
        parameters: last.map_or(0, |record_| cost.stored_parameters(&record_)),
        examples,
        open_rates: open.iter().map(|open| numbers(&(open / count))).collect(),
    })
}

impl Examples {
    fn correct(&self) -> usize {
        self.labels.iter().zip(&self.predicted).filter(|(label, found)| label == found).count()
    }
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor).expect("one row of numbers")
}
