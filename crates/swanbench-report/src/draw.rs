//! Drawing: from axes, panels and labels to a scene, and from a scene to SVG and PNG.
//!
//! Nothing here knows what is measured. A picture makes a [`figure`](figure::figure), then a
//! [`Panel`](panel::Panel) of two axes with series, or [`Rows`](rows::Rows) with one axis.

pub(crate) mod axis;
pub(crate) mod end_labels;
pub(crate) mod figure;
pub(crate) mod fonts;
mod labels;
pub(crate) mod panel;
pub(crate) mod rectangle;
pub(crate) mod render;
pub(crate) mod rows;
pub(crate) mod scale;
pub(crate) mod scene;
pub(crate) mod style;
pub(crate) mod text;
pub(crate) mod theme;
