//! What gates that depend on the input see of it: a coarse view that costs little.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{GateCost, Layer};
use swanbench_torch::cell_means;
use tch::Tensor;

/// How fine the view is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Cells along each side of a feature map, over which each channel is averaged; 1 is the mean
    /// of a channel. Smaller maps, and neurons, are read as they are.
    #[schemars(range(min = 1, max = 1024))]
    grid: i64,
}

impl Read {
    /// Creates a view of `grid` by `grid` cells.
    pub const fn of(grid: i64) -> Self {
        Self { grid }
    }

    /// Returns the cells along each side.
    pub const fn cells(self) -> i64 {
        self.grid
    }
}

impl Default for Read {
    fn default() -> Self {
        Self::of(7)
    }
}

/// The view of one layer's input.
#[derive(Debug, Clone, Copy)]
pub struct View {
    channels: i64,
    size: [i64; 2],
    cells: [i64; 2],
}

impl View {
    /// Creates the view of a layer's input.
    pub fn new(read: Read, layer: &Layer) -> Self {
        let size = layer.input_size;
        Self { channels: layer.inputs, size, cells: size.map(|side| side.min(read.grid)) }
    }

    /// Counts the features of one channel.
    pub fn features_per_channel(&self) -> i64 {
        self.cells[0] * self.cells[1]
    }

    /// Counts all features.
    pub fn features(&self) -> i64 {
        self.channels * self.features_per_channel()
    }

    /// Counts the additions per channel; none if it is read as it is.
    pub fn additions_per_channel(&self) -> i64 {
        if self.cells == self.size { 0 } else { self.size[0] * self.size[1] }
    }

    /// Reads `input`, `[examples, features]` or `[examples, channels, height, width]`, as
    /// `[examples, features]`.
    pub fn of(&self, input: &Tensor) -> Tensor {
        if self.cells == self.size {
            return input.flatten(1, -1);
        }
        let [height, width] = self.size;
        let map = input.view([-1, self.channels, height, width]);
        cell_means(&map, self.cells)
    }
}

/// Returns the cost of a map from a view to all units, of this rank or, if `None`, full.
pub fn linear_map_cost(view: View, rank: Option<u32>) -> GateCost {
    let features = view.features_per_channel() as f64;
    let additions = view.additions_per_channel() as f64;
    match rank {
        Some(rank) => GateCost {
            per_input: additions + 2.0 * f64::from(rank) * features,
            per_unit: 2.0 * f64::from(rank),
            parameters: (i64::from(rank) * view.features()) as u64,
            parameters_per_unit: u64::from(rank) + 1,
            ..GateCost::default()
        },
        None => GateCost {
            per_input: additions,
            per_pair: 2.0 * features,
            parameters_per_unit: view.features() as u64 + 1,
            ..GateCost::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use swanbench_core::{Convolution, ModelBuilder, ModelMap};

    use super::*;
    use crate::testing::numbers;

    /// A convolution over two channels of 4 x 4, and a linear layer over what it returns.
    fn map() -> ModelMap {
        let mut builder = ModelBuilder::new([2, 4, 4], 2, 1.0);
        let signal = builder.convolution("conv", builder.input(), Convolution::of(3, 3)).unwrap();
        let features = builder.flatten(signal);
        builder.linear("last", features, 2);
        builder.finish()
    }

    #[test]
    fn a_large_map_is_averaged_over_cells() {
        let map = map();
        let view = View::new(Read::of(2), &map.layers[0]);
        assert_eq!((view.features(), view.additions_per_channel()), (8, 16));
        let input = Tensor::arange(32, (tch::Kind::Float, tch::Device::Cpu)).view([1, 2, 4, 4]);
        let means = [2.5, 4.5, 10.5, 12.5, 18.5, 20.5, 26.5, 28.5];
        assert_eq!(numbers(&view.of(&input)), means);
        assert_eq!(numbers(&view.of(&input.flatten(1, -1))), means, "as the MLP gets an image");
    }

    #[test]
    fn a_small_map_is_read_as_it_is() {
        let map = map();
        let view = View::new(Read::of(2), &map.layers[1]);
        assert_eq!((view.features(), view.additions_per_channel()), (12, 0));
        let input = Tensor::arange(12, (tch::Kind::Float, tch::Device::Cpu)).view([1, 3, 2, 2]);
        assert_eq!(view.of(&input), input.flatten(1, -1));
    }
}
