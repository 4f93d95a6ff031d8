//! What becomes of results that hold every kind of row: two tasks one after the other, hard and
//! soft gates, raw and fine-tuned stages, normalisations of both kinds, controls, thresholds, runs
//! that failed, claims, numbers of a paper, and timings.

#[path = "support/sample_runs.rs"]
mod support;

use std::{fs, path::Path};

use sha2::{Digest as _, Sha256};
use support::{Setting, quickstart, runs_with};
use swanbench_report::report;
use swanbench_results::{
    ExperimentMetadata, LatencyRow, NetworkTiming, Results, RunRef, RunRow, TimedNetwork,
};
use swanbench_spec::{
    BatchNormStats, Claim, Conditions, Control, Engine, Evaluation, ExportedForm, ImageGroup,
    Metric, Mode, Published, Question, Relation, RunRecord, Side, Stage, Task, Timing,
};

/// The same again on a second task, on which every accuracy is two points lower; before that other
/// normalisations and two other thresholds where there are stages and soft gates.
fn in_two_phases(mut record: RunRecord) -> RunRecord {
    let has_gates = record.evaluations.iter().any(|one| one.conditions.mode == Mode::Soft);
    let own = record.evaluations.iter().filter(|one| one.conditions.control.is_none());
    let others = own.flat_map(|one| {
        let recalibrated = Evaluation {
            conditions: Conditions {
                batch_norm_stats: BatchNormStats::Recalibrated,
                ..one.conditions
            },
            test_accuracy: one.test_accuracy + 0.001,
            ..one.clone()
        };
        let at = |threshold, accuracy| Evaluation {
            conditions: Conditions { threshold: Some(threshold), ..one.conditions },
            test_accuracy: one.test_accuracy + accuracy,
            ..one.clone()
        };
        let thresholds = [at(0.3, 0.002), at(0.7, -0.004)];
        [recalibrated].into_iter().chain(thresholds.into_iter().filter(|_| has_gates))
    });
    let others: Vec<_> = others.collect();
    record.evaluations.extend(others);
    // Before the second task, after ten steps of it, and at its end.
    let of_second = |one: &Evaluation, stage, steps, lost: f64| Evaluation {
        conditions: Conditions { task_index: 2, stage, steps, ..one.conditions },
        test_accuracy: (one.test_accuracy - lost).max(0.0),
        still_open: Some(0.75),
        ..one.clone()
    };
    let last = record.headline().expect("a headline").clone();
    let stage = last.conditions.stage;
    let of_last = record.evaluations.iter().filter(|one| one.conditions.stage == stage);
    let ends = of_last.map(|one| of_second(one, Stage::Recovery, None, 0.02));
    let later: Vec<_> = [(Stage::Training, None, 0.6), (Stage::Recovery, Some(10), 0.1)]
        .into_iter()
        .map(|(stage, steps, lost)| of_second(&last, stage, steps, lost))
        .chain(ends)
        .collect();
    record.evaluations.extend(later);
    let count = record.epochs.len() as u32;
    let mut epochs = record.epochs.clone();
    for one in &mut epochs {
        (one.epoch, one.task_index) = (one.epoch + count, 2);
    }
    record.epochs.extend(epochs);
    let mut sites = record.sites.clone();
    for one in &mut sites {
        one.task_index = 2;
    }
    record.sites.extend(sites);
    record
}

fn claim(id: &str, question: Question) -> Claim {
    Claim { id: id.to_owned(), statement: format!("What {id} says."), question }
}

fn compare(of: &str, control: Option<Control>, against: &str, phase: Option<u32>) -> Question {
    Question::Compare {
        metric: Metric::TestAccuracy,
        of: Side { label: of.to_owned(), control: None },
        against: Side { label: against.to_owned(), control },
        at_flops: if control.is_some() { Vec::new() } else { vec![0.1, 0.2] },
        phase,
        expect: Relation::Greater,
        margin: 0.0,
    }
}

fn published(
    paper: &str,
    label: Option<&str>,
    target: Option<f64>,
    stage: Option<Stage>,
) -> Published {
    Published {
        what: "accuracy".to_owned(),
        paper: paper.to_owned(),
        metric: Metric::TestAccuracy,
        label: label.map(str::to_owned),
        target,
        stage,
        reason: label.is_none().then(|| "needs data that cannot be shared".to_owned()),
        at_least: Some(0.9),
        at_most: None,
    }
}

/// Timings of a run: twice as slow as counted in batches of one, for images of every difficulty, and
/// as fast as counted in batches of 64.
fn timings(row: &RunRow) -> Vec<LatencyRow> {
    let Some(evaluation) = &row.evaluation else { return Vec::new() };
    let run = RunRef {
        run_id: row.run.run_id.clone(),
        label: row.run.label.clone(),
        seed: row.run.seed,
        target_activity: row.run.target_activity,
    };
    let timing = |form, images, batch: u32, share: f64, accuracy| {
        let slower = if batch == 1 && share < 1.0 { 2.0 } else { 1.0 };
        let p50_us = f64::from(batch) * 100.0 * share * slower;
        let theoretical_speedup = 1.0 / share;
        let realised_speedup = f64::from(batch) * 300.0 / p50_us;
        let timing = Timing {
            engine: Engine::SwanbenchInfer,
            images,
            batch,
            threads: 1,
            p50_us,
            p95_us: 1.25 * p50_us,
            images_per_sec: 1e6 * f64::from(batch) / p50_us,
            theoretical_speedup,
            realised_speedup,
            ratio: realised_speedup / theoretical_speedup,
        };
        let network = TimedNetwork {
            form,
            test_accuracy: accuracy,
            unit_flops: 1e5 * share,
            unit_flops_share: share,
            timing,
            energy_uj: None,
            energy_reason: Some("there is no counter".to_owned()),
        };
        let (network, processor) = (Some(network), "a processor (AVX2)".to_owned());
        LatencyRow {
            run: run.clone().into(),
            row: NetworkTiming { network, reason: None, seconds: 0.5, processor },
        }
    };
    let (share, accuracy) = (evaluation.unit_flops_share, evaluation.test_accuracy);
    let dynamic = evaluation.flops_p5 < evaluation.flops_p95;
    let wider = if dynamic { (2.0 * share).min(1.0) } else { share };
    let compact = if dynamic { accuracy - 0.1 } else { accuracy };
    let one = |form, share, accuracy| {
        [
            timing(form, ImageGroup::All, 1, share, accuracy),
            timing(form, ImageGroup::EasiestTenth, 1, 0.8 * share, accuracy),
            timing(form, ImageGroup::HardestTenth, 1, 1.2 * share, accuracy),
            timing(form, ImageGroup::All, 64, share, accuracy),
        ]
    };
    let gated = dynamic.then(|| one(ExportedForm::Gated, share, accuracy));
    let all = gated.into_iter().flatten();
    all.chain(one(ExportedForm::Compact, wider, compact)).collect()
}

fn results() -> Results {
    let mut settings = quickstart();
    settings.push(Setting::new("lost", Some(0.5), 0.93, 0.4));
    let mut results = runs_with(&settings, 3, &["lost"], in_two_phases);
    let is_headline = |row: &&RunRow| {
        let conditions = row.evaluation.as_ref().map(|evaluation| evaluation.conditions);
        conditions.is_some_and(|conditions| conditions.is_headline() && conditions.task_index == 2)
    };
    let timed = results.runs.iter().filter(is_headline);
    // Of those with recovery epochs the last stage.
    let last = |row: &&RunRow| {
        let mut own = results.runs.iter().filter(|other| other.run.run_id == row.run.run_id);
        own.rfind(is_headline) == Some(*row)
    };
    results.latency = timed.filter(last).flat_map(timings).collect();
    results.about = ExperimentMetadata {
        title: Some("Every kind of row".to_owned()),
        command: "swanbench sweep experiments/every.yaml".to_owned(),
        phases: vec![Task::default()],
        claims: vec![
            claim("beats-pruning", compare("swan", None, "magnitude (unit)", None)),
            claim("earns", compare("swan", Some(Control::Shuffled), "swan", None)),
            claim("after-the-shift", compare("swan", None, "narrow dense", Some(2))),
            claim("never-run", compare("lost", None, "swan", None)),
        ],
        published: vec![
            published("91.0%", Some("swan"), Some(0.1), None),
            published("30.1%", Some("magnitude (unit)"), Some(0.1), Some(Stage::Training)),
            published("76.1%", None, None, None),
        ],
        ..ExperimentMetadata::default()
    };
    results
}

/// The name of a file and the SHA-256 of its bytes. The page is left out: it names the version.
fn digest(file: &Path) -> String {
    let name = file.file_name().expect("a name").to_string_lossy();
    if name == "index.html" {
        return String::new();
    }
    let bytes = fs::read(file).expect("a file of the report");
    let digest =
        Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    format!("{name} {digest}\n")
}

/// Kept below the target folder, for whoever wants to look at the pictures.
#[test]
fn a_report_holds_what_every_kind_of_row_came_to() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("every kind");
    let files = report(&results(), &folder).expect("written");
    let names: Vec<_> =
        files.iter().filter_map(|file| file.file_name()?.to_str().map(str::to_owned)).collect();
    for picture in [
        "pareto",
        "parameters",
        "budget",
        "curves",
        "phases",
        "adaptivity",
        "classes",
        "gates",
        "raw",
        "latency",
    ] {
        assert!(names.contains(&format!("{picture}.png")), "no {picture} among {names:?}");
    }
    for text in [
        "table.md",
        "methods.md",
        "pairs.csv",
        "controls.md",
        "claims.md",
        "paper.md",
        "timings.md",
        "phases.md",
        "classes.md",
    ] {
        let content = fs::read_to_string(folder.join(text)).expect("a text");
        insta::assert_snapshot!(text, content);
    }
    insta::assert_snapshot!("digests", files.iter().map(|file| digest(file)).collect::<String>());
}
