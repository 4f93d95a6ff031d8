//! Trains many runs in parallel: workers train, one thread stores and shows results.

mod devices;
mod estimate;
mod event;
mod interrupt;
mod launch;
mod log;
mod observer;
mod progress_bars;
mod single_run;
mod tensorboard;
mod worker;

pub use devices::DevicePool;
pub use estimate::{Estimate, estimate};
pub use interrupt::listen;
pub use launch::{Launch, Outputs, launch};
pub use log::Log;
pub use progress_bars::ProgressBars;
pub use tensorboard::TensorBoard;
