//! Panels of test accuracy against some cost, below one another, on the same scales.

use swanbench_results::Cell;

use super::styles::style;
use crate::{
    data::{
        front::{self, points},
        report_data::ReportData,
    },
    draw::{
        AccuracyScale, Anchor, Axis, Line, LogScale, MARGIN, Panel, Place, Point, Rectangle, Scene,
        Series, TOP, Text, WIDTH, Weight, figure, theme,
    },
};

pub(super) const PANEL_HEIGHT: f64 = 350.0;

/// One way to count what networks cost.
pub(super) struct CostPanel {
    pub heading: &'static str,
    /// The title of its axis.
    pub title: &'static str,
    /// One for each mark.
    pub cells: Vec<Cell>,
    pub cost: fn(&Cell) -> f64,
    /// Costs that a vertical line shows, each with its name.
    pub lines: Vec<(f64, &'static str)>,
}

/// Draws a panel for each way to count.
pub(super) fn draw(
    data: &ReportData,
    title: String,
    panels: &[CostPanel],
    caption: &[String],
) -> Scene {
    let all: Vec<_> = panels.iter().map(|one| points(&one.cells, one.cost)).collect();
    let height = panels.len() as f64 * PANEL_HEIGHT;
    let mut scene = figure(title, height, caption);
    let lines = panels.iter().flat_map(|one| one.lines.iter().map(|(cost, _)| *cost));
    let costs = all.iter().flatten().map(|point| point.cost).chain(lines);
    let scales = (LogScale::over(costs), scale(data, panels));
    for (index, (one, points)) in panels.iter().zip(&all).enumerate() {
        let top = TOP + index as f64 * PANEL_HEIGHT;
        let (left, right, bottom) = (66.0, WIDTH - MARGIN, top + PANEL_HEIGHT - 52.0);
        let area = Rectangle { left, top: top + 26.0, right, bottom };
        let mut panel = panel(data, area, scales, (&one.cells, points));
        panel.x = panel.x.titled(one.title, 37.0);
        draw_axes(&mut scene, &panel, one.heading);
        draw_lines(&mut scene, &panel, &one.lines);
        scene.line(front_steps(&panel, points), theme::FRONT, 4.0);
        draw_series(&mut scene, &panel, data.reference());
    }
    scene
}

/// Draws lines at costs that no mark has.
fn draw_lines(scene: &mut Scene, panel: &Panel, lines: &[(f64, &'static str)]) {
    let Rectangle { top, bottom, .. } = panel.area;
    for (cost, name) in lines {
        let x = panel.x.at(*cost);
        scene.dashed([(x, top), (x, bottom)], 5.0, theme::QUIET, 1.0);
        let at = (x - 6.0, bottom - 8.0);
        scene.text(Text::new(*name, at, Anchor::End, theme::QUIET).small());
    }
}

/// Returns one scale for all panels, around the reference or else the best cell.
pub(super) fn scale(data: &ReportData, panels: &[CostPanel]) -> AccuracyScale {
    let percent = |cell: &Cell| 100.0 * cell.test_accuracy;
    let half_width = |cell: &Cell| cell.interval.map_or(0.0, |(low, high)| 50.0 * (high - low));
    let cells = panels.iter().flat_map(|panel| &panel.cells);
    let values = cells.map(|cell| (percent(cell), half_width(cell)));
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
    (cells, points): (&[Cell], &[front::Point]),
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
            _ if is_dynamic(cells, label) => Line::Dashed,
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
pub(super) fn is_dynamic(cells: &[Cell], label: &str) -> bool {
    cells.iter().any(|cell| cell.label == label && cell.varying_units > 0.0)
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
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn the_front_rises_in_steps_to_the_right_edge() {
        let data = evidence(vec![cell("a", None, 1.0, 0.95), cell("b", None, 0.1, 0.90)]);
        let area = Rectangle { left: 0.0, top: 0.0, right: 800.0, bottom: 300.0 };
        let cost = |cell: &Cell| cell.unit_flops_share;
        let points = points(&data.headline, cost);
        let cells = data.headline.clone();
        let one = CostPanel { heading: "", title: "", cells, cost, lines: Vec::new() };
        let scales = (LogScale::over([0.1, 1.0]), scale(&data, &[one]));
        let panel = panel(&data, area, scales, (&data.headline, &points));
        let (cheap, dear) = (panel.at(0.1, 90.0), panel.at(1.0, 95.0));
        let steps = [cheap, (dear.0, cheap.1), dear, (800.0, dear.1)];
        assert_eq!(front_steps(&panel, &points), steps);
    }
}
