//! What recovery epochs gain: accuracy before and after them, at equal FLOPs.

use super::{captions, picture_def::PictureDef, styles::style};
use crate::{
    data::{
        recovery::{Accuracy, Pair, pairs},
        report_data::ReportData,
    },
    draw::{
        AccuracyScale, Anchor, Axis, Group, Rectangle, Rows, Scene, Style, TOP, Text, figure,
        text_width, theme,
    },
    format,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "raw",
    heading: "Before and after recovery",
    alternative: "Test accuracy right after pruning and after the recovery epochs, by method \
                  and target; the table below has the numbers",
    draw: |data, _| draw(data),
};

/// Draws a group of rows for each label with both stages, a row for each target. Returns `None` if
/// no label has both.
fn draw(data: &ReportData) -> Option<Scene> {
    let pairs = pairs(data);
    if pairs.is_empty() {
        return None;
    }
    let own = |label: &String| -> Vec<&Pair> {
        pairs.iter().filter(|pair| pair.label == *label).collect()
    };
    let of_labels: Vec<_> = data.labels.iter().map(own).filter(|own| !own.is_empty()).collect();
    let group = |own: &Vec<&Pair>| {
        let label = &own[0].label;
        let rows = own.iter().map(|pair| row(pair)).collect();
        Group { label: label.clone(), colour: style(data, label).colour, rows }
    };
    let groups: Vec<Group> = of_labels.iter().map(group).collect();
    let rows = Rows::of(&groups, ["target", "unit FLOPs"]);
    let title = captions::title(data, &format!("accuracy before and after {}", training(data)));
    let mut scene = figure(title, rows.height(), &caption(data));
    let axis = Axis::along_x(rows.body, scale(data, &pairs), (8.0, 8.0));
    let axis = axis.titled("test accuracy, %", 37.0);
    draw_knee(&mut scene, rows.body, &axis);
    rows.draw(&mut scene, &axis);
    draw_reference(&mut scene, rows.body, &axis, data);
    draw_key(&mut scene, rows.body.left, training(data));
    for (index, own) in of_labels.into_iter().enumerate() {
        for (pair, y) in own.into_iter().zip(rows.centres(index)) {
            draw_pair(&mut scene, &axis, pair, (style(data, &pair.label), *y));
        }
    }
    Some(scene)
}

/// Returns the texts left and right of a pair.
fn row(pair: &Pair) -> (String, String) {
    let target = pair.target.map(|target| format!("{}%", format::tick(100.0 * target)));
    (target.unwrap_or_default(), format!("{}%", format::percent(pair.cost)))
}

/// Returns what lies between both marks of a row.
const fn training(data: &ReportData) -> &'static str {
    if data.task_index > 1 { "training on the task" } else { "recovery" }
}

fn caption(data: &ReportData) -> Vec<String> {
    let marks = format!(
        "{}. Hard gates. Unit FLOPs: of one example after {training}, as a share of the dense \
         model's, gates included. Labels without it are left out.",
        captions::accuracies(data),
        training = training(data)
    );
    captions::with_failed(data, [marks])
}

fn scale(data: &ReportData, pairs: &[Pair]) -> AccuracyScale {
    let half_width = |one: Accuracy| one.interval.map_or(0.0, |(low, high)| (high - low) / 2.0);
    let accuracies = pairs.iter().flat_map(|pair| [pair.raw, pair.fine_tuned]);
    let values: Vec<_> = accuracies.map(|one| (one.mean, half_width(one))).collect();
    let best = values.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    let reference = data.reference().map(|cell| 100.0 * cell.test_accuracy);
    AccuracyScale::over(&values, reference.filter(|value| value.is_finite()).unwrap_or(best))
}

/// Shades the part of the axis that is compressed.
fn draw_knee(scene: &mut Scene, body: Rectangle, axis: &Axis) {
    if let Some((x, note)) = axis.knee() {
        scene.rectangle(Rectangle { right: x, ..body }, theme::SHADE);
        scene.text(Text::new(note, (x - 4.0, body.top - 8.0), Anchor::End, theme::QUIET).small());
    }
}

fn draw_reference(scene: &mut Scene, body: Rectangle, axis: &Axis, data: &ReportData) {
    let Some(reference) = data.reference() else { return };
    let accuracy = 100.0 * reference.test_accuracy;
    if accuracy.is_finite() {
        let x = axis.at(accuracy);
        scene.dashed([(x, body.top), (x, body.bottom)], 5.0, theme::INK, 1.0);
        let name = format!("{} {accuracy:.1}%", reference.label);
        scene.text(Text::new(name, (x, body.top - 8.0), Anchor::End, theme::INK));
    }
}

/// Draws both marks with their names.
fn draw_key(scene: &mut Scene, left: f64, training: &str) {
    let (x, y) = (left + theme::MARKER, TOP + 8.0);
    let write = |scene: &mut Scene, name, x| {
        scene.text(Text::new(name, (x + theme::MARKER + 6.0, y + 4.5), Anchor::Start, theme::INK));
    };
    let first = format!("before {training} (raw)");
    let apart = (1.1 * text_width(&first) + 30.0).max(190.0);
    scene.hollow_mark(Style::REFERENCE, (x, y));
    write(scene, first, x);
    scene.mark(Style::REFERENCE, (x + apart, y));
    write(scene, format!("after {training} (fine-tuned)"), x + apart);
}

/// Draws both marks with their bars, and a line between them.
fn draw_pair(scene: &mut Scene, axis: &Axis, pair: &Pair, (style, y): (Style, f64)) {
    const CAP: f64 = 4.0;
    let (raw, fine_tuned) = (axis.at(pair.raw.mean), axis.at(pair.fine_tuned.mean));
    scene.line(vec![(raw, y), (fine_tuned, y)], theme::FRONT, 3.0);
    for accuracy in [pair.raw, pair.fine_tuned] {
        let Some((low, high)) = accuracy.interval else { continue };
        let ends = [axis.at(low), axis.at(high)];
        scene.line(ends.map(|x| (x, y)).to_vec(), style.colour, 1.5);
        for x in ends {
            scene.line(vec![(x, y - CAP), (x, y + CAP)], style.colour, 1.0);
        }
    }
    scene.mark(style, (fine_tuned, y));
    scene.hollow_mark(style, (raw, y));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use swanbench_results::Cell;
    use swanbench_spec::{Conditions, Stage};

    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn a_row_names_its_target_and_its_cost() {
        let accuracy = Accuracy { mean: 90.0, interval: None };
        let pair = |target| Pair {
            label: "pruned".to_owned(),
            target,
            cost: 0.0125,
            raw: accuracy,
            fine_tuned: accuracy,
        };
        assert_eq!(row(&pair(Some(0.025))), ("2.5%".to_owned(), "1.25%".to_owned()));
        assert_eq!(row(&pair(None)).0, "");
    }

    proptest! {
        #[test]
        fn both_marks_of_a_row_stand_at_their_accuracies(
            accuracies in prop::collection::vec((0.0..=1.0_f64, 0.0..=1.0_f64), 1..30)
        ) {
            let cell = |(index, (raw, fine_tuned)): (usize, (f64, f64))| {
                let own = cell(&format!("label {index}"), Some(0.5), 0.5, fine_tuned);
                let conditions = Conditions { stage: Stage::Recovery, ..own.conditions };
                [Cell { test_accuracy: raw, ..own.clone() }, Cell { conditions, ..own }]
            };
            let both: Vec<[Cell; 2]> = accuracies.into_iter().enumerate().map(cell).collect();
            let mut data = evidence(both.iter().map(|[_, last]| last.clone()).collect());
            data.cells = both.into_iter().flatten().collect();
            let scale = scale(&data, &pairs(&data));
            let means = pairs(&data).into_iter().flat_map(|pair| [pair.fine_tuned, pair.raw]);
            let shares: Vec<f64> = means.map(|one| scale.share(one.mean)).collect();
            // After the two marks of the key.
            let scene = draw(&data).expect("both stages");
            let marks = &scene.marks()[2..];
            prop_assert_eq!(marks.len(), shares.len());
            // Between the ends of one axis, whatever they are.
            let at = |share: f64| marks[shares.iter().position(|own| *own == share).expect("one")].1.0;
            let least = shares.iter().copied().fold(f64::MAX, f64::min);
            let most = shares.iter().copied().fold(f64::MIN, f64::max);
            for (share, (_, (x, _))) in shares.iter().zip(marks) {
                let along = (share - least) / (most - least).max(1e-12);
                let expected = at(least) + along * (at(most) - at(least));
                prop_assert!((x - expected).abs() < 0.01, "{x} is not {expected}");
            }
            prop_assert!(most - least < 0.01 || at(most) - at(least) > 100.0 * (most - least));
        }
    }
}
