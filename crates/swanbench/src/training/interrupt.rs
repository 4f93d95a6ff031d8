//! Signals that ask to stop: while runs train, after their current epochs; otherwise, and the second
//! time, at once.

use std::{
    ffi::c_int,
    fs,
    io::{self, Read as _},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::Context;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1},
    flag,
    iterator::Signals,
    low_level::exit,
};

use crate::{exit::INTERRUPTED, output};

/// Whether the next signal ends the process, inside its handler: while runs train, it is the second.
static AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Whether the process that started this one wants it to stop, or has ended.
static INPUT_ENDED: AtomicBool = AtomicBool::new(false);

/// Whether a job was told that its time is nearly over.
static TIME_IS_UP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

const SIGNALS: [c_int; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Handles signals from now on.
pub fn listen() -> anyhow::Result<()> {
    // `nohup` starts a program that is to survive its terminal.
    let signals = if is_ignored(SIGHUP) { &SIGNALS[..2] } else { &SIGNALS };
    handle(signals).context("cannot listen for Ctrl-C")
}

/// Handles the signals of a job from now on, among them the one before its time is over.
pub fn listen_in_job() -> anyhow::Result<()> {
    let ask = flag::register(SIGUSR1, TIME_IS_UP.clone());
    ask.and_then(|_| handle(&[SIGINT, SIGTERM, SIGUSR1])).context("cannot listen for signals")
}

/// Lets all runs stop after their current epochs when standard input, a pipe from the process that started
/// this one, has a byte or ends; ends this process at once when it ends after a byte.
pub fn stop_with_input() {
    thread::spawn(|| {
        let is_asked = io::stdin().read(&mut [0]).is_ok_and(|count| count > 0);
        INPUT_ENDED.store(true, Ordering::Relaxed);
        if is_asked {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            exit(INTERRUPTED.into());
        }
    });
}

/// Returns whether a job stops because its time is nearly over.
pub fn time_is_up() -> bool {
    TIME_IS_UP.load(Ordering::Relaxed)
}

fn handle(signals: &[c_int]) -> std::io::Result<()> {
    for &signal in signals {
        // In this order: the handler asks first, and then sets what it asks next time. It ends the
        // process without destructors, since those of libtorch must not run under its threads;
        // nothing half-written can pass for a result.
        flag::register_conditional_shutdown(signal, INTERRUPTED.into(), AT_ONCE.clone())?;
        flag::register(signal, AT_ONCE.clone())?;
    }
    let mut signals = Signals::new(signals)?;
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            output::note(format_args!(
                "stopping after the current epochs; press Ctrl-C again to stop at once"
            ));
        }
    });
    Ok(())
}

/// The time in which runs train: the first signal asks them to stop, the second ends the process.
pub struct StopRequests(());

impl StopRequests {
    /// Begins it: the first signal is a request.
    pub fn begin() -> Self {
        AT_ONCE.store(false, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for StopRequests {
    fn drop(&mut self) {
        request();
    }
}

/// Asks all runs to stop, as a signal does.
pub fn request() {
    AT_ONCE.store(true, Ordering::Relaxed);
}

/// Returns whether the user asked to stop, while runs train.
pub fn requested() -> bool {
    AT_ONCE.load(Ordering::Relaxed) || INPUT_ENDED.load(Ordering::Relaxed)
}

/// Returns whether the program was started with a signal ignored. Linux tells; elsewhere none counts
/// as ignored.
fn is_ignored(signal: c_int) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}
