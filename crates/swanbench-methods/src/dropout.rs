//! Dropout: random units are zero in training, and none at inference.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Gated, Gates, MethodDef, ModelMap, ParameterGroup, Parameters, Pass, Regularizer, Setup, Site,
    State, StateError,
};
use swanbench_torch::{Generator, TorchError};
use tch::Tensor;

/// Inverted dropout with p = 1 - target: kept units are scaled by 1 / target in training.
/// Channels are dropped whole (Tompson et al. 2015).
pub struct Dropout {
    settings: Settings,
    keep: f64,
    generator: Option<Generator>,
}

#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Draw masks at inference too: the FLOPs fall to the target, as in the dropout of SWAN's
    /// paper.
    thinned: bool,
}

impl MethodDef for Dropout {
    const NAME: &'static str = "dropout";
    const SUMMARY: &'static str =
        "random units silent in training, everything computed at inference";
    const SOURCE: &'static str = "Srivastava et al. 2014, JMLR 15";
    const REVISION: u32 = 1;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn new(settings: Settings, target: f64) -> Self {
        Self { settings, keep: target, generator: None }
    }
}

impl Regularizer for Dropout {
    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        self.generator = Some(setup.generator);
        Ok(Vec::new())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep_stream("masks", self.generator.as_ref().expect("attached"))?;
        Ok(state)
    }

    fn restore(&mut self, state: &State, _: &ModelMap, _: &Parameters) -> Result<(), StateError> {
        state.restore_stream("masks", self.generator.as_mut().expect("attached"))
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, pass: Pass) -> Gated {
        if pass != Pass::Train && !self.settings.thinned {
            return Gated::open(output);
        }
        let generator = self.generator.as_mut().expect("attached before the first pass");
        let shape = [output.size()[0], site.units];
        let mask = generator.bernoulli(&shape, self.keep).expect("a target is a probability");
        let factor = &mask / self.keep;
        Gated::by(Gates::per_example(mask, factor), &output)
    }
}

#[cfg(test)]
mod tests {
    use swanbench_spec::Mode;
    use tch::{Device, Kind};

    use super::*;
    use crate::testing::{attach, hidden, numbers};

    /// Gates an output at the only site of a small model.
    fn gated(settings: Settings, keep: f64, output: Tensor, pass: Pass) -> Gated {
        let map = hidden(2, output.size()[1]);
        let mut dropout = Dropout::new(settings, keep);
        attach(&mut dropout, &map);
        dropout.gate(&map.sites[0], &Tensor::new(), output, pass)
    }

    fn ones(shape: &[i64]) -> Tensor {
        Tensor::ones(shape, (Kind::Float, Device::Cpu))
    }

    #[test]
    fn scaled_units_keep_the_mean() {
        let gated = gated(Settings::default(), 0.25, ones(&[1000, 50]), Pass::Train);
        let kept = gated.output.gt(0.0).to_kind(Kind::Float);
        assert_eq!(gated.output, &kept * 4.0);
        // 50,000 coins: the standard deviation of their mean is 0.0019.
        assert!((kept.mean(Kind::Double).double_value(&[]) - 0.25).abs() < 0.01);
        assert_eq!(gated.gates.unwrap().hard, kept);
    }

    #[test]
    fn channels_are_dropped_whole() {
        let gated = gated(Settings::default(), 0.5, ones(&[20, 8, 3, 3]), Pass::Train);
        let sums = gated.output.sum_dim_intlist(&[2i64, 3][..], false, Kind::Float);
        assert!(numbers(&sums).iter().all(|&sum| sum == 0.0 || sum == 18.0));
    }

    #[test]
    fn inference_computes_all_unless_thinned() {
        let evaluate = Pass::evaluate(Mode::Hard);
        let whole = gated(Settings::default(), 0.5, ones(&[10, 10]), evaluate);
        assert!(whole.gates.is_none());
        assert_eq!(whole.output, ones(&[10, 10]));
        let thinned = gated(Settings { thinned: true }, 0.5, ones(&[10, 10]), evaluate);
        let open = thinned.gates.unwrap().hard.sum(Kind::Double).double_value(&[]);
        assert!((20.0..80.0).contains(&open), "{open}");
    }
}
