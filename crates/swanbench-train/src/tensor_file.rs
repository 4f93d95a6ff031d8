//! Tensors with names and a few texts, as one file in the safetensors format.

use std::collections::HashMap;

use safetensors::{SafeTensors, serialize};
use swanbench_core::State;
use tch::{Kind, Tensor};

/// Errors of writing or reading a file of tensors.
#[derive(Debug, thiserror::Error)]
pub enum TensorFileError {
    /// The bytes are something else, or truncated.
    #[error("it is not in the safetensors format")]
    Format(#[from] safetensors::SafeTensorError),
    /// A tensor has an unknown number format.
    #[error("one of its tensors cannot be read")]
    Tensor(#[from] tch::TchError),
}

/// Writes the tensors, and `metadata` before them.
///
/// Returns an error if a tensor has a number format that the file cannot hold.
pub fn write_tensors(
    tensors: &State,
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>, TensorFileError> {
    let tensors: Result<Vec<(&str, Owned)>, TensorFileError> =
        tensors.iter().map(|(name, tensor)| Ok((name, Owned::of(tensor)?))).collect();
    Ok(serialize(tensors?, &Some(metadata))?)
}

/// Reads what [`write_tensors`] wrote.
///
/// Returns an error if the bytes are something else.
pub fn read_tensors(bytes: &[u8]) -> Result<(HashMap<String, String>, State), TensorFileError> {
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let file = SafeTensors::deserialize(bytes)?;
    let tensors =
        file.tensors().into_iter().map(|(name, view)| Ok((name, Tensor::try_from(view)?)));
    let tensors = tensors.collect::<Result<State, TensorFileError>>()?;
    Ok((header.metadata().clone().unwrap_or_default(), tensors))
}

/// A tensor's bytes, shape and number format.
struct Owned {
    dtype: safetensors::Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Owned {
    fn of(tensor: &Tensor) -> Result<Self, TensorFileError> {
        let tensor = tensor.to_device(tch::Device::Cpu).contiguous();
        let size = match tensor.kind() {
            Kind::Float => 4,
            Kind::Double | Kind::Int64 => 8,
            _ => 1,
        };
        let mut bytes = vec![0; tensor.numel() * size];
        tensor.f_copy_data_u8(&mut bytes, tensor.numel())?;
        let shape = tensor.size().into_iter().map(|length| length as usize).collect();
        Ok(Self { dtype: tensor.kind().try_into()?, shape, bytes })
    }
}

impl safetensors::View for Owned {
    fn dtype(&self) -> safetensors::Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> std::borrow::Cow<'_, [u8]> {
        (&self.bytes).into()
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}
