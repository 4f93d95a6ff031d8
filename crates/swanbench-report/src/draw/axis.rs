//! One side of a panel: values at places, with numbers and a title.

use crate::{
    draw::{
        fonts,
        rectangle::Rectangle,
        scale::Scale,
        scene::Scene,
        text::{Anchor, Text},
        theme,
    },
    format,
};

/// Values along one side of a panel. A value beyond the panel is drawn at its edge.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    scale: Scale,
    /// Where the scale starts and ends, in pixels.
    pub ends: [f64; 2],
    /// The edges of the panel: the lesser pixel first.
    edges: [f64; 2],
    ticks: Vec<Tick>,
    /// The title with its distance from the panel in pixels, if it has one.
    title: Option<(&'static str, f64)>,
    has_numbers: bool,
    /// Whether lines across the panel show the ticks of a horizontal axis.
    has_grid: bool,
}

#[derive(Debug, Clone)]
struct Tick {
    at: f64,
    /// `None` if it would run into the one before.
    number: Option<String>,
}

impl Axis {
    /// Returns a horizontal axis that leaves `room` pixels free at the left and right of `area`.
    pub(crate) fn along_x(area: Rectangle, scale: impl Into<Scale>, room: (f64, f64)) -> Self {
        let ends = [area.left + room.0, area.right - room.1];
        Self::new(scale.into(), ends, [area.left, area.right])
    }

    /// Returns a vertical axis that leaves `room` pixels free at the bottom and top of `area`.
    pub(crate) fn along_y(area: Rectangle, scale: impl Into<Scale>, room: (f64, f64)) -> Self {
        let ends = [area.bottom - room.0, area.top + room.1];
        Self::new(scale.into(), ends, [area.top, area.bottom])
    }

    fn new(scale: Scale, ends: [f64; 2], edges: [f64; 2]) -> Self {
        let (title, has_numbers, has_grid) = (None, true, false);
        let axis = Self { scale, ends, edges, ticks: Vec::new(), title, has_numbers, has_grid };
        let ticks = axis.scale.ticks();
        axis.with_ticks(ticks)
    }

    /// Replaces the round numbers of the scale by `ticks`, values with their names.
    pub(crate) fn with_ticks(mut self, ticks: impl IntoIterator<Item = (f64, String)>) -> Self {
        let tick = |(value, number)| Tick { at: self.at(value), number: Some(number) };
        self.ticks = ticks.into_iter().map(tick).collect();
        self
    }

    /// Leaves out the numbers along x that would run into the one before.
    pub(crate) fn thinned(mut self) -> Self {
        let mut last = f64::NEG_INFINITY;
        for Tick { at, number } in &mut self.ticks {
            let width = |text: &String| fonts::text_width(text);
            *number = number.take().filter(|text| *at - last > 1.15 * width(text) + 6.0);
            if number.is_some() {
                last = *at;
            }
        }
        self
    }

    pub(crate) fn titled(self, title: &'static str, distance: f64) -> Self {
        Self { title: Some((title, distance)), ..self }
    }

    pub(crate) fn with_grid(self) -> Self {
        Self { has_grid: true, ..self }
    }

    pub(crate) fn with_numbers(self, has_numbers: bool) -> Self {
        Self { has_numbers, ..self }
    }

    /// Returns the place of `value` in pixels.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let [from, to] = self.ends;
        let place = match self.scale {
            Scale::Linear { low, high } => from + (to - from) * (value - low) / (high - low),
            Scale::Log(scale) => from + (to - from) * scale.share(value),
            Scale::Accuracy(scale) => from + (to - from) * scale.share(value),
        };
        place.clamp(self.edges[0], self.edges[1])
    }

    /// Returns where the scale begins to be compressed, in pixels, and a note that says so.
    pub(crate) fn knee(&self) -> Option<(f64, String)> {
        let Scale::Accuracy(scale) = self.scale else { return None };
        let knee = scale.knee()?;
        Some((self.at(knee), format!("compressed below {}%", format::tick(knee))))
    }

    /// Draws lines across `area`, and numbers to its left.
    pub(super) fn draw_rows(&self, scene: &mut Scene, area: Rectangle) {
        for Tick { at: y, number } in &self.ticks {
            scene.line(vec![(area.left, *y), (area.right, *y)], theme::GRID, 1.0);
            if let Some(number) = number.as_ref().filter(|_| self.has_numbers) {
                let at = (area.left - 8.0, y + 4.5);
                scene.text(Text::new(number, at, Anchor::End, theme::QUIET));
            }
        }
    }

    /// Draws strokes and numbers below `area`, then the axis itself.
    pub(crate) fn draw_foot(&self, scene: &mut Scene, area: Rectangle) {
        let Rectangle { left, top, right, bottom } = area;
        for Tick { at: x, number } in &self.ticks {
            if self.has_grid {
                scene.line(vec![(*x, top), (*x, bottom)], theme::GRID, 1.0);
            }
            let Some(number) = number else { continue };
            scene.line(vec![(*x, bottom), (*x, bottom + 4.0)], theme::QUIET, 1.0);
            if self.has_numbers {
                draw_number(scene, number, (*x, bottom));
            }
        }
        scene.line(vec![(left, bottom), (right, bottom)], theme::QUIET, 1.0);
    }

    /// Draws lines from the top of `area` to a little below it, and numbers there.
    pub(super) fn draw_columns(&self, scene: &mut Scene, area: Rectangle) {
        for Tick { at: x, number } in &self.ticks {
            let line = vec![(*x, area.top), (*x, area.bottom + 4.0)];
            scene.line(line, theme::GRID, 1.0);
            let number = number.as_deref().unwrap_or_default();
            draw_number(scene, number, (*x, area.bottom));
        }
    }

    /// Draws the title below `area`.
    pub(crate) fn draw_foot_title(&self, scene: &mut Scene, area: Rectangle) {
        if let Some((title, distance)) = self.title {
            scene.text(Text::foot_title(title, area, distance));
        }
    }

    /// Draws the title to the left of `area`.
    pub(super) fn draw_side_title(&self, scene: &mut Scene, area: Rectangle) {
        if let Some((title, distance)) = self.title {
            scene.text(Text::side_title(title, area, distance));
        }
    }
}

/// Draws the number of a tick at `x`, below an area that ends at `bottom`.
fn draw_number(scene: &mut Scene, number: &str, (x, bottom): (f64, f64)) {
    scene.text(Text::new(number, (x, bottom + 18.0), Anchor::Middle, theme::QUIET));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::scale::LogScale;

    const AREA: Rectangle = Rectangle { left: 0.0, top: 0.0, right: 170.0, bottom: 100.0 };

    fn numbers(axis: Axis) -> Vec<String> {
        axis.ticks.into_iter().filter_map(|tick| tick.number).collect()
    }

    #[test]
    fn an_axis_leaves_room_at_its_ends() {
        let axis = Axis::along_x(AREA, Scale::Linear { low: 0.0, high: 100.0 }, (20.0, 10.0));
        assert_eq!([0.0, 50.0, 100.0].map(|value| axis.at(value)), [20.0, 90.0, 160.0]);
        assert_eq!(numbers(axis), ["0", "20", "40", "60", "80", "100"]);
    }

    #[test]
    fn a_value_of_zero_is_drawn_at_the_edge_of_a_log_axis() {
        let axis = Axis::along_y(AREA, LogScale::over([0.04]), (14.0, 14.0));
        assert_eq!([0.04, 0.0].map(|value| axis.at(value)), [86.0, 100.0]);
    }

    #[test]
    fn numbers_that_would_touch_are_left_out() {
        let axis = Axis::along_x(AREA, Scale::Linear { low: 0.0, high: 170.0 }, (0.0, 0.0));
        let ticks = [0.0, 10.0, 60.0].map(|x| (x, "100".to_owned()));
        assert_eq!(numbers(axis.with_ticks(ticks).thinned()).len(), 2);
    }
}
