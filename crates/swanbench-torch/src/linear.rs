//! Linear layers by the library that multiplies matrices best on this processor.

use std::{fmt, str::FromStr, sync::OnceLock};

use tch::{Device, Kind, Tensor};

use crate::ffi;

/// Below this many weights the work is done before oneDNN has arranged it.
const FEWEST_WEIGHTS: i64 = 1 << 16;

/// Which library multiplies the matrices of large linear layers in 32 bits on the CPU. The two round
/// differently, so a run keeps to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinearKernels {
    Mkl,
    OneDnn,
}

static CHOSEN: OnceLock<LinearKernels> = OnceLock::new();

impl LinearKernels {
    /// What is faster here, by the processor's features and never by a measurement, so that the
    /// same machine always gives the same bits: MKL uses AVX-512 on Intel's processors only, oneDNN
    /// on all.
    #[must_use]
    pub fn for_this_processor() -> Self {
        if ffi::prefers_onednn() { Self::OneDnn } else { Self::Mkl }
    }

    /// Settles the choice for this process.
    ///
    /// # Errors
    /// The other choice, where that was settled before.
    pub fn set_global(self) -> Result<(), Self> {
        match *CHOSEN.get_or_init(|| self) {
            chosen if chosen == self => Ok(()),
            other => Err(other),
        }
    }

    /// The choice of this process: the processor's, where nobody has settled another.
    #[must_use]
    pub fn settled() -> Self {
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

/// `input`, `[examples, features]`, times the transposed `weight`, `[outputs, features]`, plus
/// `bias`, `[outputs]`.
pub fn linear(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    let large = weight.device() == Device::Cpu
        && weight.numel() as i64 >= FEWEST_WEIGHTS
        && input.dim() == 2
        && input.kind() == Kind::Float;
    // oneDNN's products stand outside of automatic mixed precision.
    if large && !ffi::computes_in_bfloat16() && LinearKernels::settled() == LinearKernels::OneDnn {
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
    fn both_libraries_agree_with_64_bits_in_values_and_gradients() {
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
    fn without_bias_and_gradient_there_is_only_the_product() {
        let Layer { input, weight, .. } = Layer::draw(Kind::Float);
        let _no_graph = tch::no_grad_guard();
        let product = ffi::onednn_linear(&input, &weight, None).unwrap();
        assert!(product.allclose(&input.matmul(&weight.tr()), 1e-4, 1e-4, false));
    }

    #[test]
    fn kernels_are_read_as_they_are_written() {
        for kernels in [LinearKernels::Mkl, LinearKernels::OneDnn] {
            assert_eq!(kernels.to_string().parse(), Ok(kernels));
        }
        assert_eq!("auto".parse(), Ok(LinearKernels::for_this_processor()));
        assert!("blas".parse::<LinearKernels>().unwrap_err().contains("auto, mkl or onednn"));
    }
}
