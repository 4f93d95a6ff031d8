//! What examples cost: their distribution, by difficulty, and by class.

use crate::{
    draw::{
        end_labels::{self, End},
        frame::{self, Linear, SMALL},
        labels::{Label, Labels},
        scene::{Anchor, Place, Rectangle, Scene, Text, Weight},
        theme::{self, Style},
    },
    format,
};

use super::{around, bar};
use crate::data::example_costs::{Groups, Use};

/// A label and how it looks.
pub(super) struct Drawn<'a> {
    pub one: &'a Use,
    pub style: Style,
}

/// The name at the end of a line, with the correlation where it is known.
pub(super) fn name(one: &Use) -> String {
    match one.correlation {
        Some(value) => format!("{}, ρ {}", one.label, format::signed(value, 0.1)),
        None => one.label.clone(),
    }
}

/// The panels of costs.
pub(super) struct Costs<'a> {
    pub labels: &'a [Drawn<'a>],
    /// Upward, mean costs in percent.
    pub shares: Linear,
}

impl Costs<'_> {
    /// The share of examples that cost at most so much.
    pub(super) fn draw_distribution(&self, scene: &mut Scene, area: Rectangle) {
        let quantiles = || self.labels.iter().flat_map(|drawn| &drawn.one.quantiles);
        let costs = Linear {
            from: area.left + 6.0,
            to: area.right - 6.0,
            ..around(quantiles().map(|(_, spread)| (spread.mean, spread.mean)))
        };
        let examples = Linear { low: 0.0, high: 100.0, from: area.bottom, to: area.top };
        frame::heading(scene, (area.left, area.top - 14.0), "Cost of an example", theme::INK);
        frame::rows(scene, area, &examples.ticks(6, ""), true);
        frame::foot(scene, area, &frame::thinned(costs.ticks(6, "")), true);
        frame::foot_title(scene, area, "unit FLOPs of an example, % of dense");
        frame::side_title(scene, area, "examples at most that, %", 42.0);
        let line = |drawn: &Drawn| -> Vec<Place> {
            let place = |(percent, spread): &(u64, crate::data::spread::Spread)| {
                (costs.at(100.0 * spread.mean), examples.at(*percent as f64))
            };
            drawn.one.quantiles.iter().map(place).collect()
        };
        let lines: Vec<_> = self.labels.iter().map(line).collect();
        let mut labels = Labels::within(area);
        for (places, drawn) in lines.iter().zip(self.labels) {
            labels.keep_readable(places);
            scene.line(places.clone(), drawn.style.colour, 1.8);
        }
        for (places, Drawn { one, style }) in lines.iter().zip(self.labels) {
            // From the middle upward, where lines are apart.
            let middle = places.len() / 2;
            let places: Vec<_> =
                places[middle..].iter().chain(&places[..middle]).copied().collect();
            if let Some(label) = labels.place(&one.label, Weight::Regular, &places) {
                if let Some(leader) = label.leader {
                    scene.line(leader.to_vec(), style.colour, 0.75);
                }
                scene.text(theme::text(&one.label, label.at, Label::ANCHOR, style.colour));
            }
        }
    }

    /// The mean cost of each tenth of the examples.
    pub(super) fn draw_difficulty(&self, scene: &mut Scene, area: Rectangle) {
        frame::heading(scene, (area.left, area.top - 14.0), "By difficulty", theme::INK);
        if self.labels.iter().all(|drawn| drawn.one.tenths.is_empty()) {
            let at = (area.left, area.top + 10.0);
            let note = "no dense net says which are hard";
            return scene.text(theme::text(note, at, Anchor::Start, theme::QUIET));
        }
        let tenths = Linear { low: 1.0, high: 10.0, from: area.left + 12.0, to: area.right - 6.0 };
        frame::rows(scene, area, &self.shares.ticks(6, ""), true);
        let numbers = [1.0, 4.0, 7.0, 10.0].map(|tenth| (tenths.at(tenth), format::tick(tenth)));
        frame::foot(scene, area, &numbers.to_vec(), true);
        frame::foot_title(scene, area, "tenth of the examples, hardest last");
        frame::side_title(scene, area, "mean unit FLOPs, % of dense", 42.0);
        let x = |index: u64| tenths.at(index as f64 + 1.0);
        for Drawn { one, style } in self.labels {
            scene.polygon(self.band(&one.tenths, x), theme::tint(style.colour));
        }
        let mut ends = Vec::new();
        for Drawn { one, style } in self.labels.iter().filter(|drawn| !drawn.one.tenths.is_empty())
        {
            let y = self.shares.at(100.0 * one.mean);
            scene.dashed((x(0), y), (x(9), y), 2.0, style.colour, 1.0);
            let line: Vec<Place> = one
                .tenths
                .iter()
                .map(|(index, spread)| (x(*index), self.shares.at(100.0 * spread.mean)))
                .collect();
            ends.extend(line.last().map(|at| End { name: name(one), style: *style, at: *at }));
            scene.line(line, style.colour, 1.8);
        }
        end_labels::draw(scene, &ends, (area.top - 6.0, area.bottom + 8.0));
    }

    /// The mean cost of the examples of each class.
    pub(super) fn draw_classes(&self, scene: &mut Scene, area: Rectangle) {
        /// Between the marks of two labels in one class.
        const APART: f64 = 7.0;
        let last = self.labels.iter().filter_map(|drawn| drawn.one.classes.last());
        let last = last.map(|(class, _)| *class).max().unwrap_or(0);
        let classes = Linear {
            low: 0.0,
            high: last.max(1) as f64,
            from: area.left + 20.0,
            to: area.right - 20.0,
        };
        frame::heading(scene, (area.left, area.top - 14.0), "By class", theme::INK);
        frame::rows(scene, area, &self.shares.ticks(6, ""), true);
        let numbers = (0..=last).map(|class| (classes.at(class as f64), class.to_string()));
        frame::foot(scene, area, &frame::thinned(numbers.collect()), true);
        frame::foot_title(scene, area, "class");
        frame::side_title(scene, area, "mean unit FLOPs, % of dense", 42.0);
        let room = (classes.to - classes.from) / (last.max(1) as f64 * self.labels.len() as f64);
        let apart = APART.min(0.8 * room);
        for (index, Drawn { one, style }) in self.labels.iter().enumerate() {
            let shift = apart * (index as f64 - (self.labels.len() as f64 - 1.0) / 2.0);
            for (class, spread) in &one.classes {
                let x = classes.at(*class as f64) + shift;
                let y = |share: f64| self.shares.at(100.0 * share);
                bar(scene, [(x, y(spread.least)), (x, y(spread.greatest))], *style);
                style.draw(scene, (x, y(spread.mean)));
            }
        }
        if self.labels.len() > 1 {
            let at = (area.right, area.top - 14.0);
            let note = "marks as above, right";
            let text = theme::text(note, at, Anchor::End, theme::QUIET);
            scene.text(Text { size: SMALL, ..text });
        }
    }

    /// From the least seeds along to the greatest and back.
    fn band(&self, groups: &Groups, x: impl Fn(u64) -> f64) -> Vec<Place> {
        let place = |index: u64, share: f64| (x(index), self.shares.at(100.0 * share));
        let least = groups.iter().map(|(index, spread)| place(*index, spread.least));
        let greatest = groups.iter().rev().map(|(index, spread)| place(*index, spread.greatest));
        least.chain(greatest).collect()
    }
}
