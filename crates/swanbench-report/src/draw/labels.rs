//! Where a name goes: near what it names, on top of nothing.

use plotters::style::RGBColor;

use crate::draw::{
    fonts,
    rectangle::{Place, Rectangle},
    scene::Scene,
    text::{Anchor, Text, Weight},
    theme,
};

/// The height of a line of text from the top of its capitals to the foot of its descenders, and
/// that of the capitals alone, in em.
const LINE_HEIGHT: f64 = 0.95;
const CAPITALS: f64 = 0.71;

/// Directions from a place to its label, the best first.
const DIRECTIONS: [(f64, f64); 8] = [
    (-1.0, 0.0),
    (0.0, 1.0),
    (0.0, -1.0),
    (1.0, 0.0),
    (-1.0, 1.0),
    (1.0, 1.0),
    (1.0, -1.0),
    (-1.0, -1.0),
];

/// Gaps between a mark and its label in pixels; beyond the first, a leader joins the two.
const GAPS: [f64; 5] = [3.0, 14.0, 28.0, 46.0, 70.0];

/// The names within an area, and what they must not cover.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    bounds: Rectangle,
    obstacles: Vec<(Rectangle, f64)>,
}

/// A place for a name.
#[derive(Debug, Clone, PartialEq)]
struct Label {
    /// The middle of the baseline.
    at: Place,
    /// A line from the mark to the name, if they are too far apart to be read as one.
    leader: Option<[Place; 2]>,
}

impl Labels {
    pub(crate) const fn within(bounds: Rectangle) -> Self {
        Self { bounds, obstacles: Vec::new() }
    }

    /// Writes `name` near one of `marks`, with a leader of this width, if there is room.
    pub(crate) fn write(
        &mut self,
        scene: &mut Scene,
        name: &str,
        marks: &[Place],
        (colour, leader_width): (RGBColor, f64),
    ) {
        let name = fonts::shortened(name);
        let Some(label) = self.place(&name, Weight::Regular, marks) else { return };
        if let Some(leader) = label.leader {
            scene.line(leader.to_vec(), colour, leader_width);
        }
        scene.text(Text::new(name, label.at, Anchor::Middle, colour));
    }

    /// Writes `name` near one of `marks` without a leader, if there is room.
    pub(crate) fn write_plain(
        &mut self,
        scene: &mut Scene,
        name: &str,
        marks: &[Place],
        weight: Weight,
    ) {
        if let Some(label) = self.place(name, weight, marks) {
            let text = Text::new(name, label.at, Anchor::Middle, theme::INK);
            scene.text(Text { weight, ..text });
        }
    }

    /// Adds a mark or a text, which must not be covered.
    pub(crate) fn keep_clear(&mut self, area: Rectangle) {
        self.obstacles.push((area, 1.0));
    }

    /// Adds a line from place to place, which had better not be covered.
    pub(crate) fn keep_readable(&mut self, line: &[Place]) {
        for area in sample_points(line) {
            self.obstacles.push((area, 0.8));
        }
    }

    /// Places `text` at the mark among `marks` where it covers least; earlier marks are preferred.
    /// The label becomes an obstacle for the next ones. Returns `None` if there is no mark, or no
    /// room within the bounds.
    fn place(&mut self, text: &str, weight: Weight, marks: &[Place]) -> Option<Label> {
        // A little more, for a reader's typeface that is wider than the embedded one.
        let width = 1.05 * fonts::width(text, theme::TEXT_SIZE, weight) + 4.0;
        let height = theme::TEXT_SIZE * LINE_HEIGHT;
        let mut best: Option<(f64, Rectangle, Option<[Place; 2]>)> = None;
        for (order, mark) in marks.iter().enumerate() {
            for (preference, direction) in DIRECTIONS.into_iter().enumerate() {
                for gap in GAPS {
                    let least = best.as_ref().map_or(f64::INFINITY, |(least, ..)| *least);
                    let effort = 3.0 * order as f64 + 2.0 * preference as f64 + 1.5 * gap;
                    let area = area_next_to(*mark, direction, gap, width, height);
                    // What it covers only adds to the effort, and takes the most time to find.
                    if effort >= least || !self.bounds.contains(&area) {
                        continue;
                    }
                    let covered = self.covered(&area);
                    if 4.0 * covered + effort >= least {
                        continue;
                    }
                    let leader = (gap > GAPS[0]).then(|| leader(*mark, direction, &area));
                    let by_leader = leader.iter().flat_map(|ends| sample_points(ends));
                    let by_leader: f64 = by_leader.map(|sample| self.covered(&sample)).sum();
                    let cost = 4.0 * (covered + by_leader) + effort;
                    if cost < least {
                        best = Some((cost, area, leader));
                    }
                }
            }
        }
        let (_, area, leader) = best?;
        self.keep_clear(area);
        if let Some(ends) = leader {
            self.keep_readable(&ends);
        }
        let baseline = area.top.midpoint(area.bottom) + theme::TEXT_SIZE * CAPITALS / 2.0;
        Some(Label { at: (area.left.midpoint(area.right), baseline), leader })
    }

    /// Returns the area of obstacles that `area` covers, weighted.
    fn covered(&self, area: &Rectangle) -> f64 {
        self.obstacles.iter().map(|(obstacle, weight)| weight * area.overlap(obstacle)).sum()
    }
}

/// Returns the area of a label of this size, `gap` pixels from the edge of a mark.
fn area_next_to(
    (x, y): Place,
    (right, down): Place,
    gap: f64,
    width: f64,
    height: f64,
) -> Rectangle {
    let distance = theme::MARKER + gap;
    let centre_x = x + right * (distance + width / 2.0);
    let centre_y = y + down * (distance + height / 2.0);
    Rectangle {
        left: centre_x - width / 2.0,
        top: centre_y - height / 2.0,
        right: centre_x + width / 2.0,
        bottom: centre_y + height / 2.0,
    }
}

/// Returns a line from the edge of the mark to the nearest edge or corner of the label.
fn leader((x, y): Place, (right, down): Place, area: &Rectangle) -> [Place; 2] {
    let end = (x.clamp(area.left, area.right), y.clamp(area.top, area.bottom));
    let start = (x + right * theme::MARKER, y + down * theme::MARKER);
    [start, end]
}

/// Returns small squares along a line, so that covering it can be measured as an area.
fn sample_points(line: &[Place]) -> Vec<Rectangle> {
    const SPACING: f64 = 3.0;
    let mut samples = Vec::new();
    for ends in line.windows(2) {
        let (dx, dy) = (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
        let count = (dx.hypot(dy) / SPACING).ceil() as usize;
        for step in 0..=count {
            let share = step as f64 / count.max(1) as f64;
            let place = (ends[0].0 + dx * share, ends[0].1 + dy * share);
            samples.push(Rectangle::around(place, SPACING / 2.0));
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Rectangle = Rectangle { left: 0.0, top: 0.0, right: 400.0, bottom: 300.0 };

    #[test]
    fn a_free_label_stands_to_the_left_of_the_first_mark() {
        let mut labels = Labels::within(BOUNDS);
        let marks = [(200.0, 150.0), (300.0, 150.0)];
        let label = labels.place("gate", Weight::Regular, &marks).expect("room");
        assert_eq!(label.leader, None);
        assert!(label.at.0 < 190.0 && label.at.0 > 160.0, "{label:?}");
        assert!((label.at.1 - 154.4).abs() < 0.1, "{label:?}");
    }

    #[test]
    fn labels_do_not_cover_marks_or_each_other() {
        let mut labels = Labels::within(BOUNDS);
        let marks = [(200.0, 150.0), (202.0, 152.0), (198.0, 154.0), (200.0, 158.0)];
        for mark in marks {
            labels.keep_clear(Rectangle::around(mark, theme::MARKER));
        }
        let before = labels.obstacles.len();
        for mark in marks {
            labels.place("a label", Weight::Regular, &[mark]).expect("room");
        }
        for (index, (area, _)) in labels.obstacles.iter().enumerate().skip(before) {
            for (other, _) in &labels.obstacles[..index] {
                assert!(area.overlap(other) < 12.0, "{area:?} covers {other:?}");
            }
        }
    }

    #[test]
    fn a_label_stays_within_the_bounds() {
        let mut labels = Labels::within(BOUNDS);
        let label = labels.place("amplitude", Weight::Regular, &[(5.0, 5.0)]).expect("room");
        assert!(label.at.0 > 30.0 && label.at.1 > 9.0, "{label:?}");
        let narrow = Rectangle { right: 20.0, ..BOUNDS };
        let mut labels = Labels::within(narrow);
        assert_eq!(labels.place("amplitude", Weight::Regular, &[(5.0, 5.0)]), None);
    }
}
