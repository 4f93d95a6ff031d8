//! A plain panel: an area with a grid, and numbers along two of its sides.

use plotters::style::RGBColor;

use crate::{
    draw::{
        scale::multiples,
        scene::{Anchor, Rectangle, Scene, Text, Weight},
        theme,
    },
    format,
};

/// Numbers along a side, each with its place in pixels.
pub(crate) type Ticks = Vec<(f64, String)>;

/// The size of text that comes second: names of spans and notes within a panel.
pub(crate) const SMALL: f64 = 11.0;

/// A scale that puts equal differences at equal distances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Linear {
    pub low: f64,
    pub high: f64,
    /// Where `low` and `high` are drawn, in pixels.
    pub from: f64,
    pub to: f64,
}

impl Linear {
    pub(crate) fn at(&self, value: f64) -> f64 {
        self.from + (self.to - self.from) * (value - self.low) / (self.high - self.low)
    }

    /// Multiples of a round step, at most `count`, with `unit` behind every number.
    pub(crate) fn ticks(&self, count: usize, unit: &str) -> Ticks {
        const DIGITS: [f64; 3] = [1.0, 2.0, 5.0];
        let decade = ((self.high - self.low) / count as f64).log10().floor();
        let steps = (0..3)
            .flat_map(|power| DIGITS.map(|digit| digit * 10_f64.powf(decade + f64::from(power))));
        let all = steps.map(|step| multiples(self.low, self.high, step));
        let values = all.filter(|values| values.len() <= count).find(|values| !values.is_empty());
        let tick = |value: f64| (self.at(value), format!("{}{unit}", format::tick(value)));
        values.unwrap_or_default().into_iter().map(tick).collect()
    }
}

/// Leaves out numbers along x that would run into the one before.
pub(crate) fn thinned(ticks: Ticks) -> Ticks {
    let mut kept: Ticks = Vec::new();
    for (x, number) in ticks {
        let width = crate::draw::fonts::width(&number, theme::TEXT_SIZE, Weight::Regular);
        if kept.last().is_none_or(|(last, _)| x - last > 1.15 * width + 6.0) {
            kept.push((x, number));
        }
    }
    kept
}

/// Lines and numbers along the left side.
pub(crate) fn rows(scene: &mut Scene, area: Rectangle, ticks: &Ticks, with_numbers: bool) {
    for (y, number) in ticks {
        scene.line(vec![(area.left, *y), (area.right, *y)], theme::GRID, 1.0);
        if with_numbers {
            let at = (area.left - 8.0, y + 4.5);
            scene.text(theme::text(number, at, Anchor::End, theme::QUIET));
        }
    }
}

/// Small strokes and numbers along the foot; the axis itself.
pub(crate) fn foot(scene: &mut Scene, area: Rectangle, ticks: &Ticks, with_numbers: bool) {
    let Rectangle { left, right, bottom, .. } = area;
    for (x, number) in ticks {
        scene.line(vec![(*x, bottom), (*x, bottom + 4.0)], theme::QUIET, 1.0);
        if with_numbers {
            let at = (*x, bottom + 18.0);
            scene.text(theme::text(number, at, Anchor::Middle, theme::QUIET));
        }
    }
    scene.line(vec![(left, bottom), (right, bottom)], theme::QUIET, 1.0);
}

/// What is drawn to the right.
pub(crate) fn foot_title(scene: &mut Scene, area: Rectangle, title: &str) {
    let at = (area.left.midpoint(area.right), area.bottom + 36.0);
    scene.text(theme::text(title, at, Anchor::Middle, theme::INK));
}

/// What is drawn upward, `distance` pixels to the left of the area.
pub(crate) fn side_title(scene: &mut Scene, area: Rectangle, title: &str, distance: f64) {
    let at = (area.left - distance, area.top.midpoint(area.bottom));
    let title = theme::text(title, at, Anchor::Middle, theme::INK);
    scene.text(Text { upward: true, ..title });
}

/// A bold line above a panel.
pub(crate) fn heading(scene: &mut Scene, (x, y): (f64, f64), heading: &str, colour: RGBColor) {
    scene.text(Text {
        size: theme::HEADING_SIZE,
        weight: Weight::Bold,
        ..theme::text(heading, (x, y), Anchor::Start, colour)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(ticks: Ticks) -> Vec<String> {
        ticks.into_iter().map(|(_, number)| number).collect()
    }

    #[test]
    fn ticks_are_round_and_no_more_than_wanted() {
        let scale = Linear { low: 1.0, high: 18.0, from: 0.0, to: 170.0 };
        assert_eq!(numbers(scale.ticks(4, "")), ["5", "10", "15"]);
        let scale = Linear { low: 0.0, high: 100.0, ..scale };
        assert_eq!(numbers(scale.ticks(6, "%")), ["0%", "20%", "40%", "60%", "80%", "100%"]);
        assert!((scale.at(50.0) - 85.0).abs() < 1e-12);
    }

    #[test]
    fn numbers_that_would_touch_are_left_out() {
        let ticks = [0.0, 10.0, 60.0].map(|x| (x, "100".to_owned())).to_vec();
        assert_eq!(thinned(ticks).len(), 2);
    }
}
