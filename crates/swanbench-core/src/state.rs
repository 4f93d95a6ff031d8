//! Named tensors that a run can be continued from.

use std::collections::BTreeMap;

use swanbench_torch::{Generator, TorchError};
use tch::{Device, Tensor};

/// Copies of named tensors: the state of something that changes during training.
#[derive(Debug, Default)]
pub struct State(BTreeMap<String, Tensor>);

/// A tensor that a state lacks, or has in another shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the state has no tensor `{0}` of the right shape")]
pub struct StateError(String);

impl State {
    /// Keeps a copy of a tensor.
    pub fn keep(&mut self, name: impl Into<String>, tensor: &Tensor) {
        self.0.insert(name.into(), tensor.detach().copy());
    }

    /// Keeps copies of tensors as `name.0`, `name.1` and so on.
    pub fn keep_all<'a>(&mut self, name: &str, tensors: impl IntoIterator<Item = &'a Tensor>) {
        for (index, tensor) in tensors.into_iter().enumerate() {
            self.keep(format!("{name}.{index}"), tensor);
        }
    }

    /// Keeps the position of a random stream.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    pub fn keep_stream(&mut self, name: &str, generator: &Generator) -> Result<(), TorchError> {
        self.keep(name, &generator.state()?);
        Ok(())
    }

    /// Returns the tensor of this name.
    ///
    /// Returns an error if there is none.
    pub fn get(&self, name: &str) -> Result<&Tensor, StateError> {
        self.0.get(name).ok_or_else(|| StateError(name.to_owned()))
    }

    /// Returns the tensors `name.0`, `name.1` and so on, as many as there are, on `device`.
    pub fn all_on(&self, name: &str, device: Device) -> Vec<Tensor> {
        let kept = (0..).map_while(|index| self.0.get(&format!("{name}.{index}")));
        kept.map(|tensor| tensor.to_device(device)).collect()
    }

    /// Writes the tensors `name.0`, `name.1` and so on over `tensors`.
    ///
    /// Returns an error if one is missing or of another shape.
    pub fn restore_all<'a>(
        &self,
        name: &str,
        tensors: impl IntoIterator<Item = &'a mut Tensor>,
    ) -> Result<(), StateError> {
        for (index, tensor) in tensors.into_iter().enumerate() {
            self.restore(&format!("{name}.{index}"), tensor)?;
        }
        Ok(())
    }

    /// Writes the tensor of this name over `tensor`.
    ///
    /// Returns an error if it is missing or of another shape.
    pub fn restore(&self, name: &str, tensor: &mut Tensor) -> Result<(), StateError> {
        let kept = self.get(name)?;
        if kept.size() != tensor.size() {
            return Err(StateError(name.to_owned()));
        }
        tch::no_grad(|| tensor.copy_(kept));
        Ok(())
    }

    /// Moves a random stream back to its kept position.
    ///
    /// Returns an error if the stream is missing or of another device.
    pub fn restore_stream(&self, name: &str, generator: &mut Generator) -> Result<(), StateError> {
        generator.restore(self.get(name)?).map_err(|_| StateError(name.to_owned()))
    }

    /// Returns all tensors with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.0.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Adds another state, each name prefixed with `name.`.
    pub fn include(&mut self, name: &str, other: Self) {
        self.0.extend(other.0.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
    }

    /// Returns the state that was added under `name.`.
    pub fn part(&self, name: &str) -> Self {
        let prefix = format!("{name}.");
        let part = self.0.iter().filter_map(|(key, tensor)| {
            Some((key.strip_prefix(&prefix)?.to_owned(), tensor.shallow_clone()))
        });
        Self(part.collect())
    }
}

impl FromIterator<(String, Tensor)> for State {
    fn from_iter<I: IntoIterator<Item = (String, Tensor)>>(tensors: I) -> Self {
        Self(tensors.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_keeps_copies() {
        let mut weights = Tensor::from_slice(&[1.0f32, 2.0]);
        let mut state = State::default();
        state.keep_all("weights", [&weights]);
        let mut outer = State::default();
        outer.include("model", state);
        let _ = weights.fill_(9.0);

        let state = outer.part("model");
        state.restore_all("weights", [&mut weights]).unwrap();
        assert_eq!(weights, Tensor::from_slice(&[1.0f32, 2.0]));
        assert_eq!(state.all_on("weights", Device::Cpu).len(), 1);
        assert!(state.all_on("others", Device::Cpu).is_empty());
    }

    #[test]
    fn a_restored_stream_continues_at_its_position() {
        let mut generator = Generator::new(Device::Cpu, 5).unwrap();
        let mut state = State::default();
        state.keep_stream("draws", &generator).unwrap();
        let first = generator.uniform(&[4], 0.0, 1.0).unwrap();
        state.restore_stream("draws", &mut generator).unwrap();
        assert_eq!(generator.uniform(&[4], 0.0, 1.0).unwrap(), first);
    }

    #[test]
    fn a_missing_or_misshapen_tensor_is_named() {
        let mut state = State::default();
        state.keep("weights.0", &Tensor::from_slice(&[1.0f32, 2.0]));
        let mut other = [Tensor::from_slice(&[1.0f32])];
        let error = state.restore_all("weights", &mut other).unwrap_err();
        assert_eq!(error.to_string(), "the state has no tensor `weights.0` of the right shape");
        assert!(state.get("mask").is_err());
    }
}
