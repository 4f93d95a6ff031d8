//! What recovery epochs buy: accuracy before and after them, at equal FLOPs.

use crate::{
    data::report_data::ReportData,
    draw::{
        figure::{self, TOP},
        rows::{Group, Rows},
        scale::AccuracyScale,
        scene::{Anchor, Rectangle, Scene, Text},
        theme::{self, Style},
    },
    format,
};

use crate::data::recovery::{Accuracy, Pair, pairs};

/// Draws a group of rows for each label with both stages, a row for each target; none where no label
/// has both.
pub(crate) fn picture(evidence: &ReportData) -> Option<Scene> {
    let pairs = pairs(evidence);
    if pairs.is_empty() {
        return None;
    }
    let (mut groups, mut of_groups): (Vec<Group>, Vec<Vec<&Pair>>) = (Vec::new(), Vec::new());
    for label in &evidence.labels {
        let own: Vec<_> = pairs.iter().filter(|pair| pair.label == *label).collect();
        if !own.is_empty() {
            let colour = evidence.style(label).colour;
            let rows = own.iter().map(|pair| row(pair)).collect();
            groups.push(Group { label: label.clone(), colour, rows });
            of_groups.push(own);
        }
    }
    let rows = Rows::of(&groups, ["target activity", "unit FLOPs"]);
    let title = figure::title(evidence, "accuracy before and after recovery");
    let mut scene = figure::figure(title, rows.height(), &caption(evidence));
    let axis = Axis { body: rows.body, scale: scale(evidence, &pairs) };
    axis.draw(&mut scene, evidence);
    rows.draw(&mut scene, "test accuracy, %");
    draw_key(&mut scene, &rows);
    for (index, own) in of_groups.into_iter().enumerate() {
        for (pair, y) in own.into_iter().zip(rows.centres(index)) {
            axis.draw_pair(&mut scene, pair, evidence.style(&pair.label), *y);
        }
    }
    Some(scene)
}

/// What stands left and right of a pair.
fn row(pair: &Pair) -> (String, String) {
    let percent = |share| format!("{}%", format::percent(share));
    let target = pair.target.map(|target| format!("{}%", format::tick(100.0 * target)));
    (target.unwrap_or_default(), percent(pair.cost))
}

fn caption(evidence: &ReportData) -> Vec<String> {
    let marks = format!(
        "{}. Hard gates. Unit FLOPs: of one example after recovery, as a share of the dense \
         model's, gates included. Labels without recovery epochs are left out.",
        figure::accuracies(evidence)
    );
    [marks].into_iter().chain(figure::failed(evidence)).collect()
}

fn scale(evidence: &ReportData, pairs: &[Pair]) -> AccuracyScale {
    let half_width =
        |accuracy: &Accuracy| accuracy.interval.map_or(0.0, |(low, high)| (high - low) / 2.0);
    let values: Vec<_> = pairs
        .iter()
        .flat_map(|pair| [pair.raw, pair.fine_tuned])
        .map(|accuracy| (accuracy.mean, half_width(&accuracy)))
        .collect();
    let best = values.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    let reference = evidence.reference().map(|cell| 100.0 * cell.test_accuracy);
    AccuracyScale::over(&values, reference.filter(|value| value.is_finite()).unwrap_or(best))
}

/// What the two marks are.
fn draw_key(scene: &mut Scene, rows: &Rows) {
    let y = TOP + 8.0;
    let names = [("before recovery (raw)", false), ("after recovery (fine-tuned)", true)];
    let mut left = rows.body.left + theme::MARKER;
    for (name, filled) in names {
        draw_mark(scene, Style::REFERENCE, (left, y), filled);
        let at = (left + theme::MARKER + 6.0, y + 4.5);
        scene.text(theme::text(name, at, Anchor::Start, theme::INK));
        left += 190.0;
    }
}

/// A mark of `style`, or only its outline.
fn draw_mark(scene: &mut Scene, style: Style, at: (f64, f64), filled: bool) {
    style.draw(scene, at);
    if !filled {
        style.marker.draw(scene, at, 0.55 * theme::MARKER, theme::PAPER);
    }
}

/// Accuracy to the right.
struct Axis {
    body: Rectangle,
    scale: AccuracyScale,
}

impl Axis {
    /// Room for marks at the ends.
    const ROOM: f64 = 8.0;

    fn x(&self, percent: f64) -> f64 {
        let (left, right) = (self.body.left + Self::ROOM, self.body.right - Self::ROOM);
        left + (right - left) * self.scale.share(percent)
    }

    fn draw(&self, scene: &mut Scene, evidence: &ReportData) {
        let Rectangle { top, bottom, .. } = self.body;
        if let Some(knee) = self.scale.knee() {
            scene.rectangle(Rectangle { right: self.x(knee), ..self.body }, theme::SHADE);
            let at = (self.x(knee) - 4.0, top - 8.0);
            let note = format!("compressed below {}%", format::tick(knee));
            scene.text(Text { size: 11.0, ..theme::text(note, at, Anchor::End, theme::QUIET) });
        }
        for tick in self.scale.ticks() {
            let x = self.x(tick);
            scene.line(vec![(x, top), (x, bottom + 4.0)], theme::GRID, 1.0);
            let at = (x, bottom + 18.0);
            scene.text(theme::text(format::tick(tick), at, Anchor::Middle, theme::QUIET));
        }
        let Some(reference) = evidence.reference() else { return };
        let accuracy = 100.0 * reference.test_accuracy;
        if accuracy.is_finite() {
            let x = self.x(accuracy);
            scene.dashed((x, top), (x, bottom), 5.0, theme::INK, 1.0);
            let name = format!("{} {accuracy:.1}%", reference.label);
            scene.text(theme::text(name, (x, top - 8.0), Anchor::End, theme::INK));
        }
    }

    /// Both marks with their bars, and a line between them.
    fn draw_pair(&self, scene: &mut Scene, pair: &Pair, style: Style, y: f64) {
        const CAP: f64 = 4.0;
        let (raw, fine_tuned) = (self.x(pair.raw.mean), self.x(pair.fine_tuned.mean));
        scene.line(vec![(raw, y), (fine_tuned, y)], theme::FRONT, 3.0);
        for accuracy in [pair.raw, pair.fine_tuned] {
            let Some((low, high)) = accuracy.interval else { continue };
            let ends = [self.x(low), self.x(high)];
            scene.line(ends.map(|x| (x, y)).to_vec(), style.colour, 1.5);
            for x in ends {
                scene.line(vec![(x, y - CAP), (x, y + CAP)], style.colour, 1.0);
            }
        }
        draw_mark(scene, style, (fine_tuned, y), true);
        draw_mark(scene, style, (raw, y), false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_its_target_and_what_it_costs() {
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
}
