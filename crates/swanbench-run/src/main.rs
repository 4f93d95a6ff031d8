//! `swanbench-run`: classifies images with an exported network.

mod explain;
mod images;

use std::{
    env,
    io::{self, ErrorKind, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use serde_json::json;
use swanbench_infer::{Engine, Network};

use crate::{explain::explain, images::read_images};

const USAGE: &str = "\
Classifies images with a network that `swanbench export` wrote.

Usage: swanbench-run NETWORK IMAGE... [--explain] [--json]

  IMAGE      a PNG of the size of the network's images, whose transparency is ignored, or an IDX
             file of bytes with one or many images, as MNIST has them
  --explain  draw which units were open: █ open, · closed
  --json     print an object for each image, with all logits and by gate the units that were open

Prints for each image the class, its probability, the units that were open, and the FLOPs.
";

const OPTIONS: [&str; 2] = ["--explain", "--json"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody reads any more, as with `head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

fn run(arguments: &[String], out: &mut impl Write) -> Result<()> {
    let (options, files): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|argument| argument.starts_with('-'));
    if options.iter().any(|option| ["-h", "--help"].contains(&option.as_str())) {
        out.write_all(USAGE.as_bytes())?;
        return Ok(());
    }
    if let Some(unknown) = options.iter().find(|option| !OPTIONS.contains(&option.as_str())) {
        bail!("`{unknown}` is no option: see --help");
    }
    let [explains, is_json] = OPTIONS.map(|name| options.iter().any(|option| *option == name));
    if explains && is_json {
        bail!("--explain draws for people, and --json is for programs: choose one");
    }
    let [network, images @ ..] = &files[..] else { bail!("no network is given: see --help") };
    if images.is_empty() {
        bail!("no image is given: see --help");
    }
    let network = Network::open(Path::new(network))
        .with_context(|| format!("`{network}` is no exported network"))?;
    let mut engine = Engine::new(&network, 1);
    for path in images {
        let input = network.description().input;
        for image in read_images(Path::new(path), input)? {
            let (name, pixels) = image.with_context(|| format!("cannot use `{path}`"))?;
            let result = classify(&mut engine, &pixels);
            if is_json {
                writeln!(out, "{}", result.json(&name, &engine))?;
                continue;
            }
            writeln!(out, "{name}: {}", result.line(&engine))?;
            if explains {
                explain(&network, &engine, out)?;
            }
        }
    }
    Ok(())
}

/// What was found about an image.
struct Classified {
    class: usize,
    probability: f64,
    logits: Vec<f32>,
    flops: f64,
}

/// Computes an image.
fn classify(engine: &mut Engine<'_>, pixels: &[f32]) -> Classified {
    let output = engine.run(pixels);
    let (class, probability) = most_probable(output.logits);
    Classified { class, probability, logits: output.logits.to_vec(), flops: output.flops[0] }
}

impl Classified {
    fn line(&self, engine: &Engine<'_>) -> String {
        let open: usize = engine.open_units(0).sum();
        let all: usize = engine.units().sum();
        let units = if all == 0 { String::new() } else { format!(", {open} of {all} units open") };
        let Self { class, probability, flops, .. } = self;
        format!("class {class} ({:.1}%){units}, {flops:.3e} FLOPs", 100.0 * probability)
    }

    fn json(&self, name: &str, engine: &Engine<'_>) -> serde_json::Value {
        let Self { class, probability, logits, flops } = self;
        let gates = 0..engine.units().count();
        let open: Vec<&[u32]> = gates.map(|gate| engine.open_units_of(gate, 0)).collect();
        json!({
            "image": name, "class": class, "probability": probability, "logits": logits,
            "flops": flops, "open": open,
        })
    }
}

/// Returns the class with the highest logit, and its probability.
fn most_probable(logits: &[f32]) -> (usize, f64) {
    let highest = logits.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1));
    let (class, highest) = highest.expect("a network has classes");
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - highest).exp()).sum();
    (class, 1.0 / sum)
}
