//! Pictures of lines: a group of rows for each label, names at the left, a body to draw in, and a
//! number at the right. They grow downward, so any number of rows stays readable.

use plotters::style::RGBColor;

use crate::draw::{
    axis::Axis,
    figure::{MARGIN, TOP, WIDTH},
    fonts,
    rectangle::Rectangle,
    scene::Scene,
    text::{Anchor, Text, Weight},
    theme,
};

/// The rows of one label.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    pub label: String,
    pub colour: RGBColor,
    /// The texts left and right of the body in each row.
    pub rows: Vec<(String, String)>,
}

/// The layout of all groups.
#[derive(Debug, Clone)]
pub(crate) struct Rows<'a> {
    groups: &'a [Group],
    /// Over the names of rows, and over the numbers at the right.
    titles: [&'static str; 2],
    /// The area to draw in.
    pub body: Rectangle,
    /// Of each group: its lines of text and the height of each of its rows.
    places: Vec<(Vec<String>, Vec<f64>)>,
}

impl<'a> Rows<'a> {
    /// The distance from a row to the next.
    pub(crate) const STEP: f64 = 20.0;
    /// Between groups.
    const GAP: f64 = 10.0;
    /// Above the body, for titles and a key.
    const HEAD: f64 = 36.0;
    /// Below the body, for the numbers and title of its axis.
    const FOOT: f64 = 46.0;
    /// Between columns.
    const BETWEEN: f64 = 14.0;

    /// Lays out `groups`; `titles` stand above names and numbers.
    pub(crate) fn of(groups: &'a [Group], titles: [&'static str; 2]) -> Self {
        /// Longer labels are broken into lines.
        const LABEL: f64 = 170.0;
        let width = |text: &str, weight| fonts::width(text, theme::TEXT_SIZE, weight);
        let widest = |texts: Vec<f64>| texts.into_iter().fold(0.0, f64::max);
        let mut top = TOP + Self::HEAD + Self::GAP / 2.0;
        let mut places = Vec::new();
        for group in groups {
            let lines = fonts::wrap_name(&group.label, Weight::Bold, LABEL);
            let count = lines.len().max(group.rows.len());
            let centres = (0..group.rows.len()).map(|row| top + (row as f64 + 0.5) * Self::STEP);
            places.push((lines, centres.collect()));
            top += count as f64 * Self::STEP + Self::GAP;
        }
        let lines = places.iter().flat_map(|(lines, _)| lines);
        let labels = widest(lines.map(|line| width(line, Weight::Bold)).collect());
        let all = || groups.iter().flat_map(|group| &group.rows);
        let column = |title: &str, texts: Vec<&String>| {
            let texts = texts.into_iter().map(|text| width(text, Weight::Regular));
            widest(texts.chain([width(title, Weight::Regular)]).collect())
        };
        let left = column(titles[0], all().map(|row| &row.0).collect());
        let right = column(titles[1], all().map(|row| &row.1).collect());
        // A little more, for a reader's typeface that is wider than the embedded one.
        let body = Rectangle {
            left: MARGIN + 1.05 * (labels + left) + 2.0 * Self::BETWEEN,
            top: TOP + Self::HEAD,
            right: WIDTH - MARGIN - 1.05 * right - Self::BETWEEN,
            bottom: top - Self::GAP / 2.0,
        };
        Self { groups, titles, body, places }
    }

    /// Returns the height of everything between title and caption, in pixels.
    pub(crate) fn height(&self) -> f64 {
        self.body.bottom + Self::FOOT - TOP
    }

    /// Returns the middles of the rows of a group, in pixels.
    pub(crate) fn centres(&self, group: usize) -> &[f64] {
        &self.places[group].1
    }

    /// Draws `axis` in the body, and everything next to the body.
    pub(crate) fn draw(&self, scene: &mut Scene, axis: &Axis) {
        const BASELINE: f64 = 4.5;
        let Rectangle { left, top, .. } = self.body;
        axis.draw_columns(scene, self.body);
        let (names, end) = (left - Self::BETWEEN, WIDTH - MARGIN);
        for (title, x) in self.titles.into_iter().zip([names, end]) {
            scene.text(Text::new(title, (x, top - 8.0), Anchor::End, theme::QUIET));
        }
        for (group, (lines, centres)) in self.groups.iter().zip(&self.places) {
            let first = centres[0];
            if first - Self::STEP > top {
                let y = first - Self::STEP.midpoint(Self::GAP);
                scene.line(vec![(MARGIN, y), (end, y)], theme::GRID, 1.0);
            }
            for (index, line) in lines.iter().enumerate() {
                let at = (MARGIN, first + index as f64 * Self::STEP + BASELINE);
                scene.text(Text::new(line, at, Anchor::Start, group.colour).bold());
            }
            for ((name, number), y) in group.rows.iter().zip(centres) {
                let y = y + BASELINE;
                scene.text(Text::new(name, (names, y), Anchor::End, theme::INK));
                scene.text(Text::new(number, (end, y), Anchor::End, theme::INK));
            }
        }
        axis.draw_foot_title(scene, self.body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_label_makes_room_for_its_lines() {
        let group = |label: &str| Group {
            label: label.to_owned(),
            colour: theme::INK,
            rows: vec![("fc1".to_owned(), "300".to_owned())],
        };
        let short = [group("gated"), group("gated")];
        let long = [group("a label that needs two lines of text"), group("gated")];
        let (short, long) =
            (Rows::of(&short, ["site", "units"]), Rows::of(&long, ["site", "units"]));
        assert_eq!(short.centres(1)[0] - short.centres(0)[0], Rows::STEP + Rows::GAP);
        assert_eq!(long.centres(1)[0] - long.centres(0)[0], 2.0 * Rows::STEP + Rows::GAP);
        assert_eq!(long.height() - short.height(), Rows::STEP);
        assert!(long.body.left > short.body.left && long.body.right == short.body.right);
    }
}
