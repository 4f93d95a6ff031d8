//! The progress of a sweep: bars on a terminal, plain lines otherwise.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use swanbench_spec::{Evaluation, RunSpec};

use super::log_line::{LogLine, RunName};
use crate::{output, title::title};

/// Shows runs done, failed and in progress, and the time left.
pub struct ProgressBars {
    bars: MultiProgress,
    total: ProgressBar,
    /// By the id of a run.
    lines: HashMap<String, ProgressBar>,
    /// Whether finished runs are named in plain lines, because there is no terminal for bars.
    plain: bool,
    /// Letters of the longest title.
    width: usize,
    count: usize,
    /// By id: of a run that two jobs looked at, both say that it has ended.
    ended: HashSet<String>,
    failed: usize,
}

impl ProgressBars {
    /// Starts the bars for the runs to train, of `all` runs of an experiment, of which others failed in
    /// an earlier sweep.
    pub fn new(runs: &[&RunSpec], all: usize, failed_before: usize, quiet: bool) -> Self {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bars = MultiProgress::with_draw_target(target);
        let total = bars.add(ProgressBar::new(runs.len() as u64).with_style(style(
            "{bar:15} {pos:>3}/{len:3} runs{msg}, {elapsed} elapsed, {eta} left",
        )));
        total.enable_steady_tick(Duration::from_millis(500));
        if !quiet {
            let done = all - runs.len() - failed_before;
            let failed = match failed_before {
                0 => String::new(),
                count => format!(", {count} failed before"),
            };
            output::note(format_args!("{all} runs, {done} already done{failed}"));
        }
        Self {
            // A terminal that cannot move its cursor, such as TERM=dumb, has no bars either.
            plain: bars.is_hidden() && !quiet,
            bars,
            total,
            lines: HashMap::new(),
            width: runs.iter().map(|run| title(run).chars().count()).max().unwrap_or(0),
            count: runs.len(),
            ended: HashSet::new(),
            failed: 0,
        }
    }

    /// Shows what happened.
    pub fn show(&mut self, line: &LogLine) {
        match line {
            LogLine::RunStarted { run, epochs } => self.start(run, *epochs),
            LogLine::Epoch { run, epoch } => {
                let Some(line) = self.lines.get(&run.run) else { return };
                line.set_position(u64::from(epoch.epoch));
                line.set_message(format!(
                    "{:width$}  loss {:7.4}  accuracy {:6.2}%  activity {:5.1}%",
                    run.title(),
                    epoch.train_loss,
                    100.0 * epoch.val_accuracy,
                    100.0 * epoch.activity,
                    width = self.width,
                ));
            }
            LogLine::RunTrainedElsewhere { run } => {
                self.end(run, &format!("{}: trained by another sweep", run.title()));
            }
            LogLine::RunDone { run, wall_secs, evaluation, .. } => {
                self.end(run, &self.result(run, *wall_secs, evaluation.as_deref()));
            }
            LogLine::RunFailed { run, failure } => {
                self.failed += 1;
                let text = format!("{} failed: {}", run.title(), failure.reason);
                self.bars.println(&text).ok();
                self.total.set_message(format!(", {} failed", self.failed));
                self.end(run, &text);
            }
            LogLine::RunInterrupted { run } => {
                if let Some(line) = self.lines.remove(&run.run) {
                    line.finish_and_clear();
                }
            }
            LogLine::Warning { text } => {
                let line = format!("warning: {text}");
                self.bars.println(&line).ok();
                if self.plain {
                    output::note(format_args!("{line}"));
                }
            }
            LogLine::SweepStarted { .. } | LogLine::SweepEnded { .. } => {}
        }
    }

    fn start(&mut self, run: &RunName, epochs: u32) {
        let bar = ProgressBar::new(u64::from(epochs));
        let line = self.bars.add(bar.with_style(style("{bar:15} {pos:>3}/{len:3} {msg}")));
        line.set_message(run.title());
        if let Some(earlier) = self.lines.insert(run.run.clone(), line) {
            // Its job was lost, and another one has it.
            self.bars.remove(&earlier);
        }
    }

    fn result(&self, run: &RunName, wall_secs: f64, evaluation: Option<&Evaluation>) -> String {
        let title = run.title();
        let Some(evaluation) = evaluation else { return title };
        format!(
            "{title:width$}  accuracy {:6.2}%  unit FLOPs {:5.1}%  {wall_secs:6.1} s",
            100.0 * evaluation.test_accuracy,
            100.0 * evaluation.unit_flops_share,
            width = self.width,
        )
    }

    fn end(&mut self, run: &RunName, text: &str) {
        if let Some(line) = self.lines.remove(&run.run) {
            line.finish_and_clear();
            self.bars.remove(&line);
        }
        if !self.ended.insert(run.run.clone()) {
            return;
        }
        self.total.inc(1);
        let (ended, count) = (self.ended.len(), self.count);
        if self.plain {
            let digits = count.to_string().len();
            output::note(format_args!("[{ended:digits$}/{count}] {text}"));
        }
        if ended == count {
            self.total.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a template of our own").progress_chars("━╸ ")
}
