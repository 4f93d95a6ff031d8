//! What is wrong with `published`, the numbers of a paper, and what right ones come to.

use insta::assert_snapshot;
use swanbench_spec::{Metric, Stage};

use crate::support::{TRIAL, parse, wrong};

/// The trial experiment with these lines below.
fn with(lines: &str) -> String {
    format!("{TRIAL}{lines}\n")
}

#[test]
fn a_number_stands_beside_a_cell_or_has_a_reason() {
    let text = with(
        "published:
  - { what: raw, paper: 16.1%, label: prune (unit), target: 0.1, stage: raw }
  - { what: on other data, paper: above 90%, reason: the data cannot be shared }",
    );
    let published = parse(&text, &[]).unwrap().published;
    assert_eq!(published[0].label.as_deref(), Some("prune (unit)"));
    assert_eq!(published[0].stage, Some(Stage::Training));
    assert_eq!(published[0].metric, Metric::TestAccuracy, "where none is named");
    assert_eq!((published[1].label.as_deref(), published[1].paper.as_str()), (None, "above 90%"));
}

#[test]
fn what_a_number_stands_beside_must_be_there() {
    let text = with(
        "published:
  - { what: a, paper: 1%, label: prine (unit), target: 0.1 }
  - { what: b, paper: 1%, label: prune (unit), target: 0.3 }
  - { what: c, paper: 1% }
  - { what: d, papre: 1%, label: dense }
  - { what: e, paper: 1%, label: dense, metric: speed }
  - nothing",
    );
    assert_snapshot!(wrong(&text));
    assert_snapshot!(wrong(&with("published: 91%")));
}
