//! Names at the ends of lines, one below the other.

use crate::draw::{
    fonts,
    rectangle::Place,
    scene::Scene,
    style::Style,
    text::{Anchor, Text},
};

/// Between the baselines of two names, in pixels.
const LINE: f64 = 14.5;
/// From the end of a line to its name.
const GAP: f64 = 20.0;

/// The end of a line, and its name.
pub(super) struct End<'a> {
    pub name: &'a str,
    pub style: Style,
    pub at: Place,
}

/// Returns the pixels that names need to the right of their lines.
pub(crate) fn room_for_names<'a>(names: impl IntoIterator<Item = &'a str>) -> f64 {
    // A little more, for a reader's typeface that is wider than the embedded one.
    GAP + names
        .into_iter()
        .map(|name| 1.1 * fonts::text_width(&fonts::shortened(name)))
        .fold(0.0, f64::max)
}

/// Writes the names to the right of all ends, each as near to its own height as the others allow
/// between `top` and `bottom`; a thin line joins the two if they are apart.
pub(super) fn draw(scene: &mut Scene, ends: &[End], (top, bottom): (f64, f64)) {
    let wanted: Vec<f64> = ends.iter().map(|end| end.at.1).collect();
    let half = LINE / 2.0;
    let right = ends.iter().map(|end| end.at.0).fold(0.0, f64::max);
    for (end, y) in ends.iter().zip(apart(&wanted, LINE, (top + half, bottom - half))) {
        let (x, own) = end.at;
        let colour = end.style.colour;
        if (y - own).abs() > 2.0 || right - x > 2.0 {
            let line = vec![(x + 7.0, own), (right + 7.0, own), (right + GAP - 3.0, y)];
            scene.line(line, colour, 0.75);
        }
        let name = fonts::shortened(end.name);
        scene.text(Text::new(name, (right + GAP, y + 4.5), Anchor::Start, colour));
    }
    for end in ends {
        scene.mark(end.style, end.at);
    }
}

/// Moves `wanted` as little as possible, by least squares, until neighbours are `gap` apart; then
/// as a whole into the bounds. The order is kept.
fn apart(wanted: &[f64], gap: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&one, &other| wanted[one].total_cmp(&wanted[other]));
    // Less the gaps, the places must only rise: pooling adjacent violators gives the nearest such.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, &index) in order.iter().enumerate() {
        let mut pool = (wanted[index] - rank as f64 * gap, 1);
        while let Some((mean, count)) = pools.pop_if(|(mean, _)| *mean > pool.0) {
            let all = count + pool.1;
            pool = ((mean * count as f64 + pool.0 * pool.1 as f64) / all as f64, all);
        }
        pools.push(pool);
    }
    let most = (high - gap * wanted.len().saturating_sub(1) as f64).max(low);
    let rising = pools.iter().flat_map(|(mean, count)| std::iter::repeat_n(*mean, *count));
    let mut places = vec![0.0; wanted.len()];
    for (rank, (mean, index)) in rising.zip(order).enumerate() {
        places[index] = mean.clamp(low, most) + rank as f64 * gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_move_apart_around_their_mean() {
        assert_eq!(apart(&[50.0, 50.0, 10.0], 10.0, (0.0, 100.0)), [45.0, 55.0, 10.0]);
    }

    #[test]
    fn names_stay_within_the_bounds() {
        assert_eq!(apart(&[99.0, 98.0, 97.0], 10.0, (0.0, 100.0)), [100.0, 90.0, 80.0]);
        assert_eq!(apart(&[-5.0, -6.0], 10.0, (0.0, 100.0)), [10.0, 0.0]);
    }

    #[test]
    fn names_that_are_apart_stay_where_they_are() {
        assert_eq!(apart(&[30.0, 10.0, 70.0], 10.0, (0.0, 100.0)), [30.0, 10.0, 70.0]);
        assert!(apart(&[], 10.0, (0.0, 100.0)).is_empty());
    }
}
