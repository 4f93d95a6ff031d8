//! Times the networks of an experiment once all of its runs are trained.

use std::time::Duration;

use swanbench_data::Dataset;
use swanbench_export::{
    Compact, Entrant, ExportError, Exported, Form, Row, Timings, compact, compute, export,
};
use swanbench_results::{LatencyRow, NetworkTiming, TimedNetwork};
use swanbench_spec::{Engine, ExportedForm, Latency, RunSpec};
use swanbench_torch::Device;
use swanbench_train::KeptNetwork;

use super::plan::Plan;
use crate::{
    components::{self, RunModels},
    exit::{CommandError, ExitCodeExt},
    kept,
    machine::processor,
    output,
    title::duration,
};

/// Returns the timings that the experiment asks for: those of an earlier sweep if they are of the same
/// runs, timed alike.
///
/// Returns an error if a network cannot be read.
pub fn latency(plan: &Plan<'_>) -> Result<Vec<LatencyRow>, CommandError> {
    let Some(settings) = &plan.prepared.experiment.latency else { return Ok(Vec::new()) };
    let complete = plan.complete()?;
    let runs = plan.runs().iter().filter(|run| complete.contains(&run.id));
    let runs: Vec<&RunSpec> = runs.collect();
    // Whatever is wrong with earlier timings, they can be measured again.
    let earlier = plan.store.latency().unwrap_or_default();
    if are_of(&earlier, &runs, settings) {
        return Ok(earlier);
    }
    swanbench_torch::prepare_thread().failed()?;
    let data = plan.prepared.data(Device::Cpu)?;
    let mut rows = Vec::new();
    for seed in &plan.prepared.experiment.seeds {
        let runs = runs.iter().copied().filter(|run| run.seed == *seed);
        rows.extend(time(plan, settings, &data, &runs.collect::<Vec<_>>())?);
    }
    Ok(rows)
}

/// Returns whether timings are of these runs and no others, made as `settings` say.
fn are_of(rows: &[LatencyRow], runs: &[&RunSpec], settings: &Latency) -> bool {
    let is_of = |row: &LatencyRow, batch: u32| {
        let timing = row.row.network.as_ref().map(|network| &network.timing);
        row.row.seconds == settings.seconds
            && timing
                .is_none_or(|timing| timing.batch == batch && timing.threads == settings.threads)
    };
    let batches = || settings.batch.iter().copied();
    let is_timed = |run: &&RunSpec, batch| {
        rows.iter().any(|row| row.run.run_id == run.id && is_of(row, batch))
    };
    let is_wanted = |row: &LatencyRow| {
        runs.iter().any(|run| run.id == row.run.run_id) && batches().any(|batch| is_of(row, batch))
    };
    runs.iter().all(|run| batches().all(|batch| is_timed(run, batch))) && rows.iter().all(is_wanted)
}

/// A network in a form that it can be exported in.
struct Candidate<'a> {
    run: &'a RunSpec,
    form: ExportedForm,
    exported: Exported,
    /// Of a test example.
    accuracy: f64,
    flops: f64,
}

/// Times the networks of the runs of one seed, in turns.
fn time(
    plan: &Plan<'_>,
    settings: &Latency,
    data: &Dataset,
    runs: &[&RunSpec],
) -> Result<Vec<LatencyRow>, CommandError> {
    let Some(first) = runs.first() else { return Ok(Vec::new()) };
    let RunModels { reference, .. } =
        components::models(first, data.shape, data.classes).bad_input()?;
    // With the instructions that the engine uses.
    let processor = format!("{} ({})", processor(), swanbench_infer::instructions());
    let without = |network, reason| NetworkTiming {
        network,
        reason,
        seconds: settings.seconds,
        processor: processor.clone(),
    };
    let (mut candidates, mut rows, mut task) = (Vec::new(), Vec::new(), data.share());
    for &run in runs {
        let bytes = plan.store.model(&run.id).failed()?.unwrap_or_default();
        let mut network = kept::load(&plan.store, run, data, &bytes)?;
        match exports(run, &mut network) {
            Ok(exports) => candidates.extend(exports),
            Err(error) if error.is_of_the_method() => {
                rows.push(LatencyRow::of(run, without(None, Some(error.to_string()))));
            }
            Err(error) => return Err(error).failed(),
        }
        task = network.data().share();
    }
    if candidates.is_empty() {
        return Ok(rows);
    }
    let timings = Timings { data: &task, reference: &reference, settings, device: Device::Cpu };
    if !plan.arguments.output.is_silent() {
        let time = Duration::from_secs_f64(timings.seconds(candidates.len()));
        let (count, seed) = (candidates.len(), first.seed);
        output::note(format_args!(
            "timing {count} networks of seed {seed} in turns, about {}; what else this machine \
             computes disturbs it",
            duration(time)
        ));
    }
    let entrants = candidates.iter().map(|Candidate { run, exported, .. }| Entrant {
        name: &run.label,
        network: &exported.network,
        engine: Engine::SwanbenchInfer,
    });
    let rounds = timings.measure(&entrants.collect::<Vec<_>>()).failed()?;
    let own = rounds.into_iter().flat_map(|round| round.networks);
    for (row, candidate) in own.zip(candidates.iter().cycle()) {
        let Row { timing, energy_uj, .. } = row;
        let (energy_uj, energy_reason) = match energy_uj {
            Ok(energy) => (Some(energy), None),
            Err(reason) => (None, Some(reason)),
        };
        let network = TimedNetwork {
            form: candidate.form,
            test_accuracy: candidate.accuracy,
            unit_flops: candidate.flops,
            unit_flops_share: candidate.flops / reference.flops() as f64,
            timing,
            energy_uj,
            energy_reason,
        };
        rows.push(LatencyRow::of(candidate.run, without(Some(network), None)));
    }
    Ok(rows)
}

/// Exports a network as compact and, if gates depend on the example, as gated.
fn exports<'a>(
    run: &'a RunSpec,
    network: &mut KeptNetwork,
) -> Result<Vec<Candidate<'a>>, ExportError> {
    let about = kept::about(run);
    let Compact { exported, share } = compact(network, &about)?;
    let mut all = vec![(ExportedForm::Compact, exported)];
    if share.is_some() {
        all.push((ExportedForm::Gated, export(network, Form::Gated, about)?));
    }
    let data = network.data();
    let candidate = |(form, exported): (ExportedForm, Exported)| {
        let measured = compute(&exported.network, data, &data.test).measured;
        Candidate { run, form, exported, accuracy: measured.accuracy, flops: measured.flops }
    };
    Ok(all.into_iter().map(candidate).collect())
}
