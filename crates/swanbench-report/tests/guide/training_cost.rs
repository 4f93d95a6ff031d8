//! Accuracy against the FLOPs of training.

use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::report_data::ReportData,
    draw::{
        AccuracyScale, Axis, Line, LogScale, MARGIN, Panel, Point, Rectangle, Scene, Series, TOP,
        WIDTH, figure, room_for_names,
    },
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "training-cost",
    heading: "Accuracy against training cost",
    alternative: "Test accuracy against the FLOPs of training, by method",
    draw: |data, _| draw(data),
};

const HEIGHT: f64 = 360.0;

/// Draws a line per label through its targets. Returns `None` if there is no dense reference.
fn draw(data: &ReportData) -> Option<Scene> {
    let reference = data.reference()?;
    let series = |label: &String| Series {
        name: label.clone(),
        style: style(data, label),
        points: points(data, label, reference.train_flops),
        line: Line::Solid(1.5),
    };
    let series: Vec<Series> = data.labels.iter().map(series).collect();
    let all = || series.iter().flat_map(|series| &series.points);
    let costs = LogScale::over(all().map(|point| point.x));
    let means: Vec<_> = all().map(|point| (point.y, half(point.range))).collect();
    let accuracies = AccuracyScale::over(&means, 100.0 * reference.test_accuracy);

    let right = WIDTH - MARGIN - room_for_names(data.labels.iter().map(String::as_str));
    let area = Rectangle { left: 70.0, top: TOP, right, bottom: TOP + HEIGHT };
    let x = Axis::along_x(area, costs, (20.0, 20.0)).titled("training FLOPs, share of dense", 36.0);
    let y = Axis::along_y(area, accuracies, (14.0, 14.0)).titled("test accuracy, %", 48.0);
    let panel = Panel { series, ..Panel::new(area, x, y) };

    let title = captions::title(data, "accuracy against training cost");
    let caption = captions::with_failed(data, [format!("{}.", captions::accuracies(data))]);
    let mut scene = figure(title, HEIGHT + 44.0, &caption);
    panel.draw_axes(&mut scene);
    for series in &panel.series {
        panel.draw_bars(&mut scene, series);
        panel.draw_line(&mut scene, series);
    }
    panel.draw_marks(&mut scene);
    panel.name_ends(&mut scene);
    Some(scene)
}

/// Returns the headline cells of a label, in percent of accuracy and as shares of `reference`.
fn points(data: &ReportData, label: &str, reference: f64) -> Vec<Point> {
    let cells = data.headline.iter().filter(|cell| cell.label == label);
    cells
        .map(|cell| Point {
            x: cell.train_flops / reference,
            y: 100.0 * cell.test_accuracy,
            range: cell.interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
        })
        .collect()
}

fn half(range: Option<(f64, f64)>) -> f64 {
    range.map_or(0.0, |(low, high)| (high - low) / 2.0)
}
