//! The picture that decides: test accuracy against what inference costs.
//!
//! Two panels share both scales: FLOPs left when closed units are skipped, and FLOPs left
//! when single zero weights are skipped too. They are never on one axis, since only a sparse kernel
//! realises the second.

use swanbench_results::statistics;

use crate::{
    axes::Axes,
    cell::Cell,
    evidence::Evidence,
    fonts, format,
    labels::{Label, Labels},
    scale::{AccuracyScale, LogScale},
    scene::{Anchor, Place, Rectangle, Scene, Text, Weight},
    theme::{self, Style},
};

const WIDTH: f64 = 850.0;
const PANEL_HEIGHT: f64 = 350.0;
const MARGIN: f64 = 16.0;
const LEFT: f64 = 66.0;

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

/// The cells that have a place on a logarithmic axis of `cost`.
pub(crate) fn points(cells: &[Cell], cost: fn(&Cell) -> f64) -> Vec<Point> {
    let mut points: Vec<Point> = cells
        .iter()
        .filter(|cell| cost(cell) > 0.0 && cost(cell).is_finite() && cell.test_accuracy.is_finite())
        .map(|cell| Point {
            label: cell.label.clone(),
            target: cell.target,
            cost: cost(cell),
            accuracy: 100.0 * cell.test_accuracy,
            interval: cell.interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
            on_front: false,
        })
        .collect();
    let places: Vec<_> = points
        .iter()
        .map(|point| (point.cost, point.accuracy))
        .collect();
    for index in statistics::front(&places) {
        points[index].on_front = true;
    }
    points
}

/// Draws both panels, with a title above and what the marks mean below.
pub(crate) fn picture(evidence: &Evidence) -> Scene {
    let caption: Vec<_> = caption(evidence)
        .iter()
        .flat_map(|text| {
            fonts::wrap(
                text,
                theme::TEXT_SIZE,
                Weight::Regular,
                WIDTH - 2.0 * MARGIN,
            )
        })
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
    let cost = LogScale::over(
        panels
            .iter()
            .flat_map(|(_, points)| points)
            .map(|point| point.cost),
    );
    for (index, (panel, points)) in panels.iter().enumerate() {
        let top = panels_top + index as f64 * PANEL_HEIGHT;
        let area = Rectangle {
            left: LEFT,
            top: top + 26.0,
            right: WIDTH - MARGIN,
            bottom: top + PANEL_HEIGHT - 52.0,
        };
        let axes = Axes {
            area,
            cost,
            accuracy,
        };
        axes.draw(&mut scene, panel.heading, panel.cost_title);
        draw_points(&mut scene, &axes, evidence, points);
    }
    for (index, line) in caption.into_iter().enumerate() {
        let at = (MARGIN, caption_top + index as f64 * 17.0);
        scene.text(theme::text(line, at, Anchor::Start, theme::QUIET));
    }
    scene
}

fn title(evidence: &Evidence) -> String {
    let Evidence {
        experiment,
        model,
        data,
        ..
    } = evidence;
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
        caption.push(format!("{failed} failed and left out; the table says why."));
    }
    caption
}

/// One scale for all panels, around the reference or else the best cell.
fn accuracy_scale(evidence: &Evidence) -> AccuracyScale {
    let percent = |cell: &Cell| 100.0 * cell.test_accuracy;
    let values: Vec<(f64, f64)> = evidence
        .headline
        .iter()
        .map(|cell| {
            (
                percent(cell),
                cell.interval
                    .map_or(percent(cell), |(_, high)| 100.0 * high),
            )
        })
        .filter(|(mean, _)| mean.is_finite())
        .collect();
    let best = values.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    let reference = evidence
        .reference()
        .map(percent)
        .filter(|value| value.is_finite());
    AccuracyScale::over(&values, reference.unwrap_or(best))
}

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

fn draw_points(scene: &mut Scene, axes: &Axes, evidence: &Evidence, points: &[Point]) {
    let series = series(axes, evidence, points);
    let mut labels = Labels::within(axes.area);
    scene.line(front_steps(axes, points), theme::FRONT, 4.0);
    for series in &series {
        draw_lines(scene, axes, series, &mut labels);
    }
    for series in &series {
        for place in &series.places {
            series.style.draw(scene, *place);
            labels.keep_clear(Rectangle::around(*place, theme::MARKER + 1.0));
        }
    }
    let reference = evidence.reference();
    if let Some(reference) = reference {
        draw_reference(scene, axes, reference, &mut labels);
    }
    for series in series
        .iter()
        .filter(|series| reference.is_none_or(|cell| cell.label != series.label))
    {
        let Some(label) = labels.place(series.label, Weight::Regular, &series.places) else {
            continue;
        };
        if let Some(leader) = label.leader {
            scene.line(leader.to_vec(), series.style.colour, 1.0);
        }
        scene.text(theme::text(
            series.label,
            label.at,
            Label::ANCHOR,
            series.style.colour,
        ));
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
    let along = |step| {
        (
            left + 60.0 + (right - left) * step as f64 / PLACES as f64,
            y,
        )
    };
    let marks: Vec<_> = (0..PLACES).map(along).collect();
    if let Some(label) = labels.place(&text, Weight::Bold, &marks) {
        let text = theme::text(text, label.at, Label::ANCHOR, theme::INK);
        scene.text(Text {
            weight: Weight::Bold,
            ..text
        });
    }
}

fn series<'a>(axes: &Axes, evidence: &'a Evidence, points: &'a [Point]) -> Vec<Series<'a>> {
    let reference = evidence.reference().map(|cell| cell.label.as_str());
    let mut styles = (0..).map(Style::of);
    let mut all: Vec<Series> = Vec::new();
    for label in &evidence.labels {
        let style = if Some(label.as_str()) == reference {
            None
        } else {
            styles.next()
        };
        let mut points: Vec<_> = points
            .iter()
            .filter(|point| point.label == *label)
            .collect();
        points.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let places = points
            .iter()
            .map(|point| axes.place(point.cost, point.accuracy))
            .collect();
        all.push(Series {
            label,
            style: style.unwrap_or(Style::REFERENCE),
            points,
            places,
        });
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
