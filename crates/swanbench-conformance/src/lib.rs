//! What every method must do on every small model, whatever its name.
//!
//! A test calls [`check_all`], or the single checks, with slices of methods and models: those of
//! this workspace, or of another crate. Each check panics with what is wrong.

mod checks;
mod suite;
mod training;

pub use suite::{check_all, check_checkpoints, check_planted, check_steps, check_training};
pub use training::{
    RequestedRun, TARGET, dataset, defaults, digits, epoch_times, small_models,
    train_with_observer, trained, trained_in_two_parts, trained_with,
};
