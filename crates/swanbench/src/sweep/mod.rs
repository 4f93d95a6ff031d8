//! Many runs side by side: workers train, one thread stores and shows.

mod devices;
mod launch;
mod progress;
mod worker;

pub use devices::Devices;
pub use launch::{Launch, launch};
pub use progress::{Progress, title};
