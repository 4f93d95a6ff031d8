//! Where a method saves: how many units of each site are open for every example, for some, for
//! none.

use plotters::style::RGBColor;
use swanbench_results::Results;

use super::{captions, picture_def::PictureDef};
use crate::{
    data::{
        gate_shares::{Gates, Site, gates},
        report_data::ReportData,
    },
    draw::{
        Anchor, Axis, Group, Rectangle, Rows, Scale, Scene, TOP, Text, figure, text_width, theme,
    },
    format,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "gates",
    heading: "Which units are open",
    alternative: "For each site the shares of units that are always open, open on some inputs, \
                  and never open",
    draw,
};

/// A part of the bars.
struct Part {
    name: &'static str,
    colour: RGBColor,
    /// The colour of text upon it.
    text: RGBColor,
}

/// Dark, middle and light, so that grey tells them apart; text on each has a contrast of 4.5 or
/// more.
const PARTS: [Part; 3] = [
    Part { name: "always open", colour: RGBColor(0, 76, 119), text: theme::PAPER },
    Part { name: "input-dependent", colour: RGBColor(225, 142, 50), text: theme::INK },
    Part { name: "always closed", colour: RGBColor(229, 229, 229), text: theme::INK },
];

/// Draws a group of bars for each label, a bar for each site. Returns `None` if all units of all
/// labels are always open.
fn draw(data: &ReportData, results: &Results) -> Option<Scene> {
    let middle = data.middle_target();
    let (mut all, mut left_out) = (Vec::new(), Vec::new());
    for label in &data.labels {
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
    let at = middle.map(|middle| format!(" at target {}%", format::percent(middle)));
    let subject = format!("which units are open{}", at.unwrap_or_default());
    let mut scene =
        figure(captions::title(data, &subject), rows.height(), &caption(data, &left_out));
    draw_key(&mut scene, rows.body.left);
    let quarters = [0.0, 25.0, 50.0, 75.0, 100.0].map(|percent| (percent, format::tick(percent)));
    let axis = Axis::along_x(rows.body, Scale::PERCENT, (0.0, 0.0)).with_ticks(quarters);
    rows.draw(&mut scene, &axis.titled("units of the site, %", 37.0));
    for (index, gates) in all.iter().enumerate() {
        for (site, y) in gates.sites.iter().zip(rows.centres(index)) {
            draw_bar(&mut scene, rows.body, site, *y);
        }
    }
    Some(scene)
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

fn caption(data: &ReportData, left_out: &[String]) -> Vec<String> {
    let mean = match data.seeds() {
        (1, 1) => "One seed".to_owned(),
        seeds => format!("Mean over {}", format::seeds(seeds)),
    };
    let parts = format!(
        "{mean}; hard gates, after the recovery epochs where there are any. Always open: on more \
         than 95% of the test examples; always closed: on less than 5%; input-dependent: between."
    );
    let left_out = (!left_out.is_empty()).then(|| {
        format!("Left out, since all their units are always open: {}.", left_out.join(", "))
    });
    captions::with_failed(data, [parts].into_iter().chain(left_out))
}

/// Draws the names of the parts, in their order along the bars.
fn draw_key(scene: &mut Scene, mut left: f64) {
    const SIDE: f64 = 11.0;
    let baseline = TOP + 12.0;
    for Part { name, colour, .. } in &PARTS {
        let (bottom, right) = (baseline + 1.0, left + SIDE);
        scene.rectangle(Rectangle { left, top: bottom - SIDE, right, bottom }, *colour);
        scene.text(Text::new(*name, (right + 6.0, baseline), Anchor::Start, theme::INK));
        left = right + 6.0 + 1.05 * text_width(name) + 20.0;
    }
}

/// Draws a bar of three parts, each with its share if there is room.
fn draw_bar(scene: &mut Scene, body: Rectangle, site: &Site, y: f64) {
    const HALF: f64 = Rows::STEP / 2.0 - 2.0;
    /// Between parts, so that they are apart in every tone.
    const RIM: f64 = 1.0;
    let mut left = body.left;
    for (share, part) in site.shares.into_iter().zip(&PARTS) {
        let right = left + share * (body.right - body.left);
        let area = Rectangle { left, top: y - HALF, right, bottom: y + HALF };
        if right - left > RIM {
            scene.rectangle(Rectangle { right: right - RIM, ..area }, part.colour);
        }
        let text = format!("{:.0}%", 100.0 * share);
        if text_width(&text) + 8.0 < right - left {
            let at = (left.midpoint(right), y + 4.5);
            scene.text(Text::new(text, at, Anchor::Middle, part.text));
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
        for pair in PARTS.windows(2) {
            let (one, other) = (grey(pair[0].colour), grey(pair[1].colour));
            assert!(other - one > 60.0, "{} {one}, {} {other}", pair[0].name, pair[1].name);
        }
    }

    #[test]
    fn another_target_than_the_middle_is_named() {
        let gates = |target| Gates { label: "gated".to_owned(), target, sites: Vec::new() };
        let label = |target| group(&gates(target), Some(0.1)).label;
        let targets = [Some(0.1), None, Some(0.2)];
        assert_eq!(targets.map(label), ["gated", "gated", "gated at 20.0%"]);
    }
}
