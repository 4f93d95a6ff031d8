//! Dropout: random units are zero in training, and none at inference.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Capabilities, Expected, Gated, Gates, MethodDef, ModelMap, ParameterGroup, Parameters, Pass,
    Regularizer, Setup, Site, State, StateError, UnitCost, largest,
};
use swanbench_torch::{Generator, TorchError};
use tch::{Kind, Tensor};

use crate::units::with_best_open;

/// Inverted dropout: kept units are scaled by one over the probability of keeping in training, at
/// which a thinned network uses the target on average. Channels are dropped whole (Tompson et al.
/// 2015). At least one unit of every site is kept.
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
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    const EXPECTED: Expected = Expected { meets_budget: false, ..Expected::DEFAULT };
    type Settings = Settings;

    fn new(settings: Settings) -> Self {
        Self { settings, keep: 1.0, generator: None }
    }
}

impl Regularizer for Dropout {
    fn capabilities(&self) -> Capabilities {
        Capabilities { closes_units: self.settings.thinned, ..Capabilities::default() }
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        let map = setup.map;
        let limit = setup.budget.of_units(map, UnitCost::default());
        // Sites are drawn independently, so the mean cost is that of the mean numbers of units.
        let open = |keep: f64| map.sites.iter().map(move |site| keep * site.units as f64);
        self.keep = largest(|keep| limit.allows(&open(keep).collect::<Vec<_>>()));
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
        let noise = generator.uniform(&shape, 0.0, 1.0).expect("memory for the noise");
        let mask = with_best_open(&noise.lt(self.keep).to_kind(Kind::Float), &-noise);
        let factor = &mask / self.keep;
        Gated::by(Gates::per_example(mask, factor), &output)
    }
}

#[cfg(test)]
mod tests {
    use swanbench_spec::Mode;
    use tch::Device;

    use super::*;
    use crate::testing::{attach, hidden, numbers};

    /// Gates an output at the only site of a small model.
    fn gated(settings: Settings, keep: f64, output: Tensor, pass: Pass) -> Gated {
        let map = hidden(2, output.size()[1]);
        let mut dropout = Dropout::new(settings);
        attach(&mut dropout, &map, keep);
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
