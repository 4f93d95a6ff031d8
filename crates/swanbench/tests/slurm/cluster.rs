//! A Slurm cluster of two nodes on this machine, with daemons and a key of its own.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Started with the value, and stopped with it.
pub struct Cluster {
    folder: TempDir,
    munge: Child,
    controller: Child,
    nodes: [Child; 2],
}

impl Cluster {
    /// Starts a cluster. Prints "skipped: reason" and returns `None` where Slurm is not installed.
    pub fn start() -> Option<Self> {
        for program in ["munged", "slurmctld", "slurmd", "sbatch"] {
            let version = if program == "munged" { "--version" } else { "-V" };
            let mut command = Command::new(program);
            command.env("PATH", path()).arg(version).stdout(Stdio::null()).stderr(Stdio::null());
            if command.status().is_err() {
                println!("skipped: `{program}` of slurm-wlm or munge is not installed");
                return None;
            }
        }
        // The path of a socket may have a hundred letters.
        let folder = tempfile::Builder::new().prefix("slurm").tempdir_in("/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        configure(folder.path());
        let munge = start_munge(folder.path());
        let controller = daemon(folder.path(), "slurmctld", &[]);
        let node = |name| daemon(folder.path(), "slurmd", &["-N", name]);
        let nodes = [node("node1"), node("node2")];
        let cluster = Self { folder, munge, controller, nodes };
        let started = Instant::now();
        while cluster.call("sinfo", &["--noheader", "--format=%T %D"]).trim() != "idle 2" {
            if started.elapsed() > PATIENCE {
                // What keeps daemons from starting is of the machine, not of the program.
                println!("skipped: no cluster starts here:\n{}", cluster.log());
                return None;
            }
            thread::sleep(Duration::from_millis(100));
        }
        Some(cluster)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("slurmctld.log")).unwrap_or_default()
    }

    /// Returns a command that uses this cluster.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.configuration()).env("PATH", path());
        command
    }

    /// Runs a command of Slurm, and returns what it prints; nothing if it fails.
    pub fn call(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn wait_for(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < PATIENCE, "no {what}:\n{}", self.log());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Ends the controller, and starts another one that knows what it knew.
    pub fn restart_controller(&mut self) {
        stop(&mut self.controller);
        thread::sleep(Duration::from_secs(1));
        self.controller = daemon(self.folder.path(), "slurmctld", &[]);
    }

    /// Kills all processes of a node at once, as a loss of its power does.
    pub fn lose_node(&mut self, number: usize) {
        self.nodes[number - 1].kill().unwrap();
        self.nodes[number - 1].wait().unwrap();
        let name = format!("SLURMD_NODENAME=node{number}");
        let own = format!("SLURM_CONF={}", self.configuration().display());
        for process in processes() {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            let has = |entry: &str| {
                environment.split(|&byte| byte == 0).any(|one| one == entry.as_bytes())
            };
            if has(&own) && has(&name) {
                // With the daemon of Slurm that watches it.
                for id in [parent(&process), id(&process)].into_iter().flatten() {
                    kill(id);
                }
            }
        }
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("slurm.conf")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.call("scancel", &["--full", "--signal=KILL", "--user", &user()]);
        let started = Instant::now();
        while !self.call("squeue", &["--noheader"]).is_empty()
            && started.elapsed() < Duration::from_secs(15)
        {
            thread::sleep(Duration::from_millis(100));
        }
        let Self { munge, controller, nodes, .. } = self;
        for child in nodes.iter_mut().chain([controller, munge]) {
            stop(child);
        }
    }
}

/// Daemons are in folders that users need not have in their path.
fn path() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}

fn configure(folder: &Path) {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = listeners.map(|listener| listener.local_addr().unwrap().port());
    let [controller, node1, node2] = ports;
    let (user, folder_name) = (user(), folder.display());
    let text = format!(
        "ClusterName=loopback
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder_name}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder_name}
SlurmdSpoolDir={folder_name}/spool-%n
SlurmctldPidFile={folder_name}/slurmctld.pid
SlurmdPidFile={folder_name}/%n.pid
SlurmctldLogFile={folder_name}/slurmctld.log
SlurmdLogFile={folder_name}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdTimeout=10
KillWait=20
NodeName=node1 NodeHostname=localhost NodeAddr=127.0.0.1 Port={node1} CPUs=1
NodeName=node2 NodeHostname=localhost NodeAddr=127.0.0.1 Port={node2} CPUs=1
PartitionName=main Nodes=ALL Default=YES
"
    );
    fs::write(folder.join("slurm.conf"), text).unwrap();
}

fn start_munge(folder: &Path) -> Child {
    let key = folder.join("munge.key");
    fs::write(&key, [7; 128]).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o400)).unwrap();
    let option = |name: &str, file: &str| format!("--{name}={}", folder.join(file).display());
    let child = Command::new("munged")
        .env("PATH", path())
        .args(["--foreground", "--force"])
        .args([option("key-file", "munge.key"), option("socket", "munge.socket")])
        .args([option("log-file", "munge.log"), option("pid-file", "munge.pid")])
        .arg(option("seed-file", "munge.seed"))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !folder.join("munge.socket").exists() {
        assert!(started.elapsed() < PATIENCE, "munged has not started");
        thread::sleep(Duration::from_millis(50));
    }
    child
}

/// Starts a daemon that stays in the foreground.
fn daemon(folder: &Path, program: &str, options: &[&str]) -> Child {
    Command::new(program)
        .env("SLURM_CONF", folder.join("slurm.conf"))
        .env("PATH", path())
        .arg("-D")
        .args(options)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn stop(child: &mut Child) {
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > Duration::from_secs(10) {
            child.kill().unwrap();
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn kill(id: u32) {
    Command::new("kill").args(["-KILL", &id.to_string()]).stderr(Stdio::null()).status().unwrap();
}

/// Lists the folders of all processes.
fn processes() -> Vec<PathBuf> {
    let entries = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    entries.filter(|path| id(path).is_some()).collect()
}

fn id(process: &Path) -> Option<u32> {
    process.file_name()?.to_str()?.parse().ok()
}

fn parent(process: &Path) -> Option<u32> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}
