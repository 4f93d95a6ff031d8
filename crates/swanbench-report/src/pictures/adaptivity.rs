//! Whether a network spends more on hard examples than on easy ones, and whether that helps: what
//! examples cost, by difficulty and by class, and accuracy with the gates of others.

mod controls;

use swanbench_results::Results;

use self::controls::Controls;
use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::{
        example_costs::{Groups, Use, uses},
        report_data::ReportData,
    },
    draw::{
        Anchor, Axis, Line, MARGIN, Panel, Point, Rectangle, Scale, Scene, Series, Style, TOP,
        Text, WIDTH, figure, room_for_names, theme,
    },
    format,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "adaptivity",
    heading: "Easy and hard examples",
    alternative: "What single test examples cost: how it is distributed, by difficulty and by \
                  class, and accuracy with frozen, shuffled and random gates",
    draw,
};

/// Labels that find room.
const MOST_LABELS: usize = 6;
/// The left edges of the two columns.
const COLUMNS: [f64; 2] = [66.0, 480.0];
const LEFT_END: f64 = 404.0;
/// Top and bottom of the panels of the upper row.
const UPPER: (f64, f64) = (TOP + 34.0, TOP + 224.0);
/// From the bottom of the upper row to the top of the lower one: numbers, title, heading.
const BETWEEN: f64 = 92.0;

/// A label and how it looks.
struct Styled<'a> {
    one: &'a Use,
    style: Style,
}

/// Draws four panels at the middle target. Returns `None` if no label's examples differ in cost.
fn draw(data: &ReportData, results: &Results) -> Option<Scene> {
    let target = data.middle_target();
    let uses = uses(data, &results.adaptivity, target);
    if uses.is_empty() {
        return None;
    }
    let (uses, left_out) = most_adaptive(uses);
    let styled = |one| Styled { one, style: style(data, &one.label) };
    let labels: Vec<_> = uses.iter().map(styled).collect();
    let controls = Controls::of(labels.iter().map(|label| (label.one, label.style)));
    let lower_top = UPPER.1 + BETWEEN;
    let lower = (lower_top, lower_top + controls.height().max(UPPER.1 - UPPER.0));
    let subject = format!("what single examples cost{}", format::at_target(target));
    let caption = caption(data, &uses, &left_out);
    let mut scene = figure(captions::title(data, &subject), lower.1 + 40.0 - TOP, &caption);
    let area = |left, right, (top, bottom)| Rectangle { left, top, right, bottom };
    let right = WIDTH - MARGIN;
    let names: Vec<String> = uses.iter().map(end_name).collect();
    let room = room_for_names(names.iter().map(String::as_str));
    draw_distribution(&mut scene, &labels, area(COLUMNS[0], LEFT_END, UPPER));
    draw_difficulty(&mut scene, &labels, area(COLUMNS[1], right - room, UPPER));
    draw_classes(&mut scene, &labels, area(COLUMNS[0], LEFT_END, lower));
    controls.draw(&mut scene, area(COLUMNS[1], right, lower));
    Some(scene)
}

/// Returns the labels whose examples differ most in cost, as many as find room, and the others;
/// both in the order of the experiment.
fn most_adaptive(uses: Vec<Use>) -> (Vec<Use>, Vec<Use>) {
    let spread = |one: &Use| {
        let (low, high) = (quantile(one, 5), quantile(one, 95));
        high.zip(low).map_or(0.0, |(high, low)| (high - low) / one.mean)
    };
    let mut spreads: Vec<f64> = uses.iter().map(spread).collect();
    spreads.sort_by(|one, other| other.total_cmp(one));
    let least = spreads.get(MOST_LABELS - 1).copied().unwrap_or(0.0);
    let (mut shown, mut left_out): (Vec<_>, Vec<_>) =
        uses.into_iter().partition(|one| spread(one) >= least);
    // If several differ equally much.
    left_out.extend(shown.split_off(MOST_LABELS.min(shown.len())));
    (shown, left_out)
}

/// Returns a percentile of the cost of an example, mean over seeds.
fn quantile(one: &Use, percent: u64) -> Option<f64> {
    one.quantiles.iter().find(|(own, _)| *own == percent).map(|(_, spread)| spread.mean)
}

/// Returns the name at the end of a line, with the correlations that are known.
fn end_name(one: &Use) -> String {
    let signed = |value| format::signed(value, 0.1);
    match (one.correlation, one.correlation_within) {
        (Some(all), Some(within)) => {
            format!("{}, ρ {} ({})", one.label, signed(all), signed(within))
        }
        (Some(all), None) => format!("{}, ρ {}", one.label, signed(all)),
        (None, _) => one.label.clone(),
    }
}

/// What the marks mean, a paragraph each.
fn caption(data: &ReportData, uses: &[Use], left_out: &[Use]) -> Vec<String> {
    let lines = match captions::seed_range(uses.iter().map(|one| one.seeds)) {
        (1, 1) => "Lines: one seed".to_owned(),
        seeds => format!(
            "Lines: mean of {}; bands and bars of classes: least to greatest seed",
            format::seeds(seeds)
        ),
    };
    let has_difficulty = uses.iter().any(|one| !one.tenths.is_empty());
    let difficulty = if has_difficulty {
        " Difficulty: the loss of the dense net of the same seed on the example. ρ: Spearman's \
         rank correlation of an example's FLOPs with it, in brackets within classes. Dotted: \
         shuffled gates, which spend the same on all tenths."
    } else {
        ""
    };
    let quantiles = uses.iter().map(|one| {
        let percent = |index| format::percent(quantile(one, index).unwrap_or(f64::NAN));
        format!("{} {}% to {}% (median {}%)", one.label, percent(5), percent(95), percent(50))
    });
    let quantiles = quantiles.collect::<Vec<_>>().join("; ");
    let controls = "Own: the gates that belong to the example; frozen: the same units for all \
                    examples, those open most often; shuffled: the gates of another example; \
                    random: drawn with the same activity. Bars: 95% interval of the mean \
                    (Student's t).";
    let left_out: Vec<&str> = left_out.iter().map(|one| one.label.as_str()).collect();
    let left_out = (!left_out.is_empty()).then(|| {
        format!("Left out, since their examples differ less in cost: {}.", left_out.join(", "))
    });
    let all = [
        format!("{lines}. FLOPs include the gates' own, hard gates.{difficulty}"),
        format!("90% of the test examples cost: {quantiles}."),
        controls.to_owned(),
    ];
    captions::with_failed(data, all.into_iter().chain(left_out))
}

/// Returns a panel whose x axis names `title`, with a heading and without series.
fn panel(scene: &mut Scene, area: Rectangle, axes: (Axis, Axis), heading: &str) -> Panel {
    scene.text(Text::heading(heading, (area.left, area.top - 14.0), theme::INK));
    let panel = Panel::new(area, axes.0, axes.1);
    panel.draw_axes(scene);
    panel
}

/// Draws the share of examples that cost at most so much.
fn draw_distribution(scene: &mut Scene, labels: &[Styled], area: Rectangle) {
    let quantiles = labels.iter().flat_map(|label| &label.one.quantiles);
    let costs = around(quantiles.map(|(_, spread)| (spread.mean, spread.mean)));
    let x = Axis::along_x(area, costs, (6.0, 6.0)).thinned();
    let y = Axis::along_y(area, Scale::PERCENT, (0.0, 0.0));
    let x = x.titled("unit FLOPs of an example, % of dense", 36.0);
    let axes = (x, y.titled("cumulative share of examples, %", 42.0));
    let mut panel = panel(scene, area, axes, "Cost of an example");
    for Styled { one, style } in labels {
        let point = |(percent, spread): &(u64, crate::data::spread::Spread)| Point {
            x: 100.0 * spread.mean,
            y: *percent as f64,
            range: None,
        };
        let (name, points) = (one.label.clone(), one.quantiles.iter().map(point).collect());
        let line = Line::Solid(1.8);
        panel.series.push(Series { name, style: *style, points, line });
    }
    panel.series.iter().for_each(|series| panel.draw_line(scene, series));
    let mut names = panel.labels_clear_of_lines();
    for series in &panel.series {
        // From the middle upward, where lines are apart.
        let mut places = panel.places(series);
        let middle = places.len() / 2;
        places.rotate_left(middle);
        names.write(scene, &series.name, &places, (series.style.colour, 0.75));
    }
}

/// Draws the mean cost of each tenth of the examples.
fn draw_difficulty(scene: &mut Scene, labels: &[Styled], area: Rectangle) {
    const HEADING: &str = "By difficulty";
    if labels.iter().all(|label| label.one.tenths.is_empty()) {
        scene.text(Text::heading(HEADING, (area.left, area.top - 14.0), theme::INK));
        let note = "no dense net says which are hard";
        let at = (area.left, area.top + 10.0);
        return scene.text(Text::new(note, at, Anchor::Start, theme::QUIET));
    }
    let x = Axis::along_x(area, Scale::Linear { low: 1.0, high: 10.0 }, (12.0, 6.0));
    let x = x.with_ticks([1.0, 4.0, 7.0, 10.0].map(|tenth| (tenth, format::tick(tenth))));
    let axes = (x.titled("tenth of the examples, hardest last", 36.0), mean_costs(labels, area));
    let mut panel = panel(scene, area, axes, HEADING);
    let labels: Vec<_> = labels.iter().filter(|label| !label.one.tenths.is_empty()).collect();
    for Styled { one, style } in &labels {
        let (points, line) = (means(&one.tenths, 1.0), Line::Solid(1.8));
        panel.series.push(Series { name: end_name(one), style: *style, points, line });
    }
    panel.draw_bands(scene);
    for (label, series) in labels.iter().zip(&panel.series) {
        let ends = [1.0, 10.0].map(|tenth| panel.at(tenth, 100.0 * label.one.mean));
        scene.dashed(ends, 2.0, series.style.colour, 1.0);
        panel.draw_line(scene, series);
    }
    panel.name_ends(scene);
}

/// Draws the mean cost of the examples of each class.
fn draw_classes(scene: &mut Scene, labels: &[Styled], area: Rectangle) {
    /// Between the marks of two labels in one class.
    const APART: f64 = 7.0;
    const ROOM: f64 = 20.0;
    let last = labels.iter().filter_map(|label| label.one.classes.last());
    let last = last.map(|(class, _)| *class).max().unwrap_or(0);
    let classes = Scale::Linear { low: 0.0, high: last.max(1) as f64 };
    let x = Axis::along_x(area, classes, (ROOM, ROOM));
    let x = x.with_ticks((0..=last).map(|class| (class as f64, class.to_string()))).thinned();
    let axes = (x.titled("class", 36.0), mean_costs(labels, area));
    let mut panel = panel(scene, area, axes, "By class");
    let count = labels.len() as f64;
    let class_width = panel.x.at(1.0) - panel.x.at(0.0);
    let apart = (APART / class_width).min(0.8 / count);
    for (index, Styled { one, style }) in labels.iter().enumerate() {
        let within_class = apart * (index as f64 - (count - 1.0) / 2.0);
        let points = means(&one.classes, within_class);
        let (name, line) = (one.label.clone(), Line::None);
        panel.series.push(Series { name, style: *style, points, line });
    }
    panel.series.iter().for_each(|series| panel.draw_bars(scene, series));
    panel.draw_marks(scene);
    if labels.len() > 1 {
        let at = (area.right, area.top - 14.0);
        let note = "marks as above, right";
        scene.text(Text::new(note, at, Anchor::End, theme::QUIET).small());
    }
}

/// Returns mean costs in percent, a point for each group, the first at `first` along x.
fn means(groups: &Groups, first: f64) -> Vec<Point> {
    let groups = groups.iter().map(|(index, spread)| Point {
        x: *index as f64 + first,
        y: 100.0 * spread.mean,
        range: Some((100.0 * spread.least, 100.0 * spread.greatest)),
    });
    groups.collect()
}

/// Returns the axis of mean costs in percent, the same by difficulty and by class.
fn mean_costs(labels: &[Styled], area: Rectangle) -> Axis {
    let groups = labels.iter().flat_map(|label| label.one.tenths.iter().chain(&label.one.classes));
    let scale = around(groups.map(|(_, spread)| (spread.least, spread.greatest)));
    Axis::along_y(area, scale, (0.0, 0.0)).titled("mean unit FLOPs, % of dense", 42.0)
}

/// Returns a scale from the least to the greatest share, in percent, with some room.
fn around(shares: impl Iterator<Item = (f64, f64)>) -> Scale {
    let (least, greatest) = shares
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), share| {
            (low.min(100.0 * share.0), high.max(100.0 * share.1))
        });
    let room = (0.08 * (greatest - least)).max(0.02 * greatest).max(1e-6);
    Scale::Linear { low: (least - room).max(0.0), high: greatest + room }
}
