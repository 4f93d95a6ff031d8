//! The pictures that decide: test accuracy against what the network costs.
//!
//! In the picture of FLOPs two panels share both scales: FLOPs left when closed units are skipped,
//! and FLOPs left when single zero weights are skipped too. They are never on one axis, since only
//! a sparse kernel realises the second.

use swanbench_results::Cell;

use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::{
        front::{self, points, without_place},
        report_data::ReportData,
    },
    draw::{
        AccuracyScale, Anchor, Axis, Line, LogScale, MARGIN, Panel, Place, Point, Rectangle, Scene,
        Series, TOP, Text, WIDTH, Weight, figure, theme,
    },
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

const PANEL_HEIGHT: f64 = 350.0;

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

/// Draws a panel for each way to count, below one another, on the same scales.
fn draw(data: &ReportData, kind: &Kind) -> Scene {
    let all: Vec<_> = kind.costs.iter().map(|cost| points(&data.headline, cost.of)).collect();
    let height = kind.costs.len() as f64 * PANEL_HEIGHT;
    let mut scene = figure(captions::title(data, kind.subject), height, &caption(data, kind));
    let scales = (LogScale::over(all.iter().flatten().map(|point| point.cost)), scale(data));
    for (index, (cost, points)) in kind.costs.iter().zip(&all).enumerate() {
        let top = TOP + index as f64 * PANEL_HEIGHT;
        let (left, right, bottom) = (66.0, WIDTH - MARGIN, top + PANEL_HEIGHT - 52.0);
        let area = Rectangle { left, top: top + 26.0, right, bottom };
        let mut panel = panel(data, area, scales, points);
        panel.x = panel.x.titled(cost.title, 37.0);
        draw_axes(&mut scene, &panel, cost.heading);
        scene.line(front_steps(&panel, points), theme::FRONT, 4.0);
        draw_series(&mut scene, &panel, data.reference());
    }
    scene
}

/// What the marks mean.
fn caption(data: &ReportData, kind: &Kind) -> Vec<String> {
    let marks = format!(
        "{}. Hard gates, after the recovery epochs where there are any. {} Grey steps: Pareto \
         front, no cell is both cheaper and more accurate. {}A mark of the same place as another \
         stands next to it, joined to the place by a line.",
        captions::accuracies(data),
        kind.note,
        if data.labels.iter().any(|label| is_dynamic(data, label)) {
            "Dashed: which units are closed differs by example; solid: one smaller dense net \
             computes the same. "
        } else {
            ""
        }
    );
    let without_place = kind.costs.iter().flat_map(|cost| without_place(&data.headline, cost.of));
    captions::with_failed(data, [marks].into_iter().chain(captions::left_out(without_place)))
}

/// Returns one scale for all panels, around the reference or else the best cell.
fn scale(data: &ReportData) -> AccuracyScale {
    let percent = |cell: &Cell| 100.0 * cell.test_accuracy;
    let half_width = |cell: &Cell| cell.interval.map_or(0.0, |(low, high)| 50.0 * (high - low));
    let values = data.headline.iter().map(|cell| (percent(cell), half_width(cell)));
    let values: Vec<_> = values.filter(|(mean, _)| mean.is_finite()).collect();
    let best = values.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    let reference = data.reference().map(percent).filter(|value| value.is_finite());
    AccuracyScale::over(&values, reference.unwrap_or(best))
}

/// Returns the panel with a series for each label, cheapest point first.
fn panel(
    data: &ReportData,
    area: Rectangle,
    (cost, accuracy): (LogScale, AccuracyScale),
    points: &[front::Point],
) -> Panel {
    // Labels find room next to the cheapest and the most expensive cell.
    let x = Axis::along_x(area, cost, (96.0, 156.0)).with_grid();
    let y = Axis::along_y(area, accuracy, (0.0, 0.0)).titled("test accuracy, %", 40.0);
    let mut series = Vec::new();
    for label in &data.labels {
        let own = points.iter().filter(|point| point.label == *label);
        let point =
            |own: &front::Point| Point { x: own.cost, y: own.accuracy, range: own.interval };
        let mut points: Vec<_> = own.map(point).collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        let (name, style) = (label.clone(), style(data, label));
        let line = match points.first().zip(points.last()) {
            // Nothing is gained along it.
            Some((first, last)) if x.at(last.x) - x.at(first.x) < theme::MARKER => Line::None,
            _ if is_dynamic(data, label) => Line::Dashed,
            _ => Line::Solid(1.5),
        };
        series.push(Series { name, style, points, line });
    }
    // The reference comes last: other labels at full cost would hide its one mark.
    let reference = data.reference().map(|cell| cell.label.as_str());
    series.sort_by_key(|series| Some(series.name.as_str()) == reference);
    Panel { series, ..Panel::new(area, x, y) }
}

/// Tells whether which units are closed differs by example in some cell of the label.
fn is_dynamic(data: &ReportData, label: &str) -> bool {
    data.headline.iter().any(|cell| cell.label == label && cell.varying_units > 0.0)
}

fn draw_axes(scene: &mut Scene, panel: &Panel, heading: &str) {
    let Rectangle { left, top, right, .. } = panel.area;
    let knee = panel.y.knee();
    if let Some((y, _)) = knee {
        scene.rectangle(Rectangle { top: y, ..panel.area }, theme::SHADE);
    }
    panel.draw_axes(scene);
    if let Some((y, note)) = knee {
        scene.text(Text::new(note, (right - 6.0, y + 14.0), Anchor::End, theme::QUIET).small());
    }
    scene.text(Text::heading(heading, (left, top - 10.0), theme::INK));
}

/// Draws bars, lines and marks, then the names.
fn draw_series(scene: &mut Scene, panel: &Panel, reference: Option<&Cell>) {
    for series in &panel.series {
        panel.draw_bars(scene, series);
        panel.draw_line(scene, series);
    }
    panel.draw_marks(scene);
    let mut labels = panel.labels_clear_of_marks();
    if let Some(reference) = reference {
        // A dashed line, named where there is room along it.
        let Rectangle { left, right, .. } = panel.area;
        let accuracy = 100.0 * reference.test_accuracy;
        let y = panel.y.at(accuracy);
        scene.dashed([(left, y), (right, y)], 5.0, theme::INK, 1.0);
        labels.keep_readable(&[(left, y), (right, y)]);
        let along = |step| (left + 60.0 + (right - left) * f64::from(step) / 12.0, y);
        let name = format!("{} {accuracy:.1}%", reference.label);
        let places: Vec<Place> = (0..12).map(along).collect();
        labels.write_plain(scene, &name, &places, Weight::Bold);
    }
    for (series, marks) in panel.series.iter().zip(panel.marks()) {
        if reference.is_none_or(|cell| cell.label != series.name) {
            labels.write(scene, &series.name, &marks, (series.style.colour, 1.0));
        }
    }
}

/// Returns the best accuracy that each budget buys: level until the next cell of the front, then
/// upward.
fn front_steps(panel: &Panel, points: &[front::Point]) -> Vec<Place> {
    let mut front: Vec<_> = points.iter().filter(|point| point.on_front).collect();
    front.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut steps: Vec<Place> = Vec::new();
    for point in front {
        let place = panel.at(point.cost, point.accuracy);
        steps.extend(steps.last().map(|last| (place.0, last.1)));
        steps.push(place);
    }
    steps.extend(steps.last().map(|last| (panel.area.right, last.1)));
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data::report_data::samples::{any_cells, cell, evidence};

    /// The panel of unit FLOPs, and its points.
    fn flops(data: &ReportData) -> (Panel, Vec<front::Point>) {
        let area = Rectangle { left: 0.0, top: 0.0, right: 800.0, bottom: 300.0 };
        let points = points(&data.headline, |cell| cell.unit_flops_share);
        (panel(data, area, (LogScale::over([0.1, 1.0]), scale(data)), &points), points)
    }

    #[test]
    fn the_front_rises_in_steps_to_the_right_edge() {
        let data = evidence(vec![cell("a", None, 1.0, 0.95), cell("b", None, 0.1, 0.90)]);
        let (panel, points) = flops(&data);
        let (cheap, dear) = (panel.at(0.1, 90.0), panel.at(1.0, 95.0));
        let steps = [cheap, (dear.0, cheap.1), dear, (800.0, dear.1)];
        assert_eq!(front_steps(&panel, &points), steps);
    }

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
            let accuracy = scale(&data);
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
