//! The picture that decides: test accuracy against what inference costs.
//!
//! Two panels share both scales: FLOPs left when closed units are skipped, and FLOPs left
//! when single zero weights are skipped too. They are never on one axis, since only a sparse kernel
//! realises the second.

mod panel;
mod points;

use crate::{
    axes::Axes,
    cell::Cell,
    evidence::Evidence,
    fonts, format,
    scale::{AccuracyScale, LogScale},
    scene::{Anchor, Rectangle, Scene, Text, Weight},
    theme,
};

use self::points::points;

const WIDTH: f64 = 850.0;
const PANEL_HEIGHT: f64 = 350.0;
const MARGIN: f64 = 16.0;
const LEFT: f64 = 66.0;

/// One of the two ways to count.
struct Panel {
    heading: &'static str,
    cost_title: &'static str,
    cost: fn(&Cell) -> f64,
}

const PANELS: [Panel; 2] = [
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
];

/// Draws both panels, with a title above and what the marks mean below.
pub(crate) fn picture(evidence: &Evidence) -> Scene {
    // A reader's own sans-serif may be wider than the embedded typeface.
    let limit = (WIDTH - 2.0 * MARGIN) / 1.15;
    let caption: Vec<_> = caption(evidence)
        .iter()
        .flat_map(|text| fonts::wrap(text, theme::TEXT_SIZE, Weight::Regular, limit))
        .collect();
    let panels_top = 48.0;
    let caption_top = panels_top + PANELS.len() as f64 * PANEL_HEIGHT + 22.0;
    let height = caption_top + caption.len() as f64 * 17.0;
    let mut scene = Scene::new(WIDTH, height);
    scene.text(Text {
        size: theme::TITLE_SIZE,
        weight: Weight::Bold,
        ..theme::text(title(evidence), (MARGIN, 26.0), Anchor::Start, theme::INK)
    });
    let accuracy = accuracy_scale(evidence);
    let panels = PANELS.map(|panel| {
        let points = points(&evidence.headline, panel.cost);
        (panel, points)
    });
    let cost = LogScale::over(panels.iter().flat_map(|(_, points)| points).map(|point| point.cost));
    for (index, (panel, points)) in panels.iter().enumerate() {
        let top = panels_top + index as f64 * PANEL_HEIGHT;
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
    for (index, line) in caption.into_iter().enumerate() {
        let at = (MARGIN, caption_top + index as f64 * 17.0);
        scene.text(theme::text(line, at, Anchor::Start, theme::QUIET));
    }
    scene
}

fn title(evidence: &Evidence) -> String {
    let Evidence { experiment, model, data, .. } = evidence;
    format!("{experiment}: accuracy against inference cost, {model} on {data}")
}

/// What the marks mean, a paragraph each.
fn caption(evidence: &Evidence) -> Vec<String> {
    let seeds = match evidence.seeds() {
        (1, 1) => "Marks: test accuracy of one seed, so there is no interval".to_owned(),
        (least, most) if least == most => format!(
            "Marks: mean test accuracy of {most} seeds; bars: its 95% interval (Student's t)"
        ),
        (least, most) => format!(
            "Marks: mean test accuracy of {least} to {most} seeds; bars: its 95% interval \
             (Student's t), none for one seed"
        ),
    };
    let mut caption = vec![format!(
        "{seeds}. Hard gates, after the recovery epochs where there are any. FLOPs include the \
         gates' own. Grey steps: Pareto front, no cell is both cheaper and more accurate. \
         Labels whose targets \
         all cost the same stand side by side."
    )];
    if !evidence.failures.is_empty() {
        let failed = format::count(evidence.failures.len(), "run");
        caption.push(format!("{failed} failed, left out here: the table says why."));
    }
    caption
}

/// One scale for all panels, around the reference or else the best cell.
fn accuracy_scale(evidence: &Evidence) -> AccuracyScale {
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
