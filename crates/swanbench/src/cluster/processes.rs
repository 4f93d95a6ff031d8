//! Jobs that processes on this machine train, each of them one run at a time.

use std::{
    env,
    fs::{self, File},
    io::{self, Write as _},
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::Context;
use swanbench_torch::DeviceChoice;

use super::RunList;

/// What a process reads that is to stop.
const STOP: u8 = b's';

/// Running processes. They stop after their current epochs when this is dropped, or this process ends
/// in whatever way: their standard input is a pipe from here.
pub struct Processes(Vec<Process>);

struct Process {
    child: Child,
    output: PathBuf,
}

impl Processes {
    /// Starts a process for each job of a list; they take the devices in turn.
    ///
    /// Returns an error if a process cannot be started.
    pub fn start(list: &RunList, devices: &[DeviceChoice]) -> anyhow::Result<Self> {
        let program = env::current_exe().context("cannot find the program itself")?;
        let mut processes = Self(Vec::new());
        for (index, device) in (0..list.jobs()).zip(devices.iter().cycle()) {
            let output = list.folder().join(format!("{index}.out"));
            let file = File::create(&output)
                .with_context(|| format!("cannot create `{}`", output.display()))?;
            let mut command = Command::new(&program);
            command.arg("work").arg(list.path()).args(["--index", &index.to_string()]);
            command.args(["--device", &device.to_string(), "--attached"]);
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(file);
            // Ctrl-C on a terminal reaches only this process, which passes it on once.
            let child = command.process_group(0).spawn();
            let child = child.with_context(|| format!("cannot start `{}`", program.display()))?;
            processes.0.push(Process { child, output });
        }
        Ok(processes)
    }

    /// Asks all of them to stop after their current epochs. If this process ends then, they end too.
    pub fn stop(&mut self) {
        for process in &mut self.0 {
            // One that has ended reads nothing.
            let _ = process.child.stdin.as_mut().map(|pipe| pipe.write_all(&[STOP]));
        }
    }

    /// Returns whether all have ended.
    ///
    /// Returns an error if the system does not know one of them.
    pub fn have_ended(&mut self) -> io::Result<bool> {
        for process in &mut self.0 {
            if process.child.try_wait()?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns what one said that did not end well, though no run of its failed.
    pub fn last_words(&mut self) -> Option<String> {
        self.0.iter_mut().find_map(|process| {
            let status = process.child.wait().ok().filter(|status| !status.success())?;
            let text = fs::read_to_string(&process.output).unwrap_or_default();
            let last = text.lines().last().unwrap_or("it said nothing");
            Some(format!("a process ended by {status}: {last}"))
        })
    }
}
