//! A made-up vocabulary, and an experiment that uses it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use swanbench_spec::{
    ComponentInfo, Draft, Experiment, Override, SettingsType, SpecError, Vocabulary,
};

/// Without a mistake: 2 runs of `dense`, 4 of `prune`.
pub const TRIAL: &str = "\
name: trial
data: digits
model: { kind: mlp, hidden: [300, 100] }
train: { epochs: 20 }
seeds: [0, 1]
targets: [0.5, 0.1]
methods:
  - dense
  - { kind: prune, scope: unit }
";

#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Nothing {}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Digits {
    /// Digits 0 up to this many are used.
    #[schemars(range(min = 2, max = 10))]
    classes: u32,
}

impl Default for Digits {
    fn default() -> Self {
        Self { classes: 10 }
    }
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mlp {
    /// Units of each hidden layer.
    #[schemars(length(min = 1), inner(range(min = 1)))]
    hidden: Vec<u32>,
    bias: bool,
}

impl Default for Mlp {
    fn default() -> Self {
        Self { hidden: vec![300, 100], bias: true }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Scope {
    Unit,
    Weight,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Score {
    /// Sum of magnitudes.
    L1,
    /// Root of the sum of squares.
    L2,
    Random,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Prune {
    scope: Scope,
    score: Score,
    keep_first: Option<Scope>,
}

impl Prune {
    fn resolve(written: &Value) -> Result<Value, String> {
        let settings: Self = serde_json::from_value(written.clone()).map_err(|e| e.to_string())?;
        match (settings.score, settings.keep_first) {
            (Score::Random, Some(_)) => Err("with `score: random`, `keep_first` has no use".into()),
            _ => Ok(serde_json::to_value(settings).unwrap()),
        }
    }
}

impl Default for Prune {
    fn default() -> Self {
        Self { scope: Scope::Unit, score: Score::L1, keep_first: None }
    }
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Ramp {
    #[schemars(range(min = 0.0, max = 1.0))]
    start: f64,
    #[schemars(range(min = 0.0, max = 1.0))]
    end: f64,
}

impl Default for Ramp {
    fn default() -> Self {
        Self { start: 0.1, end: 0.5 }
    }
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gates {
    gate_rank: u32,
    ramp: Ramp,
    /// Only for gates in two groups.
    #[schemars(length(equal = 2))]
    rates: Option<Vec<f64>>,
}

impl Default for Gates {
    fn default() -> Self {
        Self { gate_rank: 8, ramp: Ramp::default(), rates: None }
    }
}

/// An entry of the vocabulary.
pub fn kind(name: &'static str, takes_target: bool, settings: SettingsType) -> ComponentInfo {
    ComponentInfo {
        name,
        summary: "made up",
        source: "nowhere",
        revision: "1".to_owned(),
        takes_target,
        settings,
    }
}

/// Datasets, models and methods with every form of setting.
pub fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: vec![
            kind("dense", false, SettingsType::of::<Nothing>()),
            kind("prune", true, SettingsType::of::<Prune>().checked_by(Prune::resolve)),
            kind("gates", true, SettingsType::of::<Gates>()),
        ],
        models: vec![
            kind("mlp", false, SettingsType::of::<Mlp>()),
            kind("convnet", false, SettingsType::of::<Nothing>()),
        ],
        datasets: vec![
            kind("digits", false, SettingsType::of::<Digits>()),
            kind("noise", false, SettingsType::of::<Nothing>()),
        ],
    }
}

/// Parses a text as `trial.yaml` with overrides such as `train.epochs=1`.
pub fn parse(text: &str, overrides: &[&str]) -> Result<Experiment, SpecError> {
    let overrides: Vec<Override> =
        overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
    Draft::parse("trial.yaml", text, &overrides, &vocabulary()).map(|draft| draft.resolve("1"))
}

/// [`TRIAL`] with another text for one of its top-level fields; an empty text leaves it out.
pub fn trial_with(field: &str, text: &str) -> String {
    let start = TRIAL.find(&format!("{field}:")).unwrap();
    let next = TRIAL[start..].match_indices('\n').map(|(end, _)| start + end + 1);
    let end = next.into_iter().find(|end| !TRIAL[*end..].starts_with(' ')).unwrap();
    let line_end = if text.is_empty() { "" } else { "\n" };
    format!("{}{text}{line_end}{}", &TRIAL[..start], &TRIAL[end..])
}

/// Shows each text, which replaces a field of [`TRIAL`], and what is wrong with it.
pub fn mistakes(field: &str, texts: &[&str]) -> String {
    let shown = |text: &&str| format!("{text}\n{}\n", wrong(&trial_with(field, text)));
    texts.iter().map(shown).collect::<Vec<_>>().join("\n")
}

/// Everything that is wrong with a text.
pub fn wrong(text: &str) -> String {
    parse(text, &[]).unwrap_err().to_string()
}

/// The ids of an experiment's runs.
pub fn ids(text: &str) -> Vec<String> {
    parse(text, &[]).unwrap().runs.into_iter().map(|run| run.id).collect()
}
