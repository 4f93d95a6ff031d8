//! Drawing: from axes, panels and labels to a scene, and from a scene to SVG and PNG.
//!
//! Nothing here knows what is measured. A picture makes a [`figure()`], then a [`Panel`] of two axes
//! with series, or [`Rows`] with one axis.

mod axis;
mod end_labels;
mod figure;
pub(crate) mod fonts;
mod labels;
mod panel;
mod rectangle;
mod render;
mod rows;
mod scale;
mod scene;
mod style;
mod text;
pub(crate) mod theme;

pub(crate) use self::{
    axis::Axis,
    end_labels::room_for_names,
    figure::{MARGIN, TOP, WIDTH, figure},
    fonts::text_width,
    panel::{Line, Panel, Point, Series},
    rectangle::{Place, Rectangle},
    render::{png, svg},
    rows::{Group, Rows},
    scale::{AccuracyScale, LogScale, Scale},
    scene::Scene,
    style::Style,
    text::{Anchor, Text, Weight},
};
