//! A model's parameters: their descriptions, initial values and tensors.

use swanbench_torch::{Generator, TorchError, constant, fan_in_uniform};
use tch::{Device, Tensor};

use crate::{ModelMap, Weights, WeightsError};

/// Position of a parameter in [`ModelMap::parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub(crate) usize);

/// The distribution of a parameter's initial values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initial {
    /// Uniform in `±1/sqrt(fan_in)`, PyTorch's default for weights and biases.
    FanIn(i64),
    /// Normal around zero with this standard deviation.
    Normal(f64),
    /// One value everywhere.
    Constant(f64),
}

/// One parameter of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSpec {
    /// In PyTorch's style, for example `fc1.weight`.
    pub name: String,
    /// The sizes of its dimensions.
    pub shape: Vec<i64>,
    /// The distribution of its initial values.
    pub initial: Initial,
    /// Whether the optimizer changes it; the running statistics of a normalisation are only kept.
    pub trained: bool,
}

impl ParameterSpec {
    /// Counts its numbers.
    pub fn count(&self) -> u64 {
        self.shape.iter().product::<i64>() as u64
    }
}

/// The tensors of a model, in the order of [`ModelMap::parameters`].
pub struct Parameters {
    tensors: Vec<Tensor>,
    trained: Vec<Tensor>,
}

impl Parameters {
    /// Draws every parameter of `map`, in order, and puts it on `device`.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    pub fn initialise(
        map: &ModelMap,
        generator: &mut Generator,
        device: Device,
    ) -> Result<Self, TorchError> {
        let tensors: Vec<Tensor> = map
            .parameters
            .iter()
            .map(|spec| {
                let tensor = match spec.initial {
                    Initial::FanIn(fan_in) => {
                        fan_in_uniform(&spec.shape, fan_in, generator, device)?
                    }
                    Initial::Normal(deviation) => {
                        generator.normal(&spec.shape, 0.0, deviation)?.to_device(device)
                    }
                    Initial::Constant(value) => constant(&spec.shape, value, device),
                };
                Ok(tensor.set_requires_grad(spec.trained))
            })
            .collect::<Result<_, TorchError>>()?;
        let trained = tensors.iter().filter(|tensor| tensor.requires_grad());
        Ok(Self { trained: trained.map(Tensor::shallow_clone).collect(), tensors })
    }

    /// Writes the given weights over these parameters of `map`.
    ///
    /// Returns [`WeightsError::Mismatch`] and changes nothing if the weights do not fit the model.
    pub fn start_from(&mut self, map: &ModelMap, weights: &Weights) -> Result<(), WeightsError> {
        weights.check(map)?;
        let _no_graph = tch::no_grad_guard();
        for (spec, tensor) in map.parameters.iter().zip(&mut self.tensors) {
            if let Some(given) = weights.get(&spec.name) {
                tensor.copy_(given);
            }
        }
        Ok(())
    }

    /// Writes over one parameter.
    ///
    /// # Panics
    /// Panics if the shapes differ.
    pub fn set(&mut self, id: ParameterId, values: &Tensor) {
        tch::no_grad(|| self.tensors[id.0].copy_(values));
    }

    /// Returns their device.
    pub fn device(&self) -> Device {
        self.tensors.first().map_or(Device::Cpu, Tensor::device)
    }

    /// Returns all tensors, in the order of [`ModelMap::parameters`].
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// Returns all tensors, to be written over.
    pub fn tensors_mut(&mut self) -> &mut [Tensor] {
        &mut self.tensors
    }

    /// Returns one tensor.
    pub fn get(&self, id: ParameterId) -> &Tensor {
        &self.tensors[id.0]
    }

    /// Returns the tensors that the optimizer changes.
    pub fn trained(&self) -> &[Tensor] {
        &self.trained
    }
}
