//! Claims of an experiment, for the report to judge.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Control, words};

/// A checked claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Names it among the others.
    pub id: String,
    /// What is claimed, in words.
    pub statement: String,
    /// What has to be measured to judge it.
    pub question: Question,
}

/// Questions that results answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// A number of one side less that of another, seed by seed.
    Compare {
        /// The number that is compared.
        metric: Metric,
        /// The first side.
        of: Side,
        /// The second side, which is subtracted.
        against: Side,
        /// Shares of the dense model's FLOPs at which the two are compared by interpolation between
        /// their operating points; if empty, they are compared at equal targets.
        at_flops: Vec<f64>,
        /// The task at whose end they are compared, counted from 1; the last if `None`.
        phase: Option<u32>,
        /// How the first side is expected to relate to the second.
        expect: Relation,
        /// Differences up to this count as none.
        margin: f64,
    },
    /// Spearman's rank correlation over the test examples of each run.
    Correlate {
        /// The two quantities.
        quantities: [PerExample; 2],
        /// Of the runs with this label.
        label: String,
        /// The sign that is expected of the correlation.
        expect: Sign,
        /// Correlations up to this count as none.
        margin: f64,
    },
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Of an entry of `methods`.
    pub label: String,
    /// What replaces the method's own gates; `None` if nothing does.
    pub control: Option<Control>,
}

/// A claim that compares two entries, as it is written.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compare {
    /// Names the claim among the others.
    #[schemars(length(min = 1))]
    pub id: String,
    /// What is claimed, in words.
    pub statement: Option<String>,
    /// The number that is compared.
    #[serde(rename = "compare")]
    pub metric: Metric,
    /// The label of an entry; followed by ` (shuffled gates)`, ` (frozen gates)` or
    /// ` (random gates)` for that control.
    pub of: String,
    /// The label that it is compared with, in the same form.
    pub against: String,
    /// Shares of the dense model's FLOPs at which to compare, by interpolation between operating
    /// points; by default at equal targets.
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true, "items" = crate::target::target_schema()))]
    pub at_flops: Vec<f64>,
    /// The phase at whose end to compare, counted from 1; by default the last.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub phase: Option<u32>,
    /// How the first is expected to relate to the second.
    pub expect: Relation,
    /// Differences up to this count as none; by default 0 if one side is to be greater or less, and
    /// one point (0.01) if accuracies or shares are to be equal.
    #[schemars(range(min = 0.0))]
    pub margin: Option<f64>,
}

/// A claim on how two quantities go together over test examples, as it is written.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correlate {
    /// Names the claim among the others.
    #[schemars(length(min = 1))]
    pub id: String,
    /// What is claimed, in words.
    pub statement: Option<String>,
    /// The two quantities.
    #[schemars(length(min = 2, max = 2), extend("uniqueItems" = true))]
    #[serde(rename = "correlate")]
    pub quantities: Vec<PerExample>,
    /// The label of the entry whose runs are looked at.
    pub method: String,
    /// The sign that is expected of Spearman's rank correlation.
    pub expect: Sign,
    /// Correlations up to this count as none; by default 0 if a sign is expected, and 0.1 if not.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub margin: Option<f64>,
}

/// Numbers of an evaluation; the words are the columns of `runs.parquet`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Correct test examples over all test examples.
    #[default]
    TestAccuracy,
    /// The same on the validation split.
    ValAccuracy,
    /// Mean cross-entropy in nats.
    TestLoss,
    /// Share of units open.
    Activity,
    /// FLOPs with closed units skipped, over the dense model's.
    UnitFlopsShare,
    /// FLOPs with zero weights skipped, over the dense model's.
    WeightFlopsShare,
    /// Parameters over the dense model's.
    ParamsShare,
    /// FLOPs spent in training.
    TrainFlops,
    /// Wall time of the run in seconds.
    WallSecs,
}

/// Expected relations of one side to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The first is greater.
    #[default]
    Greater,
    /// The first is less.
    Less,
    /// Both are equal, within the margin.
    Equal,
}

/// Quantities of a single test example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PerExample {
    /// Its FLOPs with closed units skipped.
    #[default]
    FlopsPerExample,
    /// The loss of the dense net of the same seed: how difficult it is.
    DenseLoss,
}

/// Signs of a correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Both rise together.
    #[default]
    Positive,
    /// One falls as the other rises.
    Negative,
    /// Neither, within the margin.
    None,
}

words!(Metric);

impl Metric {
    /// Returns whether it is one number for the whole run, whatever the evaluation.
    pub(crate) const fn is_of_run(self) -> bool {
        matches!(self, Self::TrainFlops | Self::WallSecs)
    }

    /// Returns whether it lies in `[0, 1]`, so that a point has a meaning.
    pub const fn is_share(self) -> bool {
        !matches!(self, Self::TestLoss | Self::TrainFlops | Self::WallSecs)
    }
}

impl Side {
    /// Reads a label that may be followed by a control's gates. `None` if no entry has the label.
    pub(crate) fn read(text: &str, labels: &[&str]) -> Option<Self> {
        let known = |label: &str| labels.contains(&label).then(|| label.to_owned());
        if let Some(label) = known(text) {
            return Some(Self { label, control: None });
        }
        [Control::Shuffled, Control::Frozen, Control::Random].into_iter().find_map(|control| {
            let label = known(text.strip_suffix(&control.suffix())?.trim_end())?;
            Some(Self { label, control: Some(control) })
        })
    }

    /// Returns the side as an experiment writes it.
    pub fn text(&self) -> String {
        let control = self.control.map(|control| format!(" {}", control.suffix()));
        format!("{}{}", self.label, control.unwrap_or_default())
    }
}

impl Control {
    /// Returns what an experiment writes behind a label whose gates the control replaces.
    pub(crate) fn suffix(self) -> String {
        format!("({self} gates)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_a_label_and_may_name_a_control() {
        let labels = ["gated", "gated (static)"];
        let read = |text| Side::read(text, &labels).map(|side| (side.label, side.control));
        assert_eq!(read("gated (static)"), Some(("gated (static)".to_owned(), None)));
        let shuffled = Some(("gated".to_owned(), Some(Control::Shuffled)));
        assert_eq!(read("gated (shuffled gates)"), shuffled);
        let both = Some(("gated (static)".to_owned(), Some(Control::Frozen)));
        assert_eq!(read("gated (static) (frozen gates)"), both);
        assert_eq!(read("gated (closed gates)"), None);
        let side = Side::read("gated (random gates)", &labels).expect("a side");
        assert_eq!(side.text(), "gated (random gates)");
    }
}
