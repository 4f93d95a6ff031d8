//! What a sweep shows while it works: bars on a terminal, plain lines elsewhere.

use std::{
    collections::HashMap,
    io::{IsTerminal, stderr},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use swanbench_results::Failure;
use swanbench_spec::{Epoch, RunRecord, RunSpec};

use crate::title::title;

/// Shows runs done, failed, in progress, and the time left.
pub struct Progress {
    bars: MultiProgress,
    total: ProgressBar,
    lines: HashMap<usize, ProgressBar>,
    failed: usize,
    /// Whether finished runs are named in plain lines, because there is no terminal for bars.
    plain: bool,
    count: usize,
    done: usize,
}

impl Progress {
    /// For `missing` runs of an experiment of `all`.
    pub fn new(missing: usize, all: usize, quiet: bool) -> Self {
        let terminal = stderr().is_terminal() && !quiet;
        let target =
            if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let total = bars
            .add(ProgressBar::new(missing as u64).with_style(style(
                "{bar:30} {pos}/{len} runs{msg}, {elapsed} elapsed, {eta} left",
            )));
        total.enable_steady_tick(Duration::from_millis(500));
        let plain = !terminal && !quiet;
        if !quiet {
            eprintln!("{all} runs, {} of them there already", all - missing);
        }
        Self { bars, total, lines: HashMap::new(), failed: 0, plain, count: missing, done: 0 }
    }

    pub fn started(&mut self, index: usize, run: &RunSpec) {
        let line = self.bars.add(
            ProgressBar::new(u64::from(run.epochs()))
                .with_style(style("{bar:15} {pos:>3}/{len} {msg}")),
        );
        line.set_message(title(run));
        self.lines.insert(index, line);
    }

    pub fn epoch(&mut self, index: usize, run: &RunSpec, epoch: &Epoch) {
        let Some(line) = self.lines.get(&index) else {
            return;
        };
        line.set_position(u64::from(epoch.epoch));
        line.set_message(format!(
            "{}  loss {:.4}  accuracy {:.2}%  activity {:.1}%",
            title(run),
            epoch.train_loss,
            100.0 * epoch.val_accuracy,
            100.0 * epoch.activity,
        ));
    }

    pub fn finished(&mut self, index: usize, run: &RunSpec, record: &RunRecord) {
        let last = record.headline();
        let summary = last.map_or_else(String::new, |evaluation| {
            format!(
                ": accuracy {:.2}%, unit FLOPs {:.1}%, {:.1} s",
                100.0 * evaluation.test_accuracy,
                100.0 * evaluation.unit_flops_share,
                record.wall_secs,
            )
        });
        self.end(index, &format!("{}{summary}", title(run)));
    }

    pub fn failed(&mut self, index: usize, run: &RunSpec, failure: &Failure) {
        self.failed += 1;
        let text = format!("{} failed: {}", title(run), failure.reason);
        self.bars.println(&text).ok();
        self.total.set_message(format!(", {} failed", self.failed));
        self.end(index, &text);
    }

    /// Another sweep has trained the run.
    pub fn elsewhere(&mut self, index: usize, run: &RunSpec) {
        self.end(index, &format!("{}: trained by another sweep", title(run)));
    }

    /// The run waits in a checkpoint.
    pub fn interrupted(&mut self, index: usize) {
        if let Some(line) = self.lines.remove(&index) {
            line.finish_and_clear();
        }
    }

    /// Something that stops nothing.
    pub fn warning(&self, text: &str) {
        let line = format!("warning: {text}");
        if self.bars.println(&line).is_err() || self.bars.is_hidden() {
            eprintln!("{line}");
        }
    }

    fn end(&mut self, index: usize, text: &str) {
        if let Some(line) = self.lines.remove(&index) {
            line.finish_and_clear();
            self.bars.remove(&line);
        }
        self.done += 1;
        self.total.inc(1);
        if self.plain {
            eprintln!("[{}/{}] {text}", self.done, self.count);
        }
        if self.done == self.count {
            self.total.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a template of our own").progress_chars("━╸ ")
}
