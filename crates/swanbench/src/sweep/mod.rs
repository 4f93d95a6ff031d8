//! Many runs side by side: workers train, one thread stores and shows.

mod launch;
mod progress;
mod worker;

pub use launch::{Launch, launch};
pub use progress::{Progress, title};
