//! What happens in a sweep, in the words of its log: written by whoever trains, read by whoever
//! follows.

use serde::{Deserialize, Serialize};
use swanbench_results::{Failure, Machine};
use swanbench_spec::{Epoch, Evaluation, RunSpec};

use super::event::Event;
use crate::title::title_of;

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum LogLine {
    /// The sweep begins: `missing` of `runs` are to be trained.
    SweepStarted {
        missing: usize,
        runs: usize,
        jobs: usize,
        version: String,
    },
    RunStarted {
        #[serde(flatten)]
        run: RunName,
        /// Of all tasks.
        epochs: u32,
    },
    Epoch {
        #[serde(flatten)]
        run: RunName,
        #[serde(flatten)]
        epoch: Epoch,
    },
    /// Another sweep has trained the run.
    RunTrainedElsewhere {
        #[serde(flatten)]
        run: RunName,
    },
    RunDone {
        #[serde(flatten)]
        run: RunName,
        #[serde(flatten)]
        machine: Machine,
        wall_secs: f64,
        train_flops: f64,
        /// The headline.
        evaluation: Option<Box<Evaluation>>,
    },
    RunFailed {
        #[serde(flatten)]
        run: RunName,
        #[serde(flatten)]
        failure: Failure,
    },
    RunInterrupted {
        #[serde(flatten)]
        run: RunName,
    },
    Warning {
        text: String,
    },
    SweepEnded {
        failed: usize,
        interrupted: bool,
    },
}

/// What names a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunName {
    /// Its id.
    pub run: String,
    pub label: String,
    pub target: Option<f64>,
    pub seed: u64,
}

impl RunName {
    pub fn of(run: &RunSpec) -> Self {
        let RunSpec { id, label, target, seed, .. } = run;
        Self { run: id.clone(), label: label.clone(), target: *target, seed: *seed }
    }

    /// Names it for people.
    pub fn title(&self) -> String {
        title_of(&self.label, self.target, self.seed)
    }
}

impl LogLine {
    /// Returns the line of an event. `None` for one that ends the sweep, whose message says it.
    pub fn of(event: &Event<'_>) -> Option<Self> {
        let name = RunName::of;
        Some(match event {
            Event::Started(run) => Self::RunStarted { run: name(run), epochs: run.epochs() },
            Event::Epoch(run, epoch) => Self::Epoch { run: name(run), epoch: epoch.clone() },
            Event::TrainedElsewhere(run) => Self::RunTrainedElsewhere { run: name(run) },
            Event::Done { run, record, machine, .. } => Self::RunDone {
                run: name(run),
                machine: machine.clone(),
                wall_secs: record.wall_secs,
                train_flops: record.train_flops,
                evaluation: record.headline().cloned().map(Box::new),
            },
            Event::Failed { run, failure, .. } => {
                Self::RunFailed { run: name(run), failure: failure.clone() }
            }
            Event::Interrupted(run) => Self::RunInterrupted { run: name(run) },
            Event::Warning(text) => Self::Warning { text: text.clone() },
            Event::Broken(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_were_written() {
        let run = || RunName {
            run: "0123456789abcdef".into(),
            label: "gated".into(),
            target: Some(0.1),
            seed: 3,
        };
        let failure = Failure {
            reason: "the loss is not finite".into(),
            epoch: Some(2),
            wall_secs: 0.1,
            machine: "cpu (mkl)".into(),
        };
        let lines = [
            LogLine::RunStarted { run: run(), epochs: 12 },
            LogLine::RunFailed { run: run(), failure },
            LogLine::RunDone {
                run: run(),
                machine: "cuda:0".into(),
                wall_secs: 1.0 / 3.0,
                train_flops: 1e15,
                evaluation: None,
            },
            LogLine::SweepEnded { failed: 1, interrupted: false },
        ];
        for line in lines {
            let text = serde_json::to_string(&line).unwrap();
            assert_eq!(serde_json::from_str::<LogLine>(&text).unwrap(), line, "{text}");
        }
    }
}
