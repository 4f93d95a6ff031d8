//! What one run measured, as plain numbers that travel from the training loop to the results.
//!
//! The structs are rows of the files of results, and their fields the columns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BudgetKind, columns, words};

/// When in a run something was measured; a later stage is greater.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Stage {
    /// Right after the switch to hard gates or after pruning; for methods without a recovery
    /// stage, the end of training. In a later task: before any training on it.
    #[serde(rename = "raw")]
    Training,
    /// After the recovery epochs. In a later task: after training on it.
    #[serde(rename = "fine-tuned")]
    Recovery,
}

/// How gates were evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Gates in {0, 1}: what inference would run. The headline.
    Hard,
    /// Gates in (0, 1), as in training. Nothing is saved, so the FLOPs are the dense ones.
    Soft,
}

/// Which means and variances batch normalisations used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchNormStats {
    /// Those that training left, collected with whatever gates it had. The headline.
    Trained,
    /// Collected again over training examples, with the network as it is evaluated.
    Recalibrated,
}

/// Gates that replace a method's own in an evaluation, at the same average cost: what input
/// dependence earns is what the method's own gates have above these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// In every site the units that are open most often, as many as are open on average, for all
    /// examples.
    Frozen,
    /// Every example gets the gates of another example of its batch.
    Shuffled,
    /// Every unit is open with the mean activity of its site, drawn again for every example.
    Random,
}

words!(Stage, Mode, BatchNormStats, Control);

columns! {
    /// How a network was evaluated.
    #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
    pub struct Conditions {
        /// The number of the last task that the network was trained on, counted from 1.
        pub task_index: u32,
        /// When in that task.
        pub stage: Stage,
        /// Hard or soft gates.
        pub mode: Mode,
        /// Which statistics batch normalisations used.
        pub batch_norm_stats: BatchNormStats,
        /// What replaced the method's own gates. `None` if nothing did.
        pub control: Option<Control>,
        /// The probability above which a gate was open. `None` if it was that of training.
        pub threshold: Option<f64>,
        /// The steps of training on that task after which the network was evaluated. `None` at the
        /// end of a stage.
        pub steps: Option<u64>,
    }
}

columns! {
    /// One evaluation on the test split. Accuracies and shares lie in `[0, 1]`.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Evaluation {
        /// How the network was evaluated.
        #[serde(flatten)]
        pub conditions: Conditions,
        /// Correct test examples over all test examples.
        pub test_accuracy: f64,
        /// The same on the validation split held out of train.
        pub val_accuracy: f64,
        /// Mean cross-entropy in nats.
        pub test_loss: f64,
        /// Units open, averaged over examples, over the units of the reference dense model.
        pub activity: f64,
        /// Mean FLOPs of an example if closed units are skipped, gate overhead included.
        pub unit_flops: f64,
        /// `unit_flops` over the reference dense model's FLOPs.
        pub unit_flops_share: f64,
        /// Mean FLOPs of an example if single zero weights are skipped too, gate overhead included.
        pub weight_flops: f64,
        /// `weight_flops` over the reference dense model's FLOPs.
        pub weight_flops_share: f64,
        /// Share of the layers' weights that are not pruned singly; 1 for methods that do not.
        pub weights_share: f64,
        /// What deciding the gates costs, the part of `unit_flops` that is not the network's own. Gates
        /// that are the same for all examples are not decided.
        pub gate_flops: f64,
        /// Units whose gates differ from example to example. If there are none, one smaller dense net
        /// computes the same.
        pub varying_units: u64,
        /// How much of what was open at the end of the first task is open: the sum over units of the
        /// smaller one of both shares of examples, over the sum of the first. `None` in the first task.
        pub still_open: Option<f64>,
        /// 5th percentile over examples of `unit_flops`.
        pub flops_p5: f64,
        /// Median over examples.
        pub flops_p50: f64,
        /// 95th percentile over examples.
        pub flops_p95: f64,
        /// The most expensive example.
        pub flops_max: f64,
        /// Parameters that must be stored, those of the gates included.
        pub params: u64,
        /// `params` over the reference dense model's.
        pub params_share: f64,
    }
}

columns! {
    /// One epoch of training.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Epoch {
        /// Counted from 1 through both stages.
        pub epoch: u32,
        /// The number of the task, counted from 1.
        pub task_index: u32,
        /// `raw` during training proper, `fine-tuned` during recovery and in later tasks.
        pub stage: Stage,
        /// Mean task loss over the epoch's training examples.
        pub train_loss: f64,
        /// Mean of what the method added to the loss.
        pub penalty: f64,
        /// Validation accuracy with hard gates.
        pub val_accuracy: f64,
        /// Validation activity with hard gates.
        pub activity: f64,
        /// Validation accuracy with soft gates, for methods that have them.
        pub soft_accuracy: Option<f64>,
        /// Mean soft gate over validation examples and units, for methods that have them.
        pub soft_activity: Option<f64>,
        /// The state of the method's own ramp at the end of the epoch, in `[0, 1]`, for methods
        /// that have one.
        pub ramp: Option<f64>,
    }
}

columns! {
    /// How the units of one site were used over all test examples, with hard gates.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct SiteUse {
        /// The number of the last task that the network was trained on, counted from 1.
        pub task_index: u32,
        /// When in that task.
        pub stage: Stage,
        /// The site's name in the model.
        pub site: String,
        /// How many units it has.
        pub units: u64,
        /// Units open on more than 95% of the examples.
        pub always_open: u64,
        /// Units open on 5% to 95% of the examples.
        pub input_dependent: u64,
        /// Units open on less than 5% of the examples.
        pub always_closed: u64,
        /// Mean share of open units.
        pub activity: f64,
        /// Mean entropy of a unit's gate over examples, in bits: 0 if it never changes, 1 if it is
        /// open on every other example.
        pub entropy: f64,
    }
}

columns! {
    /// One test example at the end of a run, with hard gates.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct ExampleUse {
        /// Its class.
        pub label: u64,
        /// The class that the network predicted.
        pub predicted: u64,
        /// Cross-entropy in nats.
        pub loss: f64,
        /// FLOPs if closed units are skipped, gate overhead included.
        pub unit_flops: f64,
    }
}

/// All that a finished run measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// A row per stage and mode, and per control and threshold at the last stage.
    pub evaluations: Vec<Evaluation>,
    /// A row per epoch.
    pub epochs: Vec<Epoch>,
    /// A row per stage and site.
    pub sites: Vec<SiteUse>,
    /// A row per test example, in the order of the data.
    pub examples: Vec<ExampleUse>,
    /// FLOPs spent in training: forward and backward of what was really computed.
    pub train_flops: f64,
    /// Wall time of the run in seconds.
    pub wall_secs: f64,
}

impl Evaluation {
    /// Returns the share of the budget that was used.
    pub fn used_share(&self, budget: BudgetKind) -> f64 {
        budget.used_share(self.weight_flops_share, self.activity * self.weights_share)
    }
}

impl Conditions {
    /// Returns those of the headline, if the stage is the last of the task.
    pub const fn headline(task_index: u32, stage: Stage) -> Self {
        Self {
            task_index,
            stage,
            mode: Mode::Hard,
            batch_norm_stats: BatchNormStats::Trained,
            control: None,
            threshold: None,
            steps: None,
        }
    }

    /// Returns whether the method's own gates were used, at the threshold of training.
    pub fn has_own_gates(&self) -> bool {
        self.control.is_none() && self.threshold.is_none()
    }

    /// Returns whether this is what a reader compares, if the stage is the last of the task: hard
    /// gates of the method's own, and the statistics that training left.
    pub fn is_headline(&self) -> bool {
        *self == Self::headline(self.task_index, self.stage)
    }
}

impl RunRecord {
    /// Returns the headline of the last stage of the last task.
    pub fn headline(&self) -> Option<&Evaluation> {
        self.evaluations.iter().rfind(|row| row.conditions.is_headline())
    }
}
