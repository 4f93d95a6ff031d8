//! What libtorch keeps for the whole process.

use anyhow::anyhow;
use swanbench_spec::Precision;
use swanbench_torch::{DeviceChoice, LinearKernels};

use crate::exit::{CommandError, ExitCodeExt};

/// Sets how this process computes, before it computes anything.
///
/// Returns an error if one of the devices cannot compute with the precision.
pub fn configure(
    devices: &[DeviceChoice],
    linear: LinearKernels,
    precision: Precision,
) -> Result<(), CommandError> {
    let tf32 = precision == Precision::Tf32;
    if tf32 && devices.contains(&DeviceChoice::Cpu) {
        let error = anyhow!(
            "precision tf32 exists on CUDA only: use --device cuda, or --set \
             train.precision=float32"
        );
        return Err(error).bad_input();
    }
    linear.set_global().expect("nothing was computed before");
    swanbench_torch::prepare_process().failed()?;
    swanbench_torch::allow_tf32(tf32).failed()
}
