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
    pub fn settle(self) -> Result<(), Self> {
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
#[must_use]
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
