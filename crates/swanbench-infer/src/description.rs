//! What the metadata of a file say about its network.

use serde::{Deserialize, Serialize};

/// The version of the format that this crate reads.
pub const VERSION: u32 = 1;
/// The entry of the metadata that holds the description, as JSON.
pub const ENTRY: &str = "swanbench-infer";

/// A network: its operations in the order of computation. Operation `k` computes value `k`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The version of the format.
    pub version: u32,
    /// Channels, height and width of an image.
    pub input: [usize; 3],
    /// Outputs.
    pub classes: usize,
    /// By channel, what is subtracted from values between 0 and 1.
    pub mean: Vec<f32>,
    /// By channel, what they are then divided by.
    pub deviation: Vec<f32>,
    /// By gate, the units that it switches.
    pub gates: Vec<usize>,
    /// The first is [`Operation::Images`], the last computes the logits.
    pub operations: Vec<Operation>,
    /// Where the network comes from, in the words of the program that wrote it.
    #[serde(default)]
    pub about: serde_json::Value,
}

/// What computes a value from earlier ones. Tensors are named, and are of 32-bit numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Operation {
    /// The normalised images.
    Images,
    /// Decides which units of a gate are open: those whose logit `bias + expand^T reduce read(x)` is
    /// above 0, where `read` averages each channel over `grid` x `grid` cells. If none is open, the one
    /// with the highest logit is. It computes no value.
    Decide {
        /// Which gate.
        gate: usize,
        /// What it reads.
        input: usize,
        /// Cells along each side; smaller maps are read as they are.
        grid: usize,
        /// The units that are decided, ascending; the others are always open.
        varying: Vec<usize>,
        /// `[rank, features]`; none if `expand` is the full matrix.
        reduce: Option<String>,
        /// `[rank, varying]`, or `[features, varying]`.
        expand: String,
        /// `[varying]`.
        bias: String,
    },
    /// A linear layer.
    Linear {
        /// What it reads: rows.
        input: usize,
        /// `[outputs, inputs]`.
        weight: String,
        /// `[outputs]`.
        bias: String,
        /// The gate of its outputs: closed ones are 0.
        gate: Option<usize>,
    },
    /// A square convolution.
    Convolution {
        /// What it reads: maps.
        input: usize,
        /// `[outputs, inputs, kernel, kernel]`.
        weight: String,
        /// `[outputs]`.
        bias: String,
        /// Positions between two applications.
        stride: usize,
        /// Zeros added at each border.
        padding: usize,
        /// The gate of its outputs: closed ones are 0.
        gate: Option<usize>,
    },
    /// The positive part.
    Relu {
        /// Of what.
        input: usize,
    },
    /// The maximum of each square. Positions beyond the border do not count.
    MaxPool {
        /// What the squares cover.
        input: usize,
        /// Height and width of a square.
        size: usize,
        /// Positions between two squares.
        stride: usize,
        /// Positions added at each border.
        padding: usize,
        /// Whether squares that lie partly over the border are kept.
        ceil: bool,
    },
    /// The mean of each of `bins` x `bins` parts of a map.
    Average {
        /// What is averaged.
        input: usize,
        /// Parts per side.
        bins: usize,
    },
    /// Maps as rows.
    Flatten {
        /// Of what.
        input: usize,
    },
    /// A sum.
    Add {
        /// One part.
        input: usize,
        /// The other.
        other: usize,
    },
    /// Every second position, and channels of zeros before and after the others.
    Thin {
        /// What is thinned.
        input: usize,
        /// Channels before.
        before: usize,
        /// Channels after.
        after: usize,
    },
    /// Closed units set to 0.
    Mask {
        /// The units.
        input: usize,
        /// Their gate.
        gate: usize,
    },
}
