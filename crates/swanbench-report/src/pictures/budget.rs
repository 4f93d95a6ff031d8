//! Whether methods keep to their budget: what they use against their target.
//!
//! If a method uses more than its target, its accuracy says nothing about that target.

use swanbench_results::Results;
use swanbench_spec::BudgetKind;

use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::{
        budgets::{self, points},
        report_data::ReportData,
    },
    draw::{
        Axis, Line, LogScale, MARGIN, Panel, Place, Point, Rectangle, Scale, Scene, Series, TOP,
        WIDTH, Weight, figure, theme,
    },
    format,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "budget",
    heading: "Targets, and what was used",
    alternative: "The used share of the budget against its target, by method; the table below has \
                  the numbers",
    draw,
};

const HEIGHT: f64 = 440.0;

/// Draws the headline cells that have a target. Returns `None` if there are none.
fn draw(data: &ReportData, results: &Results) -> Option<Scene> {
    let points = points(data, &results.runs);
    if points.is_empty() {
        return None;
    }
    let title = captions::title(data, "what was used against the target");
    let mut scene = figure(title, HEIGHT, &caption(data));
    let targets = targets(&points);
    let panel = panel(data, &points, &targets);
    panel.draw_axes(&mut scene);
    draw_columns(&mut scene, &panel, targets.len());
    let levels = levels(&panel, &targets);
    for ends in &levels {
        scene.dashed(*ends, 5.0, theme::INK, 1.0);
    }
    panel.series.iter().for_each(|series| panel.draw_bars(&mut scene, series));
    panel.draw_marks(&mut scene);
    let mut labels = panel.labels_clear_of_marks();
    for ends in &levels {
        labels.keep_readable(ends);
    }
    let ends: Vec<Place> = levels.iter().rev().flat_map(|[left, right]| [*right, *left]).collect();
    labels.write_plain(&mut scene, "target", &ends, Weight::Regular);
    for (series, marks) in panel.series.iter().zip(panel.marks()) {
        labels.write(&mut scene, &series.name, &marks, (series.style.colour, 1.0));
    }
    Some(scene)
}

fn caption(data: &ReportData) -> Vec<String> {
    let marks = match data.seeds() {
        (1, 1) => "Marks: one seed, so there are no bars".to_owned(),
        seeds => format!(
            "Marks: mean of {}; bars: from the least to the greatest of them, hidden by the mark \
             where that is little",
            format::seeds(seeds)
        ),
    };
    let counted = match data.budget {
        BudgetKind::Flops => {
            "FLOPs, deciding the gates included, mean over test examples; for weight pruning \
             without zero weights"
        }
        BudgetKind::Units => "open units, mean over test examples",
    };
    let marks = format!(
        "{marks}. Counted: {counted}, as a share of the dense model's; hard gates, after the \
         recovery epochs where there are any. Labels stand side by side in the column of their \
         target, in the same order in each. Labels without a target are left out."
    );
    let left_out = captions::left_out(budgets::without_place(data));
    captions::with_failed(data, [marks].into_iter().chain(left_out))
}

/// Returns the targets of all points, rising: a column of the panel each.
fn targets(points: &[budgets::Point]) -> Vec<f64> {
    let mut targets: Vec<f64> = points.iter().map(|point| point.target).collect();
    targets.sort_by(f64::total_cmp);
    targets.dedup();
    targets
}

/// Returns the panel with a series for each label, side by side in the column of a target. The point
/// that misses its target most comes first, since the name is rather there.
fn panel(data: &ReportData, all: &[budgets::Point], targets: &[f64]) -> Panel {
    let bottom = TOP + HEIGHT - 46.0;
    let area = Rectangle { left: 70.0, top: TOP, right: WIDTH - MARGIN, bottom };
    let ends = |point: &budgets::Point| point.range.map_or([1.0; 2], |(low, high)| [low, high]);
    let values = all.iter().flat_map(|one| [one.target, one.achieved].into_iter().chain(ends(one)));
    let (count, scale) = (targets.len() as f64, LogScale::over(values));
    let names = targets.iter().enumerate().map(|(column, target)| {
        (column as f64 + 0.5, format!("{}%", format::tick(100.0 * target)))
    });
    let x = Axis::along_x(area, Scale::Linear { low: 0.0, high: count }, (0.0, 0.0));
    let x = x.with_ticks(names).thinned().titled("target, share of dense", 37.0);
    // The bar of a seed that closed everything ends at the edge.
    let y =
        Axis::along_y(area, scale, (14.0, 14.0)).titled("used, share of dense (log scale)", 46.0);
    let mut panel = Panel::new(area, x, y);
    let of_label = |label: &&String| all.iter().any(|point| point.label == **label);
    let labels: Vec<&String> = data.labels.iter().filter(of_label).collect();
    let column_width = (area.right - area.left) / count;
    let step = (0.8 / labels.len() as f64).min((2.0 * theme::MARKER + 3.0) / column_width);
    for (order, &label) in labels.iter().enumerate() {
        let within = 0.5 + step * (order as f64 - (labels.len() as f64 - 1.0) / 2.0);
        let mut own: Vec<_> = all.iter().filter(|point| point.label == *label).collect();
        own.sort_by(|one, other| other.miss().total_cmp(&one.miss()));
        let point = |own: &budgets::Point| {
            let column = targets.partition_point(|target| *target < own.target);
            Point { x: column as f64 + within, y: own.achieved, range: own.range }
        };
        let (points, style) = (own.into_iter().map(point).collect(), style(data, label));
        panel.series.push(Series { name: label.clone(), style, points, line: Line::None });
    }
    panel
}

/// Draws lines between the columns of targets.
fn draw_columns(scene: &mut Scene, panel: &Panel, count: usize) {
    for column in 1..count {
        let x = panel.x.at(column as f64);
        scene.line(vec![(x, panel.area.top), (x, panel.area.bottom)], theme::GRID, 1.0);
    }
}

/// Returns the ends of the line in each column on which a mark equals its target.
fn levels(panel: &Panel, targets: &[f64]) -> Vec<[Place; 2]> {
    let level = |(column, target): (usize, &f64)| {
        [0.0, 1.0].map(|end| panel.at(column as f64 + end, *target))
    };
    targets.iter().enumerate().map(level).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use swanbench_results::Cell;

    use super::*;
    use crate::{
        data::report_data::samples::{any_cells, cell, evidence},
        draw::Style,
    };

    #[test]
    fn labels_stand_around_the_middle_of_their_column_in_one_order() {
        let gated = |label| cell(label, Some(0.5), 0.5, 0.9);
        let data = evidence(vec![gated("a"), gated("b"), gated("c"), cell("d", None, 1.0, 0.9)]);
        let point = |label: &str| budgets::Point {
            label: label.to_owned(),
            target: 0.5,
            achieved: 0.5,
            range: None,
        };
        let panel = panel(&data, &["a", "b", "c"].map(point), &[0.5]);
        let columns: Vec<_> = panel.series.iter().map(|one| panel.places(one)[0].0).collect();
        let (middle, step) = (panel.x.at(0.5), 2.0 * theme::MARKER + 3.0);
        for (found, expected) in columns.iter().zip([middle - step, middle, middle + step]) {
            assert!((found - expected).abs() < 1e-9, "{columns:?}");
        }
    }

    proptest! {
        #[test]
        fn a_mark_stands_at_its_value_in_the_column_of_its_target(cells in any_cells()) {
            let data = evidence(cells);
            let has_place = |cell: &&Cell| cell.target.is_some() && cell.unit_flops_share > 0.0;
            let drawn: Vec<&Cell> = data.headline.iter().filter(has_place).collect();
            let Some(scene) = draw(&data, &Results::default()) else {
                prop_assert!(drawn.is_empty());
                return Ok(());
            };
            let targets = targets(&points(&data, &[]));
            let used: Vec<f64> = drawn
                .iter()
                .flat_map(|cell| [cell.target.unwrap_or(1.0), cell.used_share(BudgetKind::Flops)])
                .collect();
            let low = used.iter().copied().fold(0.5, f64::min).ln();
            let high = used.iter().copied().fold(1.0, f64::max).ln();
            let (top, bottom) = (TOP + 14.0, TOP + HEIGHT - 46.0 - 14.0);
            let width = (WIDTH - MARGIN - 70.0) / targets.len() as f64;
            let marks = scene.marks();
            prop_assert_eq!(marks.len(), drawn.len());
            for cell in drawn {
                let column = targets.iter().position(|target| Some(*target) == cell.target);
                let left = 70.0 + column.expect("its own") as f64 * width;
                let used = cell.used_share(BudgetKind::Flops).ln();
                let y = bottom - (bottom - top) * (used - low) / (high - low);
                let is_there = |(mark, (x, own)): &(Style, Place)| {
                    *mark == style(&data, &cell.label)
                        && (left..left + width).contains(x)
                        && (own - y).abs() < 0.01
                };
                prop_assert!(marks.iter().any(is_there), "{} at {left}, {y}", cell.label);
            }
        }
    }
}
