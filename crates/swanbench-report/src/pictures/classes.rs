//! On which examples accuracy is lost: against the dense network, by difficulty and by class.

use swanbench_results::{GroupBy, Results};

use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::{
        example_accuracy::{GroupAccuracies, MOST_CLASSES},
        report_data::ReportData,
        spread::Spread,
    },
    draw::{
        Anchor, Axis, Line, MARGIN, Panel, Point, Rectangle, Scale, Scene, Series, Style, TOP,
        Text, WIDTH, figure, room_for_names, theme,
    },
    format,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "classes",
    heading: "On which examples accuracy is lost",
    alternative: "Test accuracy less that of the dense network, by tenths of difficulty and by \
                  class; the table below has the accuracies",
    draw,
};

/// Labels that find room.
const MOST_LABELS: usize = 7;
const LEFT: f64 = 66.0;
/// Top and bottom of the two panels.
const DIFFICULTY: (f64, f64) = (TOP + 34.0, TOP + 244.0);
const CLASS: (f64, f64) = (TOP + 330.0, TOP + 540.0);

/// A label, how it looks, and how much more accurate than the dense network it is in each group.
struct Lost<'a> {
    label: &'a str,
    style: Style,
    tenths: Vec<(u64, Spread)>,
    classes: Vec<(u64, Spread)>,
}

/// Draws both panels at the middle target. Returns `None` without a dense network, or without another
/// one.
fn draw(data: &ReportData, results: &Results) -> Option<Scene> {
    let all = GroupAccuracies::all(data, &results.adaptivity);
    let reference = data.reference()?;
    let dense = all.iter().find(|one| one.label == reference.label)?;
    let lost = |one| lost(data, one, dense);
    let others = all.iter().filter(|one| one.label != dense.label);
    let mut labels: Vec<Lost> = others.map(lost).filter(|one| !one.tenths.is_empty()).collect();
    if labels.is_empty() {
        return None;
    }
    let more = labels.split_off(labels.len().min(MOST_LABELS));
    let has_none = |label: &&String| !all.iter().any(|one| one.label == **label);
    let without = data.labels.iter().filter(has_none).cloned();
    let left_out = more.iter().map(|one| one.label.to_owned()).chain(without).collect();
    let has_classes = labels[0].classes.len() <= MOST_CLASSES;
    let height = if has_classes { CLASS.1 } else { DIFFICULTY.1 } + 40.0 - TOP;
    let subject =
        format!("on which examples accuracy is lost{}", format::at_target(data.middle_target()));
    let caption = caption(data, &reference.label, left_out);
    let mut scene = figure(captions::title(data, &subject), height, &caption);
    let right = WIDTH - MARGIN - room_for_names(labels.iter().map(|one| one.label));
    let area = |(top, bottom)| Rectangle { left: LEFT, top, right, bottom };
    draw_difficulty(&mut scene, &labels, area(DIFFICULTY));
    if has_classes {
        draw_classes(&mut scene, &labels, area(CLASS));
    }
    Some(scene)
}

fn lost<'a>(data: &ReportData, one: &'a GroupAccuracies, dense: &GroupAccuracies) -> Lost<'a> {
    Lost {
        label: &one.label,
        style: style(data, &one.label),
        tenths: one.above(dense, GroupBy::Difficulty),
        classes: one.above(dense, GroupBy::Class),
    }
}

fn caption(data: &ReportData, reference: &str, left_out: Vec<String>) -> Vec<String> {
    let marks = match data.seeds() {
        (1, 1) => "Lines and marks: one seed".to_owned(),
        seeds => format!(
            "Lines and marks: mean of {}; bands and bars: least to greatest seed",
            format::seeds(seeds)
        ),
    };
    let groups = format!(
        "{marks}. Points of test accuracy above {reference}, the dense network of the same seed, whose \
         loss also says how difficult an example is. It is wrong on most of the hardest, so that others can be \
         above it there, worse ones too."
    );
    captions::with_failed(data, [groups].into_iter().chain(captions::left_out(left_out)))
}

/// Draws a line over the tenths for each label.
fn draw_difficulty(scene: &mut Scene, labels: &[Lost], area: Rectangle) {
    let x = Axis::along_x(area, Scale::Linear { low: 1.0, high: 10.0 }, (20.0, 20.0));
    let x = x.with_ticks((1..=10).map(|tenth| (f64::from(tenth), tenth.to_string())));
    let tenths = labels.iter().flat_map(|one| &one.tenths);
    let y = points_axis(tenths, area);
    let axes = (x.titled("tenth of the examples, hardest last", 36.0), y);
    let mut panel = panel(scene, area, axes, "By difficulty");
    for one in labels {
        let (points, line) = (points(&one.tenths, 1.0), Line::Solid(1.8));
        panel.series.push(Series { name: one.label.to_owned(), style: one.style, points, line });
    }
    panel.draw_bands(scene);
    panel.series.iter().for_each(|series| panel.draw_line(scene, series));
    panel.name_ends(scene);
}

/// Draws a mark in each class for each label, side by side.
fn draw_classes(scene: &mut Scene, labels: &[Lost], area: Rectangle) {
    /// Between the marks of two labels in one class, in pixels.
    const APART: f64 = 9.0;
    let last = labels.iter().filter_map(|one| one.classes.last()).map(|(class, _)| *class);
    let last = last.max().unwrap_or(0);
    let classes = Scale::Linear { low: 0.0, high: last.max(1) as f64 };
    let x = Axis::along_x(area, classes, (30.0, 30.0));
    let there = labels[0].classes.iter().map(|(class, _)| *class);
    let x = x.with_ticks(there.map(|class| (class as f64, class.to_string()))).thinned();
    let y = points_axis(labels.iter().flat_map(|one| &one.classes), area);
    let mut panel = panel(scene, area, (x.titled("class", 36.0), y), "By class");
    let count = labels.len() as f64;
    let apart = (APART / (panel.x.at(1.0) - panel.x.at(0.0))).min(0.8 / count);
    for (index, one) in labels.iter().enumerate() {
        let points = points(&one.classes, apart * (index as f64 - (count - 1.0) / 2.0));
        let (name, line) = (one.label.to_owned(), Line::None);
        panel.series.push(Series { name, style: one.style, points, line });
    }
    panel.series.iter().for_each(|series| panel.draw_bars(scene, series));
    panel.draw_marks(scene);
    let note = "marks as above, from left to right in the order of the table";
    let at = (area.right, area.top - 14.0);
    scene.text(Text::new(note, at, Anchor::End, theme::QUIET).small());
}

/// Returns an empty panel in which a line says where nothing is lost.
fn panel(scene: &mut Scene, area: Rectangle, axes: (Axis, Axis), heading: &str) -> Panel {
    scene.text(Text::heading(heading, (area.left, area.top - 14.0), theme::INK));
    let panel = Panel::new(area, axes.0, axes.1);
    panel.draw_axes(scene);
    let y = panel.y.at(0.0);
    scene.dashed([(area.left, y), (area.right, y)], 5.0, theme::INK, 1.0);
    panel
}

/// Returns points in percent, the first group at `first` along x.
fn points(groups: &[(u64, Spread)], first: f64) -> Vec<Point> {
    let point = |(index, Spread { mean, least, greatest }): &(u64, Spread)| Point {
        x: *index as f64 + first,
        y: 100.0 * mean,
        range: Some((100.0 * least, 100.0 * greatest)),
    };
    groups.iter().map(point).collect()
}

/// Returns an axis over all seeds, and over zero.
fn points_axis<'a>(groups: impl Iterator<Item = &'a (u64, Spread)>, area: Rectangle) -> Axis {
    let (low, high) = groups.fold((0.0_f64, 0.0_f64), |(low, high), (_, spread)| {
        (low.min(100.0 * spread.least), high.max(100.0 * spread.greatest))
    });
    let room = (0.06 * (high - low)).max(0.5);
    let scale = Scale::Linear { low: low - room, high: high + room };
    Axis::along_y(area, scale, (0.0, 0.0)).titled("above the dense network, points", 42.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::{
            example_accuracy::samples::row,
            report_data::samples::{cell, evidence},
        },
        draw::svg,
    };

    /// A dense network and another one, on so many classes, with one seed.
    fn results(classes: u64) -> Results {
        let of_classes = (0..classes).map(|class| (GroupBy::Class, class));
        let groups = of_classes.chain((0..10).map(|tenth| (GroupBy::Difficulty, tenth)));
        let rows = groups.flat_map(|group| {
            let gated = row("gated", Some(0.1), 0, group, Some(0.5));
            [row("whole", None, 0, group, Some(0.75)), gated]
        });
        Results { adaptivity: rows.collect(), ..Results::default() }
    }

    #[test]
    fn groups_are_drawn_below_the_dense_network() {
        let data =
            evidence(vec![cell("whole", None, 1.0, 0.9), cell("gated", Some(0.1), 0.1, 0.9)]);
        let marks = |classes| {
            let scene = draw(&data, &results(classes)).expect("two labels");
            let document = svg(&scene).unwrap();
            assert!(document.contains("By difficulty") && document.contains("\ngated\n"));
            (document.contains("By class"), scene.marks().len())
        };
        // One at the end of the line, and one for each class where there are few.
        assert_eq!(marks(3), (true, 4));
        assert_eq!(marks(MOST_CLASSES as u64 + 1), (false, 1));
    }

    #[test]
    fn nothing_is_drawn_without_a_dense_network_or_another() {
        let lone = evidence(vec![cell("whole", None, 1.0, 0.9)]);
        assert!(draw(&lone, &results(3)).is_none());
        let pruned = evidence(vec![cell("gated", Some(0.1), 0.1, 0.9)]);
        assert!(draw(&pruned, &results(3)).is_none());
    }
}
