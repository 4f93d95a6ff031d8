//! The energy that the processor has used, as Linux counts it (RAPL), or a card (NVML).

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tch::Device;

use crate::card::Card;

/// The folder of the counter of the first processor.
const FOLDER: &str = "/sys/class/powercap/intel-rapl:0";
/// Cards count ten to fifty times a second.
const CARD_TURN: Duration = Duration::from_millis(500);

/// A counter of microjoules.
pub enum Meter {
    /// The counter of the first processor.
    Processor {
        /// Its folder.
        folder: PathBuf,
    },
    /// The counter of a card.
    Card(Box<Card>),
    /// There is none.
    None {
        /// A fragment that says why.
        reason: String,
    },
}

impl Meter {
    /// Finds the counter of a device; whether it can be read shows when it is.
    pub fn of(device: Device) -> Self {
        let Device::Cuda(index) = device else { return Self::Processor { folder: FOLDER.into() } };
        match Card::find(index) {
            Ok(card) => Self::Card(Box::new(card)),
            Err(reason) => Self::None { reason },
        }
    }

    /// Returns how long a network must compute between two readings, so that they tell its energy
    /// from that of others.
    pub fn turn(&self) -> Duration {
        match self {
            Self::Card(_) => CARD_TURN,
            Self::Processor { .. } | Self::None { .. } => Duration::ZERO,
        }
    }

    /// Reads the counter.
    ///
    /// Returns a fragment that says why it cannot.
    pub fn read(&self) -> Result<u64, String> {
        match self {
            Self::Processor { folder } => number(folder, "energy_uj"),
            Self::Card(card) => card.energy().map(|millijoules| 1000 * millijoules),
            Self::None { reason } => Err(reason.clone()),
        }
    }

    /// Returns the microjoules since the counter stood at `before`; a processor's may have begun
    /// again from 0.
    pub fn since(&self, before: Result<u64, String>) -> Result<f64, String> {
        let (before, now) = (before?, self.read()?);
        let used = match self {
            Self::Processor { folder } if now < before => {
                now + number(folder, "max_energy_range_uj")? - before
            }
            _ => now.saturating_sub(before),
        };
        Ok(used as f64)
    }
}

fn number(folder: &Path, name: &str) -> Result<u64, String> {
    let path = folder.join(name);
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    text.trim().parse().map_err(|_| format!("{} holds no number", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_begins_again_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let meter = Meter::Processor { folder: folder.path().to_owned() };
        assert!(meter.read().unwrap_err().starts_with("cannot read "));
        write("energy_uj", "900\n");
        let before = meter.read();
        write("energy_uj", "1000\n");
        assert_eq!(meter.since(before.clone()), Ok(100.0));
        write("energy_uj", "50\n");
        write("max_energy_range_uj", "1000\n");
        assert_eq!(meter.since(before), Ok(150.0));
    }
}
