//! What the choice of units by the input contributes: accuracy when the gates are not the example's
//! own.

use crate::{
    data::example_costs::{Accuracy, Use},
    draw::{Anchor, Axis, Place, Rectangle, Scale, Scene, Style, Text, theme},
};

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

    /// Takes those labels that were measured with other gates than their own.
    pub(super) fn of(labels: impl Iterator<Item = (&'a Use, Style)>) -> Self {
        let measured = labels.filter(|(label, _)| label.accuracies.len() > 1);
        let groups = measured
            .map(|(label, style)| (label.label.as_str(), style, label.accuracies.as_slice()));
        Self { groups: groups.collect() }
    }

    /// Returns the least height that all rows need, in pixels.
    pub(super) fn height(&self) -> f64 {
        self.heads() + Self::STEPS.0 * self.rows()
    }

    fn rows(&self) -> f64 {
        self.groups.iter().map(|(.., rows)| rows.len() as f64).sum()
    }

    fn heads(&self) -> f64 {
        Self::HEAD * self.groups.len() as f64 + Self::FOOT
    }

    /// Draws all rows into `area`, with the names of gates to its left.
    pub(super) fn draw(&self, scene: &mut Scene, area: Rectangle) {
        const ROOM: (f64, f64) = (10.0, 14.0);
        let heading = "Accuracy with other gates";
        scene.text(Text::heading(heading, (area.left, area.top - 14.0), theme::INK));
        if self.groups.is_empty() {
            let at = (area.left, area.top + 10.0);
            let note = "no controls were measured";
            return scene.text(Text::new(note, at, Anchor::Start, theme::QUIET));
        }
        let axis = Axis::along_x(area, self.scale(), ROOM).thinned().with_grid();
        let axis = axis.titled("test accuracy, %", 36.0);
        axis.draw_foot(scene, area);
        axis.draw_foot_title(scene, area);
        let (least, greatest) = Self::STEPS;
        let step = ((area.bottom - area.top - self.heads()) / self.rows()).clamp(least, greatest);
        let mut y = area.top;
        for (label, style, rows) in &self.groups {
            y += Self::HEAD;
            let at = (area.left + ROOM.0, y - 5.0);
            scene.text(Text::new(*label, at, Anchor::Start, style.colour).bold());
            for accuracy in *rows {
                draw_row(scene, accuracy, *style, &axis, (area.left - 4.0, y + step / 2.0));
                y += step;
            }
        }
    }

    /// Returns a scale over all accuracies and the parts of their bars between 0 and 100.
    fn scale(&self) -> Scale {
        let all = self.groups.iter().flat_map(|(.., rows)| *rows);
        let ends = all.flat_map(|one| {
            let (low, high) = one.interval.unwrap_or((one.mean, one.mean));
            [low.max(0.0), high.min(100.0)]
        });
        let (low, high) =
            ends.fold((100.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
        Scale::Linear { low: (low - 1.0).max(0.0), high: (high + 1.0).min(100.0) }
    }
}

/// Draws the name to the left, the bar, the mark, and the number next to it.
fn draw_row(scene: &mut Scene, row: &Accuracy, style: Style, axis: &Axis, (x, y): Place) {
    /// For a number and its distance from the mark, in pixels.
    const ROOM: f64 = 45.0;
    let gates = row.control.map_or("own".to_owned(), |control| control.to_string());
    scene.text(Text::new(gates, (x, y + 4.5), Anchor::End, theme::INK));
    let mark = axis.at(row.mean);
    let [from, to] = axis.ends;
    let end = |percent| axis.at(percent).clamp(from, to);
    let (left, right) = row.interval.map_or((mark, mark), |(low, high)| (end(low), end(high)));
    if row.interval.is_some() {
        scene.line(vec![(left, y), (right, y)], style.colour, 1.5);
    }
    if row.control.is_none() {
        scene.mark(style, (mark, y));
    } else {
        scene.hollow_mark(style, (mark, y));
    }
    // On the side that has room; above the bar if neither has.
    let (place, anchor) = if right + ROOM < to {
        ((right.max(mark) + 10.0, y + 4.5), Anchor::Start)
    } else if left - ROOM > from {
        ((left.min(mark) - 10.0, y + 4.5), Anchor::End)
    } else {
        ((mark + 8.0, y - 3.0), Anchor::Start)
    };
    scene.text(Text::new(format!("{:.1}", row.mean), place, anchor, theme::QUIET));
}
