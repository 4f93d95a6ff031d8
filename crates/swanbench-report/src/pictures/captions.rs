//! What titles and captions of pictures share.

use crate::{data::report_data::ReportData, format};

/// Returns the title of a picture of `subject` at the end of the last phase.
pub(super) fn title(data: &ReportData, subject: &str) -> String {
    let title = title_of_all_phases(data, subject);
    if data.task_index > 1 { format!("{title}, phase {}", data.task_index) } else { title }
}

/// Returns the title of a picture of `subject` from the first phase to the last.
pub(super) fn title_of_all_phases(data: &ReportData, subject: &str) -> String {
    format!("{}: {subject}, {} on {}", data.experiment, data.model, data.data)
}

/// Returns the least and the greatest of some numbers of seeds.
pub(super) fn seed_range(counts: impl Iterator<Item = usize> + Clone) -> (usize, usize) {
    (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0))
}

/// Returns what marks and bars of test accuracies are.
pub(super) fn accuracies(data: &ReportData) -> String {
    match data.seeds() {
        (1, 1) => "Marks: test accuracy of one seed, so there is no interval".to_owned(),
        (least, most) => format!(
            "Marks: mean test accuracy of {}; bars: its 95% interval (Student's t, or the range of \
             the seeds where that would leave 0 to 100%){}{}",
            format::seeds((least, most)),
            if least == 1 && most > 1 { ", none for one seed" } else { "" },
            test_set(data)
        ),
    }
}

/// Returns what the choice of the test examples adds to the uncertainty, which no seed shows.
fn test_set(data: &ReportData) -> String {
    let Some(best) = data.reference().map(|cell| cell.test_accuracy) else { return String::new() };
    if data.test_examples == 0 || !best.is_finite() {
        return String::new();
    }
    let error = 100.0 * (best * (1.0 - best) / data.test_examples as f64).sqrt();
    format!(
        "; all share the {} test examples, whose choice adds a standard error of {error:.1} points",
        data.test_examples
    )
}

/// Returns the sentence that names what has no place in a picture. `None` if everything has.
pub(super) fn left_out(named: impl IntoIterator<Item = String>) -> Option<String> {
    let mut named: Vec<String> = named.into_iter().collect();
    named.dedup();
    (!named.is_empty()).then(|| format!("Not drawn: {}.", named.join("; ")))
}

/// Returns the paragraphs of a caption and how many runs failed, if any did.
pub(super) fn with_failed(
    data: &ReportData,
    paragraphs: impl IntoIterator<Item = String>,
) -> Vec<String> {
    let count = data.failures.len();
    let failed = format::count(count, "run");
    let failed = format!("{failed} failed, left out here: the table says why.");
    paragraphs.into_iter().chain((count > 0).then_some(failed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn a_caption_says_how_many_seeds_a_mark_has() {
        let mut data = evidence(vec![cell("a", None, 1.0, 0.9), cell("b", None, 0.5, 0.9)]);
        assert_eq!(format::seeds(data.seeds()), "3 seeds");
        data.headline[1].n = 1;
        assert_eq!(format::seeds(data.seeds()), "1 to 3 seeds");
        assert!(accuracies(&data).ends_with("0 to 100%), none for one seed"));
        data.headline[0].n = 1;
        assert_eq!(format::seeds(data.seeds()), "1 seed");
        assert!(accuracies(&data).ends_with("no interval"));
    }
}
