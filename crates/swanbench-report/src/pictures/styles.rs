//! How labels look, the same in every picture.

use crate::{data::report_data::ReportData, draw::Style};

/// Returns black for the reference, otherwise the style of the place of `label` among the others.
pub(super) fn style(data: &ReportData, label: &str) -> Style {
    let reference = data.reference().map(|cell| cell.label.as_str());
    let mut others = data.labels.iter().filter(|other| Some(other.as_str()) != reference);
    others.position(|other| other == label).map_or(Style::REFERENCE, Style::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn the_reference_takes_no_style_from_the_others() {
        let data = evidence(vec![
            cell("first", Some(0.5), 0.5, 0.95),
            cell("whole", None, 1.0, 0.95),
            cell("second", Some(0.5), 0.5, 0.94),
        ]);
        let styles = ["first", "whole", "second"].map(|label| style(&data, label));
        assert_eq!(styles, [Style::of(0), Style::REFERENCE, Style::of(1)]);
    }
}
