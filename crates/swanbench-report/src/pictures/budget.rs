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
        Axis, Line, LogScale, MARGIN, Panel, Place, Point, Rectangle, Scene, Series, TOP, WIDTH,
        Weight, figure, theme,
    },
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "budget",
    heading: "Targets, and what was used",
    alternative: "The used share of the budget against its target, by method; the table below has \
                  the numbers",
    draw,
};

const HEIGHT: f64 = 440.0;
/// Room for marks next to the least and the greatest target, in pixels.
const ROOM: f64 = 72.0;

/// Draws the headline cells that have a target. Returns `None` if there are none.
fn draw(data: &ReportData, results: &Results) -> Option<Scene> {
    let points = points(data, &results.runs);
    if points.is_empty() {
        return None;
    }
    let title = captions::title(data, "what was used against the target");
    let mut scene = figure(title, HEIGHT, &caption(data));
    let panel = panel(data, &points);
    panel.draw_axes(&mut scene);
    let diagonal = diagonal(&panel);
    for ends in diagonal.windows(2) {
        scene.dashed([ends[0], ends[1]], 5.0, theme::INK, 1.0);
    }
    panel.series.iter().for_each(|series| panel.draw_bars(&mut scene, series));
    panel.series.iter().for_each(|series| panel.draw_marks(&mut scene, series));
    let mut labels = panel.labels_clear_of_marks();
    labels.keep_readable(&diagonal);
    if let [.., from, to] = diagonal[..] {
        // Half way from the last target to 100%, where there are no marks.
        let middle = (from.0.midpoint(to.0), from.1.midpoint(to.1));
        labels.write_plain(&mut scene, "target", &[middle, to], Weight::Regular);
    }
    for series in &panel.series {
        let style = (series.style.colour, 1.0);
        labels.write(&mut scene, &series.name, &panel.places(series), style);
    }
    Some(scene)
}

fn caption(data: &ReportData) -> Vec<String> {
    let marks = match data.seeds() {
        (1, 1) => "Marks: one seed, so there are no bars".to_owned(),
        seeds => format!(
            "Marks: mean of {}; bars: from the least to the greatest of them, hidden by the mark \
             where that is little",
            captions::seeds(seeds)
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
         recovery epochs where there are any. Labels of one target stand side by side, in the same \
         order at each. Labels without a target are left out."
    );
    captions::with_failed(data, [marks])
}

/// Returns the panel with a series for each label, side by side at each target. The point that
/// misses its target most comes first, since the name is rather there.
fn panel(data: &ReportData, all: &[budgets::Point]) -> Panel {
    let bottom = TOP + HEIGHT - 46.0;
    let area = Rectangle { left: 70.0, top: TOP, right: WIDTH - MARGIN, bottom };
    let ends = |point: &budgets::Point| point.range.map_or([1.0; 2], |(low, high)| [low, high]);
    let values = all.iter().flat_map(|one| [one.target, one.achieved].into_iter().chain(ends(one)));
    let scale = LogScale::over(values);
    let target = "target, share of dense (log scale)";
    let achieved = "used, share of dense (log scale)";
    let x = Axis::along_x(area, scale, (ROOM, ROOM)).with_grid().titled(target, 37.0);
    // The bar of a seed that closed everything ends at the edge.
    let y = Axis::along_y(area, scale, (14.0, 14.0)).titled(achieved, 46.0);
    let mut panel = Panel::new(area, x, y);
    for label in &data.labels {
        let mut own: Vec<_> = all.iter().filter(|point| point.label == *label).collect();
        own.sort_by(|one, other| other.miss().total_cmp(&one.miss()));
        let point =
            |own: &budgets::Point| Point { x: own.target, y: own.achieved, range: own.range };
        let points: Vec<_> = own.into_iter().map(point).collect();
        if !points.is_empty() {
            let (name, style) = (label.clone(), style(data, label));
            panel.series.push(Series { name, style, points, line: Line::None, aside: 0.0 });
        }
    }
    let count = panel.series.len() as f64;
    let step = (spacing(&panel) / count).min(2.0 * theme::MARKER + 3.0);
    for (order, series) in panel.series.iter_mut().enumerate() {
        series.aside = (order as f64 - (count - 1.0) / 2.0) * step;
    }
    panel
}

/// Returns the targets of all series, rising.
fn targets(panel: &Panel) -> Vec<f64> {
    let points = panel.series.iter().flat_map(|series| &series.points);
    let mut targets: Vec<f64> = points.map(|point| point.x).collect();
    targets.sort_by(f64::total_cmp);
    targets.dedup();
    targets
}

/// Returns the pixels that labels of one target can take without running into the next one.
fn spacing(panel: &Panel) -> f64 {
    let columns: Vec<f64> = targets(panel).into_iter().map(|target| panel.x.at(target)).collect();
    let gaps = columns.windows(2).map(|pair| pair[1] - pair[0]);
    let least = gaps.filter(|gap| *gap > 1e-6).fold(f64::INFINITY, f64::min);
    // Never beyond the sides.
    (0.8 * least).min(2.0 * (ROOM - theme::MARKER))
}

/// Returns the corners of the line on which every mark equals its target: level over the labels
/// of a target.
fn diagonal(panel: &Panel) -> Vec<Place> {
    let mut line = vec![(panel.area.left, panel.area.bottom)];
    for target in targets(panel) {
        let with_target = panel
            .series
            .iter()
            .filter(|series| series.points.iter().any(|point| point.x == target));
        let columns: Vec<f64> = with_target.map(|one| panel.x.at(target) + one.aside).collect();
        let left = columns.iter().copied().fold(f64::INFINITY, f64::min) - theme::MARKER;
        let right = columns.iter().copied().fold(0.0, f64::max) + theme::MARKER;
        line.extend([(left, panel.y.at(target)), (right, panel.y.at(target))]);
    }
    line.push(panel.at(1.0, 1.0));
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn labels_stand_around_their_target_in_one_order() {
        let gated = |label| cell(label, Some(0.5), 0.5, 0.9);
        let data = evidence(vec![gated("a"), gated("b"), gated("c"), cell("d", None, 1.0, 0.9)]);
        let point = |label: &str| budgets::Point {
            label: label.to_owned(),
            target: 0.5,
            achieved: 0.5,
            range: None,
        };
        let panel = panel(&data, &["a", "b", "c"].map(point));
        let columns: Vec<_> = panel.series.iter().map(|one| panel.places(one)[0].0).collect();
        let (middle, step) = (panel.x.at(0.5), 2.0 * theme::MARKER + 3.0);
        assert_eq!(columns, [middle - step, middle, middle + step]);
    }
}
