//! The points of the picture: one per cell, and which of them are on the front.

use swanbench_results::{Cell, statistics};

use crate::format;

/// A cell as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub label: String,
    pub target: Option<f64>,
    /// FLOPs over the dense model's.
    pub cost: f64,
    /// Mean test accuracy and the bounds of its interval, in percent.
    pub accuracy: f64,
    pub interval: Option<(f64, f64)>,
    /// Whether no other cell is both cheaper and more accurate.
    pub on_front: bool,
}

/// Returns the cells that have a place on a logarithmic axis of `cost`.
pub(crate) fn points(cells: &[Cell], cost: fn(&Cell) -> f64) -> Vec<Point> {
    let mut points: Vec<Point> = cells
        .iter()
        .filter(|cell| missing(cell, cost(cell)).is_none())
        .map(|cell| Point {
            label: cell.label.clone(),
            target: cell.target,
            cost: cost(cell),
            accuracy: 100.0 * cell.test_accuracy,
            // Of a mean of shares: what lies beyond 0 and 100% is no news.
            interval: cell
                .interval
                .map(|(low, high)| (100.0 * low.max(0.0), 100.0 * high.min(1.0))),
            on_front: false,
        })
        .collect();
    let places: Vec<_> = points.iter().map(|point| (point.cost, point.accuracy)).collect();
    for index in statistics::front(&places) {
        points[index].on_front = true;
    }
    points
}

/// Returns what a cell lacks for a place: zero is nowhere on a logarithmic axis. `None` if it has one.
fn missing(cell: &Cell, cost: f64) -> Option<&'static str> {
    match cost {
        _ if !cell.test_accuracy.is_finite() => Some("without an accuracy"),
        0.0 => Some("which computes nothing"),
        cost if cost > 0.0 && cost.is_finite() => None,
        _ => Some("without a cost"),
    }
}

/// Returns a sentence for each cell that has no place.
pub(crate) fn without_place(cells: &[Cell], cost: fn(&Cell) -> f64) -> Vec<String> {
    let sentence = |cell: &Cell| {
        let at = format::at_target(cell.target);
        Some(format!("{}{at}, {}", cell.label, missing(cell, cost(cell))?))
    };
    cells.iter().filter_map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::cell;

    /// A line per point.
    #[test]
    fn the_points_are_those_of_the_cells() {
        let cells = [
            cell("full", None, 1.0, 0.95),
            cell("gated", Some(0.5), 0.5, 0.94),
            cell("gated", Some(0.1), 0.125, 0.875),
            cell("pruned", Some(0.1), 0.25, 0.75),
            cell("diverged", Some(0.1), 0.1, f64::NAN),
            cell("closed", Some(0.1), 0.0, 0.1),
        ];
        let lines = |cost| {
            let line = |point: Point| {
                let Point { label, cost, accuracy, interval, on_front, .. } = point;
                let (low, high) = interval.expect("three seeds");
                format!("{label} {cost} {accuracy:.1} [{low:.1}, {high:.1}] {on_front}")
            };
            points(&cells, cost).into_iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(
            lines(|cell| cell.unit_flops_share),
            [
                "full 1 95.0 [94.0, 96.0] true",
                "gated 0.5 94.0 [93.0, 95.0] true",
                "gated 0.125 87.5 [86.5, 88.5] true",
                "pruned 0.25 75.0 [74.0, 76.0] false",
            ]
        );
        assert_eq!(
            lines(|cell| cell.weight_flops_share)[3],
            "pruned 0.125 75.0 [74.0, 76.0] false"
        );
    }
}
