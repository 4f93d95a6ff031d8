//! The switches of one site.

use swanbench_core::{Layer, Setup, Site};
use swanbench_torch::{TorchError, low_rank};
use tch::{Kind, Tensor};

use super::settings::Settings;
use crate::units::over_positions;

/// `phi + u V pool(x)`, of which `p(x)` is the sigmoid, for all units of a site. `pool` is the identity on
/// vectors and the mean over positions on feature maps.
pub struct Gate {
    units: i64,
    /// `[units]`.
    logit: Tensor,
    input: Option<InputMap>,
}

/// The part that looks at the input.
struct InputMap {
    /// V, `[rank, features]`.
    reduce: Tensor,
    /// u, `[rank, units]`.
    expand: Tensor,
    /// Positions of the producer's input that are averaged; 1 for vectors.
    positions: i64,
}

impl Gate {
    pub fn new(
        site: &Site,
        setup: &mut Setup<'_>,
        settings: &Settings,
    ) -> Result<Self, TorchError> {
        let options = (Kind::Float, setup.device);
        let logit =
            Tensor::full([site.units], settings.initial_logit, options).set_requires_grad(true);
        let producer = setup.map.layer(site.producers[0]);
        let input = match i64::from(settings.gate_rank) {
            0 => None,
            rank => Some(InputMap::new(producer, site.units, rank, setup)?),
        };
        Ok(Self { units: site.units, logit, input })
    }

    /// `[examples, units]`, or `[1, units]` for static gates.
    pub fn logits(&self, input: &Tensor) -> Tensor {
        match &self.input {
            None => self.logit.unsqueeze(0),
            Some(map) => low_rank(&over_positions(input), &map.reduce, &map.expand, &self.logit)
                .expect("the maps have the shapes of their site"),
        }
    }

    pub fn looks_at_the_input(&self) -> bool {
        self.input.is_some()
    }

    pub fn parameters(&self) -> Vec<Tensor> {
        let maps = self.input.iter().flat_map(|map| [&map.reduce, &map.expand]);
        std::iter::once(&self.logit).chain(maps).map(Tensor::shallow_clone).collect()
    }

    /// Numbers that inference must store. Static gates are decided once and cost nothing.
    pub fn stored(&self) -> u64 {
        match &self.input {
            None => 0,
            Some(map) => (map.reduce.numel() + map.expand.numel() + self.logit.numel()) as u64,
        }
    }

    /// FLOPs for one example: pooling, the two maps, and one comparison of a unit's logit, since a
    /// hard gate needs no sigmoid.
    pub fn flops(&self) -> f64 {
        let Some(map) = &self.input else { return 0.0 };
        let [rank, features] = map.reduce.size()[..] else { unreachable!("a matrix") };
        let pooling = if map.positions > 1 { features * map.positions } else { 0 };
        (pooling + 2 * rank * features + 2 * rank * self.units + self.units) as f64
    }
}

impl InputMap {
    fn new(
        producer: &Layer,
        units: i64,
        rank: i64,
        setup: &mut Setup<'_>,
    ) -> Result<Self, TorchError> {
        let features = producer.pooled_inputs();
        let mut draw = |shape: [i64; 2], deviation: f64| {
            let tensor = setup.generator.normal(&shape, 0.0, deviation)?;
            Ok(tensor.set_requires_grad(true))
        };
        Ok(Self {
            reduce: draw([rank, features], (1.0 / features as f64).sqrt())?,
            expand: draw([rank, units], (1.0 / rank as f64).sqrt())?,
            positions: producer.input_positions,
        })
    }
}

#[cfg(test)]
mod tests {
    use swanbench_core::{Convolution, ModelMap, Parameters, Plan, Stream};
    use tch::Device;

    use super::*;

    fn map() -> ModelMap {
        let mut plan = Plan::new([2, 4, 4], 2, 1.0);
        let (_, signal) = plan.convolution("conv", plan.input(), Convolution::of(3, 3)).unwrap();
        let (_, signal) = plan.site("conv", signal);
        plan.linear("last", plan.flatten(signal), 2);
        plan.finish()
    }

    fn gate(settings: &Settings) -> Gate {
        let map = map();
        let generator = |stream: Stream| stream.generator(0, Device::Cpu).unwrap();
        let parameters =
            Parameters::initialise(&map, &mut generator(Stream::Init), Device::Cpu).unwrap();
        let mut setup = Setup {
            map: &map,
            parameters: &parameters,
            generator: generator(Stream::Method),
            device: Device::Cpu,
        };
        Gate::new(&map.sites[0], &mut setup, settings).unwrap()
    }

    #[test]
    fn a_static_gate_is_its_logit_and_costs_nothing() {
        let gate = gate(&Settings { gate_rank: 0, initial_logit: 3.0, ..Settings::default() });
        let logits = gate.logits(&Tensor::zeros([5, 2, 4, 4], (Kind::Float, Device::Cpu)));
        assert_eq!(logits.size(), [1, 3]);
        assert_eq!(logits.double_value(&[0, 2]), 3.0);
        assert_eq!((gate.flops(), gate.stored()), (0.0, 0));
    }

    #[test]
    fn a_gate_looks_at_the_mean_of_its_input_through_a_low_rank_map() {
        let gate = gate(&Settings { gate_rank: 1, initial_logit: 0.5, ..Settings::default() });
        let map = gate.input.as_ref().unwrap();
        let _no_graph = tch::no_grad_guard();
        map.reduce.shallow_clone().copy_(&Tensor::from_slice2(&[[2.0f32, -1.0]]));
        map.expand.shallow_clone().copy_(&Tensor::from_slice2(&[[1.0f32, 0.0, -3.0]]));
        // Two channels with means 0.75 and 0.5: V x = 1.
        let input = Tensor::zeros([1, 2, 4, 4], (Kind::Float, Device::Cpu));
        let _ = input.select(1, 0).fill_(0.75);
        let _ = input.select(1, 1).narrow(1, 0, 2).fill_(1.0);
        let logits = gate.logits(&input);
        for (unit, logit) in [1.5, 0.5, -2.5].into_iter().enumerate() {
            assert!((logits.double_value(&[0, unit as i64]) - logit).abs() < 1e-6);
        }
        // Pooling 2 x 16 additions; V 2 x 2; u 2 x 3; three comparisons.
        assert_eq!(gate.flops(), 32.0 + 4.0 + 6.0 + 3.0);
        // V 2, u 3, logits 3.
        assert_eq!(gate.stored(), 8);
    }
}
