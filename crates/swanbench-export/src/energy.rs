//! The energy that the processor has used, as Linux counts it (RAPL), or a card (NVML).

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use nvml_wrapper::{Nvml, error::NvmlError};
use tch::Device;

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
    Card {
        /// The driver.
        nvml: Box<Nvml>,
        /// The card, as the driver knows it.
        card: Card,
    },
    /// There is none.
    None {
        /// A fragment that says why.
        reason: String,
    },
}

/// How the driver knows a card.
#[derive(Debug, PartialEq)]
pub enum Card {
    /// By its position on the bus.
    Index(u32),
    /// By a name that no other card has.
    Id(String),
}

impl Meter {
    /// Finds the counter of a device; whether it can be read shows when it is.
    pub fn of(device: Device) -> Self {
        let Device::Cuda(index) = device else { return Self::Processor { folder: FOLDER.into() } };
        let opened = Nvml::init().map_err(|error| error.to_string()).and_then(|nvml| {
            let count = nvml.device_count().map_err(|error| error.to_string())?;
            let variable = |name| env::var(name).ok();
            let visible = variable("CUDA_VISIBLE_DEVICES");
            let is_by_bus = variable("CUDA_DEVICE_ORDER").as_deref() == Some("PCI_BUS_ID");
            let card = card(index, visible.as_deref(), count == 1 || is_by_bus)?;
            Ok(Self::Card { nvml: Box::new(nvml), card })
        });
        opened.unwrap_or_else(|reason| Self::None { reason })
    }

    /// Returns how long a network must compute between two readings, so that they tell its energy
    /// from that of others.
    pub fn turn(&self) -> Duration {
        match self {
            Self::Card { .. } => CARD_TURN,
            Self::Processor { .. } | Self::None { .. } => Duration::ZERO,
        }
    }

    /// Reads the counter.
    ///
    /// Returns a fragment that says why it cannot.
    pub fn read(&self) -> Result<u64, String> {
        match self {
            Self::Processor { folder } => number(folder, "energy_uj"),
            Self::Card { nvml, card } => {
                let millijoules = energy(nvml, card).map_err(|error| error.to_string())?;
                Ok(1000 * millijoules)
            }
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

/// Returns the millijoules of a card since its driver was loaded.
fn energy(nvml: &Nvml, card: &Card) -> Result<u64, NvmlError> {
    let device = match card {
        Card::Index(index) => nvml.device_by_index(*index),
        Card::Id(id) => nvml.device_by_uuid(id.as_str()),
    };
    device?.total_energy_consumption()
}

/// Finds the card that CUDA calls `index` if these are the cards that it sees.
///
/// Returns a fragment that says why it is not known: by default CUDA counts the fastest card first,
/// and the driver does not.
fn card(index: usize, visible: Option<&str>, is_by_bus: bool) -> Result<Card, String> {
    let own = match visible {
        None => index.to_string(),
        Some(list) => match list.split(',').nth(index) {
            Some(own) => own.trim().to_owned(),
            None => return Err(format!("CUDA_VISIBLE_DEVICES has no card {index}")),
        },
    };
    match own.parse() {
        Err(_) => Ok(Card::Id(own)),
        Ok(position) if is_by_bus => Ok(Card::Index(position)),
        Ok(_) => Err("which of the cards it is is known with CUDA_DEVICE_ORDER=PCI_BUS_ID".into()),
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

    #[test]
    fn cards_are_counted_as_cuda_counts_them() {
        assert_eq!(card(1, None, true), Ok(Card::Index(1)));
        assert_eq!(card(1, Some("3, 2"), true), Ok(Card::Index(2)));
        let id = "GPU-7a4b5c6d-0000-1111-2222-333344445555";
        assert_eq!(card(0, Some(id), false), Ok(Card::Id(id.to_owned())));
        assert!(card(0, None, false).unwrap_err().contains("CUDA_DEVICE_ORDER"));
        assert!(card(1, Some("0"), true).is_err());
    }
}
