//! A model's parameters: what they are, how they start, and the tensors themselves.

use swanbench_torch::{Generator, TorchError, constant, fan_in_uniform};
use tch::{Device, Tensor};

use crate::ModelMap;

/// Position of a parameter in [`ModelMap::parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub(crate) usize);

/// How a parameter starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initial {
    /// Uniform in `±1/sqrt(fan_in)`, PyTorch's default for weights and biases.
    FanIn(i64),
    /// One value everywhere.
    Constant(f64),
}

/// One parameter of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSpec {
    /// In PyTorch's style, for example `fc1.weight`.
    pub name: String,
    pub shape: Vec<i64>,
    pub initial: Initial,
}

impl ParameterSpec {
    /// How many numbers it holds.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.shape.iter().product::<i64>() as u64
    }
}

/// The tensors of a model, in the order of [`ModelMap::parameters`].
pub struct Parameters {
    tensors: Vec<Tensor>,
}

impl Parameters {
    /// Draws every parameter of `map`, in order, and puts it on `device`.
    ///
    /// # Errors
    /// What libtorch refuses, for example too little memory.
    pub fn initialise(
        map: &ModelMap,
        generator: &mut Generator,
        device: Device,
    ) -> Result<Self, TorchError> {
        let tensors = map
            .parameters
            .iter()
            .map(|spec| {
                let tensor = match spec.initial {
                    Initial::FanIn(fan_in) => {
                        fan_in_uniform(&spec.shape, fan_in, generator, device)?
                    }
                    Initial::Constant(value) => constant(&spec.shape, value, device),
                };
                Ok(tensor.set_requires_grad(true))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { tensors })
    }

    pub fn get(&self, id: ParameterId) -> &Tensor {
        &self.tensors[id.0]
    }

    /// All of them, as the optimizer wants them.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// Where they live.
    #[must_use]
    pub fn device(&self) -> Device {
        self.tensors.first().map_or(Device::Cpu, Tensor::device)
    }
}
