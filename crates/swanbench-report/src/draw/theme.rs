//! How pictures look: colours, markers, sizes of text. Chosen once, for all of them.

use plotters::style::RGBColor;

use crate::draw::{
    marker::Marker,
    scene::{Anchor, Place, Scene, Text, Weight},
};

/// Text and the reference.
pub(crate) const INK: RGBColor = RGBColor(34, 34, 34);
/// Titles of axes, numbers, captions.
pub(crate) const QUIET: RGBColor = RGBColor(85, 85, 85);
/// What lies behind: the Pareto front.
pub(crate) const FRONT: RGBColor = RGBColor(200, 200, 200);
pub(crate) const GRID: RGBColor = RGBColor(232, 232, 232);
/// The part of a scale that is compressed.
pub(crate) const SHADE: RGBColor = RGBColor(244, 244, 244);
/// The epochs in which gates turn from soft to hard.
pub(crate) const RAMP: RGBColor = RGBColor(240, 240, 240);
pub(crate) const PAPER: RGBColor = RGBColor(255, 255, 255);

pub(crate) const TITLE_SIZE: f64 = 17.0;
pub(crate) const HEADING_SIZE: f64 = 14.0;
pub(crate) const TEXT_SIZE: f64 = 12.5;

/// The radius of a marker in pixels.
pub(crate) const MARKER: f64 = 4.5;

/// Hues after Okabe and Ito (2008), which stay apart under the common colour-vision deficiencies,
/// darkened until text in them can be read on white (a contrast of 4.5 or more). In grey the shape
/// of the mark and the name beside it tell labels apart.
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

/// What tells one label from the others, in colour and in grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub colour: RGBColor,
    pub marker: Marker,
}

impl Style {
    /// The reference: black, and a shape of its own.
    pub(crate) const REFERENCE: Self = Self { colour: INK, marker: Marker::Circle };

    /// The style of the label that comes at `index`; no two of the first 42 are equal.
    pub(crate) fn of(index: usize) -> Self {
        Self { colour: COLOURS[index % COLOURS.len()], marker: MARKERS[index % MARKERS.len()] }
    }

    /// Draws the mark with a white rim, so that marks which overlap stay apart.
    pub(crate) fn draw(self, scene: &mut Scene, at: Place) {
        self.marker.draw(scene, at, MARKER + 1.2, PAPER);
        self.marker.draw(scene, at, MARKER, self.colour);
    }
}

/// A light, opaque shade of `colour`, for a band behind a line.
pub(crate) const fn tint(RGBColor(red, green, blue): RGBColor) -> RGBColor {
    const fn lighter(value: u8) -> u8 {
        255 - (255 - value) / 6
    }
    RGBColor(lighter(red), lighter(green), lighter(blue))
}

/// A line of text in the usual size and weight.
pub(crate) fn text(
    content: impl Into<String>,
    at: Place,
    anchor: Anchor,
    colour: RGBColor,
) -> Text {
    Text {
        content: content.into(),
        at,
        anchor,
        size: TEXT_SIZE,
        weight: Weight::Regular,
        colour,
        upward: false,
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
        for colour in COLOURS.into_iter().chain([INK, QUIET]) {
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
