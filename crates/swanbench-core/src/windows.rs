//! Convolutions and poolings: windows that move over a feature map.

use crate::Initial;

/// A square convolution: `Convolution { stride: 2, ..Convolution::of(64, 3) }`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convolution {
    /// Output channels.
    pub outputs: i64,
    /// Height and width of the kernel.
    pub kernel: i64,
    /// Positions between two applications.
    pub stride: i64,
    /// Zeros added at each border.
    pub padding: i64,
    /// Whether there is a bias.
    pub bias: bool,
    /// The weights' initial values; `None` for PyTorch's default, also of the biases.
    pub initial: Option<Initial>,
}

impl Convolution {
    /// Creates a convolution with stride 1, no padding, a bias, and PyTorch's default values.
    pub fn of(outputs: i64, kernel: i64) -> Self {
        Self { outputs, kernel, stride: 1, padding: 0, bias: true, initial: None }
    }

    /// Starts with normal weights of variance 2 / fan-out and biases of zero, as torchvision's
    /// VGG and ResNet (He et al. 2015, arXiv 1502.01852).
    pub fn he(self) -> Self {
        let fan_out = (self.kernel * self.kernel * self.outputs) as f64;
        Self { initial: Some(Initial::Normal((2.0 / fan_out).sqrt())), ..self }
    }

    /// Returns height and width of the output of the layer `name`.
    pub(crate) fn after(self, name: &str, size: [i64; 2]) -> Result<[i64; 2], ModelBuildError> {
        let Self { kernel, stride, padding, .. } = self;
        fits(name, kernel - 2 * padding, size)?;
        Ok(size.map(|length| (length + 2 * padding - kernel) / stride + 1))
    }
}

/// A pooling over squares. Positions beyond the border do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Height and width of a square.
    pub size: i64,
    /// Positions between two squares.
    pub stride: i64,
    /// Positions added at each border.
    pub padding: i64,
    /// Whether squares that lie partly over the border are kept.
    pub ceil: bool,
}

impl Pool {
    /// Creates a pooling over adjacent squares; those over the border are dropped.
    pub fn of(size: i64) -> Self {
        Self { size, stride: size, padding: 0, ceil: false }
    }

    /// Returns height and width of the output of the pooling `name`.
    pub(crate) fn after(self, name: &str, input: [i64; 2]) -> Result<[i64; 2], ModelBuildError> {
        let Self { size, stride, padding, ceil } = self;
        let beyond = if ceil { stride - 1 } else { 0 };
        fits(name, (size - 2 * padding - beyond).max(1), input)?;
        Ok(input.map(|length| {
            let count = (length + 2 * padding + beyond - size) / stride + 1;
            // As PyTorch: a square begins within the map or its padding before it.
            let begins_beyond = ceil && (count - 1) * stride >= length + padding;
            if begins_beyond { count - 1 } else { count }
        }))
    }
}

/// A model that does not fit its input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelBuildError {
    /// The input is smaller than a kernel.
    #[error(
        "layer `{layer}` needs an input of at least {needed}x{needed}, and {height}x{width} arrive"
    )]
    TooSmall {
        /// The layer's name.
        layer: String,
        /// Height and width that it needs.
        needed: i64,
        /// The input's height.
        height: i64,
        /// The input's width.
        width: i64,
    },
}

fn fits(name: &str, needed: i64, [height, width]: [i64; 2]) -> Result<(), ModelBuildError> {
    if height >= needed && width >= needed {
        return Ok(());
    }
    Err(ModelBuildError::TooSmall { layer: name.to_owned(), needed, height, width })
}
