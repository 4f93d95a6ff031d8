//! Many runs side by side: workers train, one thread stores and shows.

mod devices;
mod interrupt;
mod launch;
mod progress;
mod reporter;
mod worker;

pub use devices::Devices;
pub use launch::{Launch, launch};
pub use progress::Progress;
