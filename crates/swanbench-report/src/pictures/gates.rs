//! Where a method saves: how many units of each site are open for every example, for some, for
//! none.

use plotters::style::RGBColor;
use swanbench_results::Results;

use crate::{
    data::report_data::{ReportData, middle_target},
    draw::{
        figure::{self, TOP},
        fonts,
        rows::{Group, Rows},
        scene::{Anchor, Rectangle, Scene, Weight},
        theme,
    },
    format,
};

use crate::data::gate_shares::{Gates, Site, gates};

/// A part of the bars.
struct Use {
    name: &'static str,
    colour: RGBColor,
    /// The colour of text upon it.
    text: RGBColor,
}

/// Dark, middle and light, so that grey tells them apart; text on each has a contrast of 4.5 or
/// more.
const USES: [Use; 3] = [
    Use { name: "always open", colour: RGBColor(0, 76, 119), text: theme::PAPER },
    Use { name: "input-dependent", colour: RGBColor(225, 142, 50), text: theme::INK },
    Use { name: "always closed", colour: RGBColor(229, 229, 229), text: theme::INK },
];

/// Draws a group of bars for each label, a bar for each site.
pub(crate) fn picture(evidence: &ReportData, results: &Results) -> Option<Scene> {
    let middle = middle_target(evidence.headline.iter().filter_map(|cell| cell.target));
    let (mut all, mut left_out) = (Vec::new(), Vec::new());
    for label in &evidence.labels {
        match gates(&results.sites, label, middle) {
            Some(gates) if gates.sites.iter().any(|site| site.shares[0] < 1.0) => all.push(gates),
            Some(gates) => left_out.push(gates.label),
            None => {}
        }
    }
    if all.is_empty() {
        return None;
    }
    let groups: Vec<_> = all.iter().map(|gates| group(gates, middle)).collect();
    let rows = Rows::of(&groups, ["site", "units"]);
    let title = figure::title(evidence, &subject(middle));
    let mut scene = figure::figure(title, rows.height(), &caption(evidence, &left_out));
    draw_key(&mut scene, &rows);
    draw_axis(&mut scene, &rows);
    rows.draw(&mut scene, "units of the site, %");
    for (index, gates) in all.iter().enumerate() {
        for (site, y) in gates.sites.iter().zip(rows.centres(index)) {
            draw_bar(&mut scene, rows.body, site, *y);
        }
    }
    Some(scene)
}

fn subject(middle: Option<f64>) -> String {
    let at = middle.map(|middle| format!(" at target activity {}%", format::percent(middle)));
    format!("which units are open{}", at.unwrap_or_default())
}

fn group(gates: &Gates, middle: Option<f64>) -> Group {
    let row = |site: &Site| (site.name.clone(), format!("{:.0}", site.units));
    let label = match gates.target {
        Some(target) if Some(target) != middle => {
            format!("{} at {}%", gates.label, format::percent(target))
        }
        _ => gates.label.clone(),
    };
    Group { label, colour: theme::INK, rows: gates.sites.iter().map(row).collect() }
}

fn caption(evidence: &ReportData, left_out: &[String]) -> Vec<String> {
    let mean = match evidence.seeds() {
        (1, 1) => "One seed".to_owned(),
        _ => format!("Mean over {}", figure::seeds(evidence)),
    };
    let uses = format!(
        "{mean}; hard gates, after the recovery epochs where there are any. Always open: on more \
         than 95% of the test examples; always closed: on less than 5%; input-dependent: between."
    );
    let left_out = (!left_out.is_empty()).then(|| {
        format!("Left out, since all their units are always open: {}.", left_out.join(", "))
    });
    [uses].into_iter().chain(left_out).chain(figure::failed(evidence)).collect()
}

/// The names of the parts, in their order along the bars.
fn draw_key(scene: &mut Scene, rows: &Rows) {
    const SIDE: f64 = 11.0;
    let mut left = rows.body.left;
    let baseline = TOP + 12.0;
    for Use { name, colour, .. } in &USES {
        let (bottom, right) = (baseline + 1.0, left + SIDE);
        scene.rectangle(Rectangle { left, top: bottom - SIDE, right, bottom }, *colour);
        scene.text(theme::text(*name, (right + 6.0, baseline), Anchor::Start, theme::INK));
        left = right + 6.0 + 1.05 * fonts::width(name, theme::TEXT_SIZE, Weight::Regular) + 20.0;
    }
}

fn draw_axis(scene: &mut Scene, rows: &Rows) {
    let Rectangle { left, top, right, bottom } = rows.body;
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        let x = left + (right - left) * percent / 100.0;
        scene.line(vec![(x, top), (x, bottom + 4.0)], theme::GRID, 1.0);
        let at = (x, bottom + 18.0);
        scene.text(theme::text(format::tick(percent), at, Anchor::Middle, theme::QUIET));
    }
}

/// A bar of three parts, each with its share where there is room.
fn draw_bar(scene: &mut Scene, body: Rectangle, site: &Site, y: f64) {
    const HALF: f64 = Rows::STEP / 2.0 - 2.0;
    /// Between parts, so that they are apart in every tone.
    const RIM: f64 = 1.0;
    let mut left = body.left;
    for (share, part) in site.shares.into_iter().zip(&USES) {
        let right = left + share * (body.right - body.left);
        let area = Rectangle { left, top: y - HALF, right, bottom: y + HALF };
        if right - left > RIM {
            scene.rectangle(Rectangle { right: right - RIM, ..area }, part.colour);
        }
        let text = format!("{:.0}%", 100.0 * share);
        if fonts::width(&text, theme::TEXT_SIZE, Weight::Regular) + 8.0 < right - left {
            let at = (left.midpoint(right), y + 4.5);
            scene.text(theme::text(text, at, Anchor::Middle, part.text));
        }
        left = right;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_tells_the_parts_apart() {
        // Luma as in Rec. 601.
        let grey =
            |RGBColor(r, g, b)| 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
        for pair in USES.windows(2) {
            let (one, other) = (grey(pair[0].colour), grey(pair[1].colour));
            assert!(other - one > 60.0, "{} {one}, {} {other}", pair[0].name, pair[1].name);
        }
    }

    #[test]
    fn another_target_than_the_middle_is_named() {
        let gates = |target| Gates { label: "gated".to_owned(), target, sites: Vec::new() };
        assert_eq!(group(&gates(Some(0.1)), Some(0.1)).label, "gated");
        assert_eq!(group(&gates(None), Some(0.1)).label, "gated");
        assert_eq!(group(&gates(Some(0.2)), Some(0.1)).label, "gated at 20.0%");
    }
}
