//! Which graphics card CUDA means, and what its driver knows of it (NVML).

use std::env;

use nvml_wrapper::{Device, Nvml, error::NvmlError};

/// A card, by its driver.
pub struct Card {
    driver: Nvml,
    place: Place,
}

/// How the driver finds a card.
#[derive(Debug, PartialEq)]
enum Place {
    /// By its position on the bus.
    Index(u32),
    /// By a name that no other card has.
    Id(String),
}

impl Card {
    /// Finds the card that CUDA calls `index`.
    ///
    /// Returns a fragment that says why it is not known.
    pub fn find(index: usize) -> Result<Self, String> {
        let driver = Nvml::init().map_err(|error| error.to_string())?;
        let count = driver.device_count().map_err(|error| error.to_string())?;
        let variable = |name| env::var(name).ok();
        let visible = variable("CUDA_VISIBLE_DEVICES");
        let is_by_bus = variable("CUDA_DEVICE_ORDER").as_deref() == Some("PCI_BUS_ID");
        let place = place(index, visible.as_deref(), count == 1 || is_by_bus)?;
        Ok(Self { driver, place })
    }

    /// Returns the millijoules that it has used since its driver was loaded.
    ///
    /// Returns a fragment that says why they are not known.
    pub fn energy(&self) -> Result<u64, String> {
        let energy = self.device().and_then(|device| device.total_energy_consumption());
        energy.map_err(|error| error.to_string())
    }

    fn device(&self) -> Result<Device<'_>, NvmlError> {
        match &self.place {
            Place::Index(index) => self.driver.device_by_index(*index),
            Place::Id(id) => self.driver.device_by_uuid(id.as_str()),
        }
    }
}

/// Returns the model of the card that CUDA calls `index`, such as `NVIDIA H100 80GB HBM3`. `None` if it
/// is not known.
pub fn card_model(index: usize) -> Option<String> {
    let driver = Nvml::init().ok()?;
    let models = (0..driver.device_count().ok()?).map(|card| driver.device_by_index(card)?.name());
    let models = models.collect::<Result<Vec<String>, NvmlError>>().ok()?;
    // Which card it is matters only where they differ.
    if let [first, others @ ..] = &*models
        && others.iter().all(|other| other == first)
    {
        return Some(first.clone());
    }
    Card::find(index).ok()?.device().ok()?.name().ok()
}

/// Finds the card that CUDA calls `index` if these are the cards that it sees.
///
/// Returns a fragment that says why it is not known: by default CUDA counts the fastest card first,
/// and the driver does not.
fn place(index: usize, visible: Option<&str>, is_by_bus: bool) -> Result<Place, String> {
    let own = match visible {
        None => index.to_string(),
        Some(list) => match list.split(',').nth(index) {
            Some(own) => own.trim().to_owned(),
            None => return Err(format!("CUDA_VISIBLE_DEVICES has no card {index}")),
        },
    };
    match own.parse() {
        Err(_) => Ok(Place::Id(own)),
        Ok(position) if is_by_bus => Ok(Place::Index(position)),
        Ok(_) => Err("which of the cards it is is known with CUDA_DEVICE_ORDER=PCI_BUS_ID".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_counted_as_cuda_counts_them() {
        assert_eq!(place(1, None, true), Ok(Place::Index(1)));
        assert_eq!(place(1, Some("3, 2"), true), Ok(Place::Index(2)));
        let id = "GPU-7a4b5c6d-0000-1111-2222-333344445555";
        assert_eq!(place(0, Some(id), false), Ok(Place::Id(id.to_owned())));
        assert!(place(0, None, false).unwrap_err().contains("CUDA_DEVICE_ORDER"));
        assert!(place(1, Some("0"), true).is_err());
    }
}
