//! The file of an exported network.

use std::collections::HashMap;

use safetensors::{Dtype, serialize, tensor::TensorView};
use swanbench_infer::{Description, ENTRY};
use tch::{Kind, Tensor};

use crate::ExportError;

/// A description with its tensors.
pub(crate) struct File {
    pub description: Description,
    /// With their shapes, as 32-bit numbers.
    tensors: Vec<(String, Vec<usize>, Vec<u8>)>,
}

impl File {
    /// Starts a file.
    pub fn new(description: Description) -> Self {
        Self { description, tensors: Vec::new() }
    }

    /// Adds a tensor, and returns its name.
    pub fn add(&mut self, name: String, tensor: &Tensor) -> String {
        let tensor = tensor.detach().to_kind(Kind::Float).contiguous();
        let shape = tensor.size().into_iter().map(|length| length as usize).collect();
        let numbers = Vec::<f32>::try_from(tensor.flatten(0, -1)).expect("32-bit numbers");
        let bytes = numbers.into_iter().flat_map(f32::to_le_bytes).collect();
        self.tensors.push((name.clone(), shape, bytes));
        name
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ExportError> {
        let views = self.tensors.iter().map(|(name, shape, bytes)| {
            Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?))
        });
        let views = views.collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
        let text = serde_json::to_string(&self.description)?;
        let metadata = HashMap::from([(ENTRY.to_owned(), text)]);
        Ok(serialize(views, &Some(metadata))?)
    }
}
