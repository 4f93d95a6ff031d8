//! The switches of one site.

use swanbench_core::{GateCost, GateMap, Layer, Setup, Site};
use swanbench_torch::{Generator, TorchError, low_rank};
use tch::{Kind, Tensor};

use super::settings::{GateRank, Settings};
use crate::read::{View, linear_map_cost};

/// The gates of one site: logits `phi + u V read(x)`, whose sigmoid is `p(x)`, for all units.
pub struct Gate {
    /// phi, `[units]`.
    logit: Tensor,
    input: Option<InputMap>,
}

/// The part that depends on the input.
struct InputMap {
    view: View,
    /// V, `[rank, features]`; `None` for the full matrix.
    reduce: Option<Tensor>,
    /// u, `[rank, units]`, or the full matrix, `[features, units]`.
    expand: Tensor,
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
        let view = View::new(settings.read, setup.map.deciding_layer(site));
        let features = view.features();
        let mut draw = |shape: [i64; 2], inputs| draw(shape, inputs, &mut setup.generator);
        let input = match settings.gate_rank {
            GateRank::Of(0) => None,
            GateRank::Of(rank) => {
                let rank = i64::from(rank);
                let reduce = Some(draw([rank, features], features)?);
                Some(InputMap { view, reduce, expand: draw([rank, site.units], rank)? })
            }
            GateRank::Full(_) => {
                let expand = draw([features, site.units], features)?;
                Some(InputMap { view, reduce: None, expand })
            }
        };
        Ok(Self { logit, input })
    }

    /// Computes the logits, `[examples, units]`, or `[1, units]` for static gates.
    pub fn logits(&self, input: &Tensor) -> Tensor {
        let Some(map) = &self.input else { return self.static_logits() };
        let read = map.view.of(input);
        match &map.reduce {
            Some(reduce) => low_rank(&read, reduce, &map.expand, &self.logit)
                .expect("the maps have the shapes of their site"),
            // In 32 bits also where layers compute in bfloat16: a threshold is no place for
            // rounding.
            None => self.logit.addmm(&read.to_kind(Kind::Float), &map.expand),
        }
    }

    /// Returns phi, `[1, units]`: the logits of static gates.
    pub fn static_logits(&self) -> Tensor {
        self.logit.unsqueeze(0)
    }

    /// Returns the gates as a map whose logits are above 0 where a probability is above the
    /// threshold; `None` for static gates.
    pub fn map(&self, settings: &Settings) -> Option<GateMap> {
        let map = self.input.as_ref()?;
        let Settings { threshold, temperature, read, .. } = settings;
        let least = temperature * (threshold / (1.0 - threshold)).ln();
        let copy = |tensor: &Tensor| tensor.detach().copy();
        Some(GateMap {
            grid: read.cells(),
            reduce: map.reduce.as_ref().map(copy),
            expand: copy(&map.expand),
            bias: self.logit.detach() - least,
        })
    }

    /// Returns whether the gates depend on the input.
    pub fn depends_on_input(&self) -> bool {
        self.input.is_some()
    }

    /// Returns phi and the maps from input to logits.
    pub fn parameters(&self) -> impl Iterator<Item = &Tensor> {
        let maps = self.input.iter().flat_map(|map| map.reduce.iter().chain([&map.expand]));
        [&self.logit].into_iter().chain(maps)
    }
}

/// Returns what deciding the gates of a site costs whose deciding layer is `layer`: the map, and
/// one comparison per unit, since a hard gate needs no sigmoid. Static gates cost nothing.
pub fn gate_cost(layer: &Layer, settings: &Settings) -> GateCost {
    let rank = match settings.gate_rank {
        GateRank::Of(0) => return GateCost::default(),
        GateRank::Of(rank) => Some(rank),
        GateRank::Full(_) => None,
    };
    let map = linear_map_cost(View::new(settings.read, layer), rank);
    GateCost { per_unit: map.per_unit + 1.0, ..map }
}

/// Draws a normal matrix whose products have the deviation of its input.
fn draw(shape: [i64; 2], inputs: i64, generator: &mut Generator) -> Result<Tensor, TorchError> {
    let tensor = generator.normal(&shape, 0.0, (1.0 / inputs as f64).sqrt())?;
    Ok(tensor.set_requires_grad(true))
}

#[cfg(test)]
mod tests {
    use swanbench_core::{Convolution, Deciding, ModelBuilder, ModelMap};
    use tch::Device;

    use super::*;
    use crate::{
        read::Read,
        swan::settings::Full,
        testing::{parameters, setup},
    };

    fn map() -> ModelMap {
        let mut builder = ModelBuilder::new([2, 4, 4], 2, 1.0);
        let signal = builder.convolution("conv", builder.input(), Convolution::of(3, 3)).unwrap();
        let signal = builder.site("conv", signal);
        let features = builder.flatten(signal);
        builder.linear("last", features, 2);
        builder.finish()
    }

    fn of_rank(gate_rank: GateRank) -> Settings {
        Settings { gate_rank, read: Read::of(2), ..Settings::default() }
    }

    fn gate(settings: &Settings) -> Gate {
        let map = map();
        Gate::new(&map.sites[0], &mut setup(&map, &parameters(&map), 1.0), settings).unwrap()
    }

    /// The FLOPs and parameters if all three gates vary.
    fn cost(settings: &Settings) -> (f64, u64) {
        let map = map();
        let cost = gate_cost(&map.layers[0], settings);
        let all = Deciding::all(&map.sites[0]);
        (cost.flops(&map, &map.sites[0], all).of(&[3.0]), cost.stored(all))
    }

    #[test]
    fn a_static_gate_is_its_logit_and_costs_nothing() {
        let settings = Settings { initial_logit: 3.0, ..of_rank(GateRank::Of(0)) };
        let logits =
            gate(&settings).logits(&Tensor::zeros([5, 2, 4, 4], (Kind::Float, Device::Cpu)));
        assert_eq!(logits.size(), [1, 3]);
        assert_eq!(logits.double_value(&[0, 2]), 3.0);
        assert_eq!(cost(&settings), (0.0, 0));
    }

    #[test]
    fn a_gate_reads_cells_through_a_low_rank_map() {
        let settings = of_rank(GateRank::Of(1));
        let gate = gate(&settings);
        let map = gate.input.as_ref().unwrap();
        let reduce = Tensor::from_slice2(&[[1.0f32, 0., 0., 0., 0., 0., 0., -1.0]]);
        tch::no_grad(|| {
            map.reduce.as_ref().unwrap().shallow_clone().copy_(&reduce);
            map.expand.shallow_clone().copy_(&Tensor::from_slice2(&[[2.0f32, 0.0, -1.0]]));
        });
        // The first cell of the first channel has the mean 3, the last of the second 1.
        let input = Tensor::zeros([1, 2, 4, 4], (Kind::Float, Device::Cpu));
        let _ = input.get(0).get(0).narrow(0, 0, 2).narrow(1, 0, 2).fill_(3.0);
        let _ = input.get(0).get(1).narrow(0, 2, 2).narrow(1, 2, 2).fill_(1.0);
        let phi = settings.initial_logit;
        let expected = [phi + 4.0, phi, phi - 2.0];
        assert_eq!(Vec::<f64>::try_from(gate.logits(&input).view([-1])).unwrap(), expected);
        // Pooling 2 x 16, V 2 x 8, u 2 x 3, comparing 3; parameters 8 + 3 + 3.
        assert_eq!(cost(&settings), (57.0, 14));
    }

    #[test]
    fn a_full_map_has_a_weight_for_every_cell_and_unit() {
        let settings = of_rank(GateRank::Full(Full::Full));
        let gate = gate(&settings);
        assert_eq!(gate.parameters().map(Tensor::numel).collect::<Vec<_>>(), [3, 24]);
        // Pooling 2 x 16, the map 2 x 8 x 3, comparing 3; parameters 24 + 3.
        assert_eq!(cost(&settings), (83.0, 27));
    }
}
