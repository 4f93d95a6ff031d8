//! A process that trains an epoch whenever it is told to.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::{Cell, Options};

const JAX: &str = "JAX";

/// What trains.
pub struct Engine {
    pub name: &'static str,
    /// Its name in `peers.py`. `None` if it is ours.
    script: Option<&'static str>,
    /// Whether it trains, and is not ours.
    pub is_peer: bool,
    /// The method that it trains, if it is ours.
    method: &'static str,
}

const fn peer(name: &'static str, script: &'static str) -> Engine {
    Engine { name, script: Some(script), is_peer: true, method: "" }
}

const fn own(name: &'static str, method: &'static str) -> Engine {
    Engine { name, script: None, is_peer: false, method }
}

impl Engine {
    /// Returns the contestants of a model. XLA's convolutions on a CPU take minutes an epoch.
    pub fn of(model: &str) -> Vec<&'static Self> {
        let has_convolutions = model != "mlp";
        Self::ALL.iter().filter(|engine| !(has_convolutions && engine.name == JAX)).collect()
    }

    const ALL: [Self; 7] = [
        peer("PyTorch, eager", "eager"),
        peer("PyTorch, channels last", "channels_last"),
        peer("PyTorch, compiled", "compile"),
        peer(JAX, "jax"),
        own("swanbench", "dense"),
        own("swanbench, SWAN", "swan"),
        Engine { name: crate::LIMIT, script: Some("limit"), is_peer: false, method: "" },
    ];
}

/// A running process.
pub struct Contestant {
    process: Child,
    tell: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Contestant {
    /// Starts a process that will train so many epochs of the run with this seed.
    pub fn start(
        engine: &Engine,
        cell: &Cell,
        epochs: usize,
        seed: usize,
        options: &Options,
    ) -> Self {
        let mut command = if let Some(name) = engine.script {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers.py");
            let mut command = Command::new(&options.python);
            command.arg(script).args([cell.model, name, "--seed", &seed.to_string()]);
            command.args(["--limit", &cell.limit.to_string()]);
            command.args(["--epochs", &epochs.to_string(), "--data"]).arg(&options.data);
            command
        } else {
            let mut command = Command::new(env::current_exe().expect("this program"));
            command.args(["--worker", cell.model, engine.method]);
            command.env("EPOCHS", epochs.to_string()).env("SEED", seed.to_string());
            command
        };
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a contestant");
        let tell = process.stdin.take().expect("its input");
        let told = BufReader::new(process.stdout.take().expect("its output"));
        Self { process, tell, told }
    }

    /// Trains an epoch, and returns the seconds that it took by the contestant's own clock.
    pub fn epoch(&mut self) -> f64 {
        writeln!(self.tell, "go").and_then(|()| self.tell.flush()).expect("it listens");
        self.line().parse().expect("seconds")
    }

    /// Ends it, and returns its accuracy on test.
    pub fn finish(self) -> f64 {
        let Self { mut process, tell, mut told } = self;
        drop(tell);
        let mut line = String::new();
        told.read_line(&mut line).expect("it answers");
        assert!(process.wait().expect("it ends").success());
        let accuracy = line.trim().strip_prefix("accuracy ").expect("an accuracy");
        accuracy.parse().expect("a number")
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.told.read_line(&mut line).expect("it answers");
        line.trim().to_owned()
    }
}
