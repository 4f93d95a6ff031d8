//! Whether a network spends more on hard examples than on easy ones, and whether that earns
//! anything: what examples cost, by difficulty and by class, and accuracy with the gates of others.

mod controls;
mod panels;

use swanbench_results::Results;

use crate::{
    data::report_data::{ReportData, middle_target},
    draw::{
        end_labels,
        figure::{self, MARGIN, TOP, WIDTH},
        fonts,
        frame::Linear,
        scene::{Rectangle, Scene, Weight},
        theme::{self, Style},
    },
    format,
};

use self::{
    controls::Controls,
    panels::{Costs, Drawn},
};
use crate::data::example_costs::{Groups, Use, uses};

/// Labels that find room.
const MOST_LABELS: usize = 6;
/// The left edges of the two columns.
const COLUMNS: [f64; 2] = [66.0, 480.0];
const LEFT_END: f64 = 404.0;
/// The panels of the upper row.
const UPPER: (f64, f64) = (TOP + 34.0, TOP + 224.0);
/// From the foot of the upper row to the top of the lower one: numbers, title, heading.
const BETWEEN: f64 = 92.0;

/// Draws four panels at the middle target; none where no label's examples differ in cost.
pub(crate) fn picture(evidence: &ReportData, results: &Results) -> Option<Scene> {
    let target = middle_target(evidence.headline.iter().filter_map(|cell| cell.target));
    let uses = uses(evidence, &results.adaptivity, target);
    if uses.is_empty() {
        return None;
    }
    let (uses, left_out) = most_adaptive(uses);
    let styled: Vec<Drawn> =
        uses.iter().map(|one| Drawn { one, style: evidence.style(&one.label) }).collect();
    let controls = Controls::of(&styled);
    let lower_top = UPPER.1 + BETWEEN;
    let lower = (lower_top, lower_top + controls.height().max(UPPER.1 - UPPER.0));
    let title = figure::title(evidence, &subject(target));
    let caption = caption(evidence, &uses, &left_out);
    let mut scene = figure::figure(title, lower.1 + 40.0 - TOP, &caption);
    draw(&mut scene, &styled, &controls, lower);
    Some(scene)
}

/// The labels whose examples differ most in cost, as many as find room, and the others; both in the
/// order of the experiment.
fn most_adaptive(uses: Vec<Use>) -> (Vec<Use>, Vec<Use>) {
    let spread = |one: &Use| {
        let (low, high) = (at(&one.quantiles, 5), at(&one.quantiles, 95));
        high.zip(low).map_or(0.0, |(high, low)| (high - low) / one.mean)
    };
    let mut spreads: Vec<f64> = uses.iter().map(spread).collect();
    spreads.sort_by(|one, other| other.total_cmp(one));
    let least = spreads.get(MOST_LABELS - 1).copied().unwrap_or(0.0);
    let (mut shown, mut left_out): (Vec<_>, Vec<_>) =
        uses.into_iter().partition(|one| spread(one) >= least);
    // Where several differ equally much.
    left_out.extend(shown.split_off(MOST_LABELS.min(shown.len())));
    (shown, left_out)
}

fn subject(target: Option<f64>) -> String {
    let at = target.map(|target| format!(" at target {}%", format::tick(100.0 * target)));
    format!("what single examples cost{}", at.unwrap_or_default())
}

fn draw(scene: &mut Scene, labels: &[Drawn], controls: &Controls, lower: (f64, f64)) {
    let right = WIDTH - MARGIN;
    let names = labels.iter().map(|drawn| {
        1.1 * fonts::width(&panels::name(drawn.one), theme::TEXT_SIZE, Weight::Regular)
    });
    let room = end_labels::GAP + names.fold(0.0, f64::max);
    let area = |left, right, (top, bottom)| Rectangle { left, top, right, bottom };
    let costs = Costs { labels, shares: shares(labels, lower) };
    let upper_shares = Linear { from: UPPER.1, to: UPPER.0, ..costs.shares };
    costs.draw_distribution(scene, area(COLUMNS[0], LEFT_END, UPPER));
    Costs { labels, shares: upper_shares }
        .draw_difficulty(scene, area(COLUMNS[1], right - room, UPPER));
    costs.draw_classes(scene, area(COLUMNS[0], LEFT_END, lower));
    controls.draw(scene, area(COLUMNS[1], right, lower));
}

/// One scale for mean costs in percent, by difficulty and by class.
fn shares(labels: &[Drawn], (top, bottom): (f64, f64)) -> Linear {
    let groups = labels.iter().flat_map(|drawn| drawn.one.tenths.iter().chain(&drawn.one.classes));
    Linear {
        from: bottom,
        to: top,
        ..around(groups.map(|(_, spread)| (spread.least, spread.greatest)))
    }
}

/// From the least to the greatest share, in percent, with some room; its ends are not placed yet.
fn around(shares: impl Iterator<Item = (f64, f64)>) -> Linear {
    let (least, greatest) = shares
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), share| {
            (low.min(100.0 * share.0), high.max(100.0 * share.1))
        });
    let room = (0.08 * (greatest - least)).max(0.02 * greatest).max(1e-6);
    Linear { low: (least - room).max(0.0), high: greatest + room, from: 0.0, to: 1.0 }
}

/// The mean over seeds of one group.
fn at(groups: &Groups, index: u64) -> Option<f64> {
    groups.iter().find(|(own, _)| *own == index).map(|(_, spread)| spread.mean)
}

/// What the marks mean, a paragraph each.
fn caption(evidence: &ReportData, uses: &[Use], left_out: &[Use]) -> Vec<String> {
    let counts = uses.iter().map(|one| one.seeds);
    let (least, most) = (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0));
    let lines = match (least, most) {
        (1, 1) => "Lines: one seed".to_owned(),
        _ if least == most => {
            format!(
                "Lines: mean of {most} seeds; bands and bars of classes: least to greatest seed"
            )
        }
        _ => format!(
            "Lines: mean of {least} to {most} seeds; bands and bars of classes: least to greatest \
             seed"
        ),
    };
    let has_difficulty = uses.iter().any(|one| !one.tenths.is_empty());
    let difficulty = if has_difficulty {
        " Difficulty: the loss of the dense net of the same seed on the example. ρ: Spearman's rank \
         correlation of an example's FLOPs with it. Dotted: shuffled gates, which spend the same \
         on all tenths."
    } else {
        ""
    };
    let quantiles = uses.iter().map(|one| {
        let percent = |index| format::percent(at(&one.quantiles, index).unwrap_or(f64::NAN));
        format!("{} {}% to {}% (median {}%)", one.label, percent(5), percent(95), percent(50))
    });
    let controls = "Own: the gates that belong to the example; frozen: the same units for all \
                    examples, those open most often; shuffled: the gates of another example; \
                    random: drawn with the same activity. Bars: 95% interval of the mean \
                    (Student's t).";
    let all = [
        format!("{lines}. FLOPs include the gates' own, hard gates.{difficulty}"),
        format!("90% of the test examples cost: {}.", quantiles.collect::<Vec<_>>().join("; ")),
        controls.to_owned(),
    ];
    let left_out: Vec<&str> = left_out.iter().map(|one| one.label.as_str()).collect();
    let left_out = (!left_out.is_empty()).then(|| {
        format!("Left out, since their examples differ less in cost: {}.", left_out.join(", "))
    });
    all.into_iter().chain(left_out).chain(figure::failed(evidence)).collect()
}

/// A thin bar from `low` to `high`, under its mark.
fn bar(scene: &mut Scene, ends: [(f64, f64); 2], style: Style) {
    scene.line(ends.to_vec(), style.colour, 1.5);
}
