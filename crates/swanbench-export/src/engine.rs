//! What the engine computes from an exported network, compared with the network that was trained.

use swanbench_data::{Dataset, Split};
use swanbench_infer::{Engine, Network};
use swanbench_torch::TorchError;
use swanbench_train::{KeptNetwork, Measured};
use tch::Tensor;

use crate::Exported;

/// Images that the engine gets at once.
const BATCH_SIZE: i64 = 64;

/// What the engine computed from a split.
#[derive(Debug)]
pub struct Computed {
    /// Accuracy, and the FLOPs that the engine counted.
    pub measured: Measured,
    /// `[examples, classes]`.
    pub logits: Tensor,
    /// By example and gate, the units that were open, as the file counts them.
    open: Vec<Vec<Vec<u32>>>,
}

/// How the logits of an exported network differ from those of the trained one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The largest of a logit, over the examples that open the same units in both.
    pub largest: f64,
    /// Examples that open more or fewer: a gate that stands at its threshold, where another order of
    /// additions decides.
    pub others: usize,
}

/// Runs an exported network on a split of `data`.
pub fn compute(network: &Network, data: &Dataset, split: &Split) -> Computed {
    let mut engine = Engine::new(network, BATCH_SIZE as usize);
    let (mut logits, mut open, mut flops) = (Vec::new(), Vec::new(), 0.0);
    for (images, labels) in split.batches_in_order(BATCH_SIZE) {
        let output = engine.run(&raw(data, &images));
        logits.extend_from_slice(output.logits);
        flops += output.flops.iter().sum::<f64>();
        let examples = 0..labels.size()[0] as usize;
        let of = |example| {
            let gates = 0..network.description().gates.len();
            gates.map(|gate| engine.open_units_of(gate, example).to_vec()).collect()
        };
        open.extend(examples.map(of));
    }
    let logits = Tensor::from_slice(&logits).view([-1, data.classes]);
    let correct = logits.argmax(1, false).eq_tensor(&split.labels).sum(tch::Kind::Double);
    let examples = split.len() as f64;
    let measured =
        Measured { accuracy: correct.double_value(&[]) / examples, flops: flops / examples };
    Computed { measured, logits, open }
}

/// Compares what an exported network computed from a split with the trained one.
///
/// Returns an error if libtorch fails.
pub fn compare(
    network: &mut KeptNetwork,
    exported: &Exported,
    split: &Split,
    computed: &Computed,
) -> Result<Difference, TorchError> {
    let mut difference = Difference { largest: 0.0, others: 0 };
    let mut first = 0;
    for (images, labels) in split.batches_in_order(BATCH_SIZE) {
        let count = labels.size()[0];
        let (logits, open) = network.compute(&images)?;
        let distance = (logits - computed.logits.narrow(0, first, count)).abs().amax(1i64, false);
        for example in 0..count {
            let is_same = exported.gates.iter().enumerate().all(|(gate, (site, kept))| {
                let before = open[*site].as_ref().expect("a site that is decided has gates");
                let units = computed.open[(first + example) as usize][gate].iter();
                units.map(|&unit| kept[unit as usize]).eq(before[example as usize].iter().copied())
            });
            if is_same {
                difference.largest = difference.largest.max(distance.double_value(&[example]));
            } else {
                difference.others += 1;
            }
        }
        first += count;
    }
    Ok(difference)
}

/// Returns images as they were before they were normalised, between 0 and 1.
pub(crate) fn raw(data: &Dataset, images: &Tensor) -> Vec<f32> {
    let channels = |statistic: &Tensor| statistic.view([1, -1, 1, 1]);
    let (black, white) = (channels(&data.black), channels(&data.white));
    let raw = (images - &black) / (white - black);
    Vec::try_from(raw.contiguous().flatten(0, -1)).expect("32-bit numbers")
}
