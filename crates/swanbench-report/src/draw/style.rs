//! What tells one label from the others: a colour and the shape of its mark.

use plotters::style::RGBColor;

use crate::draw::{rectangle::Place, scene::Shape, theme};

/// The shape of a mark. All have about equal weight to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Square,
    TriangleUp,
    Diamond,
    TriangleDown,
    Plus,
    Cross,
}

impl Marker {
    fn shape(self, at: Place, radius: f64, colour: RGBColor) -> Shape {
        match self.corners() {
            Some(corners) => {
                let place = |(x, y): &Place| (at.0 + x * radius, at.1 + y * radius);
                Shape::Polygon { corners: corners.iter().map(place).collect(), colour }
            }
            None => Shape::Circle { centre: at, radius, colour },
        }
    }

    /// Returns the corners around the origin for a radius of one, or `None` for a circle.
    fn corners(self) -> Option<Vec<Place>> {
        let corners: &[Place] = match self {
            Self::Circle => return None,
            Self::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::TriangleUp => &[(0.0, -1.25), (1.15, 0.8), (-1.15, 0.8)],
            Self::TriangleDown => &[(0.0, 1.25), (1.15, -0.8), (-1.15, -0.8)],
            Self::Diamond => &[(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)],
            Self::Plus => &PLUS,
            Self::Cross => {
                let half = std::f64::consts::FRAC_1_SQRT_2;
                return Some(PLUS.iter().map(|(x, y)| ((x - y) * half, (x + y) * half)).collect());
            }
        };
        Some(corners.to_vec())
    }
}

const PLUS: [Place; 12] = [
    (-0.4, -1.2),
    (0.4, -1.2),
    (0.4, -0.4),
    (1.2, -0.4),
    (1.2, 0.4),
    (0.4, 0.4),
    (0.4, 1.2),
    (-0.4, 1.2),
    (-0.4, 0.4),
    (-1.2, 0.4),
    (-1.2, -0.4),
    (-0.4, -0.4),
];

/// Hues after Okabe and Ito (2008), which stay apart under the common colour-vision deficiencies,
/// darkened until text in them can be read on white (a contrast of 4.5 or more). In grey the shape
/// of the mark and the name next to it tell labels apart.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(191, 80, 0),
    RGBColor(0, 125, 91),
    RGBColor(168, 64, 127),
    RGBColor(51, 34, 136),
    RGBColor(138, 106, 0),
    RGBColor(107, 78, 22),
];

/// One less than the colours, so that no pair comes twice among the first 42.
const MARKERS: [Marker; 6] = [
    Marker::Square,
    Marker::TriangleUp,
    Marker::Diamond,
    Marker::TriangleDown,
    Marker::Plus,
    Marker::Cross,
];

/// How a label looks, in colour and in grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub colour: RGBColor,
    pub marker: Marker,
}

impl Style {
    /// The dense reference: black, and a shape of its own.
    pub(crate) const REFERENCE: Self = Self { colour: theme::INK, marker: Marker::Circle };

    /// Returns the style of the label at `index`; no two of the first 42 are equal.
    pub(crate) fn of(index: usize) -> Self {
        Self { colour: COLOURS[index % COLOURS.len()], marker: MARKERS[index % MARKERS.len()] }
    }

    /// Returns the shapes of a mark: a white rim, so that marks which overlap stay apart, the mark,
    /// and what makes it `hollow`.
    pub(super) fn shapes(self, at: Place, hollow: bool) -> impl Iterator<Item = Shape> {
        let inner = hollow.then_some((0.55 * theme::MARKER, theme::PAPER));
        [(theme::MARKER + 1.2, theme::PAPER), (theme::MARKER, self.colour)]
            .into_iter()
            .chain(inner)
            .map(move |(radius, colour)| self.marker.shape(at, radius, colour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast with white as WCAG 2 defines it.
    fn contrast(colour: RGBColor) -> f64 {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let luminance =
            0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2);
        1.05 / (luminance + 0.05)
    }

    #[test]
    fn text_in_every_colour_can_be_read_on_white() {
        for colour in COLOURS.into_iter().chain([theme::INK, theme::QUIET]) {
            assert!(contrast(colour) >= 4.5, "{colour:?}: {}", contrast(colour));
        }
    }

    #[test]
    fn no_two_labels_look_the_same() {
        let styles: Vec<_> = (0..42).map(Style::of).collect();
        for (index, style) in styles.iter().enumerate() {
            assert!(!styles[..index].contains(style), "{index}: {style:?}");
            assert_ne!(*style, Style::REFERENCE);
        }
    }
}
