//! How training went: validation accuracy and activity, epoch by epoch.
//!
//! Accuracy stands above activity on the same epochs, so that a reader sees at a glance whether the
//! one stays while the other falls. A label with soft gates has a column of its own, since its hard
//! and soft curves and its ramp belong together; all others share the first column.

mod panel;

use swanbench_results::Results;

use crate::{
    data::report_data::{ReportData, middle_target},
    draw::{
        figure::{self, MARGIN, TOP, WIDTH},
        frame::{self, Linear},
        scale::AccuracyScale,
        scene::{Rectangle, Scene},
    },
    format,
};

use self::panel::{Column, Panels};
use crate::data::curves::{Curve, curves};

const LEFT: f64 = 66.0;
/// Between columns.
const GUTTER: f64 = 16.0;
const ACCURACY: (f64, f64) = (96.0, 286.0);
const ACTIVITY: (f64, f64) = (308.0, 448.0);
/// Columns of labels with soft gates, and labels in the first column.
const MOST_COLUMNS: usize = 3;
const MOST_LABELS: usize = 8;

/// Draws both rows at the middle target; none where no label has trained for two epochs.
pub(crate) fn picture(evidence: &ReportData, results: &Results) -> Option<Scene> {
    let target = middle_target(evidence.headline.iter().filter_map(|cell| cell.target));
    let all = curves(&results.epochs, &evidence.labels, target);
    let last = all.iter().flat_map(|curve| &curve.points).map(|point| point.epoch).max();
    let Some(last) = last.filter(|last| *last > 1) else { return None };
    let (columns, left_out) = columns(evidence, &all);
    let at = target
        .map_or(String::new(), |target| format!(" at target {}%", format::tick(100.0 * target)));
    let title = figure::title_of_all_phases(
        evidence,
        &format!("accuracy and activity during training{at}"),
    );
    let caption = caption(&all, &columns, left_out);
    let mut scene = figure::figure(title, ACTIVITY.1 + 40.0 - TOP, &[caption]);
    draw(&mut scene, &columns, last, target);
    Some(scene)
}

/// What stands in which column, and how many labels found no room.
fn columns<'a>(evidence: &ReportData, all: &'a [Curve]) -> (Vec<Column<'a>>, usize) {
    let styled = |curve: &'a Curve| (curve, evidence.style(&curve.label));
    let own: Vec<_> =
        all.iter().filter(|curve| curve.has_soft_mode()).take(MOST_COLUMNS).map(styled).collect();
    let has_own = |curve: &Curve| own.iter().any(|(other, _)| other.label == curve.label);
    let mut shared: Vec<_> = all.iter().filter(|curve| !has_own(curve)).map(styled).collect();
    let left_out = shared.len().saturating_sub(MOST_LABELS);
    shared.truncate(MOST_LABELS);
    let first = (!shared.is_empty()).then_some(Column { curves: shared, is_shared: true });
    let others = own.into_iter().map(|curve| Column { curves: vec![curve], is_shared: false });
    (first.into_iter().chain(others).collect(), left_out)
}

fn draw(scene: &mut Scene, columns: &[Column], last: u64, target: Option<f64>) {
    let names: f64 = columns.iter().map(Column::room_for_names).sum();
    let gaps = GUTTER * columns.len().saturating_sub(1) as f64;
    let width = (WIDTH - LEFT - MARGIN - names - gaps) / columns.len() as f64;
    let accuracy = accuracy_scale(columns);
    let activity = Linear { low: 0.0, high: 100.0, from: ACTIVITY.1, to: ACTIVITY.0 };
    let mut left = LEFT;
    for (index, column) in columns.iter().enumerate() {
        let (from, to) = (left, left + width);
        let area = |(top, bottom)| Rectangle { left: from, top, right: to, bottom };
        let panels = Panels {
            accuracy_area: area(ACCURACY),
            activity_area: area(ACTIVITY),
            epochs: Linear { low: 1.0, high: last as f64, from: from + 6.0, to: to - 6.0 },
            accuracy,
            activity,
            target: target.map(|target| 100.0 * target),
            is_first: index == 0,
            is_first_own: !column.is_shared && columns[..index].iter().all(|one| one.is_shared),
        };
        panels.draw(scene, column);
        left = to + column.room_for_names() + GUTTER;
    }
    let whole = |(top, bottom)| Rectangle { left: LEFT, top, right: WIDTH - MARGIN, bottom };
    frame::side_title(scene, whole(ACCURACY), "validation accuracy, %", 42.0);
    frame::side_title(scene, whole(ACTIVITY), "activity, %", 42.0);
    frame::foot_title(scene, whole(ACTIVITY), "epoch");
}

/// One scale for all columns, around the best end of training.
fn accuracy_scale(columns: &[Column]) -> AccuracyScale {
    let points =
        || columns.iter().flat_map(|column| &column.curves).flat_map(|(curve, _)| &curve.points);
    let spreads = || points().flat_map(|point| [point.accuracy, point.soft_accuracy]).flatten();
    let values: Vec<_> = spreads()
        .map(|spread| (100.0 * spread.mean, 50.0 * (spread.greatest - spread.least)))
        .collect();
    let best = values.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    AccuracyScale::over(&values, best)
}

/// What the lines and bands mean.
fn caption(all: &[Curve], columns: &[Column], left_out: usize) -> String {
    let seeds = all.iter().map(|curve| curve.seeds);
    let (least, most) = (seeds.clone().min().unwrap_or(0), seeds.max().unwrap_or(0));
    let mut caption = match (least, most) {
        (1, 1) => "Lines: one seed, so there are no bands.".to_owned(),
        _ if least == most => {
            format!("Lines: mean of {most} seeds; bands: from the least to the greatest seed.")
        }
        _ => format!(
            "Lines: mean of {least} to {most} seeds; bands: from the least to the greatest seed."
        ),
    };
    caption.push_str(
        " Validation examples; activity: the share of units that are open. Columns \
         without numbers share the axes at the left.",
    );
    if columns.iter().any(|column| !column.is_shared) {
        caption.push_str(
            " Solid: hard gates; dashed: soft gates, whose activity is their mean value. Ramp: \
             the method's pressure towards its target comes up.",
        );
    }
    if left_out > 0 {
        let labels = format::count(left_out, "further label");
        caption.extend([" For want of room ", &labels, " left out."]);
    }
    caption
}
