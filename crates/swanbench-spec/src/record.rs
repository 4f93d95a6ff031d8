//! What one run measured, as plain numbers that travel from the training loop to the results.

use serde::{Deserialize, Serialize};

/// When in a run something was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Right after the switch to hard gates or after pruning; for methods without a recovery
    /// stage, the end of training.
    Raw,
    /// After the recovery epochs.
    FineTuned,
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
pub enum Statistics {
    /// Those that training left, gathered with whatever gates it had. The headline.
    Trained,
    /// Gathered anew over training examples, with the network as it is evaluated.
    Recalibrated,
}

/// One evaluation on the test split. Accuracies and shares lie in `[0, 1]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub stage: Stage,
    pub mode: Mode,
    pub statistics: Statistics,
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
    /// What deciding the gates costs, the part of `unit_flops` that is not the network's own.
    pub gate_flops: f64,
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

/// One epoch of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Counted from 1 through both stages.
    pub epoch: u32,
    /// `raw` during training proper, `fine-tuned` during the recovery epochs.
    pub stage: Stage,
    /// Mean task loss over the epoch's training examples.
    pub train_loss: f64,
    /// Mean of what the method added to the loss.
    pub penalty: f64,
    /// Validation accuracy with hard gates.
    pub val_accuracy: f64,
    /// Validation activity with hard gates.
    pub activity: f64,
}

/// All that a finished run hands over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// A row per stage and mode.
    pub evaluations: Vec<Evaluation>,
    /// A row per epoch.
    pub epochs: Vec<Epoch>,
    /// FLOPs spent in training: forward and backward of what was really computed.
    pub train_flops: f64,
    /// Wall time of the run in seconds.
    pub wall_secs: f64,
}

impl RunRecord {
    /// What a reader compares: hard gates and the statistics that training left, at the last stage.
    #[must_use]
    pub fn headline(&self) -> Option<&Evaluation> {
        self.evaluations
            .iter()
            .rfind(|row| row.mode == Mode::Hard && row.statistics == Statistics::Trained)
    }
}
