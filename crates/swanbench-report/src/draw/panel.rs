//! A panel: two axes and the series between them, drawn layer by layer.
//!
//! A picture builds a panel from its data and calls the layers that it wants, the lowest first.

use std::f64::consts::TAU;

use crate::draw::{
    axis::Axis,
    end_labels::{self, End},
    labels::Labels,
    rectangle::{Place, Rectangle},
    scene::Scene,
    style::Style,
    theme,
};

/// An area with axes and what is drawn in it.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    pub area: Rectangle,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
}

/// The points of one label.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub name: String,
    pub style: Style,
    pub points: Vec<Point>,
    pub line: Line,
}

/// A point in the units of the axes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub x: f64,
    pub y: f64,
    /// From where to where along y the value may be, if that is known.
    pub range: Option<(f64, f64)>,
}

/// How a line joins the points of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Line {
    None,
    /// Of this width in pixels.
    Solid(f64),
    Dashed,
}

impl Panel {
    /// Returns a panel without series.
    pub(crate) const fn new(area: Rectangle, x: Axis, y: Axis) -> Self {
        Self { area, x, y, series: Vec::new() }
    }

    /// Returns the place of a point in pixels.
    pub(crate) fn at(&self, x: f64, y: f64) -> Place {
        (self.x.at(x), self.y.at(y))
    }

    /// Returns the places of all points of `series`.
    pub(crate) fn places(&self, series: &Series) -> Vec<Place> {
        series.points.iter().map(|point| self.at(point.x, point.y)).collect()
    }

    /// Returns the places of the marks of all series: those of their points, but for marks that
    /// would lie under another, which stand around it.
    pub(crate) fn marks(&self) -> Vec<Vec<Place>> {
        /// From a place to the marks around it.
        const DISTANCE: f64 = 2.2 * theme::MARKER;
        let mut places: Vec<Vec<Place>> =
            self.series.iter().map(|series| self.places(series)).collect();
        for equal in equal_places(&places) {
            // The last one is drawn over the others, and stays.
            let around = equal.len() - 1;
            for (index, (series, point)) in equal.into_iter().take(around).enumerate() {
                let (sine, cosine) = (TAU * index as f64 / around as f64).sin_cos();
                let (x, y) = &mut places[series][point];
                (*x, *y) = (*x + DISTANCE * cosine, *y + DISTANCE * sine);
            }
        }
        places
    }

    /// Draws grid, numbers, and titles.
    pub(crate) fn draw_axes(&self, scene: &mut Scene) {
        self.y.draw_rows(scene, self.area);
        self.x.draw_foot(scene, self.area);
        self.x.draw_foot_title(scene, self.area);
        self.y.draw_side_title(scene, self.area);
    }

    /// Draws a light band over the ranges of each series.
    pub(crate) fn draw_bands(&self, scene: &mut Scene) {
        for series in &self.series {
            let edge = |of: fn((f64, f64)) -> f64| {
                let place = move |point: &Point| Some(self.at(point.x, of(point.range?)));
                series.points.iter().filter_map(place)
            };
            let corners = edge(|range| range.0).chain(edge(|range| range.1).rev()).collect();
            scene.polygon(corners, theme::tint(series.style.colour));
        }
    }

    /// Draws a bar over the range of each point.
    pub(crate) fn draw_bars(&self, scene: &mut Scene, series: &Series) {
        for bar in self.bars(series) {
            scene.line(bar.to_vec(), series.style.colour, 1.5);
        }
    }

    fn bars(&self, series: &Series) -> impl Iterator<Item = [Place; 2]> {
        series.points.iter().filter_map(|point| {
            let (low, high) = point.range?;
            Some([low, high].map(|end| self.at(point.x, end)))
        })
    }

    /// Draws the line through the points.
    pub(crate) fn draw_line(&self, scene: &mut Scene, series: &Series) {
        let (places, colour) = (self.places(series), series.style.colour);
        match series.line {
            Line::None => {}
            Line::Solid(width) => scene.line(places, colour, width),
            Line::Dashed => scene.dashed_path(&places, 4.0, colour, 1.5),
        }
    }

    /// Draws the marks of all series, the last series on top. A line joins a mark that stands around
    /// another to its place.
    pub(crate) fn draw_marks(&self, scene: &mut Scene) {
        let all = self.series.iter().zip(self.marks());
        for (series, marks) in all.clone() {
            for (mark, place) in marks.iter().zip(self.places(series)) {
                if *mark != place {
                    scene.line(vec![place, *mark], series.style.colour, 0.75);
                }
            }
        }
        for (series, marks) in all {
            for mark in marks {
                scene.mark(series.style, mark);
            }
        }
    }

    /// Writes the name of each series at the end of its line, where it draws a mark.
    pub(crate) fn name_ends(&self, scene: &mut Scene) {
        let end = |series: &'_ Series| self.places(series).last().copied();
        let ends = self.series.iter().filter_map(|series| {
            Some(End { name: &series.name, style: series.style, at: end(series)? })
        });
        let Rectangle { top, bottom, .. } = self.area;
        end_labels::draw(scene, &ends.collect::<Vec<_>>(), (top - 6.0, bottom + 8.0));
    }

    /// Returns names that cover no line.
    pub(crate) fn labels_clear_of_lines(&self) -> Labels {
        let mut labels = Labels::within(self.area);
        for series in self.series.iter().filter(|series| series.line != Line::None) {
            labels.keep_readable(&self.places(series));
        }
        labels
    }

    /// Returns names that cover no bar, no line, and no mark.
    pub(crate) fn labels_clear_of_marks(&self) -> Labels {
        let mut labels = Labels::within(self.area);
        for series in &self.series {
            self.bars(series).for_each(|bar| labels.keep_readable(&bar));
            if series.line != Line::None {
                labels.keep_readable(&self.places(series));
            }
        }
        for place in self.marks().into_iter().flatten() {
            labels.keep_clear(Rectangle::around(place, theme::MARKER + 1.0));
        }
        labels
    }
}

/// Returns the indices of series and point of all places that more than one point has.
fn equal_places(places: &[Vec<Place>]) -> Vec<Vec<(usize, usize)>> {
    /// Too little to see, in pixels.
    const SAME: f64 = 0.5;
    let is_same = |(x, y): Place, (other_x, other_y): Place| {
        (x - other_x).abs() < SAME && (y - other_y).abs() < SAME
    };
    let mut groups: Vec<Vec<(usize, usize)>> = Vec::new();
    for (series, own) in places.iter().enumerate() {
        for (point, &place) in own.iter().enumerate() {
            let first = |group: &Vec<(usize, usize)>| places[group[0].0][group[0].1];
            match groups.iter_mut().find(|group| is_same(first(group), place)) {
                Some(group) => group.push((series, point)),
                None => groups.push(vec![(series, point)]),
            }
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}
