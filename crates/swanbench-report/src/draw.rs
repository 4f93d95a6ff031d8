//! Drawing: from scales, axes and labels to a scene, and from a scene to SVG and PNG.

pub(crate) mod axes;
pub(crate) mod end_labels;
pub(crate) mod figure;
pub(crate) mod fonts;
pub(crate) mod frame;
pub(crate) mod labels;
mod marker;
pub(crate) mod render;
pub(crate) mod rows;
pub(crate) mod scale;
pub(crate) mod scene;
pub(crate) mod theme;
