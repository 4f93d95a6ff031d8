//! What is wrong with `claims` and `phases`, and what right ones come to.

use insta::assert_snapshot;
use swanbench_spec::{Control, Question, Relation};

use crate::support::{TRIAL, parse, trial_with, wrong};

/// The trial experiment with these lines below.
fn with(lines: &str) -> String {
    format!("{TRIAL}{lines}\n")
}

#[test]
fn a_claim_compares_two_labels_one_of_which_may_be_a_control() {
    let text = with(
        "claims:
  - { id: earns, compare: test_accuracy, of: prune (unit), against: prune (unit) (shuffled gates), expect: greater }
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
fn what_a_claim_speaks_of_must_be_there() {
    let claims = with(
        "claims:
  - { id: a, compare: test_accuracy, of: prine (unit), against: dense, expect: greater }
  - { id: a, compare: accuracy, of: prune (unit), against: dense, expect: more }
  - { id: b, compare: train_flops, of: prune (unit), against: dense, phase: 2, expect: equal }
  - { id: c, correlate: [dense_loss], method: prune (unit) (frozen gates), expect: positive }
  - { id: d, correlate: [dense_loss, flops_per_example], method: prune (unit) (frozen gates), expect: none }
  - { compare: test_loss, of: prune (unit), against: dense, expect: less }
  - prune",
    );
    assert_snapshot!(wrong(&claims));
}

#[test]
fn phases_are_tasks_of_which_the_first_takes_the_epochs_of_train() {
    let text = with("phases: [{}, { images: inverted, epochs: 2 }, { classes: [0, 1] }]");
    let experiment = parse(&text, &[]).unwrap();
    let run = &experiment.runs[0];
    let later: Vec<_> = run.later_phases().map(|(phase, _, epochs)| (phase, epochs)).collect();
    assert_eq!(later, [(2, 2), (3, run.train.epochs)]);
    assert_eq!(run.epochs(), 2 * run.train.epochs + 2);
    assert_ne!(run.id, parse(TRIAL, &[]).unwrap().runs[0].id);

    let wrong_phases =
        with("phases: [{ epochs: 3 }, { images: upside }, { classes: [] }, rotated]");
    assert_snapshot!(wrong(&wrong_phases));
    assert_snapshot!(wrong(&trial_with("targets", "targets: [0.5]\nphases: []")));
}
