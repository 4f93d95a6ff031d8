//! Display of downloads.

use std::{error::Error, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use swanbench_data::DownloadProgress;

use crate::output;

/// A progress bar for the file that is being downloaded; plain lines without a terminal.
pub struct DownloadBar {
    bar: ProgressBar,
    file: String,
}

impl DownloadBar {
    /// Makes a bar that is shown from the first byte on.
    pub fn new() -> Self {
        let template = "{msg} {bar:30} {bytes}/{total_bytes}, {eta} left";
        let style = ProgressStyle::with_template(template).expect("a valid template");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Self { bar: bar.with_style(style), file: String::new() }
    }
}

impl DownloadProgress for DownloadBar {
    fn received(&mut self, file: &str, bytes: u64, total: u64) {
        if self.file != file {
            file.clone_into(&mut self.file);
            self.bar.set_message(file.to_owned());
            if self.bar.is_hidden() {
                output::note(format_args!("downloading {file}"));
            }
        }
        self.bar.set_length(total);
        self.bar.set_position(bytes);
    }

    fn retrying(&mut self, file: &str, error: &dyn Error, pause: Duration) {
        let text = format!("{file}: {error}; trying again in {} s", pause.as_secs());
        self.bar.suspend(|| output::note(format_args!("{text}")));
    }
}

impl Drop for DownloadBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
