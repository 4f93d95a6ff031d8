//! What a download shows while it runs.

use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use swanbench_data::{Progress, TransferError};

/// A bar for the file that is being received; plain lines where there is no terminal.
pub struct DownloadBar {
    bar: ProgressBar,
    file: String,
}

impl DownloadBar {
    /// Shows nothing until the first byte.
    pub fn new() -> Self {
        let template = "{msg} {bar:30} {bytes}/{total_bytes}, {eta} left";
        let style = ProgressStyle::with_template(template).expect("a template of our own");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Self { bar: bar.with_style(style), file: String::new() }
    }
}

impl Progress for DownloadBar {
    fn received(&mut self, file: &str, bytes: u64, total: u64) {
        if self.file != file {
            file.clone_into(&mut self.file);
            self.bar.set_message(file.to_owned());
            if !stderr().is_terminal() {
                eprintln!("downloading {file}");
            }
        }
        self.bar.set_length(total);
        self.bar.set_position(bytes);
    }

    fn retrying(&mut self, file: &str, reason: &TransferError, pause: Duration) {
        let text = format!("{file}: {reason}; trying again in {} s", pause.as_secs());
        self.bar.suspend(|| eprintln!("{text}"));
    }
}

impl Drop for DownloadBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
