//! Trains many runs in parallel: workers train, one thread stores and shows results.

mod devices;
mod estimate;
mod event;
mod interrupt;
mod launch;
mod log;
mod log_line;
mod numerics;
mod observer;
mod progress_bars;
mod single_run;
mod tensorboard;
mod worker;

pub use devices::DevicePool;
pub use estimate::{Estimate, estimates};
pub use interrupt::{
    StopRequests, listen, listen_in_job, requested as stop_requested, stop_with_input, time_is_up,
};
pub use launch::{Launch, Outputs, TrainingSummary, launch};
pub use log::{LOG_FILE, Log};
pub use log_line::{LogLine, RunName};
pub use numerics::configure;
pub use progress_bars::ProgressBars;
pub use tensorboard::TensorBoard;
