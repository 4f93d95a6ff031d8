//! Two logarithmic axes of activity with the same scale.

use crate::{
    draw::{
        figure::{MARGIN, TOP, WIDTH},
        scale::LogScale,
        scene::{Anchor, Place, Rectangle, Scene, Text},
        theme,
    },
    format,
};

use super::HEIGHT;
use crate::data::activities::Point;

/// Target activity to the right, achieved activity upward.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axes {
    /// The area within the axes.
    pub area: Rectangle,
    scale: LogScale,
}

impl Axes {
    /// Room for marks beside the least and the greatest target.
    const ROOM: f64 = 72.0;
    /// Room for marks below the least and above the greatest activity.
    const ROOM_UPWARD: f64 = 14.0;

    /// Axes on which all targets, activities and bars have their place.
    pub(super) fn over(points: &[Point]) -> Self {
        let ends = |point: &Point| point.range.map_or([1.0; 2], |(low, high)| [low, high]);
        let values = points
            .iter()
            .flat_map(|point| [point.target, point.achieved].into_iter().chain(ends(point)));
        let area =
            Rectangle { left: 70.0, top: TOP, right: WIDTH - MARGIN, bottom: TOP + HEIGHT - 46.0 };
        Self { area, scale: LogScale::over(values) }
    }

    pub(super) fn x(&self, activity: f64) -> f64 {
        let (left, right) = (self.area.left + Self::ROOM, self.area.right - Self::ROOM);
        left + (right - left) * self.scale.share(activity)
    }

    pub(super) fn y(&self, activity: f64) -> f64 {
        let bottom = self.area.bottom - Self::ROOM_UPWARD;
        let top = self.area.top + Self::ROOM_UPWARD;
        // The bar of a seed that closed everything ends at the axis.
        (bottom - (bottom - top) * self.scale.share(activity)).min(self.area.bottom)
    }

    /// Where the diagonal begins.
    pub(super) fn start(&self) -> Place {
        (self.area.left, self.area.bottom)
    }

    /// Where the diagonal ends: everything asked for and everything open.
    pub(super) fn end(&self) -> Place {
        (self.x(1.0), self.y(1.0))
    }

    /// The pixels that labels of one target can take without running into the next one.
    pub(super) fn spacing(&self, points: &[Point]) -> f64 {
        let mut columns: Vec<f64> = points.iter().map(|point| self.x(point.target)).collect();
        columns.sort_by(f64::total_cmp);
        let gaps = columns.windows(2).map(|pair| pair[1] - pair[0]);
        let least = gaps.filter(|gap| *gap > 1e-6).fold(f64::INFINITY, f64::min);
        // Never beyond the sides.
        (0.8 * least).min(2.0 * (Self::ROOM - theme::MARKER))
    }

    /// Draws all that lies below the marks.
    pub(super) fn draw(&self, scene: &mut Scene) {
        let Rectangle { left, top, right, bottom } = self.area;
        for tick in self.scale.ticks() {
            let (x, y) = (self.x(tick), self.y(tick));
            let number = format!("{}%", format::tick(100.0 * tick));
            scene.line(vec![(left, y), (right, y)], theme::GRID, 1.0);
            scene.line(vec![(x, top), (x, bottom)], theme::GRID, 1.0);
            scene.line(vec![(x, bottom), (x, bottom + 4.0)], theme::QUIET, 1.0);
            let beside = (left - 8.0, y + 4.5);
            scene.text(theme::text(number.clone(), beside, Anchor::End, theme::QUIET));
            let below = (x, bottom + 18.0);
            scene.text(theme::text(number, below, Anchor::Middle, theme::QUIET));
        }
        scene.line(vec![(left, bottom), (right, bottom)], theme::QUIET, 1.0);
        let below = (left.midpoint(right), bottom + 37.0);
        let title = "target activity, share of dense units (log scale)";
        scene.text(theme::text(title, below, Anchor::Middle, theme::INK));
        let side = (left - 46.0, top.midpoint(bottom));
        let title = "achieved activity, share of dense units (log scale)";
        let title = theme::text(title, side, Anchor::Middle, theme::INK);
        scene.text(Text { upward: true, ..title });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_lie_within_the_axes_even_where_a_seed_closed_everything() {
        let point = |low: f64| Point {
            label: "a".to_owned(),
            target: 0.1,
            achieved: 0.2,
            range: Some((low, 0.4)),
        };
        let axes = Axes::over(&[point(0.04)]);
        assert!((axes.y(0.04) - (axes.area.bottom - Axes::ROOM_UPWARD)).abs() < 1e-9);
        let axes = Axes::over(&[point(0.0)]);
        assert!((axes.y(0.0) - axes.area.bottom).abs() < 1e-9);
        assert!((axes.x(0.1) - (axes.area.left + Axes::ROOM)).abs() < 1e-9);
    }
}
