//! What all pictures have in common: one width, a title above, and a caption at the foot that says
//! what the marks mean.

use crate::{
    data::report_data::ReportData,
    draw::{
        fonts,
        scene::{Anchor, Scene, Text, Weight},
        theme,
    },
    format,
};

pub(crate) const WIDTH: f64 = 850.0;
/// Left free at the sides.
pub(crate) const MARGIN: f64 = 16.0;
/// Where the picture proper begins, below the title.
pub(crate) const TOP: f64 = 48.0;

/// A scene with `title` and the paragraphs of `caption`, and `height` pixels for the picture
/// between them, from [`TOP`] downward.
pub(crate) fn figure(title: String, height: f64, caption: &[String]) -> Scene {
    const LINE: f64 = 17.0;
    // A reader's own sans-serif may be wider than the embedded typeface.
    let limit = (WIDTH - 2.0 * MARGIN) / 1.15;
    let lines: Vec<_> = caption
        .iter()
        .flat_map(|text| fonts::wrap(text, theme::TEXT_SIZE, Weight::Regular, limit))
        .collect();
    let caption_top = TOP + height + 22.0;
    let mut scene = Scene::new(WIDTH, caption_top + lines.len() as f64 * LINE);
    scene.text(Text {
        size: theme::TITLE_SIZE,
        weight: Weight::Bold,
        ..theme::text(title, (MARGIN, 26.0), Anchor::Start, theme::INK)
    });
    for (index, line) in lines.into_iter().enumerate() {
        let at = (MARGIN, caption_top + index as f64 * LINE);
        scene.text(theme::text(line, at, Anchor::Start, theme::QUIET));
    }
    scene
}

/// The title of a picture of `subject` at the end of the last phase.
pub(crate) fn title(evidence: &ReportData, subject: &str) -> String {
    let title = title_of_all_phases(evidence, subject);
    if evidence.task_index > 1 { format!("{title}, phase {}", evidence.task_index) } else { title }
}

/// The title of a picture of `subject` from the first phase to the last.
pub(crate) fn title_of_all_phases(evidence: &ReportData, subject: &str) -> String {
    let ReportData { experiment, model, data, .. } = evidence;
    format!("{experiment}: {subject}, {model} on {data}")
}

/// The number of seeds behind a mark: `3 seeds`, `2 to 3 seeds`.
pub(crate) fn seeds(evidence: &ReportData) -> String {
    match evidence.seeds() {
        (least, most) if least == most => format::count(most, "seed"),
        (least, most) => format!("{least} to {most} seeds"),
    }
}

/// What marks and bars of test accuracies are.
pub(crate) fn accuracies(evidence: &ReportData) -> String {
    match evidence.seeds() {
        (1, 1) => "Marks: test accuracy of one seed, so there is no interval".to_owned(),
        (least, most) => format!(
            "Marks: mean test accuracy of {}; bars: its 95% interval (Student's t){}",
            seeds(evidence),
            if least == 1 && most > 1 { ", none for one seed" } else { "" }
        ),
    }
}

/// How many runs are missing; none where all have finished.
pub(crate) fn failed(evidence: &ReportData) -> Option<String> {
    let count = evidence.failures.len();
    let failed = format::count(count, "run");
    (count > 0).then(|| format!("{failed} failed, left out here: the table says why."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn a_caption_says_how_many_seeds_stand_behind_a_mark() {
        let mut evidence = evidence(vec![cell("a", None, 1.0, 0.9), cell("b", None, 0.5, 0.9)]);
        assert_eq!(seeds(&evidence), "3 seeds");
        evidence.headline[1].n = 1;
        assert_eq!(seeds(&evidence), "1 to 3 seeds");
        assert!(accuracies(&evidence).ends_with("(Student's t), none for one seed"));
        evidence.headline[0].n = 1;
        assert_eq!(seeds(&evidence), "1 seed");
        assert!(accuracies(&evidence).ends_with("no interval"));
    }

    #[test]
    fn a_page_grows_with_its_picture_and_its_caption() {
        let short = figure("title".to_owned(), 100.0, &["a word".to_owned()]);
        let long = figure("title".to_owned(), 300.0, &["a word ".repeat(40)]);
        assert!((short.height - (TOP + 100.0 + 22.0 + 17.0)).abs() < 1e-9);
        // 280 letters and spaces do not stand in two lines.
        assert!(long.height >= short.height + 200.0 + 17.0, "{}", long.height);
        assert_eq!(long.shapes.len() - 1, ((long.height - 370.0) / 17.0) as usize);
    }
}
