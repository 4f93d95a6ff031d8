//! The delayed cosine ramp of SWAN's loss weights.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Zero until `start`, then half a cosine up to one at `end`, and one from there on (SWAN, arXiv
/// 2603.06601). Both are shares of the training stage; equal ones make a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// The share at which it leaves zero.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub start: f64,
    /// The share at which it reaches one.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub end: f64,
}

impl Ramp {
    /// Checks that it ends no earlier than it starts. `name` is the field that holds the ramp.
    ///
    /// Returns a fragment that names the field.
    pub fn check(&self, name: &str) -> Result<(), String> {
        if self.start > self.end {
            return Err(format!(
                "`{name}` ends at {} before it starts at {}",
                self.end, self.start
            ));
        }
        Ok(())
    }

    /// Returns the value at `fraction` of the training stage.
    pub fn at(&self, fraction: f64) -> f64 {
        if fraction < self.start {
            0.0
        } else if fraction >= self.end {
            1.0
        } else {
            let along = (fraction - self.start) / (self.end - self.start);
            (1.0 - (std::f64::consts::PI * along).cos()) / 2.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_waits_rises_as_a_cosine_and_stays() {
        let ramp = Ramp { start: 0.2, end: 0.6 };
        // At a quarter of the way: (1 - cos(pi / 4)) / 2.
        let expected =
            [(0.0, 0.0), (0.2, 0.0), (0.3, 0.146_446_609), (0.4, 0.5), (0.6, 1.0), (1.0, 1.0)];
        for (fraction, value) in expected {
            assert!((ramp.at(fraction) - value).abs() < 1e-9, "at {fraction}");
        }
    }

    #[test]
    fn a_ramp_must_not_end_before_it_starts() {
        assert!(Ramp { start: 0.5, end: 0.5 }.check("ramp").is_ok());
        let error = Ramp { start: 0.5, end: 0.2 }.check("ramp").unwrap_err();
        assert_eq!(error, "`ramp` ends at 0.2 before it starts at 0.5");
    }

    #[test]
    fn equal_ends_make_a_step() {
        let ramp = Ramp { start: 0.5, end: 0.5 };
        assert_eq!([ramp.at(0.499), ramp.at(0.5)], [0.0, 1.0]);
    }
}
