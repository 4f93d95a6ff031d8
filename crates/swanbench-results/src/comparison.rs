//! Summaries per method: all operating points of a label together, and label against label.

mod gaps;
mod labels;
mod pairs;

pub use self::{
    gaps::{Gap, gaps},
    labels::{Interval, LabelSummary, MATCHED_COSTS, labels},
    pairs::{Pair, pairs},
};

use crate::{operating::Point, statistics::Curve};

/// Returns the accuracy of one seed over its cost.
fn curve(points: &[Point]) -> Curve {
    Curve::new(&points.iter().map(|point| (point.cost, point.value)).collect::<Vec<_>>())
}
