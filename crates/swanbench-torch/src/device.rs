//! The device to compute on: named by the user, opened once, never silently replaced.

use std::{fmt, str::FromStr};

use tch::{Cuda, Device};

use crate::ffi;

/// A device as a user writes it: `cpu`, `cuda` (the first) or `cuda:N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The processor.
    Cpu,
    /// The CUDA device of this index.
    Cuda(usize),
}

/// Errors of opening a device.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The name is none of a device.
    #[error("unknown device `{0}`, expected cpu, cuda or cuda:N")]
    Unknown(String),
    /// libtorch was installed without CUDA.
    #[error(
        "this libtorch cannot use CUDA: run `just setup cuda` and build again, or use --device cpu"
    )]
    WithoutCuda(#[source] crate::TorchError),
    /// The machine has no CUDA device.
    #[error(
        "no CUDA device on this machine: check that `nvidia-smi` lists one, or use --device cpu"
    )]
    NoDevice,
    /// The machine has fewer CUDA devices.
    #[error("no CUDA device {index}: this machine has {count}, counted from 0")]
    NoSuchDevice {
        /// The requested index.
        index: usize,
        /// The number of devices.
        count: usize,
    },
}

impl FromStr for DeviceChoice {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        match text.split_once(':') {
            None if text == "cpu" => Ok(Self::Cpu),
            None if text == "cuda" => Ok(Self::Cuda(0)),
            Some(("cuda", index)) => {
                index.parse().map(Self::Cuda).map_err(|_| DeviceError::Unknown(text.to_owned()))
            }
            _ => Err(DeviceError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => write!(f, "cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

impl DeviceChoice {
    /// Opens the device.
    ///
    /// Returns an error if CUDA is requested and this libtorch or this machine does not have it.
    pub fn open(self) -> Result<Device, DeviceError> {
        let Self::Cuda(index) = self else {
            return Ok(Device::Cpu);
        };
        ffi::load_cuda().map_err(DeviceError::WithoutCuda)?;
        let count = usize::try_from(Cuda::device_count()).unwrap_or(0);
        match count {
            0 => Err(DeviceError::NoDevice),
            _ if index >= count => Err(DeviceError::NoSuchDevice { index, count }),
            _ => Ok(Device::Cuda(index)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_parsed_as_they_are_displayed() {
        for text in ["cpu", "cuda:0", "cuda:3"] {
            assert_eq!(text.parse::<DeviceChoice>().unwrap().to_string(), text);
        }
        assert_eq!("cuda".parse::<DeviceChoice>().unwrap(), DeviceChoice::Cuda(0));
        for text in ["", "gpu", "cuda:", "cuda:x", "cpu:0"] {
            assert!(matches!(text.parse::<DeviceChoice>(), Err(DeviceError::Unknown(_))), "{text}");
        }
    }

    #[test]
    fn cuda_is_never_replaced_by_the_cpu() {
        match DeviceChoice::Cuda(0).open() {
            Ok(device) => assert_eq!(device, Device::Cuda(0)),
            Err(error) => assert!(error.to_string().contains("--device cpu"), "{error}"),
        }
    }
}
