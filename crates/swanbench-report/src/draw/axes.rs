//! The frame of a panel: grid, numbers and titles around the area where cells are drawn.

use crate::{
    draw::{
        scale::{AccuracyScale, LogScale},
        scene::{Anchor, Place, Rectangle, Scene, Text, Weight},
        theme,
    },
    format,
};

/// An area with FLOPs, as a share of the dense model's, to the right and accuracy upward.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axes {
    /// The area within the axes.
    pub area: Rectangle,
    pub cost: LogScale,
    pub accuracy: AccuracyScale,
}

impl Axes {
    /// Room within the area beside the cheapest and the dearest cell, where labels can stand.
    const ROOM_LEFT: f64 = 96.0;
    const ROOM_RIGHT: f64 = 156.0;

    pub(crate) fn x(&self, share: f64) -> f64 {
        let (left, right) = (self.area.left + Self::ROOM_LEFT, self.area.right - Self::ROOM_RIGHT);
        left + (right - left) * self.cost.share(share)
    }

    pub(crate) fn y(&self, percent: f64) -> f64 {
        let Rectangle { top, bottom, .. } = self.area;
        bottom - (bottom - top) * self.accuracy.share(percent)
    }

    /// Where a cell of this cost (a share) and accuracy (in percent) is drawn.
    pub(crate) fn place(&self, share: f64, percent: f64) -> Place {
        (self.x(share), self.y(percent))
    }

    /// Draws all that lies below the cells.
    pub(crate) fn draw(&self, scene: &mut Scene, heading: &str, cost_title: &str) {
        let Rectangle { left, top, right, bottom } = self.area;
        if let Some(knee) = self.accuracy.knee() {
            let compressed = Rectangle { top: self.y(knee), ..self.area };
            scene.rectangle(compressed, theme::SHADE);
        }
        for tick in self.accuracy.ticks() {
            let y = self.y(tick);
            scene.line(vec![(left, y), (right, y)], theme::GRID, 1.0);
            let at = (left - 8.0, y + 4.5);
            scene.text(theme::text(format::tick(tick), at, Anchor::End, theme::QUIET));
        }
        for tick in self.cost.ticks() {
            let x = self.x(tick);
            scene.line(vec![(x, top), (x, bottom)], theme::GRID, 1.0);
            scene.line(vec![(x, bottom), (x, bottom + 4.0)], theme::QUIET, 1.0);
            let number = format!("{}%", format::tick(100.0 * tick));
            let at = (x, bottom + 18.0);
            scene.text(theme::text(number, at, Anchor::Middle, theme::QUIET));
        }
        if let Some(knee) = self.accuracy.knee() {
            let at = (right - 6.0, self.y(knee) + 14.0);
            let note = format!("compressed below {}%", format::tick(knee));
            scene.text(Text { size: 11.0, ..theme::text(note, at, Anchor::End, theme::QUIET) });
        }
        scene.line(vec![(left, bottom), (right, bottom)], theme::QUIET, 1.0);
        let middle = (left.midpoint(right), bottom + 37.0);
        scene.text(theme::text(cost_title, middle, Anchor::Middle, theme::INK));
        let side = (left - 40.0, top.midpoint(bottom));
        let title = theme::text("test accuracy, %", side, Anchor::Middle, theme::INK);
        scene.text(Text { upward: true, ..title });
        scene.text(Text {
            size: theme::HEADING_SIZE,
            weight: Weight::Bold,
            ..theme::text(heading, (left, top - 10.0), Anchor::Start, theme::INK)
        });
    }
}
