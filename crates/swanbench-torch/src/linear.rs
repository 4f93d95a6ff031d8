//! Linear layers by the fastest matrix library for this processor.

use std::{fmt, str::FromStr, sync::OnceLock};

use tch::{Device, Kind, Tensor};

use crate::ffi;

/// Below this many weights oneDNN's preparation takes longer than the work.
const FEWEST_WEIGHTS: i64 = 1 << 16;

/// The library for the matrix products of large linear layers in 32 bits on the CPU. The two round
/// differently, so a run uses only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinearKernels {
    /// Intel's MKL.
    Mkl,
    /// oneDNN.
    OneDnn,
}

static CHOSEN: OnceLock<LinearKernels> = OnceLock::new();

impl LinearKernels {
    /// Returns the faster library, by the processor's features and never by a measurement, so that
    /// the same machine always computes the same bits: MKL uses AVX-512 on Intel's processors only,
    /// oneDNN on all.
    pub fn for_this_processor() -> Self {
        if ffi::prefers_onednn() { Self::OneDnn } else { Self::Mkl }
    }

    /// Sets the library for this process.
    ///
    /// Returns the other library if it was set before.
    pub fn set_global(self) -> Result<(), Self> {
        match *CHOSEN.get_or_init(|| self) {
            chosen if chosen == self => Ok(()),
            other => Err(other),
        }
    }

    /// Returns the library of this process: the processor's by default.
    pub fn global() -> Self {
        *CHOSEN.get_or_init(Self::for_this_processor)
    }
}

impl FromStr for LinearKernels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::for_this_processor()),
            "mkl" => Ok(Self::Mkl),
            "onednn" => Ok(Self::OneDnn),
            other => Err(format!("unknown kernels `{other}`, expected auto, mkl or onednn")),
        }
    }
}

impl fmt::Display for LinearKernels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mkl => "mkl",
            Self::OneDnn => "onednn",
        })
    }
}

/// Multiplies `input`, `[examples, features]`, by the transposed `weight`, `[outputs, features]`, and
/// adds `bias`, `[outputs]`.
pub fn linear(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    let large = weight.device() == Device::Cpu
        && weight.numel() as i64 >= FEWEST_WEIGHTS
        && input.dim() == 2
        && input.kind() == Kind::Float;
    // Automatic mixed precision does not cover oneDNN's products.
    if large && !ffi::computes_in_bfloat16() && LinearKernels::global() == LinearKernels::OneDnn {
        ffi::onednn_linear(input, weight, bias).expect("the shapes of a layer fit each other")
    } else {
        input.linear(weight, bias)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Generator;

    struct Layer {
        input: Tensor,
        weight: Tensor,
        bias: Tensor,
    }

    impl Layer {
        fn draw(kind: Kind) -> Self {
            let mut generator = Generator::new(Device::Cpu, 0).unwrap();
            let mut draw = |shape: &[i64]| {
                let tensor = generator.normal(shape, 0.0, 1.0).unwrap().to_kind(kind);
                tensor.set_requires_grad(true)
            };
            Self { input: draw(&[7, 300]), weight: draw(&[250, 300]), bias: draw(&[250]) }
        }

        /// The output, and the gradients of half the sum of its squares.
        fn run(&self, linear: impl Fn(&Tensor, &Tensor, Option<&Tensor>) -> Tensor) -> [Tensor; 4] {
            let output = linear(&self.input, &self.weight, Some(&self.bias));
            (output.square().sum(output.kind()) / 2.0).backward();
            [output, self.input.grad(), self.weight.grad(), self.bias.grad()]
        }
    }

    /// A function and not a closure, whose lifetimes clippy and the compiler see differently.
    fn library(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        input.linear(weight, bias)
    }

    #[test]
    fn both_libraries_agree_with_64_bits() {
        let exact = Layer::draw(Kind::Double).run(library);
        let mkl = Layer::draw(Kind::Float).run(library);
        let onednn = Layer::draw(Kind::Float).run(|x, w, b| ffi::onednn_linear(x, w, b).unwrap());
        for found in [mkl, onednn] {
            for (found, exact) in found.iter().zip(&exact) {
                let error = (found.to_kind(Kind::Double) - exact).abs().max().double_value(&[]);
                let size = exact.abs().max().double_value(&[]);
                assert!(error < 2e-6 * size, "{error} of {size}");
            }
        }
    }

    #[test]
    fn onednn_needs_neither_bias_nor_gradient() {
        let Layer { input, weight, .. } = Layer::draw(Kind::Float);
        let _no_graph = tch::no_grad_guard();
        let product = ffi::onednn_linear(&input, &weight, None).unwrap();
        assert!(product.allclose(&input.matmul(&weight.tr()), 1e-4, 1e-4, false));
    }

    #[test]
    fn kernels_are_parsed_as_they_are_displayed() {
        for kernels in [LinearKernels::Mkl, LinearKernels::OneDnn] {
            assert_eq!(kernels.to_string().parse(), Ok(kernels));
        }
        assert_eq!("auto".parse(), Ok(LinearKernels::for_this_processor()));
        assert!("blas".parse::<LinearKernels>().unwrap_err().contains("auto, mkl or onednn"));
    }
}
