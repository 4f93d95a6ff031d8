//! Claims, phases and published numbers that are right.

use swanbench_spec::{Control, Metric, Question, Relation, Stage};

use crate::support::{TRIAL, parse};

/// The trial experiment with these lines below.
fn with(lines: &str) -> String {
    format!("{TRIAL}{lines}\n")
}

#[test]
fn a_claim_compares_two_labels_or_controls() {
    let text = with(
        "claims:
  - { id: earns, compare: test_accuracy, of: prune (unit), expect: greater,
      against: prune (unit) (shuffled gates) }
  - { id: same, compare: unit_flops_share, of: prune (unit), against: dense, expect: equal }",
    );
    let claims = parse(&text, &[]).unwrap().claims;
    let Question::Compare { against, expect, margin, .. } = &claims[0].question else {
        panic!("{claims:?}");
    };
    assert_eq!(
        (against.label.as_str(), against.control),
        ("prune (unit)", Some(Control::Shuffled))
    );
    assert_eq!((*expect, *margin), (Relation::Greater, 0.0));
    let statement =
        "test_accuracy of prune (unit) is greater than that of prune (unit) (shuffled gates)";
    assert_eq!(claims[0].statement, statement);
    let Question::Compare { margin, .. } = claims[1].question else { panic!("{claims:?}") };
    assert_eq!(margin, 0.01);
}

#[test]
fn the_first_phase_takes_the_epochs_of_train() {
    let text = with("phases: [{}, { images: inverted, epochs: 2 }, { classes: [0, 1] }]");
    let experiment = parse(&text, &[]).unwrap();
    let run = &experiment.runs[0];
    let later: Vec<_> = run.later_phases().map(|(phase, _, epochs)| (phase, epochs)).collect();
    assert_eq!(later, [(2, 2), (3, run.train.epochs)]);
    assert_eq!(run.epochs(), 2 * run.train.epochs + 2);
    assert_ne!(run.id, parse(TRIAL, &[]).unwrap().runs[0].id);
}

#[test]
fn a_published_number_has_a_cell_or_a_reason() {
    let text = with(
        "published:
  - { what: raw, paper: 16.1%, label: prune (unit), target: 0.1, stage: raw }
  - { what: on other data, paper: above 90%, reason: the data cannot be shared }",
    );
    let published = parse(&text, &[]).unwrap().published;
    assert_eq!(published[0].label.as_deref(), Some("prune (unit)"));
    assert_eq!(published[0].stage, Some(Stage::Training));
    assert_eq!(published[0].metric, Metric::TestAccuracy, "by default");
    assert_eq!((published[1].label.as_deref(), published[1].paper.as_str()), (None, "above 90%"));
}
