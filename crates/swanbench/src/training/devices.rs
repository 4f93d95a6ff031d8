//! The devices that share the runs of a sweep.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::anyhow;
use swanbench_core::Weights;
use swanbench_data::Dataset;
use swanbench_export::card_model;
use swanbench_torch::{Device, DeviceChoice, LinearKernels};

use crate::exit::{CommandError, ExitCodeExt};

/// One or several devices, each with the data on it.
pub struct DevicePool(Mutex<Vec<OpenDevice>>);

/// A device and the number of runs on it. Behind the lock because a tensor may move between threads
/// but not be shared; every run takes its own handle on the same memory.
struct OpenDevice {
    name: DeviceChoice,
    device: Device,
    data: Dataset,
    weights: Option<Weights>,
    description: String,
    runs: usize,
}

/// A run's share of a device, with its handles on what all runs share.
pub struct DeviceSlot<'a> {
    name: DeviceChoice,
    pub device: Device,
    pub data: Dataset,
    pub weights: Option<Weights>,
    /// Names the device as results keep it.
    pub description: String,
    pool: &'a DevicePool,
}

impl DevicePool {
    /// Opens every device and puts the data on it.
    ///
    /// Returns an error if a device is named twice, is not available or cannot hold the data.
    pub fn open(
        names: &[DeviceChoice],
        weights: Option<&Weights>,
        data: impl Fn(Device) -> Result<Dataset, CommandError>,
    ) -> Result<Self, CommandError> {
        Self::check(names)?;
        let open = names.iter().map(|&name| {
            let device = name.open().bad_input()?;
            let (weights, description) = (weights.map(Weights::share), describe(name));
            Ok(OpenDevice { name, device, data: data(device)?, weights, description, runs: 0 })
        });
        Ok(Self(Mutex::new(open.collect::<Result<_, _>>()?)))
    }

    /// Checks that each device is available, and named once.
    pub fn check(names: &[DeviceChoice]) -> Result<(), CommandError> {
        for (position, name) in names.iter().enumerate() {
            if names[..position].contains(name) {
                let twice = anyhow!("device {name} is named twice, expected each device once");
                return Err(twice).bad_input();
            }
            name.open().bad_input()?;
        }
        Ok(())
    }

    /// Takes a slot on the device with the fewest runs, the first of equals.
    pub fn acquire(&self) -> DeviceSlot<'_> {
        let mut all = self.lock();
        let open = all.iter_mut().min_by_key(|open| open.runs).expect("a sweep has a device");
        open.runs += 1;
        DeviceSlot {
            name: open.name,
            device: open.device,
            data: open.data.share(),
            weights: open.weights.as_ref().map(Weights::share),
            description: open.description.clone(),
            pool: self,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<OpenDevice>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for DeviceSlot<'_> {
    fn drop(&mut self) {
        let mut all = self.pool.lock();
        if let Some(open) = all.iter_mut().find(|open| open.name == self.name) {
            open.runs -= 1;
        }
    }
}

/// Names a device as results keep it: whatever decides how sums are rounded. On the CPU that is the
/// library that multiplies matrices; on CUDA the card's model, and there cuDNN is held to
/// deterministic algorithms, but some of libtorch's kernels add in any order.
fn describe(name: DeviceChoice) -> String {
    match name {
        DeviceChoice::Cpu => format!("cpu ({})", LinearKernels::global()),
        DeviceChoice::Cuda(index) => match card_model(index) {
            Some(model) => format!("cuda ({model}, not deterministic)"),
            None => format!("{name} (not deterministic)"),
        },
    }
}
