//! The marks, lines and names within the axes of one panel.

use swanbench_results::Cell;

use crate::{
    data::report_data::ReportData,
    draw::{
        axes::Axes,
        labels::{Label, Labels},
        scene::{Place, Rectangle, Scene, Text, Weight},
        theme::{self, Style},
    },
};

use crate::data::front::Point;

/// The points of one label, cheapest first.
struct Series<'a> {
    label: &'a str,
    style: Style,
    points: Vec<&'a Point>,
    places: Vec<Place>,
}

impl Series<'_> {
    /// Whether all targets cost about the same, so that the marks stand on one another.
    fn is_upright(&self) -> bool {
        let ends = self.places.first().zip(self.places.last());
        ends.is_some_and(|(first, last)| last.0 - first.0 < theme::MARKER)
    }
}

/// Draws all points over the front and below their names.
pub(super) fn draw(scene: &mut Scene, axes: &Axes, evidence: &ReportData, points: &[Point]) {
    let series = series(axes, evidence, points);
    let mut labels = Labels::within(axes.area);
    scene.line(front_steps(axes, points), theme::FRONT, 4.0);
    for series in &series {
        draw_lines(scene, axes, series, &mut labels);
    }
    // The reference comes last: other labels at full cost would hide its one mark.
    let reference_label = evidence.reference().map(|cell| cell.label.as_str());
    let (of_reference, others): (Vec<_>, Vec<_>) =
        series.iter().partition(|series| Some(series.label) == reference_label);
    for series in others.into_iter().chain(of_reference) {
        for place in &series.places {
            series.style.draw(scene, *place);
            labels.keep_clear(Rectangle::around(*place, theme::MARKER + 1.0));
        }
    }
    let reference = evidence.reference();
    if let Some(reference) = reference {
        draw_reference(scene, axes, reference, &mut labels);
    }
    for series in
        series.iter().filter(|series| reference.is_none_or(|cell| cell.label != series.label))
    {
        let Some(label) = labels.place(series.label, Weight::Regular, &series.places) else {
            continue;
        };
        if let Some(leader) = label.leader {
            scene.line(leader.to_vec(), series.style.colour, 1.0);
        }
        scene.text(theme::text(series.label, label.at, Label::ANCHOR, series.style.colour));
    }
}

/// A dashed line at the reference's accuracy, named where there is room along it.
fn draw_reference(scene: &mut Scene, axes: &Axes, reference: &Cell, labels: &mut Labels) {
    const PLACES: usize = 12;
    let Rectangle { left, right, .. } = axes.area;
    let accuracy = 100.0 * reference.test_accuracy;
    let y = axes.y(accuracy);
    scene.dashed((left, y), (right, y), 5.0, theme::INK, 1.0);
    labels.keep_readable(&[(left, y), (right, y)]);
    let text = format!("{} {accuracy:.1}%", reference.label);
    let along = |step| (left + 60.0 + (right - left) * step as f64 / PLACES as f64, y);
    let marks: Vec<_> = (0..PLACES).map(along).collect();
    if let Some(label) = labels.place(&text, Weight::Bold, &marks) {
        let text = theme::text(text, label.at, Label::ANCHOR, theme::INK);
        scene.text(Text { weight: Weight::Bold, ..text });
    }
}

fn series<'a>(axes: &Axes, evidence: &'a ReportData, points: &'a [Point]) -> Vec<Series<'a>> {
    let mut all: Vec<Series> = Vec::new();
    for label in &evidence.labels {
        let mut points: Vec<_> = points.iter().filter(|point| point.label == *label).collect();
        points.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let places = points.iter().map(|point| axes.place(point.cost, point.accuracy)).collect();
        all.push(Series { label, style: evidence.style(label), points, places });
    }
    set_side_by_side(&mut all);
    all
}

/// Moves labels to the right whose marks would stand on those of another one of the same cost.
fn set_side_by_side(series: &mut [Series]) {
    const STEP: f64 = 3.0 * theme::MARKER;
    let mut taken: Vec<f64> = Vec::new();
    for upright in series.iter_mut().filter(|series| series.is_upright()) {
        let own = upright.places[0].0;
        let mut x = own;
        while taken.iter().any(|other| (other - x).abs() < STEP - 1.0) {
            x += STEP;
        }
        taken.push(x);
        for place in &mut upright.places {
            place.0 += x - own;
        }
    }
}

/// The bars, and a line through the targets of one label.
fn draw_lines(scene: &mut Scene, axes: &Axes, series: &Series, labels: &mut Labels) {
    for (point, (x, _)) in series.points.iter().zip(&series.places) {
        if let Some((low, high)) = point.interval {
            let bar = vec![(*x, axes.y(low)), (*x, axes.y(high))];
            labels.keep_readable(&bar);
            scene.line(bar, series.style.colour, 1.5);
        }
    }
    if !series.is_upright() {
        labels.keep_readable(&series.places);
        scene.line(series.places.clone(), series.style.colour, 1.5);
    }
}

/// The best accuracy that each budget buys: level until the next cell of the front, then upward.
fn front_steps(axes: &Axes, points: &[Point]) -> Vec<Place> {
    let mut front: Vec<_> = points.iter().filter(|point| point.on_front).collect();
    front.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut steps: Vec<Place> = Vec::new();
    for point in front {
        let place = axes.place(point.cost, point.accuracy);
        if let Some(last) = steps.last().copied() {
            steps.push((place.0, last.1));
        }
        steps.push(place);
    }
    if let Some(last) = steps.last().copied() {
        steps.push((axes.area.right, last.1));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::report_data::samples::{cell, evidence},
        draw::scale::{AccuracyScale, LogScale},
        pictures::pareto::{accuracy_scale, points},
    };

    #[test]
    fn the_front_rises_in_steps_to_the_right_edge() {
        let axes = Axes {
            area: Rectangle { left: 0.0, top: 0.0, right: 800.0, bottom: 300.0 },
            cost: LogScale::over([0.1, 1.0]),
            accuracy: AccuracyScale::over(&[(90.0, 0.0), (95.0, 0.0)], 95.0),
        };
        let cells = [cell("a", None, 1.0, 0.95), cell("b", None, 0.1, 0.90)];
        let steps = front_steps(&axes, &points(&cells, |cell| cell.unit_flops_share));
        let (cheap, dear) = (axes.place(0.1, 90.0), axes.place(1.0, 95.0));
        assert_eq!(steps, [cheap, (dear.0, cheap.1), dear, (800.0, dear.1)]);
    }

    #[test]
    fn labels_of_one_cost_stand_side_by_side_with_the_first_in_its_place() {
        let evidence = evidence(vec![
            cell("full", None, 1.0, 0.95),
            cell("also full", Some(0.5), 1.0, 0.94),
            cell("also full", Some(0.1), 1.0, 0.90),
            cell("gated", Some(0.5), 0.5, 0.94),
            cell("gated", Some(0.1), 0.1, 0.90),
        ]);
        let points = points(&evidence.headline, |cell| cell.unit_flops_share);
        let axes = Axes {
            area: Rectangle { left: 0.0, top: 0.0, right: 800.0, bottom: 300.0 },
            cost: LogScale::over([0.1, 1.0]),
            accuracy: accuracy_scale(&evidence),
        };
        let columns: Vec<Vec<f64>> = series(&axes, &evidence, &points)
            .iter()
            .map(|series| series.places.iter().map(|place| place.0).collect())
            .collect();
        let full = axes.x(1.0);
        let aside = full + 3.0 * theme::MARKER;
        assert_eq!(columns, [vec![full], vec![aside, aside], vec![axes.x(0.1), axes.x(0.5)]]);
    }
}
