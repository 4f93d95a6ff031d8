//! From a [`Scene`] to the bytes of an SVG or a PNG.
//!
//! Both are drawn by plotters in the same fine whole-pixel grid, [`FINE`] dots per pixel of the
//! scene: an SVG shown at the scene's size then looks smooth, and a PNG is averaged down from it.

use std::fs;

use plotters::{
    backend::{BitMapBackend, DrawingBackend, SVGBackend},
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _},
    element::{Circle, PathElement, Polygon},
    style::{
        Color as _, FontTransform, IntoFont as _, TextStyle, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::{
    draw::{
        fonts,
        rectangle::Place,
        scene::{Scene, Shape},
        text::{Anchor, Text},
    },
    error::Error,
    format,
};

/// Dots that are drawn per pixel of the scene, in each direction.
const FINE: u32 = 4;
/// Dots of the PNG per pixel of the scene, so that it is sharp on dense displays.
const PNG: u32 = 2;
/// Dots in each direction that become one dot of the PNG.
const BLOCK: u32 = FINE / PNG;

/// What plotters writes as the family, and what replaces it: typefaces that are about as
/// wide as the embedded one, since places were chosen by its widths.
const FAMILY: &str = "font-family=\"sans-serif\"";
const FAMILIES: &str = "font-family=\"Roboto, Arial, Helvetica, Liberation Sans, sans-serif\"";

/// How a backend of plotters understands sizes of text.
#[derive(Clone, Copy)]
struct Typography {
    /// The size that makes an em one dot high.
    size_of_em: f64,
    /// From the place that plotters takes for a text to its baseline, in em.
    baseline: f64,
}

/// plotters divides the size by 1.24 and sets `dy="0.76em"`.
const SVG_TYPOGRAPHY: Typography = Typography { size_of_em: 1.24, baseline: 0.76 };
/// plotters puts the baseline half a size below.
const PNG_TYPOGRAPHY: Typography =
    Typography { size_of_em: fonts::HEIGHT_IN_EM, baseline: fonts::HEIGHT_IN_EM / 2.0 };

/// Draws the picture as an SVG document that shows at the scene's size in pixels.
/// Returns an error if plotters cannot draw.
pub(crate) fn svg(scene: &Scene) -> Result<String, Error> {
    let size = (dots(scene.width, FINE), dots(scene.height, FINE));
    let mut document = String::new();
    draw(scene, &SVGBackend::with_string(&mut document, size).into_drawing_area(), SVG_TYPOGRAPHY)?;
    // plotters writes the fine grid as the size; the viewBox keeps the grid.
    let written = format!("width=\"{}\" height=\"{}\"", size.0, size.1);
    let shown = format!("width=\"{}\" height=\"{}\"", scene.width, scene.height);
    Ok(document.replacen(&written, &shown, 1).replace(FAMILY, FAMILIES))
}

/// Draws the picture as a PNG file of [`PNG`] dots per pixel of the scene. Returns an error if
/// plotters cannot draw, or if no temporary folder can be made.
pub(crate) fn png(scene: &Scene) -> Result<Vec<u8>, Error> {
    let fine = (dots(scene.width, FINE), dots(scene.height, FINE));
    let mut drawn = vec![u8::MAX; fine.0 as usize * fine.1 as usize * 3];
    draw(scene, &BitMapBackend::with_buffer(&mut drawn, fine).into_drawing_area(), PNG_TYPOGRAPHY)?;
    let averaged = average(&drawn, fine);
    // plotters encodes only into a file that it names itself.
    let folder = tempfile::tempdir().map_err(Error::Encode)?;
    let path = folder.path().join("picture.png");
    let mut backend = BitMapBackend::new(&path, (fine.0 / BLOCK, fine.1 / BLOCK));
    let size = backend.get_size();
    backend
        .blit_bitmap((0, 0), size, &averaged)
        .and_then(|()| backend.present())
        .map_err(|error| Error::Draw(error.to_string()))?;
    fs::read(&path).map_err(Error::Encode)
}

fn dots(length: f64, scale: u32) -> u32 {
    (length * f64::from(scale)).round() as u32
}

/// Returns the means of blocks of [`BLOCK`] by [`BLOCK`] dots of red, green and blue.
fn average(drawn: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let (width, height, block) = (width as usize, height as usize, BLOCK as usize);
    let mut averaged = Vec::with_capacity(drawn.len() / (block * block));
    for row in 0..height / block {
        for column in 0..width / block {
            for channel in 0..3 {
                let dot = |(y, x): (usize, usize)| {
                    let index = (row * block + y) * width + column * block + x;
                    usize::from(drawn[index * 3 + channel])
                };
                let sum: usize =
                    (0..block).flat_map(|y| (0..block).map(move |x| (y, x))).map(dot).sum();
                averaged.push((sum / (block * block)) as u8);
            }
        }
    }
    averaged
}

fn draw<Backend: DrawingBackend>(
    scene: &Scene,
    area: &DrawingArea<Backend, Shift>,
    typography: Typography,
) -> Result<(), Error> {
    fonts::register();
    let draw = || -> Result<(), DrawingAreaErrorKind<Backend::ErrorType>> {
        area.fill(&WHITE)?;
        for shape in &scene.shapes {
            draw_shape(shape, area, typography)?;
        }
        area.present()
    };
    draw().map_err(|error| Error::Draw(error.to_string()))
}

fn draw_shape<Backend: DrawingBackend>(
    shape: &Shape,
    area: &DrawingArea<Backend, Shift>,
    typography: Typography,
) -> Result<(), DrawingAreaErrorKind<Backend::ErrorType>> {
    let all = |places: &[Place]| places.iter().map(fine).collect::<Vec<_>>();
    match shape {
        Shape::Line { places, colour, width } => {
            let style = colour.stroke_width(dots(*width, FINE).max(1));
            area.draw(&PathElement::new(all(places), style))
        }
        Shape::Polygon { corners, colour } => {
            area.draw(&Polygon::new(all(corners), colour.filled()))
        }
        Shape::Circle { centre, radius, colour } => {
            area.draw(&Circle::new(fine(centre), dots(*radius, FINE), colour.filled()))
        }
        Shape::Mark { at, style, hollow } => {
            let mut shapes = style.shapes(*at, *hollow);
            shapes.try_for_each(|shape| draw_shape(&shape, area, typography))
        }
        Shape::Text(text) => draw_text(text, area, typography),
    }
}

fn draw_text<Backend: DrawingBackend>(
    text: &Text,
    area: &DrawingArea<Backend, Shift>,
    typography: Typography,
) -> Result<(), DrawingAreaErrorKind<Backend::ErrorType>> {
    let em = text.size * f64::from(FINE);
    let horizontal = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let rise = text.size * typography.baseline;
    let (x, y) = text.at;
    let (at, turn) = if text.upward {
        ((x - rise, y), FontTransform::Rotate270)
    } else {
        ((x, y - rise), FontTransform::None)
    };
    let size = em * typography.size_of_em;
    let font = (fonts::FAMILY, size, text.weight.style()).into_font().transform(turn);
    let style = TextStyle::from(font).color(&text.colour).pos(Pos::new(horizontal, VPos::Top));
    area.draw_text(&format::without_controls(&text.content), &style, fine(&at))
}

fn fine(&(x, y): &Place) -> (i32, i32) {
    let fine = |value: f64| (value * f64::from(FINE)).round() as i32;
    (fine(x), fine(y))
}

#[cfg(test)]
mod tests {
    use plotters::style::BLACK;

    use super::*;
    use crate::draw::rectangle::Rectangle;

    fn scene() -> Scene {
        let mut scene = Scene::new(60.0, 20.0);
        let area = Rectangle { left: 0.0, top: 0.0, right: 10.0, bottom: 20.0 };
        scene.rectangle(area, BLACK);
        let text = Text::new("p < 1 & p > 0\u{1b}", (15.0, 15.0), Anchor::Start, BLACK).bold();
        scene.text(Text { size: 10.0, ..text });
        scene
    }

    #[test]
    fn an_svg_has_the_size_of_the_scene_and_escaped_text() {
        let document = svg(&scene()).expect("drawn");
        assert!(document.starts_with(r#"<svg width="60" height="20" viewBox="0 0 240 80""#));
        assert!(document.contains("p &lt; 1 &amp; p &gt; 0\u{fffd}"));
        assert!(document.contains(r#"Liberation Sans, sans-serif" font-size="40""#), "{document}");
    }

    #[test]
    fn a_png_has_two_dots_per_pixel_and_the_same_bytes() {
        let file = png(&scene()).expect("drawn");
        // Width and height are in bytes 16 to 23 of every PNG.
        assert_eq!(file[16..24], [0, 0, 0, 120, 0, 0, 0, 40]);
        assert_eq!(file, png(&scene()).expect("drawn"));
    }

    #[test]
    fn four_dots_become_their_mean() {
        let row = [[0, 0, 0], [100, 40, 0]].concat();
        assert_eq!(average(&[row.clone(), row].concat(), (2, 2)), [50, 20, 0]);
    }
}
