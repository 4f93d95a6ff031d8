//! Our own contestants: each trains an epoch for a line of standard input, and prints its seconds.

use std::{
    env,
    io::{StdinLock, Write as _, stdin, stdout},
    time::Instant,
};

use swanbench_conformance::{RequestedRun, dataset, train_with_observer};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Epoch, RunRecord};
use swanbench_train::{Checkpoint, KeepError, Next, Observer};

use crate::{BATCH, Cell};

/// Waits for a line before each epoch.
struct Turns {
    lines: std::io::Lines<StdinLock<'static>>,
    started: Instant,
}

impl Turns {
    fn listen() -> Self {
        Self { lines: stdin().lines(), started: Instant::now() }
    }

    /// Waits for the next turn. Returns whether there is one.
    fn wait(&mut self) -> bool {
        let is_next = self.lines.next().is_some();
        self.started = Instant::now();
        is_next
    }

    fn end(&self) {
        println!("{}", self.started.elapsed().as_secs_f64());
        stdout().flush().expect("somebody listens");
    }
}

impl Observer for Turns {
    fn epoch(&mut self, _: &Epoch) -> Next {
        self.end();
        self.wait();
        Next::Continue
    }

    fn keep(&mut self, _: &Checkpoint) -> Result<(), KeepError> {
        Ok(())
    }
}

/// Trains a cell by a method.
pub fn work(cell: &Cell, method: &str) {
    swanbench_torch::prepare_process().expect("libtorch");
    swanbench_torch::prepare_thread().expect("libtorch takes one thread");
    let data = dataset("fashion-mnist", Some(cell.limit));
    let mut turns = Turns::listen();
    let method = METHODS.iter().find(|entry| entry.info().name == method).expect("a method");
    let model = MODELS.iter().find(|entry| entry.info().name == cell.model).expect("a model");
    let number = |name| env::var(name).ok().and_then(|text| text.parse().ok()).expect("a number");
    let (epochs, seed) = (number("EPOCHS"), u64::from(number("SEED")));
    let (batch_size, recovery_epochs) = (BATCH as u32, 0);
    let request = RequestedRun { width: 1.0, epochs, recovery_epochs, seed, batch_size };
    turns.wait();
    let RunRecord { evaluations, .. } =
        train_with_observer(method, model, &data, request, &mut turns);
    let last = evaluations.iter().rfind(|one| one.conditions.is_headline()).expect("a headline");
    println!("accuracy {}", last.test_accuracy);
}
