//! The switches of one site.

use swanbench_core::{Layer, Setup, Site};
use swanbench_torch::{Generator, TorchError, low_rank};
use tch::{Kind, Tensor};

use super::{
    normalise::Normalisation,
    settings::{GateRank, Settings},
};
use crate::units::spatial_mean;

/// The gates of one site: logits `phi + u V pool(x)`, whose sigmoid is `p(x)`, for all units. `pool`
/// is the identity on vectors and the mean over positions on feature maps.
pub struct Gate {
    units: i64,
    /// phi, `[units]`.
    logit: Tensor,
    input: Option<InputMap>,
}

/// The part that depends on the input.
struct InputMap {
    /// V, `[rank, features]`; `None` for the full matrix.
    reduce: Option<Tensor>,
    /// u, `[rank, units]`, or the full matrix, `[features, units]`.
    expand: Tensor,
    /// Normalises what `expand` reads.
    normalisation: Option<Normalisation>,
    features: i64,
    /// Positions of the producer's input that are averaged; 1 for vectors.
    positions: i64,
}

impl Gate {
    /// Creates the gates of a site, drawing their maps.
    pub fn new(
        site: &Site,
        setup: &mut Setup<'_>,
        settings: &Settings,
    ) -> Result<Self, TorchError> {
        let options = (Kind::Float, setup.device);
        let logit =
            Tensor::full([site.units], settings.initial_logit, options).set_requires_grad(true);
        let producer = setup.map.layer(site.producers[0]);
        let input = match settings.gate_rank {
            GateRank::Of(0) => None,
            _ => Some(InputMap::new(producer, site.units, settings, setup)?),
        };
        Ok(Self { units: site.units, logit, input })
    }

    /// Computes the logits, `[examples, units]`, or `[1, units]` for static gates. In training the
    /// normalisation of the input follows the batch.
    pub fn logits(&mut self, input: &Tensor, training: bool) -> Tensor {
        match &mut self.input {
            None => self.logit.unsqueeze(0),
            Some(map) => map.logits(&spatial_mean(input), &self.logit, training),
        }
    }

    /// Returns whether the gates depend on the input.
    pub fn depends_on_input(&self) -> bool {
        self.input.is_some()
    }

    /// Returns phi, `[units]`.
    pub fn logit(&self) -> Tensor {
        self.logit.shallow_clone()
    }

    /// Returns the maps from input to logits; empty for static gates.
    pub fn maps(&self) -> Vec<Tensor> {
        let maps = self.input.iter().flat_map(|map| map.reduce.iter().chain([&map.expand]));
        maps.map(Tensor::shallow_clone).collect()
    }

    /// Returns the normalisation of the input; `None` if there is none.
    pub fn normalisation(&self) -> Option<&Normalisation> {
        self.input.as_ref()?.normalisation.as_ref()
    }

    /// Returns the same to be changed.
    pub fn normalisation_mut(&mut self) -> Option<&mut Normalisation> {
        self.input.as_mut()?.normalisation.as_mut()
    }

    /// Counts the numbers that inference must store. Static gates are decided once and cost
    /// nothing, and the normalisation is folded into the map after it.
    pub fn stored(&self) -> u64 {
        if self.input.is_none() {
            return 0;
        }
        self.maps().iter().chain([&self.logit]).map(|tensor| tensor.numel() as u64).sum()
    }

    /// Counts FLOPs per example: pooling, the maps, and one comparison per unit, since a hard gate
    /// needs no sigmoid.
    pub fn flops(&self) -> f64 {
        let Some(map) = &self.input else { return 0.0 };
        let pooling = if map.positions > 1 { map.features * map.positions } else { 0 };
        let reduce = map.reduce.as_ref().map_or(0, |reduce| 2 * reduce.numel() as i64);
        (pooling + reduce + 2 * map.expand.numel() as i64 + self.units) as f64
    }
}

impl InputMap {
    fn new(
        producer: &Layer,
        units: i64,
        settings: &Settings,
        setup: &mut Setup<'_>,
    ) -> Result<Self, TorchError> {
        let features = producer.pooled_inputs();
        let (reduce, read) = match settings.gate_rank {
            GateRank::Full(_) => (None, features),
            GateRank::Of(rank) => {
                let rank = i64::from(rank);
                (Some(draw([rank, features], features, 1.0, &mut setup.generator)?), rank)
            }
        };
        Ok(Self {
            reduce,
            expand: draw([read, units], read, settings.initial_spread, &mut setup.generator)?,
            normalisation: settings.normalise.then(|| Normalisation::new(read, setup.device)),
            features,
            positions: producer.input_positions,
        })
    }

    fn logits(&mut self, input: &Tensor, logit: &Tensor, training: bool) -> Tensor {
        if let (Some(reduce), None) = (&self.reduce, &self.normalisation) {
            return low_rank(input, reduce, &self.expand, logit)
                .expect("the maps have the shapes of their site");
        }
        // In 32 bits also where layers compute in bfloat16: a threshold is no place for rounding.
        let input = input.to_kind(Kind::Float);
        let read = self
            .reduce
            .as_ref()
            .map_or_else(|| input.shallow_clone(), |reduce| input.matmul(&reduce.tr()));
        let read = match &mut self.normalisation {
            None => read,
            Some(normalisation) => normalisation.apply(&read, training),
        };
        logit.addmm(&read, &self.expand)
    }
}

/// Draws a normal matrix whose products have `spread` times the deviation of its input.
fn draw(
    shape: [i64; 2],
    inputs: i64,
    spread: f64,
    generator: &mut Generator,
) -> Result<Tensor, TorchError> {
    let tensor = generator.normal(&shape, 0.0, spread * (1.0 / inputs as f64).sqrt())?;
    Ok(tensor.set_requires_grad(true))
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;
    use crate::swan::settings::Full;
    use crate::testing::{parameters, setup};
    use swanbench_core::{Convolution, ModelBuilder, ModelMap};

    fn map() -> ModelMap {
        let mut builder = ModelBuilder::new([2, 4, 4], 2, 1.0);
        let (_, signal) =
            builder.convolution("conv", builder.input(), Convolution::of(3, 3)).unwrap();
        let (_, signal) = builder.site("conv", signal);
        builder.linear("last", builder.flatten(signal), 2);
        builder.finish()
    }

    fn gate(settings: &Settings) -> Gate {
        let map = map();
        Gate::new(&map.sites[0], &mut setup(&map, &parameters(&map)), settings).unwrap()
    }

    #[test]
    fn a_static_gate_is_its_logit_and_costs_nothing() {
        let mut gate = gate(&Settings {
            gate_rank: GateRank::Of(0),
            initial_logit: 3.0,
            ..Settings::default()
        });
        let logits = gate.logits(&Tensor::zeros([5, 2, 4, 4], (Kind::Float, Device::Cpu)), false);
        assert_eq!(logits.size(), [1, 3]);
        assert_eq!(logits.double_value(&[0, 2]), 3.0);
        assert_eq!((gate.flops(), gate.stored()), (0.0, 0));
    }

    #[test]
    fn a_gate_reads_the_mean_through_a_low_rank_map() {
        let mut gate = gate(&Settings {
            gate_rank: GateRank::Of(1),
            initial_logit: 0.5,
            ..Settings::default()
        });
        let map = gate.input.as_ref().unwrap();
        let _no_graph = tch::no_grad_guard();
        map.reduce.as_ref().unwrap().shallow_clone().copy_(&Tensor::from_slice2(&[[2.0f32, -1.0]]));
        map.expand.shallow_clone().copy_(&Tensor::from_slice2(&[[1.0f32, 0.0, -3.0]]));
        // Two channels with means 0.75 and 0.5: V x = 1.
        let input = Tensor::zeros([1, 2, 4, 4], (Kind::Float, Device::Cpu));
        let _ = input.select(1, 0).fill_(0.75);
        let _ = input.select(1, 1).narrow(1, 0, 2).fill_(1.0);
        let logits = gate.logits(&input, false);
        for (unit, logit) in [1.5, 0.5, -2.5].into_iter().enumerate() {
            assert!((logits.double_value(&[0, unit as i64]) - logit).abs() < 1e-6);
        }
        // Pooling 2 x 16 additions; V 2 x 2; u 2 x 3; three comparisons.
        assert_eq!(gate.flops(), 32.0 + 4.0 + 6.0 + 3.0);
        // V 2, u 3, logits 3.
        assert_eq!(gate.stored(), 8);
    }

    #[test]
    fn a_full_gate_reads_every_feature() {
        let mut gate =
            gate(&Settings { gate_rank: GateRank::Full(Full::Full), ..Settings::default() });
        let map = gate.input.as_ref().unwrap();
        let weights = Tensor::from_slice2(&[[1.0f32, 0.0, -1.0], [2.0, 4.0, 0.0]]);
        tch::no_grad(|| map.expand.shallow_clone().copy_(&weights));
        let input =
            Tensor::from_slice(&[1.0f32, 0.5]).view([1, 2, 1, 1]).expand([1, 2, 4, 4], false);
        let logits = gate.logits(&input, false);
        assert_eq!(logits, Tensor::from_slice2(&[[4.0f32, 4.0, 1.0]]));
        // Pooling 2 x 16, the map 2 x 2 x 3, three comparisons.
        assert_eq!((gate.flops(), gate.stored()), (47.0, 9));
    }

    #[test]
    fn a_normalised_gate_reads_deviations_from_the_mean() {
        let settings = Settings {
            gate_rank: GateRank::Full(Full::Full),
            normalise: true,
            ..Settings::default()
        };
        let mut gate = gate(&settings);
        let map = gate.input.as_ref().unwrap();
        let weights = Tensor::from_slice2(&[[1.0f32, 0.0, -1.0], [0.0, 0.0, 0.0]]);
        tch::no_grad(|| map.expand.shallow_clone().copy_(&weights));
        // The first channel is 1 or 5: a mean of 3 and a deviation of 2.
        let input = Tensor::from_slice(&[1.0f32, 7.0, 5.0, 7.0]).view([2, 2, 1, 1]);
        let logits = gate.logits(&input, true);
        let expected = Tensor::from_slice2(&[[1.0f32, 2.0, 3.0], [3.0, 2.0, 1.0]]);
        assert!(logits.allclose(&expected, 1e-4, 1e-4, false), "{logits}");
    }
}
