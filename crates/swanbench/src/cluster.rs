//! Runs that other processes train, on this machine or on others that share the folder of results: what
//! their jobs are, who starts them, and how they are followed.
//!
//! ```text
//! results/<experiment>/jobs/<number>/
//!   list.json       settings of all jobs, and which runs each trains
//!   runs.jsonl      all runs of the experiment, one per line
//!   submitted.json  what Slurm calls the jobs
//!   <index>.jsonl   the log of a job
//!   <index>.out     what a job printed
//! ```

mod follow;
mod jobs;
mod processes;
mod run_list;
mod settings;
mod slurm;
mod submit;
mod template;

pub use follow::{Logs, follow};
pub use jobs::{Job, jobs};
pub use processes::Processes;
pub use run_list::{RunList, Settings};
pub use settings::launcher;
pub use slurm::{active, requeue};
pub use submit::{Submission, submit, submitted};
