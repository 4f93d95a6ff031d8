//! A picture as data: shapes in pixels, the first one drawn first.
//!
//! Pictures build a [`Scene`] from cells and never see a file format; `render` turns it into SVG
//! and PNG. Shapes are opaque, so that both formats and every order of seeds look the same.

use plotters::style::{FontStyle, RGBColor};

/// x to the right and y downward, in pixels from the upper left corner.
pub(crate) type Place = (f64, f64);

/// A drawing on white.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub width: f64,
    pub height: f64,
    pub shapes: Vec<Shape>,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Line { places: Vec<Place>, colour: RGBColor, width: f64 },
    Polygon { corners: Vec<Place>, colour: RGBColor },
    Circle { centre: Place, radius: f64, colour: RGBColor },
    Text(Text),
}

/// One line of text.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub content: String,
    /// Where the baseline begins, has its middle, or ends, as `anchor` says.
    pub at: Place,
    pub anchor: Anchor,
    /// Pixels an em.
    pub size: f64,
    pub weight: Weight,
    pub colour: RGBColor,
    /// Reading upward, as the title of a vertical axis does.
    pub upward: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    pub(crate) const fn style(self) -> FontStyle {
        match self {
            Self::Regular => FontStyle::Normal,
            Self::Bold => FontStyle::Bold,
        }
    }
}

/// A rectangle with sides parallel to the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rectangle {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rectangle {
    /// The square of side `2 * radius` around `centre`.
    pub(crate) fn around((x, y): Place, radius: f64) -> Self {
        Self { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
    }

    /// The area in square pixels that both cover.
    pub(crate) fn overlap(&self, other: &Self) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }

    /// Whether `other` lies wholly within.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

impl Scene {
    pub(crate) const fn new(width: f64, height: f64) -> Self {
        Self { width, height, shapes: Vec::new() }
    }

    pub(crate) fn line(&mut self, places: Vec<Place>, colour: RGBColor, width: f64) {
        self.shapes.push(Shape::Line { places, colour, width });
    }

    /// A straight line in strokes of `stroke` pixels with gaps as long as that.
    pub(crate) fn dashed(
        &mut self,
        from: Place,
        to: Place,
        stroke: f64,
        colour: RGBColor,
        width: f64,
    ) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let at = |distance: f64| {
            let share = (distance / length).min(1.0);
            (from.0 + dx * share, from.1 + dy * share)
        };
        let mut start = 0.0;
        while start < length {
            self.line(vec![at(start), at(start + stroke)], colour, width);
            start += 2.0 * stroke;
        }
    }

    /// As [`Scene::dashed`] through all `places`: strokes and gaps go on round the corners.
    pub(crate) fn dashed_path(
        &mut self,
        places: &[Place],
        stroke: f64,
        colour: RGBColor,
        width: f64,
    ) {
        let mut drawn = places.first().map(|place| vec![*place]).unwrap_or_default();
        let (mut left, mut is_gap) = (stroke, false);
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
                (drawn, left, is_gap) = (vec![from], stroke, !is_gap);
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

    pub(crate) fn circle(&mut self, centre: Place, radius: f64, colour: RGBColor) {
        self.shapes.push(Shape::Circle { centre, radius, colour });
    }

    pub(crate) fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use plotters::style::BLACK;

    use super::*;

    #[test]
    fn rectangles_overlap_where_both_are() {
        let a = Rectangle { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        let b = Rectangle { left: 6.0, top: 7.0, right: 20.0, bottom: 9.0 };
        assert!((a.overlap(&b) - 8.0).abs() < 1e-12);
        let apart = Rectangle::around((30.0, 30.0), 2.0);
        assert!(a.overlap(&apart).abs() < 1e-12);
        assert!(a.contains(&Rectangle::around((5.0, 5.0), 5.0)) && !a.contains(&b));
    }

    #[test]
    fn the_last_dash_ends_where_the_line_ends() {
        let mut scene = Scene::new(100.0, 100.0);
        scene.dashed((0.0, 5.0), (10.0, 5.0), 4.0, BLACK, 1.0);
        let ends: Vec<_> = scene
            .shapes
            .iter()
            .map(|shape| match shape {
                Shape::Line { places, .. } => (places[0].0, places[1].0),
                other => unreachable!("a dash is a line, not {other:?}"),
            })
            .collect();
        assert_eq!(ends, [(0.0, 4.0), (8.0, 10.0)]);
    }

    #[test]
    fn dashes_go_on_round_a_corner() {
        let mut scene = Scene::new(100.0, 100.0);
        scene.dashed_path(&[(0.0, 0.0), (10.0, 0.0), (10.0, 5.0)], 4.0, BLACK, 1.0);
        let dashes: Vec<_> = scene
            .shapes
            .into_iter()
            .map(|shape| match shape {
                Shape::Line { places, .. } => places,
                other => unreachable!("a dash is a line, not {other:?}"),
            })
            .collect();
        let corner = vec![(8.0, 0.0), (10.0, 0.0), (10.0, 2.0)];
        assert_eq!(dashes, [vec![(0.0, 0.0), (4.0, 0.0)], corner]);
    }
}
