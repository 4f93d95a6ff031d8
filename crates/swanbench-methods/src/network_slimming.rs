//! Network slimming: training drives scales of units to zero, and units with small ones are
//! removed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Budget, Capabilities, GateRecord, Gated, Gates, MethodDef, ModelMap, ParameterGroup,
    Parameters, Pass, Regularizer, Setup, Site, State, StateError, TrainProgress, UnitCost,
};
use swanbench_spec::Stage;
use swanbench_torch::TorchError;
use tch::{Kind, Tensor};

use crate::ranking::{Allocation, keep_highest};

/// Pruning by scales: `lambda sum |scale|` is added to the loss; between training and recovery the
/// units with the largest scales stay. The scales are those of the batch normalisation after the
/// units, as in the paper; without one, every unit has its own, which inference folds into the
/// weights.
pub struct Slimming {
    settings: Settings,
    budget: Budget,
    sites: Vec<Scales>,
    /// By site, `[units]` in {0, 1}; empty until units are removed.
    kept: Vec<Tensor>,
}

/// The scales of one site's units, each `[units]`.
enum Scales {
    /// Of its normalisations: several if a residual sum joins layers.
    Normalisations(Vec<Tensor>),
    /// The method's own.
    Own(Tensor),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Weight of the sum of the scales in the loss.
    #[schemars(range(min = 0.0))]
    lambda: f64,
    /// How the budget is spread over sites.
    allocation: Allocation,
}

impl Default for Settings {
    fn default() -> Self {
        Self { lambda: 1e-4, allocation: Allocation::Global }
    }
}

impl MethodDef for Slimming {
    const NAME: &'static str = "network-slimming";
    const SUMMARY: &'static str = "units whose scale training has made small are removed";
    const SOURCE: &'static str = "Liu et al. 2017, arXiv 1708.06519";
    const REVISION: u32 = 2;
    const TAKES_TARGET: bool = true;
    type Settings = Settings;

    fn check(settings: &Settings) -> Result<(), String> {
        settings.allocation.check_units()
    }

    fn new(settings: Settings) -> Self {
        Self { settings, budget: Budget::default(), sites: Vec::new(), kept: Vec::new() }
    }
}

impl Scales {
    fn all(&self) -> &[Tensor] {
        match self {
            Self::Normalisations(scales) => scales,
            Self::Own(scale) => std::slice::from_ref(scale),
        }
    }

    /// Returns the size of each unit's scales, `[units]`.
    fn size(&self) -> Tensor {
        let sizes: Vec<Tensor> = self.all().iter().map(|scale| scale.detach().abs()).collect();
        Tensor::stack(&sizes, 0).sum_dim_intlist(0i64, false, Kind::Float)
    }
}

impl Regularizer for Slimming {
    fn capabilities(&self) -> Capabilities {
        Capabilities { recovers: true, closes_units: true, ..Capabilities::default() }
    }

    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        self.budget = setup.budget;
        for site in &setup.map.sites {
            let norms = setup.map.norms.iter().filter(|norm| norm.site == Some(site.id));
            let scales: Vec<Tensor> =
                norms.map(|norm| setup.parameters.get(norm.scale).shallow_clone()).collect();
            self.sites.push(if scales.is_empty() {
                let own = Tensor::ones([site.units], (Kind::Float, setup.device));
                Scales::Own(own.set_requires_grad(true))
            } else {
                Scales::Normalisations(scales)
            });
        }
        let own = self.sites.iter().filter_map(|scales| match scales {
            Scales::Own(scale) => Some(scale.shallow_clone()),
            Scales::Normalisations(_) => None,
        });
        let parameters: Vec<Tensor> = own.collect();
        if parameters.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![ParameterGroup { parameters, lr_scale: 1.0 }])
    }

    fn gate(&mut self, site: &Site, _: &Tensor, output: Tensor, _: Pass) -> Gated {
        let index = site.id.index();
        let mask = self.kept.get(index);
        let scale = match &self.sites[index] {
            Scales::Own(scale) => Some(scale),
            Scales::Normalisations(_) => None,
        };
        let (hard, factor) = match (mask, scale) {
            (None, None) => return Gated::open(output),
            (None, Some(scale)) => (scale.detach().ones_like(), scale.shallow_clone()),
            (Some(mask), None) => (mask.shallow_clone(), mask.shallow_clone()),
            (Some(mask), Some(scale)) => (mask.shallow_clone(), mask * scale),
        };
        let (hard, factor) = (hard.unsqueeze(0), factor.unsqueeze(0));
        Gated::by(Gates { per_example: false, ..Gates::per_example(hard, factor) }, &output)
    }

    fn penalty(&mut self, _: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        // The scales of surviving units may grow again.
        if progress.stage == Stage::Recovery || self.settings.lambda == 0.0 {
            return None;
        }
        let scales = self.sites.iter().flat_map(Scales::all);
        let sums = scales.map(|scale| scale.abs().sum(Kind::Float));
        Some(sums.reduce(|sum, more| sum + more)? * self.settings.lambda)
    }

    fn start_recovery(&mut self, map: &ModelMap, _: &Parameters) -> Result<(), TorchError> {
        let sizes: Vec<Tensor> = self.sites.iter().map(Scales::size).collect();
        let limit = self.budget.of_units(map, UnitCost::default());
        self.kept = keep_highest(&sizes, self.settings.allocation, |open| limit.allows(open));
        Ok(())
    }

    fn state(&self) -> Result<State, TorchError> {
        let mut state = State::default();
        state.keep_all("kept", &self.kept);
        Ok(state)
    }

    fn restore(
        &mut self,
        state: &State,
        _: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        self.kept = state.all_on("kept", parameters.device());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{attach, gate_ones, hidden, progress};

    #[test]
    fn units_with_small_scales_are_removed() {
        let map = hidden(2, 4);
        let mut method = Slimming::new(Settings { lambda: 0.1, ..Settings::default() });
        let parameters = attach(&mut method, &map, 0.5);
        let Scales::Own(scale) = &method.sites[0] else { panic!("there is no normalisation") };
        tch::no_grad(|| {
            scale.shallow_clone().copy_(&Tensor::from_slice(&[0.5f32, -2.0, 0.0, 1.0]));
        });
        let record = GateRecord::of(vec![None]);
        let penalty = method.penalty(&record, progress(Stage::Training)).unwrap();
        assert!((penalty.double_value(&[]) - 0.35).abs() < 1e-6);
        assert!(method.penalty(&record, progress(Stage::Recovery)).is_none());

        let gate = |method: &mut Slimming| gate_ones(method, &map, 1, Pass::Train).output.detach();
        assert_eq!(gate(&mut method), Tensor::from_slice2(&[[0.5f32, -2.0, 0.0, 1.0]]));
        method.start_recovery(&map, &parameters).unwrap();
        assert_eq!(gate(&mut method), Tensor::from_slice2(&[[0.0f32, -2.0, 0.0, 1.0]]));
    }
}
