//! The energy that the processor has used, as Linux counts it (RAPL).

use std::{fs, path::PathBuf};

/// The folder of the counter of the first processor.
const FOLDER: &str = "/sys/class/powercap/intel-rapl:0";

/// A counter of microjoules.
pub struct Meter {
    folder: PathBuf,
}

impl Meter {
    /// Finds the counter; whether it can be read shows when it is.
    pub fn find() -> Self {
        Self { folder: FOLDER.into() }
    }

    /// Reads the counter.
    ///
    /// Returns a fragment that says why it cannot.
    pub fn read(&self) -> Result<u64, String> {
        self.number("energy_uj")
    }

    /// Returns the microjoules since the counter stood at `before`, which may have begun again from 0.
    pub fn since(&self, before: Result<u64, String>) -> Result<f64, String> {
        let (before, now) = (before?, self.read()?);
        let whole = || self.number("max_energy_range_uj");
        Ok(if now >= before { now - before } else { now + whole()? - before } as f64)
    }

    fn number(&self, name: &str) -> Result<u64, String> {
        let path = self.folder.join(name);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        text.trim().parse().map_err(|_| format!("{} holds no number", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_begins_again_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let meter = Meter { folder: folder.path().to_owned() };
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
