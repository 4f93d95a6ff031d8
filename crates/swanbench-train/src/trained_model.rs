//! A network at the end of its training.

use std::collections::HashMap;

use serde_json::json;
use swanbench_core::{ParameterGroup, State};
use swanbench_spec::RunSpec;

use crate::{KeepError, gated_model::GatedModel, tensor_file::write_tensors};

/// Raised when the meaning of a file of a network changes.
const VERSION: u32 = 1;

/// A network at the end of its training, with its method.
pub struct TrainedModel<'a> {
    pub(crate) network: &'a GatedModel,
    pub(crate) groups: &'a [ParameterGroup],
}

impl TrainedModel<'_> {
    /// Writes it as one safetensors file: the model's parameters under their names, what the method
    /// trains as `gates.0` and so on, and what else it knows below `method`. The metadata hold under
    /// `swanbench`, as JSON, the version of the format, the settings of the run, the shape of the
    /// input and the number of classes.
    ///
    /// Returns an error if libtorch fails.
    pub fn to_bytes(&self, run: &RunSpec) -> Result<Vec<u8>, KeepError> {
        let GatedModel { model, parameters, method, .. } = self.network;
        let mut tensors = State::default();
        for (spec, tensor) in model.parameters.iter().zip(parameters.tensors()) {
            tensors.keep(&spec.name, tensor);
        }
        tensors.keep_all("gates", self.groups.iter().flat_map(|group| &group.parameters));
        tensors.include("method", method.state()?);
        let (input, classes) = (model.input, model.classes);
        let about = json!({ "version": VERSION, "run": run, "input": input, "classes": classes });
        // One entry, since those of a hash map have no order and equal networks are equal files.
        let metadata = HashMap::from([("swanbench".to_owned(), about.to_string())]);
        Ok(write_tensors(&tensors, metadata)?)
    }
}
