//! Ctrl-C and similar signals: the first stops after the current epochs, the second at once.

use std::{
    process,
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::Context;

use crate::exit::INTERRUPTED;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Handles signals from now on.
pub fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            // Nothing half-written can pass for a result, so there is nothing to clean up.
            process::exit(INTERRUPTED.into());
        }
        eprintln!("stopping after the current epochs; press Ctrl-C again to stop at once");
    })
    .context("cannot listen for Ctrl-C")
}

/// Returns whether the user asked to stop.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
