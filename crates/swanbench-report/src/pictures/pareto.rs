//! The pictures that decide: test accuracy against what the network costs.
//!
//! In the picture of FLOPs two panels share both scales: FLOPs left when closed units are skipped,
//! and FLOPs left when single zero weights are skipped too. They are never on one axis, since only
//! a sparse kernel realises the second.

use swanbench_results::Cell;

use super::{
    captions,
    cost_panels::{self, CostPanel, is_dynamic},
    picture_def::PictureDef,
};
use crate::{
    data::{front::without_place, report_data::ReportData},
    draw::Scene,
};

pub(super) const FLOPS_PICTURE: PictureDef = PictureDef {
    name: "pareto",
    heading: "Accuracy against inference cost",
    alternative: "Test accuracy against FLOPs left, by method and target; the table below has \
                  the numbers",
    draw: |data, _| Some(draw(data, &FLOPS)),
};

pub(super) const PARAMETERS_PICTURE: PictureDef = PictureDef {
    name: "parameters",
    heading: "Accuracy against parameters stored",
    alternative: "Test accuracy against the share of parameters stored, by method and target; \
                  the table below has the numbers",
    draw: |data, _| Some(draw(data, &PARAMETERS)),
};

/// A picture of accuracy against one kind of cost.
struct Kind {
    subject: &'static str,
    /// The ways to count, a panel each.
    costs: &'static [Cost],
    /// What the cost includes, a sentence of the caption.
    note: &'static str,
}

struct Cost {
    heading: &'static str,
    title: &'static str,
    of: fn(&Cell) -> f64,
}

const FLOPS: Kind = Kind {
    subject: "accuracy against inference cost",
    costs: &[
        Cost {
            heading: "Closed units are skipped: an ordinary dense kernel can do this",
            title: "unit FLOPs of one example, share of dense (log scale)",
            of: |cell| cell.unit_flops_share,
        },
        Cost {
            heading: "Single zero weights are skipped too: only a sparse kernel can do this",
            title: "weight FLOPs of one example, share of dense (log scale)",
            of: |cell| cell.weight_flops_share,
        },
    ],
    note: "FLOPs include the gates' own.",
};

const PARAMETERS: Kind = Kind {
    subject: "accuracy against parameters stored",
    costs: &[Cost {
        heading: "What a network must keep in memory, whatever an example computes",
        title: "parameters stored, share of dense (log scale)",
        of: |cell| cell.params_share,
    }],
    note: "Parameters include the gates' own; indices of a sparse format do not count.",
};

/// Draws a panel for each way to count.
fn draw(data: &ReportData, kind: &Kind) -> Scene {
    cost_panels::draw(
        data,
        captions::title(data, kind.subject),
        &panels(data, kind),
        &caption(data, kind),
    )
}

fn panels(data: &ReportData, kind: &Kind) -> Vec<CostPanel> {
    let panel = |cost: &Cost| CostPanel {
        heading: cost.heading,
        title: cost.title,
        cells: data.headline.clone(),
        cost: cost.of,
        lines: Vec::new(),
    };
    kind.costs.iter().map(panel).collect()
}

/// What the marks mean.
fn caption(data: &ReportData, kind: &Kind) -> Vec<String> {
    let marks = format!(
        "{}. Hard gates, after the recovery epochs where there are any. {} Grey steps: Pareto \
         front, no cell is both cheaper and more accurate. {}A mark of the same place as another \
         stands next to it, joined to the place by a line.",
        captions::accuracies(data),
        kind.note,
        if data.labels.iter().any(|label| is_dynamic(&data.headline, label)) {
            "Dashed: which units are closed differs by example; solid: one smaller dense net \
             computes the same. "
        } else {
            ""
        }
    );
    let without_place = kind.costs.iter().flat_map(|cost| without_place(&data.headline, cost.of));
    captions::with_failed(data, [marks].into_iter().chain(captions::left_out(without_place)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        data::report_data::samples::{any_cells, evidence},
        draw::{MARGIN, TOP, WIDTH},
        pictures::{cost_panels::PANEL_HEIGHT, styles::style},
    };

    proptest! {
        #[test]
        fn a_mark_stands_at_its_value(cells in any_cells()) {
            let data = evidence(cells);
            let has_place = |cell: &&Cell, cost: f64| cost > 0.0 && cell.test_accuracy.is_finite();
            let drawn = data.headline.iter().filter(|cell| cell.test_accuracy.is_finite());
            let costs: Vec<f64> = drawn.flat_map(|cell| FLOPS.costs.iter().map(|cost| (cost.of)(cell)))
                .filter(|cost| *cost > 0.0).collect();
            let low = costs.iter().copied().fold(0.5, f64::min);
            let high = costs.iter().copied().fold(1.0, f64::max);
            let accuracy = cost_panels::scale(&data, &panels(&data, &FLOPS));
            let mut expected = Vec::new();
            for (index, cost) in FLOPS.costs.iter().enumerate() {
                let (left, right) = (66.0 + 96.0, WIDTH - MARGIN - 156.0);
                let top = TOP + index as f64 * PANEL_HEIGHT + 26.0;
                let bottom = top - 26.0 + PANEL_HEIGHT - 52.0;
                for cell in data.headline.iter().filter(|cell| has_place(cell, (cost.of)(cell))) {
                    let share = ((cost.of)(cell) / low).ln() / (high / low).ln();
                    let x = left + (right - left) * share;
                    let y = bottom - (bottom - top) * accuracy.share(100.0 * cell.test_accuracy);
                    expected.push((style(&data, &cell.label), (x, y)));
                }
            }
            let scene = draw(&data, &FLOPS);
            scene.assert_marks(&expected);
            // What has no place is named.
            let left_out = 2 * data.headline.len() - expected.len();
            let caption = scene.texts().join(" ");
            prop_assert_eq!(caption.contains("Not drawn:"), left_out > 0, "{}", caption);
        }
    }
}
