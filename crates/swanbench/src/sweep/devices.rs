//! The devices that share the runs of a sweep.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::anyhow;
use swanbench_core::Weights;
use swanbench_data::Dataset;
use swanbench_torch::{Device, DeviceChoice, LinearKernels};

use crate::{
    exit::{ExitCodeExt, Failure},
    prepare::Prepared,
};

/// One or several devices, each with the data on it.
pub struct Devices(Mutex<Vec<DevicePool>>);

/// A device and the runs on it. Behind the lock because a tensor may move between threads but not
/// be shared; every run takes its own handle on the same memory.
struct DevicePool {
    name: DeviceChoice,
    device: Device,
    data: Dataset,
    weights: Option<Weights>,
    taken: usize,
}

/// A run's place on a device, with its handles on what all runs share.
pub struct DeviceSlot<'a> {
    name: DeviceChoice,
    pub device: Device,
    pub data: Dataset,
    pub weights: Option<Weights>,
    devices: &'a Devices,
}

impl Devices {
    /// Opens every device and puts the data on it.
    pub fn open(names: &[DeviceChoice], prepared: &Prepared) -> Result<Self, Failure> {
        let seats = names.iter().enumerate().map(|(position, &name)| {
            if names[..position].contains(&name) {
                let twice = anyhow!("device {name} is named twice, expected each device once");
                return Err(twice).bad_input();
            }
            let device = name.open().bad_input()?;
            let weights = prepared.weights.as_ref().map(Weights::share);
            Ok(DevicePool { name, device, data: prepared.data(device)?, weights, taken: 0 })
        });
        Ok(Self(Mutex::new(seats.collect::<Result<_, _>>()?)))
    }

    /// A place on the device with the fewest runs, the first of equals.
    pub fn seat(&self) -> DeviceSlot<'_> {
        let mut all = self.lock();
        let least = all.iter_mut().min_by_key(|seats| seats.taken).expect("a sweep has a device");
        least.taken += 1;
        DeviceSlot {
            name: least.name,
            device: least.device,
            data: least.data.share(),
            weights: least.weights.as_ref().map(Weights::share),
            devices: self,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<DevicePool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeviceSlot<'_> {
    /// Where a run on this seat is computed, as results keep it: on the CPU with the library that
    /// multiplies matrices, since that decides how sums are rounded. On CUDA cuDNN is held to
    /// deterministic algorithms, but some of libtorch's kernels add in any order.
    pub fn place(&self) -> String {
        match self.name {
            DeviceChoice::Cpu => format!("cpu ({})", LinearKernels::global()),
            DeviceChoice::Cuda(_) => format!("{} (not deterministic)", self.name),
        }
    }
}

impl Drop for DeviceSlot<'_> {
    fn drop(&mut self) {
        let mut all = self.devices.lock();
        if let Some(seats) = all.iter_mut().find(|seats| seats.name == self.name) {
            seats.taken -= 1;
        }
    }
}
