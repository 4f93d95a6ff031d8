//! Colours and sizes, chosen once for all pictures.

use plotters::style::RGBColor;

/// Text and the reference.
pub(crate) const INK: RGBColor = RGBColor(34, 34, 34);
/// Titles of axes, numbers, captions.
pub(crate) const QUIET: RGBColor = RGBColor(85, 85, 85);
/// The Pareto front, behind everything else.
pub(crate) const FRONT: RGBColor = RGBColor(200, 200, 200);
pub(crate) const GRID: RGBColor = RGBColor(232, 232, 232);
/// The part of a scale that is compressed.
pub(crate) const SHADE: RGBColor = RGBColor(244, 244, 244);
/// The epochs in which gates turn from soft to hard.
pub(crate) const RAMP: RGBColor = RGBColor(240, 240, 240);
pub(crate) const PAPER: RGBColor = RGBColor(255, 255, 255);

/// Sizes of text, in pixels per em.
pub(crate) const TITLE_SIZE: f64 = 17.0;
pub(crate) const HEADING_SIZE: f64 = 14.0;
pub(crate) const TEXT_SIZE: f64 = 12.5;
pub(crate) const SMALL_SIZE: f64 = 11.0;

/// The radius of a marker in pixels.
pub(crate) const MARKER: f64 = 4.5;

/// Returns a light, opaque shade of `colour`, for a band behind a line.
pub(crate) const fn tint(RGBColor(red, green, blue): RGBColor) -> RGBColor {
    const fn lighter(value: u8) -> u8 {
        255 - (255 - value) / 6
    }
    RGBColor(lighter(red), lighter(green), lighter(blue))
}
