//! How training went: validation accuracy and activity, epoch by epoch.
//!
//! Accuracy stands above activity on the same epochs, so that a reader sees at a glance whether the
//! one stays while the other falls. A label with soft gates has a column of its own, since its hard
//! and soft curves and its ramp belong together; all others share the first column.

use swanbench_results::Results;
use swanbench_spec::BudgetKind;

use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::{
        curves::{self, Curve, curves},
        report_data::ReportData,
        spread::Spread,
    },
    draw::{
        AccuracyScale, Anchor, Axis, Line, MARGIN, Panel, Point, Rectangle, Scale, Scene, Series,
        TOP, Text, WIDTH, Weight, figure, fonts, room_for_names, theme,
    },
    format,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "curves",
    heading: "During training",
    alternative: "Validation accuracy and activity over epochs, by method",
    draw,
};

const LEFT: f64 = 66.0;
/// Between columns.
const GUTTER: f64 = 16.0;
/// Top and bottom of the two rows of panels.
const ACCURACY: (f64, f64) = (96.0, 286.0);
const ACTIVITY: (f64, f64) = (308.0, 448.0);
/// Columns of labels with soft gates, and labels in the first column.
const MOST_COLUMNS: usize = 3;
const MOST_LABELS: usize = 8;

/// The labels of one column.
struct Column<'a> {
    curves: Vec<&'a Curve>,
    /// Whether names stand at the ends of lines; otherwise the one label stands above.
    is_shared: bool,
}

/// What all columns share.
struct Frame<'a> {
    data: &'a ReportData,
    last_epoch: u64,
    accuracy: AccuracyScale,
    target: Option<f64>,
}

impl Frame<'_> {
    /// Returns the target if it is one of activity.
    fn activity_target(&self) -> Option<f64> {
        self.target.filter(|_| self.data.budget == BudgetKind::Units)
    }
}

/// Draws both rows at the middle target. Returns `None` if no label has trained for two epochs.
fn draw(data: &ReportData, results: &Results) -> Option<Scene> {
    let target = data.middle_target();
    let all = curves(&results.epochs, &data.labels, target);
    let last = all.iter().flat_map(|curve| &curve.points).map(|point| point.epoch).max();
    let last_epoch = last.filter(|last| *last > 1)?;
    let (columns, left_out) = columns(&all);
    let subject = format!("accuracy and activity during training{}", format::at_target(target));
    let title = captions::title_of_all_phases(data, &subject);
    let caption = caption(&all, &columns, left_out);
    let mut scene = figure(title, ACTIVITY.1 + 40.0 - TOP, &[caption]);
    let frame = Frame { data, last_epoch, accuracy: accuracy_scale(&columns), target };
    draw_columns(&mut scene, &frame, &columns);
    Some(scene)
}

/// Returns the columns, and how many labels found no room.
fn columns(all: &[Curve]) -> (Vec<Column<'_>>, usize) {
    let own: Vec<_> = all.iter().filter(|curve| curve.has_soft_mode()).take(MOST_COLUMNS).collect();
    let has_own = |curve: &&Curve| own.iter().any(|other| other.label == curve.label);
    let mut shared: Vec<_> = all.iter().filter(|curve| !has_own(curve)).collect();
    let left_out = shared.len().saturating_sub(MOST_LABELS);
    shared.truncate(MOST_LABELS);
    let first = (!shared.is_empty()).then_some(Column { curves: shared, is_shared: true });
    let others = own.into_iter().map(|curve| Column { curves: vec![curve], is_shared: false });
    (first.into_iter().chain(others).collect(), left_out)
}

/// Returns one scale for all columns, around the best end of training.
fn accuracy_scale(columns: &[Column]) -> AccuracyScale {
    let curves = columns.iter().flat_map(|column| &column.curves);
    let points = curves.flat_map(|curve| &curve.points);
    let spreads = points.flat_map(|point| [point.accuracy, point.soft_accuracy]).flatten();
    let value = |one: Spread| (100.0 * one.mean, 50.0 * (one.greatest - one.least));
    let values: Vec<_> = spreads.map(value).collect();
    let best = values.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    AccuracyScale::over(&values, best)
}

/// What the lines and bands mean.
fn caption(all: &[Curve], columns: &[Column], left_out: usize) -> String {
    let mut caption = match captions::seed_range(all.iter().map(|curve| curve.seeds)) {
        (1, 1) => "Lines: one seed, so there are no bands.".to_owned(),
        seeds => format!(
            "Lines: mean of {}; bands: from the least to the greatest seed.",
            format::seeds(seeds)
        ),
    };
    caption.push_str(
        " Validation examples; activity: the share of units that are open. Columns \
         without numbers share the axes at the left.",
    );
    if columns.iter().any(|column| !column.is_shared) {
        caption.push_str(
            " Solid: hard gates; dashed: soft gates, whose activity is their mean value. Ramp: \
             the method's pressure towards its target comes up.",
        );
    }
    if left_out > 0 {
        let labels = format::count(left_out, "further label");
        caption.extend([" For want of room ", &labels, " left out."]);
    }
    caption
}

fn draw_columns(scene: &mut Scene, frame: &Frame, columns: &[Column]) {
    let names: f64 = columns.iter().map(Column::room_for_names).sum();
    let gaps = GUTTER * columns.len().saturating_sub(1) as f64;
    let width = (WIDTH - LEFT - MARGIN - names - gaps) / columns.len() as f64;
    let mut left = LEFT;
    for (index, column) in columns.iter().enumerate() {
        let right = left + width;
        let rows = [ACCURACY, ACTIVITY].map(|(top, bottom)| Rectangle { left, top, right, bottom });
        let panels = panels(frame, column, rows, index == 0);
        draw_spans(scene, &panels, column);
        draw_axes(scene, &panels, column, frame.activity_target());
        let is_first_own = !column.is_shared && columns[..index].iter().all(|one| one.is_shared);
        for panel in &panels {
            panel.draw_bands(scene);
            panel.series.iter().for_each(|series| panel.draw_line(scene, series));
            if column.is_shared {
                panel.name_ends(scene);
            } else if is_first_own {
                name_lines(scene, panel);
            }
        }
        left = right + column.room_for_names() + GUTTER;
    }
    let whole = |(top, bottom)| Rectangle { left: LEFT, top, right: WIDTH - MARGIN, bottom };
    scene.text(Text::side_title("validation accuracy, %", whole(ACCURACY), 42.0));
    scene.text(Text::side_title("activity, %", whole(ACTIVITY), 42.0));
    scene.text(Text::foot_title("epoch", whole(ACTIVITY), 36.0));
}

impl Column<'_> {
    /// Returns the pixels that names need to the right of the panels.
    fn room_for_names(&self) -> f64 {
        let names = self.curves.iter().map(|curve| curve.label.as_str());
        if self.is_shared { room_for_names(names) } else { 0.0 }
    }

    /// Returns the first and the last epoch of a ramp, over all labels.
    fn ramp(&self) -> Option<(u64, u64)> {
        let ramps = self.curves.iter().filter_map(|curve| curve.ramp());
        ramps.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// Returns the turns of all labels, without those that come twice.
    fn turns(&self) -> Vec<(u64, String)> {
        let mut turns: Vec<_> = self.curves.iter().flat_map(|curve| curve.turns()).collect();
        turns.sort();
        turns.dedup();
        turns
    }
}

/// The panels of accuracy and of activity.
fn panels(frame: &Frame, column: &Column, rows: [Rectangle; 2], is_first: bool) -> [Panel; 2] {
    type Value = fn(&curves::Point) -> Option<Spread>;
    let panel = |area, scale: Scale, hard: Value, soft: Value| {
        let epochs = Scale::Linear { low: 1.0, high: frame.last_epoch as f64 };
        let x = Axis::along_x(area, epochs, (6.0, 6.0)).thinned();
        let y = Axis::along_y(area, scale, (0.0, 0.0)).with_numbers(is_first);
        let mut panel = Panel::new(area, x, y);
        for curve in &column.curves {
            let style = style(frame.data, &curve.label);
            let series = |value: Value, line| {
                let points = curve.points.iter().filter_map(|at| Some(point(at.epoch, value(at)?)));
                let (name, points) = (curve.label.clone(), points.collect());
                Series { name, style, points, line }
            };
            panel.series.extend((!column.is_shared).then(|| series(soft, Line::Dashed)));
            panel.series.push(series(hard, Line::Solid(1.8)));
        }
        panel
    };
    let [above, below] = rows;
    let mut accuracy = panel(above, frame.accuracy.into(), |at| at.accuracy, |at| at.soft_accuracy);
    accuracy.x = accuracy.x.with_numbers(false);
    [accuracy, panel(below, Scale::PERCENT, |at| at.activity, |at| at.soft_activity)]
}

/// An epoch in percent.
fn point(epoch: u64, Spread { mean, least, greatest }: Spread) -> Point {
    Point { x: epoch as f64, y: 100.0 * mean, range: Some((100.0 * least, 100.0 * greatest)) }
}

/// Draws the ramp as a shade, and lines where the recovery or a phase begins, named above.
fn draw_spans(scene: &mut Scene, panels: &[Panel; 2], column: &Column) {
    let Rectangle { left, top, right, .. } = panels[0].area;
    // A mark stands for its epoch, whose neighbours begin half an epoch away.
    let start_of = |epoch: u64| panels[0].x.at(epoch as f64 - 0.5);
    let mut free_from = left;
    let mut write = |scene: &mut Scene, x: f64, name: &str| {
        let width = 1.1 * fonts::width(name, theme::SMALL_SIZE, Weight::Regular);
        let start = (x - 3.0).max(free_from).min(right - width);
        if start >= free_from {
            let at = (start, top - 5.0);
            scene.text(Text::new(name, at, Anchor::Start, theme::QUIET).small());
            free_from = start + width + 5.0;
        }
    };
    if let Some((first, last)) = column.ramp() {
        let (from, to) = (start_of(first), start_of(last + 1));
        for panel in panels {
            scene.rectangle(Rectangle { left: from, right: to, ..panel.area }, theme::RAMP);
        }
        write(scene, from + 3.0, "ramp");
    }
    for (epoch, name) in column.turns() {
        let x = start_of(epoch);
        for Rectangle { top, bottom, .. } in [panels[0].area, panels[1].area] {
            scene.line(vec![(x, top), (x, bottom)], theme::QUIET, 0.75);
        }
        write(scene, x, &name);
    }
}

fn draw_axes(scene: &mut Scene, panels: &[Panel; 2], column: &Column, target: Option<f64>) {
    for panel in panels {
        panel.draw_axes(scene);
    }
    let Rectangle { left, right, top, .. } = panels[0].area;
    if let Some((y, _)) = panels[0].y.knee() {
        scene.dashed([(left, y), (right, y)], 2.0, theme::QUIET, 0.75);
    }
    if let Some(target) = target {
        let y = panels[1].y.at(100.0 * target);
        scene.dashed([(left, y), (right, y)], 2.0, theme::QUIET, 1.0);
    }
    let (heading, colour) = match panels[0].series.first() {
        Some(series) if !column.is_shared => (fonts::shortened(&series.name), series.style.colour),
        _ => ("without soft gates".to_owned(), theme::INK),
    };
    scene.text(Text::heading(heading, (left, top - 24.0), colour));
}

/// Says at the lines themselves which one is hard and which one soft.
fn name_lines(scene: &mut Scene, panel: &Panel) {
    let mut labels = panel.labels_clear_of_lines();
    for series in &panel.series {
        let name = if series.line == Line::Dashed { "soft" } else { "hard" };
        labels.write(scene, name, &panel.places(series), (series.style.colour, 0.75));
    }
}
