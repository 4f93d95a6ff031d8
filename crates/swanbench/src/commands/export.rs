//! `swanbench export`: the trained network of a run as a file that runs without libtorch.

use std::path::Path;

use anyhow::anyhow;
use swanbench_export::{
    Compact, Difference, Exported, Form, compact, compare, compute, export, onnx,
};
use swanbench_results::{RunState, Store, replace_file};
use swanbench_spec::RunSpec;
use swanbench_train::KeptNetwork;

use crate::{
    arguments::{Export, ExportForm},
    exit::{CommandError, ExitCodeExt},
    kept, output,
    prepare::data_of,
    title::title,
};

/// Exports a run, and prints what that changed.
pub fn run(arguments: &Export) -> Result<(), CommandError> {
    let (store, run) = find(arguments)?;
    let Some(bytes) = store.model(&run.id).bad_input()? else {
        let error = anyhow!(
            "the network of {} was not kept: sweep again with --keep-models, or `keep: models`",
            title(&run)
        );
        return Err(error).bad_input();
    };
    if is_within(&arguments.to, &arguments.results) {
        let error = anyhow!("`{}` is in the folder of results", arguments.to.display());
        return Err(error).bad_input();
    }
    swanbench_torch::prepare_process().failed()?;
    let mut network = kept::load(&store, &run, &data_of(&run, &arguments.place)?, &bytes)?;
    let about = kept::about(&run);
    let (exported, share) = match arguments.form {
        ExportForm::Gated => (export(&mut network, Form::Gated, about).bad_input()?, None),
        ExportForm::Compact | ExportForm::Onnx => {
            let Compact { exported, share } = compact(&mut network, &about).bad_input()?;
            (exported, share)
        }
    };
    let onnx = match arguments.form {
        ExportForm::Onnx => Some(onnx(&exported.network).failed()?),
        _ => None,
    };
    let bytes = onnx.as_ref().unwrap_or(&exported.bytes);
    replace_file(&arguments.to, bytes).bad_input()?;
    let kilobytes = bytes.len() as f64 / 1e3;
    output::line(format_args!("{}: {kilobytes:.1} kB", arguments.to.display()));
    print_changes(&mut network, &exported, share)
}

/// Returns whether a file would be in a folder.
fn is_within(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().filter(|parent| *parent != Path::new(""));
    let real = |path: &Path| path.canonicalize().ok();
    let (parent, folder) = (real(parent.unwrap_or(Path::new("."))), real(folder));
    parent.zip(folder).is_some_and(|(parent, folder)| parent.starts_with(folder))
}

/// Finds the one run that the arguments name.
fn find(arguments: &Export) -> Result<(Store, RunSpec), CommandError> {
    let wanted = &with_plain_target(&arguments.run);
    let name = wanted.split(':').next().unwrap_or_default();
    let store = Store::open(&arguments.results, name);
    let runs = store.list().bad_input()?.into_iter();
    let done = runs.filter(|listed| listed.state == RunState::Done);
    let mut runs: Vec<RunSpec> = done.filter_map(|listed| listed.run).collect();
    runs.sort_by_key(|run| full_name(name, run));
    let is_meant = |run: &&RunSpec| {
        let full = full_name(name, run);
        let rest = full.strip_prefix(wanted);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            || *wanted == format!("{name}:{}", run.id)
    };
    let names = |runs: &[&RunSpec]| -> String {
        const MOST: usize = 20;
        let lines = runs.iter().take(MOST).map(|run| format!("\n  {}", full_name(name, run)));
        let more = if runs.len() > MOST { "\n  ..." } else { "" };
        lines.chain([more.to_owned()]).collect()
    };
    let meant: Vec<&RunSpec> = runs.iter().filter(is_meant).collect();
    match meant[..] {
        [run] => Ok((store, run.clone())),
        [] => {
            let all = names(&runs.iter().collect::<Vec<_>>());
            Err(anyhow!("no run that is done begins with `{wanted}`; there are:{all}")).bad_input()
        }
        _ => {
            let (count, all) = (meant.len(), names(&meant));
            Err(anyhow!("{count} runs begin with `{wanted}`:{all}")).bad_input()
        }
    }
}

/// Writes a target as names of runs have it: `.50` is `0.5`.
fn with_plain_target(wanted: &str) -> String {
    let plain = |(place, part): (usize, &str)| match part.parse::<f64>() {
        Ok(target) if place == 2 && part.contains('.') => target.to_string(),
        _ => part.to_owned(),
    };
    wanted.split(':').enumerate().map(plain).collect::<Vec<_>>().join(":")
}

/// Returns what names a run on the command line: experiment, label, target if it has one, and seed.
fn full_name(experiment: &str, run: &RunSpec) -> String {
    let target = run.target.map(|target| format!(":{target}")).unwrap_or_default();
    format!("{experiment}:{}{target}:{}", run.label, run.seed)
}

fn print_changes(
    network: &mut KeptNetwork,
    exported: &Exported,
    share: Option<f64>,
) -> Result<(), CommandError> {
    let Exported { all_units, kept_units, varying_units, .. } = exported;
    output::line(format_args!(
        "units: {kept_units} of {all_units}; {varying_units} were open for some examples only"
    ));
    if let Some(share) = share {
        let percent = 100.0 * share;
        output::line(format_args!(
            "open for all are now those that were open for more than {percent}% of the examples, \
             which is best on validation"
        ));
    }
    let data = network.data().share();
    for (name, split) in [("validation", &data.validation), ("test", &data.test)] {
        let before = network.measure(split).failed()?;
        let after = compute(&exported.network, &data, split);
        let Difference { largest, others } = compare(network, exported, split, &after).failed()?;
        let others = match others {
            0 => String::new(),
            _ => format!(
                "; but for {others} examples of which a gate stands at its threshold, and rounding \
                 decides"
            ),
        };
        let accuracy = |share: f64| 100.0 * share;
        output::line(format_args!(
            "{name}: accuracy {:.2}% before, {:.2}% after; FLOPs {:.4e} before, {:.4e} after; \
             largest difference of a logit {largest:.1e}{others}",
            accuracy(before.accuracy),
            accuracy(after.measured.accuracy),
            before.flops,
            after.measured.flops,
        ));
    }
    Ok(())
}
