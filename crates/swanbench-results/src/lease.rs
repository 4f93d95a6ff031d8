//! Which process computes a run, on any machine that shares the folder.
//!
//! A lease is a file that one process alone can create, on a local disk, on NFS and on Lustre
//! (`O_EXCL`). It names its owner, who touches it every [`BEAT`]. A lease is expired if nobody touched
//! it for [`Lease::EXPIRY`], or if its owner ran on this machine and has ended. Whoever finds it so creates
//! the file of the next number, which again one process alone can do. An owner that was only paused
//! may then go on: two processes compute the same run, find the same, and the first one stores it.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustix::{
    process::{Pid, getpid, test_kill_process},
    system::uname,
};
use serde::{Deserialize, Serialize};

use crate::{Error, files};

/// How often an owner touches its leases.
const BEAT: Duration = Duration::from_secs(20);
/// How the names of leases end, before their number.
const KIND: &str = "lease-";

/// Holds a run until it is dropped.
#[derive(Debug)]
pub struct Lease {
    folder: PathBuf,
    id: String,
    number: u32,
}

/// What a lease says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Owner {
    /// For people.
    host: String,
    /// Different wherever process numbers mean other processes.
    machine: String,
    process: i32,
    /// In seconds since 1970.
    started: u64,
    /// Seconds without a touch after which the lease is expired.
    expires_after: u64,
}

static THIS: LazyLock<Owner> = LazyLock::new(|| {
    let host = uname().nodename().to_string_lossy().into_owned();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    Owner {
        machine: format!("{host} {} {}", boot.trim(), namespace.display()),
        host,
        process: getpid().as_raw_nonzero().get(),
        started: seconds(SystemTime::now()),
        expires_after: Lease::EXPIRY.as_secs(),
    }
});

/// The leases that this process holds.
static HELD: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

impl Lease {
    /// How long a lease holds that is not touched. Longer than NFS may keep attributes (60 s).
    pub const EXPIRY: Duration = Duration::from_mins(3);

    /// Takes a run. `None` if another process has it.
    ///
    /// Returns an error if the file system fails.
    pub(crate) fn take(folder: &Path, id: &str) -> Result<Option<Self>, Error> {
        let mut number = 1;
        loop {
            let path = path(folder, id, number);
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    let lease = Self { folder: folder.to_path_buf(), id: id.to_owned(), number };
                    write(file).map_err(Error::io("write", &path))?;
                    beat_for(path);
                    return Ok(Some(lease));
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if !is_expired(&path)? {
                        return Ok(None);
                    }
                    number += 1;
                }
                Err(error) => return Err(Error::io("create", &path)(error)),
            }
        }
    }

    /// Returns whether a process has the run, or had it and was killed.
    pub(crate) fn exists(folder: &Path, id: &str) -> bool {
        path(folder, id, 1).exists()
    }

    /// Returns whether a process has the run.
    pub(crate) fn is_held(folder: &Path, id: &str) -> Result<bool, Error> {
        for number in 1.. {
            let path = path(folder, id, number);
            if !path.exists() {
                break;
            }
            if !is_expired(&path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let own = path(&self.folder, &self.id, self.number);
        held().retain(|held| *held != own);
        // The own one last: whoever finds none creates the first. Files that stay expire.
        for number in 1..=self.number {
            let _ = fs::remove_file(path(&self.folder, &self.id, number));
        }
    }
}

/// Returns whether this is how names of leases end.
pub(crate) fn is_lease(kind: &str) -> bool {
    kind.strip_prefix(KIND).is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Returns whether the owner of a lease has ended, or is silent for too long. One that is gone was
/// held a moment ago.
pub(crate) fn is_expired(path: &Path) -> Result<bool, Error> {
    let mut text = String::new();
    let mut read = || {
        // To open a file asks the server of a shared folder for its state.
        let mut file = File::open(path)?;
        file.read_to_string(&mut text)?;
        file.metadata()?.modified()
    };
    let touched = match read() {
        Ok(touched) => touched,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::io("read", path)(error)),
    };
    // It is empty for a moment after it was created.
    let owner: Option<Owner> = serde_json::from_str(&text).ok();
    if owner.is_some_and(|owner| owner.machine == THIS.machine && !is_alive(owner.process)) {
        return Ok(true);
    }
    let apart =
        |now: SystemTime| now.duration_since(touched).unwrap_or_else(|ahead| ahead.duration());
    // The server's clock decides, but need not be asked about what was touched just now.
    Ok(apart(SystemTime::now()) > Lease::EXPIRY / 2
        && apart(now_of_the_server(path)?) > Lease::EXPIRY)
}

/// Returns the time that a file has which is written now, next to `path`.
fn now_of_the_server(path: &Path) -> Result<SystemTime, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let probe = || {
        let mut file = tempfile::Builder::new().prefix(files::DRAFT).tempfile_in(folder)?;
        file.write_all(b"\n")?;
        file.as_file().metadata()?.modified()
    };
    probe().map_err(Error::io("write into", folder))
}

/// Returns whether a process of this machine exists; of another user it does.
fn is_alive(process: i32) -> bool {
    let pid = Pid::from_raw(process);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

fn write(mut file: File) -> std::io::Result<()> {
    let text = serde_json::to_string(&*THIS).map_err(std::io::Error::other)?;
    file.write_all(format!("{text}\n").as_bytes())
}

/// Touches a lease from now on, in a thread that all leases of the process share.
fn beat_for(path: PathBuf) {
    static HEART: Once = Once::new();
    held().push(path);
    HEART.call_once(|| {
        thread::spawn(|| {
            loop {
                thread::sleep(BEAT);
                let all = held().clone();
                for path in all {
                    // Who cannot touch it loses it, which costs time and no result.
                    let _ = touch(&path);
                }
            }
        });
    });
}

/// Writes the last letter again: the server of a shared folder then sets the time by its own clock.
fn touch(path: &Path) -> std::io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    file.seek(SeekFrom::End(-1))?;
    file.write_all(b"\n")
}

fn held() -> MutexGuard<'static, Vec<PathBuf>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn path(folder: &Path, id: &str, number: u32) -> PathBuf {
    folder.join(format!("{id}.{KIND}{number}"))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    const ID: &str = "0123456789abcdef";

    fn take(folder: &Path) -> Option<Lease> {
        Lease::take(folder, ID).unwrap()
    }

    /// Writes a lease of another owner, touched so many seconds ago.
    fn write_lease(folder: &Path, machine: &str, process: i32, age: u64) {
        let owner =
            Owner { machine: machine.into(), process, host: "elsewhere".into(), ..read_this() };
        let path = path(folder, ID, 1);
        fs::write(&path, serde_json::to_vec(&owner).unwrap()).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    }

    fn read_this() -> Owner {
        serde_json::from_value(serde_json::to_value(&*THIS).unwrap()).unwrap()
    }

    #[test]
    fn a_run_is_taken_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path()).expect("free");
        assert!(take(folder.path()).is_none(), "taken");
        assert!(Lease::is_held(folder.path(), ID).unwrap());
        drop(first);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        take(folder.path()).expect("free again");
    }

    #[test]
    fn a_lease_of_a_process_that_has_ended_is_taken_over_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        write_lease(folder.path(), &THIS.machine, child.id() as i32, 0);
        drop(take(folder.path()).expect("its owner has ended"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "with the first one");
    }

    #[test]
    fn a_lease_of_another_machine_holds_until_it_is_silent_for_too_long() {
        let folder = tempfile::tempdir().unwrap();
        write_lease(folder.path(), "another", 1, Lease::EXPIRY.as_secs() - 60);
        assert!(take(folder.path()).is_none());
        write_lease(folder.path(), "another", 1, Lease::EXPIRY.as_secs() + 60);
        let lease = take(folder.path()).expect("expired");
        assert_eq!(lease.number, 2);
        assert!(take(folder.path()).is_none(), "taken over");
    }

    #[test]
    fn a_touch_renews_a_lease() {
        let folder = tempfile::tempdir().unwrap();
        write_lease(folder.path(), "another", 1, Lease::EXPIRY.as_secs() + 60);
        touch(&path(folder.path(), ID, 1)).unwrap();
        assert!(take(folder.path()).is_none());
    }

    #[test]
    fn of_many_that_find_a_lease_expired_one_takes_it() {
        const THREADS: usize = 16;
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            write_lease(folder.path(), "another", 1, Lease::EXPIRY.as_secs() + 60);
            let start = Barrier::new(THREADS);
            let taken = thread::scope(|scope| {
                let race = || {
                    start.wait();
                    take(folder.path())
                };
                let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(race)).collect();
                let all: Vec<_> = threads.into_iter().map(|one| one.join().unwrap()).collect();
                all.iter().flatten().count()
            });
            assert_eq!(taken, 1);
        }
    }
}
