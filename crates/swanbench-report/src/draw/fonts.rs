//! The embedded typeface: registered for the PNG, and measured for the layout of both formats.

use std::sync::Once;

use plotters::style::{FontFamily, FontStyle, IntoFont as _, register_font};

use crate::draw::{text::Weight, theme};

/// The name under which the typeface is registered: an SVG shows the reader's own sans-serif, and
/// a PNG always the same glyphs.
pub(crate) const FAMILY: FontFamily<'static> = FontFamily::SansSerif;

/// `ab_glyph` takes as size the distance from ascender to descender, which for Roboto is this many
/// em: 1900 + 500 of 2048 units.
pub(crate) const HEIGHT_IN_EM: f64 = 2400.0 / 2048.0;

static REGISTER: Once = Once::new();

/// Makes the typeface known to plotters; needed before anything is measured or drawn.
pub(crate) fn register() {
    REGISTER.call_once(|| {
        for (style, bytes) in [
            (FontStyle::Normal, include_bytes!("../../assets/fonts/Roboto-Regular.ttf").as_slice()),
            (FontStyle::Bold, include_bytes!("../../assets/fonts/Roboto-Bold.ttf").as_slice()),
        ] {
            // The error type has no Debug, so `expect` cannot be used.
            assert!(
                register_font(FAMILY.as_str(), style, bytes).is_ok(),
                "the embedded typeface is a TrueType font"
            );
        }
    });
}

/// Returns the width of `text` in pixels at `size` pixels per em.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    /// Measured larger than drawn, since plotters rounds to whole pixels.
    const MAGNIFIED: f64 = 16.0;
    register();
    // Style and family at once: `FontDesc::style` would keep the glyphs of the regular style.
    let font = (FAMILY, size * HEIGHT_IN_EM * MAGNIFIED, weight.style()).into_font();
    let (width, _) = font.box_size(text).expect("the embedded typeface is registered");
    f64::from(width) / MAGNIFIED
}

/// Returns the width of `text` in pixels in the usual size and weight.
pub(crate) fn text_width(text: &str) -> f64 {
    width(text, theme::TEXT_SIZE, Weight::Regular)
}

/// The widest name in a picture, in pixels.
const WIDEST_NAME: f64 = 230.0;

/// Returns a name as there is room for: with an ellipsis for what is too wide.
pub(crate) fn shortened(name: &str) -> String {
    shortened_to(name, Weight::Regular, WIDEST_NAME)
}

fn shortened_to(text: &str, weight: Weight, limit: f64) -> String {
    let fits = |text: &str| width(text, theme::TEXT_SIZE, weight) <= limit;
    if fits(text) {
        return text.to_owned();
    }
    let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let cut = |count: usize| format!("{}…", text[..cuts[count]].trim_end());
    let kept = (1..cuts.len()).rev().find(|&count| fits(&cut(count))).unwrap_or(0);
    cut(kept)
}

/// Breaks a name at spaces as [`wrap`] does; words that are too wide end in an ellipsis.
pub(crate) fn wrap_name(name: &str, weight: Weight, limit: f64) -> Vec<String> {
    let lines = wrap(name, theme::TEXT_SIZE, weight, limit);
    lines.into_iter().map(|line| shortened_to(&line, weight, limit)).collect()
}

/// Breaks `text` at spaces so that no line is wider than `limit` pixels, unless one word is.
pub(crate) fn wrap(text: &str, size: f64, weight: Weight, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, weight) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_grows_with_text_size_and_weight() {
        let regular = width("gated", 12.0, Weight::Regular);
        assert!((width("gated", 24.0, Weight::Regular) - 2.0 * regular).abs() < 0.2);
        let bold = width("dense 94.6%", 12.0, Weight::Bold);
        assert!(bold > width("dense 94.6%", 12.0, Weight::Regular), "{bold}");
        assert!(width("swan (static)", 12.0, Weight::Regular) > 2.0 * regular);
    }

    #[test]
    fn a_name_that_is_too_wide_ends_in_an_ellipsis() {
        assert_eq!(shortened("swan (static)"), "swan (static)");
        let wide = shortened(&"W".repeat(60));
        assert!(wide.ends_with("W…") && text_width(&wide) <= WIDEST_NAME, "{wide}");
        assert!(text_width(&wide) > 0.9 * WIDEST_NAME, "{wide}");
        let lines = wrap_name(&format!("é {}", "é".repeat(60)), Weight::Bold, 100.0);
        assert_eq!((lines.len(), lines[0].as_str()), (2, "é"));
        assert!(width(&lines[1], theme::TEXT_SIZE, Weight::Bold) <= 100.0);
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let text = "a mean over seeds and the interval of that mean";
        let lines = wrap(text, 12.0, Weight::Regular, 90.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| width(line, 12.0, Weight::Regular) <= 90.0));
        assert_eq!(lines.join(" "), text);
    }
}
