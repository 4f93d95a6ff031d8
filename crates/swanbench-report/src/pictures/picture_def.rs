//! What the list of pictures knows of each.

use swanbench_results::Results;

use crate::{data::report_data::ReportData, draw::Scene};

/// A kind of picture and what a page says about it.
pub(super) struct PictureDef {
    /// The name of its files.
    pub name: &'static str,
    pub heading: &'static str,
    /// A description for those who cannot see it.
    pub alternative: &'static str,
    /// Returns `None` if the results have nothing to show in it.
    pub draw: fn(&ReportData, &Results) -> Option<Scene>,
}
