//! Weights that a model starts from, by the names of its parameters.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use tch::{Kind, Tensor};

use crate::{ModelMap, ParameterSpec};

/// The batch counter of torchvision's networks; nothing is computed from it.
const COUNTER: &str = "num_batches_tracked";
/// A file for another model differs in every tensor: naming some is enough.
const MOST_NAMED: usize = 4;

/// Named tensors from a safetensors file.
#[derive(Debug)]
pub struct Weights {
    path: PathBuf,
    tensors: BTreeMap<String, Tensor>,
}

/// Errors of loading initial weights.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file is missing.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file has another format, or is cut off.
    #[error("`{}` is {found}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What it is, as far as it shows, and what to do.
        found: &'static str,
    },
    /// A training that starts from them ends at once.
    #[error("`{}` holds numbers in {name} that are not finite", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
    },
    /// The file belongs to another model.
    #[error("`{}` does not fit the model: {mismatches}", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The tensors that are wrong.
        mismatches: Mismatches,
    },
}

/// The tensors that are wrong, missing or unknown, each in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatches(Vec<String>);

impl fmt::Display for Mismatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.0.len().min(MOST_NAMED);
        f.write_str(&self.0[..named].join("; "))?;
        match self.0.len() - named {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl Weights {
    /// Reads all tensors of the file to the CPU.
    ///
    /// Returns an error if the file is missing, not in the safetensors format, or holds numbers that
    /// are not finite.
    pub fn read(path: &Path) -> Result<Self, WeightsError> {
        let tensors = Tensor::read_safetensors(path).map_err(|_| unreadable(path))?;
        let weights = Self::of(path, tensors);
        // In 32 bits, in which networks compute.
        let is_finite =
            |tensor: &Tensor| tensor.to_kind(Kind::Float).isfinite().all().int64_value(&[]) != 0;
        match weights.tensors.iter().find(|(_, tensor)| !is_finite(tensor)) {
            Some((name, _)) => {
                Err(WeightsError::NotFinite { path: path.to_path_buf(), name: name.clone() })
            }
            None => Ok(weights),
        }
    }

    /// Creates weights from tensors that were read from `path`.
    pub fn of(path: &Path, tensors: impl IntoIterator<Item = (String, Tensor)>) -> Self {
        let tensors = tensors.into_iter().filter(|(name, _)| !name.ends_with(COUNTER)).collect();
        Self { path: path.to_path_buf(), tensors }
    }

    /// Shares the tensors with another thread, which must not write to them.
    pub fn share(&self) -> Self {
        let tensors = &self.tensors;
        let tensors = tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone()));
        Self { path: self.path.clone(), tensors: tensors.collect() }
    }

    /// Checks that there is exactly one floating-point tensor of the right shape per parameter.
    ///
    /// Returns [`WeightsError::Mismatch`] with the tensors that are wrong, missing or unknown.
    pub fn check(&self, map: &ModelMap) -> Result<(), WeightsError> {
        let wrong = map.parameters.iter().filter_map(|spec| self.mismatch(spec));
        let unknown = self
            .tensors
            .keys()
            .filter(|name| !map.parameters.iter().any(|spec| spec.name == **name));
        let unknown = unknown.map(|name| format!("the model has no {name}"));
        let mismatches: Vec<String> = wrong.chain(unknown).collect();
        if mismatches.is_empty() {
            return Ok(());
        }
        Err(WeightsError::Mismatch { path: self.path.clone(), mismatches: Mismatches(mismatches) })
    }

    fn mismatch(&self, spec: &ParameterSpec) -> Option<String> {
        let ParameterSpec { name, shape, .. } = spec;
        match self.tensors.get(name) {
            None => Some(format!("{name} is missing, expected shape {shape:?}")),
            Some(tensor) if tensor.size() != *shape => {
                Some(format!("{name} has shape {:?}, expected {shape:?}", tensor.size()))
            }
            Some(tensor) if !tensor.is_floating_point() => {
                Some(format!("{name} holds {:?}, expected floating-point numbers", tensor.kind()))
            }
            Some(_) => None,
        }
    }

    /// Returns the tensor of this name, on the CPU and in the file's number format.
    pub(crate) fn get(&self, name: &str) -> Option<&Tensor> {
        self.tensors.get(name)
    }
}

/// Says why a file cannot be read.
fn unreadable(path: &Path) -> WeightsError {
    let path = path.to_path_buf();
    match std::fs::read(&path) {
        Ok(content) => WeightsError::Format { path, found: format_of(&content) },
        Err(source) => WeightsError::Unreadable { path, source },
    }
}

/// Says what a file is that is no whole safetensors file.
fn format_of(content: &[u8]) -> &'static str {
    match content {
        [] => "empty, expected a safetensors file",
        [b'P', b'K', 3, 4, ..] | [0x80, 2..=5, ..] => {
            "a file of PyTorch or NumPy: save its tensors with safetensors.torch.save_file"
        }
        _ if content.starts_with(b"version https://git-lfs") => {
            "a pointer of Git LFS: fetch the file itself with `git lfs pull`"
        }
        _ => "cut off, or no safetensors file",
    }
}

#[cfg(test)]
mod tests {
    use swanbench_torch::Generator;
    use tch::Device;

    use super::*;
    use crate::{ModelBuilder, Parameters};

    /// `fc` from 2 features to 3 classes.
    fn map() -> ModelMap {
        let mut builder = ModelBuilder::new([2, 1, 1], 3, 1.0);
        let input = builder.flatten(builder.input());
        builder.linear("fc", input, 3);
        builder.finish()
    }

    fn zeros(shape: &[i64], kind: Kind) -> Tensor {
        Tensor::zeros(shape, (kind, Device::Cpu))
    }

    fn weights(tensors: &[(&str, Tensor)]) -> Weights {
        let tensors = tensors.iter().map(|(name, tensor)| ((*name).to_owned(), tensor.copy()));
        Weights::of(Path::new("given.safetensors"), tensors)
    }

    #[test]
    fn parameters_start_from_the_tensors_of_their_names() {
        let given = weights(&[
            ("fc.bias", Tensor::from_slice(&[1.0f64, 2.0, 3.0])),
            ("fc.weight", Tensor::from_slice(&[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]).view([3, 2])),
            ("bn.num_batches_tracked", zeros(&[], Kind::Int64)),
        ]);
        let map = map();
        let mut generator = Generator::new(Device::Cpu, 0).unwrap();
        let mut parameters = Parameters::initialise(&map, &mut generator, Device::Cpu).unwrap();
        parameters.start_from(&map, &given).unwrap();
        let layer = &map.layers[0];
        let weight = parameters.get(layer.weight);
        assert_eq!(Vec::<f32>::try_from(weight.flatten(0, -1)).unwrap(), [1., 2., 3., 4., 5., 6.]);
        assert!(weight.requires_grad());
        let bias = parameters.get(layer.bias.unwrap());
        assert_eq!(
            (Vec::<f32>::try_from(bias).unwrap(), bias.kind()),
            (vec![1., 2., 3.], Kind::Float)
        );
    }

    #[test]
    fn mismatches_are_named() {
        let given = weights(&[
            ("fc.weight", zeros(&[10, 2], Kind::Float)),
            ("fc.bias", zeros(&[3], Kind::Int64)),
            ("head.weight", zeros(&[1], Kind::Float)),
        ]);
        assert_eq!(
            given.check(&map()).unwrap_err().to_string(),
            "`given.safetensors` does not fit the model: fc.weight has shape [10, 2], expected \
             [3, 2]; fc.bias holds Int64, expected floating-point numbers; the model has no \
             head.weight"
        );
        let none = weights(&[]).check(&map()).unwrap_err().to_string();
        assert!(none.contains("fc.bias is missing, expected shape [3]"), "{none}");
    }

    #[test]
    fn a_file_for_another_model_is_not_listed_in_full() {
        let tensors = (0..9).map(|number| (format!("layer{number}"), zeros(&[1], Kind::Float)));
        let error = Weights::of(Path::new("other"), tensors).check(&map()).unwrap_err().to_string();
        assert!(error.ends_with("the model has no layer1; and 7 more"), "{error}");
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for content in [&b""[..], b"abc", &[0xff; 64], b"\x02\0\0\0\0\0\0\0[]"] {
            std::fs::write(&file, content).unwrap();
            assert!(matches!(Weights::read(file.path()), Err(WeightsError::Format { .. })));
        }
    }

    #[test]
    fn numbers_that_are_not_finite_are_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let weight = zeros(&[3, 2], Kind::Double);
        let _ = weight.get(1).fill_(1e45);
        let bias = zeros(&[3], Kind::Float);
        let tensors = [("fc.weight", &weight), ("fc.bias", &bias)];
        Tensor::write_safetensors(&tensors, file.path()).unwrap();
        let error = Weights::read(file.path()).unwrap_err().to_string();
        assert!(error.ends_with("holds numbers in fc.weight that are not finite"), "{error}");
    }

    #[test]
    fn a_written_file_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        let bias = Tensor::from_slice(&[1.0f32, 2.0, 3.0]);
        Tensor::write_safetensors(&[("fc.bias", &bias)], &path).unwrap();
        let read = Weights::read(&path).unwrap();
        assert_eq!(read.get("fc.bias"), Some(&bias));
    }
}
