//! Runs with made-up but plausible numbers, stored and collected as a sweep does it.
#![allow(dead_code, reason = "tests and benchmarks use a part each")]

use serde_json::json;
use swanbench_results::{ExperimentMetadata, Failure, Results, Store};
use swanbench_spec::{
    ComponentConfig, Conditions, Control, DataOptions, Epoch, Evaluation, ExampleUse, Mode,
    RunRecord, RunSpec, SiteUse, Stage, Train,
};

const DENSE_FLOPS: f64 = 532_400.0;

/// What all runs of a cell have in common.
#[derive(Clone, Copy)]
pub struct Setting {
    pub label: &'static str,
    pub target: Option<f64>,
    /// Mean test accuracy, from which seeds differ by a few tenths of a point.
    pub accuracy: f64,
    pub unit_share: f64,
    pub weight_share: f64,
    /// Accuracy before the recovery epochs, for methods that have such a stage.
    pub raw: Option<f64>,
    /// Accuracy with soft gates, for methods that have them.
    pub soft: Option<f64>,
    /// The share of open units that are closed for some examples.
    pub input_dependent: f64,
}

impl Setting {
    pub const fn new(label: &'static str, target: Option<f64>, accuracy: f64, share: f64) -> Self {
        let (unit_share, weight_share) = (share, share);
        let (raw, soft, input_dependent) = (None, None, 0.0);
        Self { label, target, accuracy, unit_share, weight_share, raw, soft, input_dependent }
    }
}

/// Collects `seeds` runs of every setting, in order; those of `failed` labels have failed.
pub fn runs(settings: &[Setting], seeds: u64, failed: &[&str]) -> Results {
    runs_with(settings, seeds, failed, |record| record)
}

/// As [`runs`], of records that `change` has gone over.
pub fn runs_with(
    settings: &[Setting],
    seeds: u64,
    failed: &[&str],
    change: impl Fn(RunRecord) -> RunRecord,
) -> Results {
    let results = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(results.path(), "quickstart");
    let mut specs = Vec::new();
    for setting in settings {
        for seed in 0..seeds {
            let spec = spec(setting, seed, specs.len());
            if failed.contains(&setting.label) {
                let failure = Failure {
                    reason: "the loss is\nnot a number".to_owned(),
                    epoch: Some(2),
                    wall_secs: 1.0,
                    machine: "cpu".into(),
                };
                store.write_failure(&spec, &failure).expect("written");
            } else {
                store
                    .write(&spec, &change(record(setting, seed)), &"cpu".into(), None)
                    .expect("written");
            }
            specs.push(spec);
        }
    }
    store.gather(&specs, &ExperimentMetadata::default(), &[]).expect("gathered");
    store.read_results().expect("readable")
}

/// The shape of the quickstart: targets .5 to .02 of six methods beside the dense net.
pub fn quickstart() -> Vec<Setting> {
    const TARGETS: [f64; 5] = [0.5, 0.25, 0.1, 0.05, 0.02];
    let mut settings = vec![Setting::new("dense", None, 0.946, 1.0)];
    let mut add = |label, accuracies: [f64; 5], unit: [f64; 5], weight: [f64; 5]| {
        for (index, target) in TARGETS.into_iter().enumerate() {
            settings.push(Setting {
                weight_share: weight[index],
                ..Setting::new(label, Some(target), accuracies[index], unit[index])
            });
        }
        settings.len() - 5
    };
    let narrow = [0.46, 0.22, 0.086, 0.043, 0.018];
    add("narrow dense", [0.943, 0.938, 0.910, 0.86, 0.70], narrow, narrow);
    add("dropout", [0.946, 0.947, 0.941, 0.928, 0.90], [1.0; 5], [1.0; 5]);
    let pruned = [0.465, 0.22, 0.087, 0.044, 0.017];
    let units = add("magnitude (unit)", [0.942, 0.93, 0.88, 0.75, 0.40], pruned, pruned);
    let kept = [0.5, 0.25, 0.1, 0.05, 0.02];
    let weights = add("magnitude (weight)", [0.945, 0.946, 0.944, 0.937, 0.92], [1.0; 5], kept);
    let gated = [0.48, 0.24, 0.105, 0.061, 0.035];
    let swan = add("swan", [0.945, 0.942, 0.937, 0.930, 0.91], gated, gated);
    let fixed = [0.45, 0.21, 0.085, 0.042, 0.017];
    let still = add("swan (static)", [0.944, 0.941, 0.930, 0.91, 0.83], fixed, fixed);
    for index in 0..5 {
        settings[units + index].raw = Some([0.80, 0.55, 0.30, 0.18, 0.12][index]);
        settings[weights + index].raw = Some([0.94, 0.93, 0.85, 0.60, 0.30][index]);
        settings[swan + index].input_dependent = 0.8;
        for gated in [swan, still] {
            settings[gated + index].soft = Some(settings[gated + index].accuracy + 0.002);
        }
    }
    settings
}

fn spec(setting: &Setting, seed: u64, index: usize) -> RunSpec {
    let choice = |kind: &str| ComponentConfig::new(kind, json!({}));
    RunSpec {
        id: format!("{index:016x}"),
        label: setting.label.to_owned(),
        data: choice("mnist-5k"),
        data_options: DataOptions::default(),
        model: choice("mlp"),
        model_width: 1.0,
        weights: None,
        train: Train::default(),
        method: choice("method"),
        target: setting.target,
        budget: swanbench_spec::BudgetKind::Flops,
        width: 1.0,
        shape: None,
        seed,
        phases: Vec::new(),
        sources: Vec::new(),
    }
}

fn record(setting: &Setting, seed: u64) -> RunRecord {
    // Broken cells differ more between seeds.
    let spread = 0.0025 + 0.12 * (0.95 - setting.accuracy).max(0.0);
    let noise = spread * [-0.8, 0.1, 0.7, 1.0, -1.0][(seed % 5) as usize];
    let stage = if setting.raw.is_some() { Stage::Recovery } else { Stage::Training };
    let last = evaluation(setting, seed, stage, Mode::Hard, setting.accuracy + noise);
    let raw =
        setting.raw.map(|raw| evaluation(setting, seed, Stage::Training, Mode::Hard, raw + noise));
    let soft = setting.soft.map(|soft| evaluation(setting, seed, stage, Mode::Soft, soft + noise));
    let controls = controls(setting, seed, stage, noise);
    RunRecord {
        evaluations: raw.into_iter().chain([last]).chain(soft).chain(controls).collect(),
        epochs: epochs(setting, noise),
        sites: sites(setting, seed, stage),
        examples: examples(setting, seed),
        train_flops: 1e12 * (0.4 + 0.6 * setting.unit_share),
        wall_secs: 3.0,
    }
}

/// The later site keeps more of its units; seeds differ by a unit or two.
fn sites(setting: &Setting, seed: u64, stage: Stage) -> Vec<SiteUse> {
    let site = |(site, units, openness): (&str, u64, f64)| {
        let open = (units as f64 * setting.unit_share.powf(openness)).round() as u64;
        let open = if open == units { units } else { open.saturating_sub(seed % 3) };
        let input_dependent = (open as f64 * setting.input_dependent).round() as u64;
        SiteUse {
            task_index: 1,
            stage,
            site: site.to_owned(),
            units,
            always_open: open - input_dependent,
            input_dependent,
            always_closed: units - open,
            activity: (open as f64 - 0.5 * input_dependent as f64) / units as f64,
            entropy: 0.9 * input_dependent as f64 / units as f64,
        }
    };
    [("fc1", 300, 1.1), ("fc2", 100, 0.6)].map(site).into()
}

/// Twelve epochs, and three of recovery where there is such a stage. Gated labels close their units
/// during a ramp from the third epoch to the ninth; pruned ones after the last.
fn epochs(setting: &Setting, noise: f64) -> Vec<Epoch> {
    const TRAINING: u32 = 12;
    const RECOVERY: u32 = 3;
    let recovery = if setting.raw.is_some() { RECOVERY } else { 0 };
    let target = setting.target.unwrap_or(1.0);
    (1..=TRAINING + recovery)
        .map(|epoch| {
            let trained = 0.95 - 0.25 * (-0.6 * f64::from(epoch)).exp() + noise;
            let ramp = ((f64::from(epoch) - 2.0) / 7.0).clamp(0.0, 1.0);
            let lost = ramp * (0.95 - setting.accuracy);
            let is_recovery = epoch > TRAINING;
            let activity = match (setting.soft, setting.raw) {
                (Some(_), _) => target.powf(ramp),
                (None, Some(_)) if !is_recovery => 1.0,
                _ => target,
            };
            let back = f64::from(epoch.saturating_sub(TRAINING)) / f64::from(RECOVERY);
            let recovered = setting.raw.map(|raw| raw + (setting.accuracy - raw) * back.sqrt());
            Epoch {
                epoch,
                task_index: 1,
                stage: if is_recovery { Stage::Recovery } else { Stage::Training },
                train_loss: 0.1 + (-0.4 * f64::from(epoch)).exp(),
                penalty: 0.0,
                val_accuracy: if is_recovery { recovered.unwrap() } else { trained - lost },
                activity,
                soft_accuracy: setting.soft.map(|_| trained - 0.5 * lost),
                soft_activity: setting.soft.map(|_| 0.6 * activity + 0.4 * activity.sqrt()),
                ramp: setting.soft.map(|_| ramp),
            }
        })
        .collect()
}

/// How accurate a label is with gates that are not the example's own, where it has such gates.
fn controls(setting: &Setting, seed: u64, stage: Stage, noise: f64) -> Vec<Evaluation> {
    if setting.input_dependent == 0.0 {
        return Vec::new();
    }
    let lost = [(Control::Frozen, 0.2), (Control::Shuffled, 0.5), (Control::Random, 0.6)];
    let control = |(control, lost): (Control, f64)| {
        let accuracy = setting.accuracy - lost * setting.input_dependent + 3.0 * noise;
        let own = evaluation(setting, seed, stage, Mode::Hard, accuracy);
        let conditions = Conditions { control: Some(control), ..own.conditions };
        Evaluation { conditions, ..own }
    };
    lost.map(control).into()
}

/// Forty test examples of ten classes, each more difficult than the one before. Labels whose units
/// depend on the input spend more on the hard ones, and more on high classes.
fn examples(setting: &Setting, seed: u64) -> Vec<ExampleUse> {
    const EXAMPLES: u64 = 40;
    let example = |at: u64| {
        let difficulty = at as f64 / (EXAMPLES - 1) as f64 - 0.5;
        let class = at % 10;
        let noise = 0.1 * (((at * 7 + seed * 3) % 10) as f64 - 4.5) / 4.5;
        let excess = 0.7 * difficulty + 0.02 * (class as f64 - 4.5) + noise;
        ExampleUse {
            label: class,
            // The most difficult ones are those that a label with few FLOPs gets wrong.
            predicted: if difficulty < setting.accuracy - 0.5 { class } else { class + 1 },
            loss: 0.1 + 0.1 * at as f64,
            unit_flops: DENSE_FLOPS * setting.unit_share * (1.0 + setting.input_dependent * excess),
        }
    };
    (0..EXAMPLES).map(example).collect()
}

fn evaluation(
    setting: &Setting,
    seed: u64,
    stage: Stage,
    mode: Mode,
    test_accuracy: f64,
) -> Evaluation {
    let is_hard = mode == Mode::Hard;
    let share = |share: f64| if is_hard { share } else { 1.0 };
    let (unit_share, weight_share) = (share(setting.unit_share), share(setting.weight_share));
    let flops = unit_share * DENSE_FLOPS;
    let spread = if is_hard { setting.input_dependent } else { 0.0 };
    // Gates that depend on the input do not quite close as often as asked.
    let excess = 1.0 + setting.input_dependent * [0.05, 0.2, 0.4][(seed % 3) as usize];
    Evaluation {
        conditions: Conditions { mode, ..Conditions::headline(1, stage) },
        test_accuracy,
        val_accuracy: test_accuracy,
        test_loss: 0.2,
        activity: share(setting.target.map_or(1.0, |target| target * excess)),
        unit_flops: flops,
        unit_flops_share: unit_share,
        weight_flops: weight_share * DENSE_FLOPS,
        weight_flops_share: weight_share,
        gate_flops: 0.0,
        weights_share: 1.0,
        varying_units: 0,
        still_open: None,
        flops_p5: (1.0 - 0.45 * spread) * flops,
        flops_p50: flops,
        flops_p95: (1.0 + 0.45 * spread) * flops,
        flops_max: (1.0 + 0.5 * spread) * flops,
        params: (weight_share * 266_610.0) as u64,
        params_share: weight_share,
    }
}
