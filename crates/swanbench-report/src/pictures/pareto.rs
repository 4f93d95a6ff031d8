//! The pictures that decide: test accuracy against what the network costs.
//!
//! In the picture of FLOPs two panels share both scales: FLOPs left when closed units are skipped,
//! and FLOPs left when single zero weights are skipped too. They are never on one axis, since only
//! a sparse kernel realises the second.

mod panel;

use swanbench_results::Cell;

use crate::{
    data::report_data::ReportData,
    draw::{
        axes::Axes,
        figure::{self, MARGIN, TOP, WIDTH},
        scale::{AccuracyScale, LogScale},
        scene::{Rectangle, Scene},
    },
};

use crate::data::front::points;

const PANEL_HEIGHT: f64 = 350.0;
const LEFT: f64 = 66.0;

/// A picture of accuracy against one kind of cost.
struct Picture {
    subject: &'static str,
    panels: &'static [Panel],
    /// What the cost includes, a sentence of the caption.
    note: &'static str,
}

/// One of the ways to count.
struct Panel {
    heading: &'static str,
    cost_title: &'static str,
    cost: fn(&Cell) -> f64,
}

const FLOPS: Picture = Picture {
    subject: "accuracy against inference cost",
    panels: &[
        Panel {
            heading: "Closed units are skipped: an ordinary dense kernel can do this",
            cost_title: "unit FLOPs of one example, share of dense (log scale)",
            cost: |cell| cell.unit_flops_share,
        },
        Panel {
            heading: "Single zero weights are skipped too: only a sparse kernel can do this",
            cost_title: "weight FLOPs of one example, share of dense (log scale)",
            cost: |cell| cell.weight_flops_share,
        },
    ],
    note: "FLOPs include the gates' own.",
};

const PARAMETERS: Picture = Picture {
    subject: "accuracy against parameters stored",
    panels: &[Panel {
        heading: "What a network must keep in memory, whatever an example computes",
        cost_title: "parameters stored, share of dense (log scale)",
        cost: |cell| cell.params_share,
    }],
    note: "Parameters include the gates' own; indices of a sparse format do not count.",
};

/// Accuracy against FLOPs.
pub(crate) fn flops(evidence: &ReportData) -> Scene {
    picture(evidence, &FLOPS)
}

/// Accuracy against parameters stored.
pub(crate) fn parameters(evidence: &ReportData) -> Scene {
    picture(evidence, &PARAMETERS)
}

/// Draws the panels of `picture` below one another, on the same scales.
fn picture(evidence: &ReportData, picture: &Picture) -> Scene {
    let panels: Vec<_> = picture
        .panels
        .iter()
        .map(|panel| (panel, points(&evidence.headline, panel.cost)))
        .collect();
    let title = figure::title(evidence, picture.subject);
    let height = panels.len() as f64 * PANEL_HEIGHT;
    let mut scene = figure::figure(title, height, &caption(evidence, picture));
    let accuracy = accuracy_scale(evidence);
    let cost = LogScale::over(panels.iter().flat_map(|(_, points)| points).map(|point| point.cost));
    for (index, (panel, points)) in panels.iter().enumerate() {
        let top = TOP + index as f64 * PANEL_HEIGHT;
        let area = Rectangle {
            left: LEFT,
            top: top + 26.0,
            right: WIDTH - MARGIN,
            bottom: top + PANEL_HEIGHT - 52.0,
        };
        let axes = Axes { area, cost, accuracy };
        axes.draw(&mut scene, panel.heading, panel.cost_title);
        panel::draw(&mut scene, &axes, evidence, points);
    }
    scene
}

/// What the marks mean, a paragraph each.
fn caption(evidence: &ReportData, picture: &Picture) -> Vec<String> {
    let marks = format!(
        "{}. Hard gates, after the recovery epochs where there are any. {} Grey steps: Pareto \
         front, no cell is both cheaper and more accurate. Labels whose targets all cost the same \
         stand side by side.",
        figure::accuracies(evidence),
        picture.note
    );
    [marks].into_iter().chain(figure::failed(evidence)).collect()
}

/// One scale for all panels, around the reference or else the best cell.
fn accuracy_scale(evidence: &ReportData) -> AccuracyScale {
    let percent = |cell: &Cell| 100.0 * cell.test_accuracy;
    let half_width = |cell: &Cell| cell.interval.map_or(0.0, |(low, high)| 50.0 * (high - low));
    let values: Vec<(f64, f64)> = evidence
        .headline
        .iter()
        .map(|cell| (percent(cell), half_width(cell)))
        .filter(|(mean, _)| mean.is_finite())
        .collect();
    let best = values.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    let reference = evidence.reference().map(percent).filter(|value| value.is_finite());
    AccuracyScale::over(&values, reference.unwrap_or(best))
}
