//! What all pictures share: one width, a title above, and a caption below that says what the marks
//! mean.

use crate::draw::{
    fonts,
    scene::Scene,
    text::{Anchor, Text, Weight},
    theme,
};

pub(crate) const WIDTH: f64 = 850.0;
/// Left free at the sides.
pub(crate) const MARGIN: f64 = 16.0;
/// Where the picture itself begins, below the title.
pub(crate) const TOP: f64 = 48.0;

/// Returns a scene with `title` and the paragraphs of `caption`, and `height` pixels for the
/// picture between them, from [`TOP`] downward.
pub(crate) fn figure(title: String, height: f64, caption: &[String]) -> Scene {
    const LINE: f64 = 17.0;
    // A reader's own sans-serif may be wider than the embedded typeface.
    let limit = (WIDTH - 2.0 * MARGIN) / 1.15;
    let wrap = |text: &String| fonts::wrap(text, theme::TEXT_SIZE, Weight::Regular, limit);
    let lines: Vec<_> = caption.iter().flat_map(wrap).collect();
    let caption_top = TOP + height + 22.0;
    let mut scene = Scene::new(WIDTH, caption_top + lines.len() as f64 * LINE);
    let title = Text::heading(title, (MARGIN, 26.0), theme::INK);
    scene.text(Text { size: theme::TITLE_SIZE, ..title });
    for (index, line) in lines.into_iter().enumerate() {
        let at = (MARGIN, caption_top + index as f64 * LINE);
        scene.text(Text::new(line, at, Anchor::Start, theme::QUIET));
    }
    scene
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_grows_with_its_picture_and_its_caption() {
        let short = figure("title".to_owned(), 100.0, &["a word".to_owned()]);
        let long = figure("title".to_owned(), 300.0, &["a word ".repeat(40)]);
        assert!((short.height - (TOP + 100.0 + 22.0 + 17.0)).abs() < 1e-9);
        // 280 letters and spaces need more than two lines.
        assert!(long.height >= short.height + 200.0 + 17.0, "{}", long.height);
        assert_eq!(long.shapes.len() - 1, ((long.height - 370.0) / 17.0) as usize);
    }
}
