//! Facts that a method states about itself.

use swanbench_spec::Mode;

use crate::Ramp;

/// What a method can do and needs. The default is right for the dense network.
#[derive(Debug, Clone, PartialEq)]
pub struct Capabilities {
    /// Whether the last epochs are a recovery stage, after pruning or the switch to hard gates.
    pub recovers: bool,
    /// The modes in which evaluation makes sense; the first is the headline.
    pub modes: &'static [Mode],
    /// Whether whole units are closed. Every site keeps at least one, so a target below
    /// [`least_target`](crate::least_target) is not trained.
    pub closes_units: bool,
    /// Whether single weights are pruned.
    pub prunes_weights: bool,
    /// Thresholds at which a finished run is evaluated in addition to the one it was trained for.
    pub thresholds: Vec<f64>,
    /// The ramp that the pictures of training show.
    pub ramp: Option<Ramp>,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            recovers: false,
            modes: &[Mode::Hard],
            closes_units: false,
            prunes_weights: false,
            thresholds: Vec::new(),
            ramp: None,
        }
    }
}
