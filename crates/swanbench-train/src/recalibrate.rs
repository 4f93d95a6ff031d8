//! Means and variances of batch normalisations, gathered again for the network as it is evaluated.
//!
//! Training gathered them with its own gates: soft ones, or all units before pruning. One pass over
//! training examples replaces them by the average over batches (Izmailov et al. 2018, section 3.2;
//! Li et al. 2020, for pruned networks). No weight changes, so any method can be measured so.

use swanbench_core::{ParameterId, Pass};
use swanbench_data::Split;
use swanbench_spec::Mode;
use swanbench_torch::TorchError;
use tch::Tensor;

use crate::{evaluate::BATCH_SIZE, gated_model::GatedModel};

/// Enough for a stable mean over a channel, and a small part of an epoch.
const BATCHES: usize = 8;

/// Copies of the statistics that training gathered.
pub struct TrainedStatistics(Vec<(ParameterId, Tensor)>);

impl TrainedStatistics {
    /// Restores them.
    pub fn restore(self, network: &mut GatedModel) {
        for (id, values) in self.0 {
            network.parameters.set(id, &values);
        }
    }
}

/// Returns whether the network has statistics.
pub fn has_statistics(network: &GatedModel) -> bool {
    !network.model.norms.is_empty()
}

/// Gathers statistics over the first training examples, in the order of the files and without
/// augmentation, with the gates of this mode.
pub fn recalibrate(
    network: &mut GatedModel,
    train: &Split,
    mode: Mode,
) -> Result<TrainedStatistics, TorchError> {
    let _no_graph = tch::no_grad_guard();
    let norms = &network.model.norms;
    let ids = norms.iter().flat_map(|norm| [norm.running_mean, norm.running_variance]);
    let trained = ids.map(|id| (id, network.parameters.get(id).copy())).collect();
    let size = BATCH_SIZE.min(train.len());
    // A smaller last batch would weigh as much as the others.
    let whole = (train.len() / size) as usize;
    let batches = train.batches_in_order(size).take(whole.min(BATCHES));
    for (number, (images, _)) in batches.enumerate() {
        let weight = 1.0 / (number + 1) as f64;
        network.gather_statistics(&images, Pass::evaluate(mode), weight)?;
    }
    Ok(TrainedStatistics(trained))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use swanbench_core::{ModelBuilder, ModelMap, Parameters, Regularizer, SeedStream};
    use swanbench_spec::Precision;
    use tch::{Device, Kind};

    use super::*;

    /// Describes one neuron: an identity layer and a normalisation.
    fn one_neuron() -> ModelMap {
        let mut builder = ModelBuilder::new([1, 1, 1], 1, 1.0);
        let input = builder.flatten(builder.input());
        let output = builder.linear("fc", input, 1);
        builder.norm("bn", output);
        builder.finish()
    }

    struct Open;

    impl Regularizer for Open {}

    fn network() -> GatedModel {
        let model = one_neuron();
        let mut init = SeedStream::Init.generator(0, Device::Cpu).unwrap();
        let mut parameters = Parameters::initialise(&model, &mut init, Device::Cpu).unwrap();
        let layer = &model.layers[0];
        parameters.set(layer.weight, &Tensor::from_slice(&[1.0f32]).view([1, 1]));
        parameters.set(layer.bias.unwrap(), &Tensor::from_slice(&[0.0f32]));
        GatedModel {
            model: Rc::new(model),
            parameters,
            method: Box::new(Open),
            device: Device::Cpu,
            precision: Precision::Float32,
        }
    }

    fn statistics(network: &GatedModel) -> (f64, f64) {
        let norm = &network.model.norms[0];
        let value = |id| network.parameters.get(id).double_value(&[0]);
        (value(norm.running_mean), value(norm.running_variance))
    }

    #[test]
    fn recalibrated_statistics_are_the_examples_own() {
        let mut network = network();
        assert_eq!(statistics(&network), (0.0, 1.0));
        // A mean of 5 and a variance of 4 in each of two whole batches; the rest is left out.
        let batch = Tensor::from_slice(&[3.0f32, 7.0]).repeat([BATCH_SIZE / 2]);
        let rest = Tensor::from_slice(&[1000.0f32]);
        let images = Tensor::cat(&[&batch, &batch, &rest], 0).view([-1, 1, 1, 1]);
        let labels = Tensor::zeros([images.size()[0]], (Kind::Int64, Device::Cpu));
        let train = Split { images, labels };

        let trained = recalibrate(&mut network, &train, Mode::Hard).unwrap();
        let (mean, variance) = statistics(&network);
        assert!((mean - 5.0).abs() < 1e-5, "{mean}");
        let unbiased = 4.0 * BATCH_SIZE as f64 / (BATCH_SIZE - 1) as f64;
        assert!((variance - unbiased).abs() < 1e-4, "{variance}");

        trained.restore(&mut network);
        assert_eq!(statistics(&network), (0.0, 1.0));
    }
}
