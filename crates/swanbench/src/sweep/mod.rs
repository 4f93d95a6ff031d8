//! Many runs side by side: workers train, one thread stores and shows.

mod devices;
mod estimate;
mod interrupt;
mod launch;
mod log;
mod progress;
mod reporter;
mod tensorboard;
mod worker;

pub use devices::Devices;
pub use estimate::{Estimate, estimate};
pub use launch::{Launch, launch};
pub use log::Log;
pub use progress::Progress;
pub use tensorboard::TensorBoard;
