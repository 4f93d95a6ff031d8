//! Named tensors that a run can be continued from.

use std::collections::BTreeMap;

use swanbench_torch::{Generator, TorchError};
use tch::Tensor;

/// What something that changes during training has come to: copies, by name.
#[derive(Debug, Default)]
pub struct State(BTreeMap<String, Tensor>);

/// A state that belongs to something else.
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

    /// Keeps where a random stream is.
    ///
    /// # Errors
    /// What libtorch refuses.
    pub fn keep_stream(&mut self, name: &str, generator: &Generator) -> Result<(), TorchError> {
        self.keep(name, &generator.state()?);
        Ok(())
    }

    /// The tensor of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, name: &str) -> Result<&Tensor, StateError> {
        self.0.get(name).ok_or_else(|| StateError(name.to_owned()))
    }

    /// The tensors `name.0`, `name.1` and so on, as many as there are.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&Tensor> {
        (0..).map_while(|index| self.0.get(&format!("{name}.{index}"))).collect()
    }

    /// Writes the tensors `name.0`, `name.1` and so on over `tensors`.
    ///
    /// # Errors
    /// One is missing, or of another shape.
    pub fn restore_all<'a>(
        &self,
        name: &str,
        tensors: impl IntoIterator<Item = &'a mut Tensor>,
    ) -> Result<(), StateError> {
        for (index, tensor) in tensors.into_iter().enumerate() {
            let name = format!("{name}.{index}");
            let kept = self.get(&name)?;
            if kept.size() != tensor.size() {
                return Err(StateError(name));
            }
            tch::no_grad(|| tensor.copy_(kept));
        }
        Ok(())
    }

    /// Puts a random stream where it was.
    ///
    /// # Errors
    /// The stream is not part of the state, or of another kind.
    pub fn restore_stream(&self, name: &str, generator: &mut Generator) -> Result<(), StateError> {
        generator.restore(self.get(name)?).map_err(|_| StateError(name.to_owned()))
    }

    /// All tensors with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.0.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Takes in another state under `name.`.
    pub fn include(&mut self, name: &str, other: Self) {
        self.0.extend(other.0.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
    }

    /// What was taken in under `name.`.
    #[must_use]
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
    use tch::Device;

    use super::*;

    #[test]
    fn what_is_kept_is_a_copy_that_comes_back() {
        let mut weights = Tensor::from_slice(&[1.0f32, 2.0]);
        let mut state = State::default();
        state.keep_all("weights", [&weights]);
        let mut outer = State::default();
        outer.include("model", state);
        let _ = weights.fill_(9.0);

        let state = outer.part("model");
        state.restore_all("weights", [&mut weights]).unwrap();
        assert_eq!(weights, Tensor::from_slice(&[1.0f32, 2.0]));
        assert_eq!(state.all("weights").len(), 1);
        assert!(state.all("others").is_empty());
    }

    #[test]
    fn a_stream_goes_on_where_it_was() {
        let mut generator = Generator::new(Device::Cpu, 5).unwrap();
        let mut state = State::default();
        state.keep_stream("draws", &generator).unwrap();
        let first = generator.uniform(&[4], 0.0, 1.0).unwrap();
        state.restore_stream("draws", &mut generator).unwrap();
        assert_eq!(generator.uniform(&[4], 0.0, 1.0).unwrap(), first);
    }

    #[test]
    fn what_is_missing_or_of_another_shape_is_named() {
        let mut state = State::default();
        state.keep("weights.0", &Tensor::from_slice(&[1.0f32, 2.0]));
        let mut other = [Tensor::from_slice(&[1.0f32])];
        let error = state.restore_all("weights", &mut other).unwrap_err();
        assert_eq!(error.to_string(), "the state has no tensor `weights.0` of the right shape");
        assert!(state.get("mask").is_err());
    }
}
