//! Ctrl-C and its like: the first stops after the current epochs, the second at once.

use std::{
    process,
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::Context;

use crate::exit::INTERRUPTED;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Listens from now on.
pub fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            // Nothing half-written can pass for a result, so there is nothing to clean up.
            process::exit(INTERRUPTED.into());
        }
        eprintln!("stopping after the current epochs; press Ctrl-C again to stop at once");
    })
    .context("cannot listen for Ctrl-C")
}

/// Whether somebody asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
