//! One column of the picture: accuracy above, activity below.

use crate::{
    data::spread::Spread,
    draw::{
        end_labels::{self, End},
        fonts,
        frame::{self, Linear, SMALL},
        labels::{Label, Labels},
        scale::AccuracyScale,
        scene::{Anchor, Place, Rectangle, Scene, Text, Weight},
        theme::{self, Style},
    },
    format,
};

use crate::data::curves::{Curve, Point};

/// What a point holds for one row, with hard and with soft gates.
type Value = fn(&Point) -> Option<Spread>;

/// The labels of one column.
pub(super) struct Column<'a> {
    pub curves: Vec<(&'a Curve, Style)>,
    /// Whether names stand at the ends of lines; otherwise the one label stands above.
    pub is_shared: bool,
}

impl Column<'_> {
    /// Pixels to the right of the panels.
    pub(super) fn room_for_names(&self) -> f64 {
        let width = |label: &str| 1.1 * fonts::width(label, theme::TEXT_SIZE, Weight::Regular);
        let widths = self.curves.iter().map(|(curve, _)| width(&curve.label));
        if self.is_shared { widths.fold(0.0, f64::max) + end_labels::GAP } else { 0.0 }
    }

    /// Over all labels, from the first epoch of a ramp to the last.
    fn ramp(&self) -> Option<(u64, u64)> {
        let ramps = self.curves.iter().filter_map(|(curve, _)| curve.ramp());
        ramps.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// Of all labels, without those that come twice.
    fn turns(&self) -> Vec<(u64, String)> {
        let mut turns: Vec<_> = self.curves.iter().flat_map(|(curve, _)| curve.turns()).collect();
        turns.sort();
        turns.dedup();
        turns
    }
}

/// Where the two panels of a column stand, and their scales in percent.
pub(super) struct Panels {
    pub accuracy_area: Rectangle,
    pub activity_area: Rectangle,
    pub epochs: Linear,
    pub accuracy: AccuracyScale,
    pub activity: Linear,
    pub target: Option<f64>,
    /// Whether numbers stand at the left.
    pub is_first: bool,
    /// Whether this column says which line is which.
    pub is_first_own: bool,
}

/// One of the two panels: what it shows, and where a percentage stands in it.
struct Row<'a> {
    area: Rectangle,
    hard: Value,
    soft: Value,
    y: &'a dyn Fn(f64) -> f64,
}

impl Panels {
    pub(super) fn draw(&self, scene: &mut Scene, column: &Column) {
        self.draw_spans(scene, column);
        self.draw_axes(scene, column);
        let rows = [
            Row {
                area: self.accuracy_area,
                hard: |at| at.accuracy,
                soft: |at| at.soft_accuracy,
                y: &|percent| self.y(percent),
            },
            Row {
                area: self.activity_area,
                hard: |at| at.activity,
                soft: |at| at.soft_activity,
                y: &|percent| self.activity.at(percent),
            },
        ];
        for Row { area, hard, soft, y } in rows {
            let mut bands = Vec::new();
            let mut lines = Vec::new();
            for (curve, style) in &column.curves {
                if !column.is_shared {
                    bands.push((self.band(curve, soft, y), theme::tint(style.colour)));
                    lines.push((self.line(curve, soft, y), *style, true));
                }
                bands.push((self.band(curve, hard, y), theme::tint(style.colour)));
                lines.push((self.line(curve, hard, y), *style, false));
            }
            for (corners, colour) in bands {
                scene.polygon(corners, colour);
            }
            for (places, style, is_soft) in &lines {
                if *is_soft {
                    scene.dashed_path(places, 4.0, style.colour, 1.5);
                } else {
                    scene.line(places.clone(), style.colour, 1.8);
                }
            }
            if column.is_shared {
                name_ends(scene, column, &lines, area);
            } else if self.is_first_own {
                name_lines(scene, &lines, area);
            }
        }
    }

    /// The height of an accuracy in percent.
    fn y(&self, percent: f64) -> f64 {
        let Rectangle { top, bottom, .. } = self.accuracy_area;
        bottom - (bottom - top) * self.accuracy.share(percent)
    }

    fn line(&self, curve: &Curve, value: Value, y: &dyn Fn(f64) -> f64) -> Vec<Place> {
        let place = |point: &Point| {
            Some((self.epochs.at(point.epoch as f64), y(100.0 * value(point)?.mean)))
        };
        curve.points.iter().filter_map(place).collect()
    }

    /// From the least seeds along to the greatest and back.
    fn band(&self, curve: &Curve, value: Value, y: &dyn Fn(f64) -> f64) -> Vec<Place> {
        let edge = |of: fn(&Spread) -> f64| {
            let place = move |point: &Point| {
                let bound = of(&value(point)?);
                Some((self.epochs.at(point.epoch as f64), y(100.0 * bound)))
            };
            curve.points.iter().filter_map(place)
        };
        edge(|spread| spread.least).chain(edge(|spread| spread.greatest).rev()).collect()
    }

    /// The ramp as a shade, and lines where the recovery or a phase begins, named above.
    fn draw_spans(&self, scene: &mut Scene, column: &Column) {
        let right = self.accuracy_area.right;
        let (top, name_y) = (self.accuracy_area.top, self.accuracy_area.top - 5.0);
        let name = |scene: &mut Scene, x: f64, free_from: f64, name: &str| -> f64 {
            let width = 1.1 * fonts::width(name, SMALL, Weight::Regular);
            let start = (x - 3.0).max(free_from).min(right - width);
            if start >= free_from {
                let text = theme::text(name, (start, name_y), Anchor::Start, theme::QUIET);
                scene.text(Text { size: SMALL, ..text });
                return start + width + 5.0;
            }
            free_from
        };
        let mut free_from = self.accuracy_area.left;
        if let Some((first, last)) = column.ramp() {
            // A mark stands for its epoch, whose neighbours begin half an epoch away.
            let from = self.epochs.at(first as f64 - 0.5).max(self.accuracy_area.left);
            let to = self.epochs.at(last as f64 + 0.5).min(right);
            for area in [self.accuracy_area, self.activity_area] {
                scene.rectangle(Rectangle { left: from, right: to, ..area }, theme::RAMP);
            }
            free_from = name(scene, from + 3.0, free_from, "ramp");
        }
        for (epoch, text) in column.turns() {
            let x = self.epochs.at(epoch as f64 - 0.5);
            for (top, bottom) in [
                (top, self.accuracy_area.bottom),
                (self.activity_area.top, self.activity_area.bottom),
            ] {
                scene.line(vec![(x, top), (x, bottom)], theme::QUIET, 0.75);
            }
            free_from = name(scene, x, free_from, &text);
        }
    }

    fn draw_axes(&self, scene: &mut Scene, column: &Column) {
        let (above, below) = (self.accuracy_area, self.activity_area);
        let accuracy: Vec<_> = self
            .accuracy
            .ticks()
            .into_iter()
            .map(|tick| (self.y(tick), format::tick(tick)))
            .collect();
        frame::rows(scene, above, &accuracy, self.is_first);
        frame::rows(scene, below, &self.activity.ticks(6, ""), self.is_first);
        let epochs = frame::thinned(self.epochs.ticks(6, ""));
        frame::foot(scene, above, &epochs, false);
        frame::foot(scene, below, &epochs, true);
        if let Some(knee) = self.accuracy.knee() {
            let (left, right, y) = (above.left, above.right, self.y(knee));
            scene.dashed((left, y), (right, y), 2.0, theme::QUIET, 0.75);
        }
        if let Some(target) = self.target {
            let y = self.activity.at(target);
            scene.dashed((below.left, y), (below.right, y), 2.0, theme::QUIET, 1.0);
        }
        let (heading, colour) = match column.curves.as_slice() {
            [(curve, style)] if !column.is_shared => (curve.label.as_str(), style.colour),
            _ => ("without soft gates", theme::INK),
        };
        frame::heading(scene, (above.left, above.top - 24.0), heading, colour);
    }
}

/// Says at the end of each line whose it is.
fn name_ends(
    scene: &mut Scene,
    column: &Column,
    lines: &[(Vec<Place>, Style, bool)],
    area: Rectangle,
) {
    let ends: Vec<End> = column
        .curves
        .iter()
        .zip(lines)
        .filter_map(|((curve, style), (places, ..))| {
            Some(End { name: curve.label.clone(), style: *style, at: *places.last()? })
        })
        .collect();
    end_labels::draw(scene, &ends, (area.top - 6.0, area.bottom + 8.0));
}

/// Says at the lines themselves which one is hard and which one soft.
fn name_lines(scene: &mut Scene, lines: &[(Vec<Place>, Style, bool)], area: Rectangle) {
    let mut labels = Labels::within(area);
    for (places, ..) in lines {
        labels.keep_readable(places);
    }
    for (places, style, is_soft) in lines {
        let name = if *is_soft { "soft" } else { "hard" };
        if let Some(label) = labels.place(name, Weight::Regular, places) {
            if let Some(leader) = label.leader {
                scene.line(leader.to_vec(), style.colour, 0.75);
            }
            scene.text(theme::text(name, label.at, Label::ANCHOR, style.colour));
        }
    }
}
