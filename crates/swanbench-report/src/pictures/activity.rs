//! Whether methods reach the activity that was asked of them: achieved against target activity.
//!
//! Where a method overshoots its target, its accuracy is no news at that target.

mod axes;

use swanbench_results::Results;

use crate::{
    data::report_data::ReportData,
    draw::{
        figure,
        labels::{Label, Labels},
        scene::{Place, Rectangle, Scene, Weight},
        theme,
    },
};

use self::axes::Axes;
use crate::data::activities::{Point, points};

const HEIGHT: f64 = 440.0;
const AS_ASKED: &str = "as asked";

/// Draws the headline cells that have a target.
pub(crate) fn picture(evidence: &ReportData, results: &Results) -> Option<Scene> {
    let points = points(evidence, &results.runs);
    if points.is_empty() {
        return None;
    }
    let title = figure::title(evidence, "achieved against target activity");
    let mut scene = figure::figure(title, HEIGHT, &caption(evidence));
    let axes = Axes::over(&points);
    axes.draw(&mut scene);
    let places = places(&axes, evidence, &points);
    let mut labels = Labels::within(axes.area);
    let diagonal = draw_diagonal(&mut scene, &axes, &points, &places, &mut labels);
    draw_points(&mut scene, &axes, evidence, &points, &places, &mut labels);
    // Half way from the last target to 100%, where there are no marks.
    let (from, to) = (diagonal[diagonal.len() - 2], diagonal[diagonal.len() - 1]);
    let middle = (from.0.midpoint(to.0), from.1.midpoint(to.1));
    if let Some(name) = labels.place(AS_ASKED, Weight::Regular, &[middle, to]) {
        scene.text(theme::text(AS_ASKED, name.at, Label::ANCHOR, theme::INK));
    }
    draw_names(&mut scene, evidence, &points, &places, &mut labels);
    Some(scene)
}

fn caption(evidence: &ReportData) -> Vec<String> {
    let marks = match evidence.seeds() {
        (1, 1) => "Marks: activity of one seed, so there are no bars".to_owned(),
        _ => format!(
            "Marks: mean activity of {}; bars: from the least to the greatest of them, hidden by \
             the mark where that is little",
            figure::seeds(evidence)
        ),
    };
    let marks = format!(
        "{marks}. Activity: open units, mean over test examples, as a share of the dense model's \
         units; hard gates, after the recovery epochs where there are any. Labels of one target \
         stand side by side, in the same order at each. Labels without a target are left out."
    );
    [marks].into_iter().chain(figure::failed(evidence)).collect()
}

/// Where the points are drawn: around their target, side by side.
fn places(axes: &Axes, evidence: &ReportData, points: &[Point]) -> Vec<Place> {
    let of_label = |label: &String| points.iter().any(|point| point.label == *label);
    let labels: Vec<_> = evidence.labels.iter().filter(|label| of_label(label)).collect();
    let step = (axes.spacing(points) / labels.len() as f64).min(2.0 * theme::MARKER + 3.0);
    let place = |point: &Point| {
        let order = labels.iter().position(|label| **label == point.label).unwrap_or_default();
        let aside = (order as f64 - (labels.len() - 1) as f64 / 2.0) * step;
        (axes.x(point.target) + aside, axes.y(point.achieved))
    };
    points.iter().map(place).collect()
}

/// A dashed line where all would be as asked, level as far as the labels of a target stand. Gives
/// its corners.
fn draw_diagonal(
    scene: &mut Scene,
    axes: &Axes,
    points: &[Point],
    places: &[Place],
    labels: &mut Labels,
) -> Vec<Place> {
    let mut targets: Vec<f64> = points.iter().map(|point| point.target).collect();
    targets.sort_by(f64::total_cmp);
    targets.dedup();
    let mut line = vec![axes.start()];
    for target in targets {
        let of_target = points.iter().zip(places).filter(|(point, _)| point.target == target);
        let columns: Vec<f64> = of_target.map(|(_, place)| place.0).collect();
        let left = columns.iter().copied().fold(f64::INFINITY, f64::min) - theme::MARKER;
        let right = columns.iter().copied().fold(0.0, f64::max) + theme::MARKER;
        line.extend([(left, axes.y(target)), (right, axes.y(target))]);
    }
    line.push(axes.end());
    for ends in line.windows(2) {
        scene.dashed(ends[0], ends[1], 5.0, theme::INK, 1.0);
    }
    labels.keep_readable(&line);
    line
}

fn draw_points(
    scene: &mut Scene,
    axes: &Axes,
    evidence: &ReportData,
    points: &[Point],
    places: &[Place],
    labels: &mut Labels,
) {
    for (point, (x, _)) in points.iter().zip(places) {
        if let Some((low, high)) = point.range {
            let bar = vec![(*x, axes.y(low)), (*x, axes.y(high))];
            labels.keep_readable(&bar);
            scene.line(bar, evidence.style(&point.label).colour, 1.5);
        }
    }
    for (point, place) in points.iter().zip(places) {
        evidence.style(&point.label).draw(scene, *place);
        labels.keep_clear(Rectangle::around(*place, theme::MARKER + 1.0));
    }
}

/// Names each label once, rather where it is far from its target.
fn draw_names(
    scene: &mut Scene,
    evidence: &ReportData,
    points: &[Point],
    places: &[Place],
    labels: &mut Labels,
) {
    for label in &evidence.labels {
        let mut own: Vec<_> =
            points.iter().zip(places).filter(|(point, _)| point.label == *label).collect();
        own.sort_by(|one, other| other.0.miss().total_cmp(&one.0.miss()));
        let marks: Vec<Place> = own.into_iter().map(|(_, place)| *place).collect();
        let Some(name) = labels.place(label, Weight::Regular, &marks) else { continue };
        let colour = evidence.style(label).colour;
        if let Some(leader) = name.leader {
            scene.line(leader.to_vec(), colour, 1.0);
        }
        scene.text(theme::text(label, name.at, Label::ANCHOR, colour));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn labels_stand_around_their_target_in_one_order() {
        let evidence = evidence(vec![
            cell("a", Some(0.5), 0.5, 0.9),
            cell("b", Some(0.5), 0.5, 0.9),
            cell("c", Some(0.5), 0.5, 0.9),
            cell("d", None, 1.0, 0.9),
        ]);
        let point = |label: &str| Point {
            label: label.to_owned(),
            target: 0.5,
            achieved: 0.5,
            range: None,
        };
        let points = ["a", "b", "c"].map(point);
        let axes = Axes::over(&points);
        let columns: Vec<_> = places(&axes, &evidence, &points).iter().map(|at| at.0).collect();
        let (middle, step) = (axes.x(0.5), 2.0 * theme::MARKER + 3.0);
        assert_eq!(columns, [middle - step, middle, middle + step]);
    }
}
