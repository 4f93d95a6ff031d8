//! A picture as data: shapes in pixels, the first one drawn first.
//!
//! Pictures build a [`Scene`] and never see a file format; `render` turns it into SVG and PNG.
//! Shapes are opaque, so that both formats and every order of seeds look the same.

use plotters::style::RGBColor;

use crate::draw::{
    rectangle::{Place, Rectangle},
    style::Style,
    text::Text,
};

/// A drawing on white.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub width: f64,
    pub height: f64,
    pub shapes: Vec<Shape>,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Line {
        places: Vec<Place>,
        colour: RGBColor,
        width: f64,
    },
    Polygon {
        corners: Vec<Place>,
        colour: RGBColor,
    },
    Circle {
        centre: Place,
        radius: f64,
        colour: RGBColor,
    },
    /// The mark of a value.
    Mark {
        at: Place,
        style: Style,
        hollow: bool,
    },
    Text(Text),
}

impl Scene {
    pub(crate) const fn new(width: f64, height: f64) -> Self {
        Self { width, height, shapes: Vec::new() }
    }

    pub(crate) fn line(&mut self, places: Vec<Place>, colour: RGBColor, width: f64) {
        self.shapes.push(Shape::Line { places, colour, width });
    }

    /// Adds a straight line in dashes of `dash` pixels with gaps as long as that.
    pub(crate) fn dashed(&mut self, ends: [Place; 2], dash: f64, colour: RGBColor, width: f64) {
        let [from, to] = ends;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let at = |distance: f64| {
            let share = (distance / length).min(1.0);
            (from.0 + dx * share, from.1 + dy * share)
        };
        let mut start = 0.0;
        while start < length {
            self.line(vec![at(start), at(start + dash)], colour, width);
            start += 2.0 * dash;
        }
    }

    /// Adds a dashed line through all `places`: dashes and gaps continue around the corners.
    pub(crate) fn dashed_path(
        &mut self,
        places: &[Place],
        dash: f64,
        colour: RGBColor,
        width: f64,
    ) {
        let mut drawn = places.first().map(|place| vec![*place]).unwrap_or_default();
        let (mut left, mut is_gap) = (dash, false);
        for ends in places.windows(2) {
            let (mut from, to) = (ends[0], ends[1]);
            loop {
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = dx.hypot(dy);
                if length < left {
                    left -= length;
                    drawn.push(to);
                    break;
                }
                from = (from.0 + dx * left / length, from.1 + dy * left / length);
                drawn.push(from);
                if !is_gap {
                    self.line(drawn, colour, width);
                }
                (drawn, left, is_gap) = (vec![from], dash, !is_gap);
            }
        }
        if !is_gap && drawn.len() > 1 {
            self.line(drawn, colour, width);
        }
    }

    pub(crate) fn polygon(&mut self, corners: Vec<Place>, colour: RGBColor) {
        self.shapes.push(Shape::Polygon { corners, colour });
    }

    pub(crate) fn rectangle(&mut self, area: Rectangle, colour: RGBColor) {
        let Rectangle { left, top, right, bottom } = area;
        self.polygon(vec![(left, top), (right, top), (right, bottom), (left, bottom)], colour);
    }

    pub(crate) fn mark(&mut self, style: Style, at: Place) {
        self.shapes.push(Shape::Mark { at, style, hollow: false });
    }

    /// Adds the outline of a mark.
    pub(crate) fn hollow_mark(&mut self, style: Style, at: Place) {
        self.shapes.push(Shape::Mark { at, style, hollow: true });
    }

    pub(crate) fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }
}

#[cfg(test)]
impl Scene {
    /// Returns the styles and places of all marks, the first one drawn first.
    pub(crate) fn marks(&self) -> Vec<(Style, Place)> {
        let mark = |shape: &Shape| match shape {
            Shape::Mark { at, style, .. } => Some((*style, *at)),
            _ => None,
        };
        self.shapes.iter().filter_map(mark).collect()
    }

    /// Returns all texts.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let texts = self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text(text) => Some(text.content.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// Asserts that these marks and no others are drawn, each at its place; if several have one place,
    /// around it.
    #[track_caller]
    pub(crate) fn assert_marks(&self, expected: &[(Style, Place)]) {
        let distance = |(x, y): Place, (other_x, other_y): Place| (x - other_x).hypot(y - other_y);
        let marks = self.marks();
        assert_eq!(marks.len(), expected.len(), "marks and values");
        for (style, place) in expected {
            let is_near = |(_, other): &&(Style, Place)| distance(*place, *other) < 1.0;
            let allowed = if expected.iter().filter(is_near).count() > 1 { 12.0 } else { 0.01 };
            let own = marks.iter().filter(|(other, _)| other == style);
            let nearest = own.map(|(_, mark)| distance(*mark, *place)).fold(f64::MAX, f64::min);
            assert!(nearest <= allowed, "{style:?} is {nearest} pixels from {place:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use plotters::style::BLACK;

    use super::*;

    /// The places of each line that `draw` adds.
    fn lines(draw: impl Fn(&mut Scene)) -> Vec<Vec<Place>> {
        let mut scene = Scene::new(100.0, 100.0);
        draw(&mut scene);
        let line = |shape| match shape {
            Shape::Line { places, .. } => places,
            other => unreachable!("a dash is a line, not {other:?}"),
        };
        scene.shapes.into_iter().map(line).collect()
    }

    #[test]
    fn the_last_dash_ends_where_the_line_ends() {
        let dashes = lines(|scene| scene.dashed([(0.0, 5.0), (10.0, 5.0)], 4.0, BLACK, 1.0));
        assert_eq!(dashes, [[(0.0, 5.0), (4.0, 5.0)], [(8.0, 5.0), (10.0, 5.0)]]);
    }

    #[test]
    fn dashes_continue_around_a_corner() {
        let path = [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0)];
        let dashes = lines(|scene| scene.dashed_path(&path, 4.0, BLACK, 1.0));
        let corner = vec![(8.0, 0.0), (10.0, 0.0), (10.0, 2.0)];
        assert_eq!(dashes, [vec![(0.0, 0.0), (4.0, 0.0)], corner]);
    }
}
