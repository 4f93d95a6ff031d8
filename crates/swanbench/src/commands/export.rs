//! `swanbench export`: the trained network of a run as a file that runs without libtorch.

use std::path::Path;

use anyhow::{Context, anyhow};
use serde_json::json;
use swanbench_export::{Difference, Exported, Form, compare, compute, export};
use swanbench_results::{RunState, Store, replace_file};
use swanbench_spec::RunSpec;
use swanbench_train::{KeptInput, KeptNetwork};

use crate::{
    arguments::{Export, ExportForm},
    components::{self, RunModels},
    exit::{CommandError, ExitCodeExt},
    output,
    prepare::data_of,
    title::title,
};

/// Shares of examples above which a unit may be open for all.
const SHARES: [f64; 7] = [0.9, 0.75, 0.5, 0.25, 0.1, 0.01, 0.0];

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
    let mut network = load(arguments, &store, &run, &bytes)?;
    let (exported, threshold) = written(arguments.form, &mut network, &run)?;
    replace_file(&arguments.to, &exported.bytes).bad_input()?;
    let kilobytes = exported.bytes.len() as f64 / 1e3;
    output::line(format_args!("{}: {kilobytes:.1} kB", arguments.to.display()));
    print_changes(&mut network, &exported, threshold)
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
    let wanted = arguments.run.as_str();
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
            || wanted == format!("{name}:{}", run.id)
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

/// Returns what names a run on the command line: experiment, label, target if it has one, and seed.
fn full_name(experiment: &str, run: &RunSpec) -> String {
    let target = run.target.map(|target| format!(":{target}")).unwrap_or_default();
    format!("{experiment}:{}{target}:{}", run.label, run.seed)
}

fn load(
    arguments: &Export,
    store: &Store,
    run: &RunSpec,
    bytes: &[u8],
) -> Result<KeptNetwork, CommandError> {
    let data = data_of(run, &arguments.place)?;
    let RunModels { model, reference, .. } =
        components::models(run, data.shape, data.classes).bad_input()?;
    let method = components::method(run).bad_input()?;
    let source = run.sources.first();
    let densities = source.map(|source| store.site_activities(source)).transpose().bad_input()?;
    let (data, reference) = (&data, &reference);
    let input = KeptInput { run, data, model, reference, method, densities, bytes };
    let network = KeptNetwork::load(input);
    network.with_context(|| format!("cannot read the network of {}", title(run))).bad_input()
}

/// Exports the network; compact, at the share of examples that is best on validation.
fn written(
    form: ExportForm,
    network: &mut KeptNetwork,
    run: &RunSpec,
) -> Result<(Exported, Option<f64>), CommandError> {
    let about = json!({ "run": run, "exported-by": env!("CARGO_PKG_VERSION") });
    let mut export = |form| export(network, form, about.clone());
    if form == ExportForm::Gated {
        return Ok((export(Form::Gated).bad_input()?, None));
    }
    let first = export(Form::Compact(SHARES[0])).bad_input()?;
    if first.varying_units == 0 {
        return Ok((first, None));
    }
    let mut all = vec![(first, SHARES[0])];
    for share in &SHARES[1..] {
        all.push((export(Form::Compact(*share)).bad_input()?, *share));
    }
    let mut best: Option<(f64, (Exported, f64))> = None;
    for (exported, share) in all {
        let data = network.data();
        let accuracy = compute(&exported, data, &data.validation).failed()?.measured.accuracy;
        // Of equal ones the first, which is the smallest.
        if best.as_ref().is_none_or(|(most, _)| accuracy > *most) {
            best = Some((accuracy, (exported, share)));
        }
    }
    let (_, (exported, share)) = best.expect("there are shares");
    Ok((exported, Some(share)))
}

fn print_changes(
    network: &mut KeptNetwork,
    exported: &Exported,
    threshold: Option<f64>,
) -> Result<(), CommandError> {
    let Exported { all_units, kept_units, varying_units, .. } = exported;
    output::line(format_args!(
        "units: {kept_units} of {all_units}; {varying_units} were open for some examples only"
    ));
    if let Some(threshold) = threshold {
        let percent = 100.0 * threshold;
        output::line(format_args!(
            "open for all are now those that were open for more than {percent}% of the examples, \
             which is best on validation"
        ));
    }
    let data = network.data().share();
    for (name, split) in [("validation", &data.validation), ("test", &data.test)] {
        let before = network.measure(split).failed()?;
        let after = compute(exported, &data, split).failed()?;
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
