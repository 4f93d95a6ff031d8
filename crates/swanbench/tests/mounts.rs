//! Two machines that see one folder of results, each through a mount of its own, share a sweep.
//!
//! A mount of bindfs keeps names and attributes of its own, as those of NFS do. Where there is none, or
//! the user may not mount, the test says so and passes.

#[path = "support/folder.rs"]
mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use support::{Folder, TINY, assert_contains};

/// A mounted folder.
struct Mount(PathBuf);

impl Mount {
    /// Mounts a folder a second time. `None` if that is not possible here.
    fn of(folder: &Path, at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mounted = Command::new("bindfs").arg(folder).arg(&at).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(at))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Calls a program whose process numbers mean nothing to others, as on a machine of its own.
fn apart(program: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--mount-proc", program]);
    command
}

fn start(folder: &Folder, mount: &Mount) -> Child {
    apart(env!("CARGO_BIN_EXE_swanbench"))
        .args(["sweep", "tiny.yaml", "--jobs", "1", "--results"])
        .arg(&mount.0)
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn each_run_is_trained_through_one_of_two_mounts() {
    // Unmounted before the folder is removed.
    let folder = Folder::with("tiny.yaml", &TINY.replace("epochs: 4", "epochs: 40"));
    let shared = folder.path().join("shared");
    fs::create_dir(&shared).unwrap();
    let mount = |name: &str| Mount::of(&shared, folder.path().join(name));
    let (Some(one), Some(other)) = (mount("one"), mount("other")) else {
        eprintln!("skipped: bindfs cannot mount a folder here");
        return;
    };
    if !apart("true").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: unshare cannot give a process numbers of its own here");
        return;
    }
    let sweeps = [start(&folder, &one), start(&folder, &other)];
    for sweep in sweeps {
        let output = sweep.wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{text}");
        assert_contains(&text, "12 runs");
    }
    let log = fs::read_to_string(shared.join("tiny/log.jsonl")).unwrap();
    assert_eq!(log.matches("\"sweep-started\"").count(), 2, "{log}");
    assert_eq!(log.matches("\"run-started\"").count(), 12, "{log}");
    assert_eq!(log.matches("\"run-done\"").count(), 12, "{log}");
    let left = fs::read_dir(shared.join("tiny")).unwrap().flatten();
    let left = left.filter(|entry| entry.path().to_string_lossy().contains(".lease-"));
    assert_eq!(left.count(), 0);
    folder.sweep(&["--results", "alone"]);
    assert!(folder.metrics("shared/tiny") == folder.metrics("alone/tiny"));
}
