//! What the choice of units by the input is worth: accuracy when the gates are not the example's own.

use crate::draw::{
    frame::{self, Linear},
    scene::{Anchor, Place, Rectangle, Scene, Text, Weight},
    theme::{self, Style},
};

use super::{bar, panels::Drawn};
use crate::data::example_costs::Accuracy;

/// The rows of all labels, each with its name above them.
pub(super) struct Controls<'a> {
    groups: Vec<(&'a str, Style, &'a [Accuracy])>,
}

impl<'a> Controls<'a> {
    /// The least and the greatest distance from a row to the next.
    const STEPS: (f64, f64) = (18.0, 32.0);
    /// Above the first row of each label, for its name.
    const HEAD: f64 = 20.0;
    /// Below the last row.
    const FOOT: f64 = 6.0;

    /// Of those labels that were measured with other gates than their own.
    pub(super) fn of(labels: &'a [Drawn]) -> Self {
        let measured = labels.iter().filter(|drawn| drawn.one.accuracies.len() > 1);
        let groups = measured
            .map(|Drawn { one, style }| (one.label.as_str(), *style, one.accuracies.as_slice()));
        Self { groups: groups.collect() }
    }

    /// The least height that all rows need.
    pub(super) fn height(&self) -> f64 {
        self.heads() + Self::STEPS.0 * self.rows()
    }

    fn rows(&self) -> f64 {
        self.groups.iter().map(|(.., rows)| rows.len() as f64).sum()
    }

    fn heads(&self) -> f64 {
        Self::HEAD * self.groups.len() as f64 + Self::FOOT
    }

    /// Draws all rows into `area`.
    pub(super) fn draw(&self, scene: &mut Scene, area: Rectangle) {
        /// For the names of gates, left of the area.
        const NAMES: f64 = 10.0;
        let heading = "Accuracy with other gates";
        frame::heading(scene, (area.left, area.top - 14.0), heading, theme::INK);
        if self.groups.is_empty() {
            let at = (area.left, area.top + 10.0);
            let note = "no controls were measured";
            return scene.text(theme::text(note, at, Anchor::Start, theme::QUIET));
        }
        let scale = Linear { from: area.left + NAMES, to: area.right - 14.0, ..self.scale() };
        for (x, _) in scale.ticks(6, "") {
            scene.line(vec![(x, area.top), (x, area.bottom)], theme::GRID, 1.0);
        }
        frame::foot(scene, area, &frame::thinned(scale.ticks(6, "")), true);
        frame::foot_title(scene, area, "test accuracy, %");
        let (least, greatest) = Self::STEPS;
        let step = ((area.bottom - area.top - self.heads()) / self.rows()).clamp(least, greatest);
        let mut y = area.top;
        for (label, style, rows) in &self.groups {
            y += Self::HEAD;
            let at = (area.left + NAMES, y - 5.0);
            let text = theme::text(*label, at, Anchor::Start, style.colour);
            scene.text(Text { weight: Weight::Bold, ..text });
            for accuracy in *rows {
                let middle = y + step / 2.0;
                draw_row(scene, accuracy, *style, &scale, (area.left - 4.0, middle));
                y += step;
            }
        }
    }

    /// Over all accuracies and the parts of their bars that lie between 0 and 100.
    fn scale(&self) -> Linear {
        let all = self.groups.iter().flat_map(|(.., rows)| *rows);
        let ends = all.flat_map(|one| {
            let (low, high) = one.interval.unwrap_or((one.mean, one.mean));
            [low.max(0.0), high.min(100.0)]
        });
        let (low, high) =
            ends.fold((100.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
        Linear { low: (low - 1.0).max(0.0), high: (high + 1.0).min(100.0), from: 0.0, to: 1.0 }
    }
}

/// The name to the left, the bar, the mark, and the number beside it.
fn draw_row(scene: &mut Scene, row: &Accuracy, style: Style, scale: &Linear, (x, y): Place) {
    /// For a number and its distance from the mark, in pixels.
    const ROOM: f64 = 45.0;
    let gates = row.control.map_or("own".to_owned(), |control| control.to_string());
    scene.text(theme::text(gates, (x, y + 4.5), Anchor::End, theme::INK));
    if let Some((low, high)) = row.interval {
        let end = |percent: f64| (scale.at(percent.clamp(scale.low, scale.high)), y);
        bar(scene, [end(low), end(high)], style);
    }
    let at = (scale.at(row.mean), y);
    style.draw(scene, at);
    if row.control.is_some() {
        style.marker.draw(scene, at, 0.55 * theme::MARKER, theme::PAPER);
    }
    let end = |bound: f64| scale.at(bound.clamp(scale.low, scale.high));
    let (left, right) = row.interval.map_or((at.0, at.0), |(low, high)| (end(low), end(high)));
    let number = format!("{:.1}", row.mean);
    // On the side that has room; above the bar where neither has.
    let (place, anchor) = if right + ROOM < scale.to {
        ((right.max(at.0) + 10.0, y + 4.5), Anchor::Start)
    } else if left - ROOM > scale.from {
        ((left.min(at.0) - 10.0, y + 4.5), Anchor::End)
    } else {
        ((at.0 + 8.0, y - 3.0), Anchor::Start)
    };
    scene.text(theme::text(number, place, anchor, theme::QUIET));
}
