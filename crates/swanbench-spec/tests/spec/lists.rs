//! What is wrong in `seeds` and `targets`.

use insta::assert_snapshot;

use crate::support::{trial_with, wrong};

#[test]
fn seeds_are_some_different_integers() {
    assert_snapshot!(wrong(&trial_with("seeds", "seeds: []")), @r"
    trial.yaml:5:8: seeds: the list is empty
      expected: a list of at least 1, each item an integer from 0 to 9007199254740991
    ");

    assert_snapshot!(wrong(&trial_with("seeds", "seeds: 3")), @r"
    trial.yaml:5:8: seeds: is a number
      expected: a list, each item an integer from 0 to 9007199254740991
    ");

    assert_snapshot!(wrong(&trial_with("seeds", "seeds: [0, 1, 0, -1, 1.5, a, 9007199254740992]")), @r"
    trial.yaml:5:15: seeds[2]: the seed `0` stands here a second time
      expected: each seed once
    trial.yaml:5:18: seeds[3]: `-1` is out of range
      expected: an integer from 0 to 9007199254740991
    trial.yaml:5:22: seeds[4]: `1.5` is a number with a fraction
      expected: an integer from 0 to 9007199254740991
    trial.yaml:5:27: seeds[5]: `a` is text
      expected: an integer from 0 to 9007199254740991
    trial.yaml:5:30: seeds[6]: `9007199254740992` is out of range
      expected: an integer from 0 to 9007199254740991
    5 problems
    ");
}

#[test]
fn targets_are_different_shares() {
    assert_snapshot!(wrong(&trial_with("targets", "targets: [0.5, 0, 1.5, 0.5, .inf, half]")), @r"
    trial.yaml:6:16: targets[1]: `0` is out of range
      expected: a number above 0, up to 1
    trial.yaml:6:19: targets[2]: `1.5` is out of range
      expected: a number above 0, up to 1
    trial.yaml:6:24: targets[3]: the target `0.5` stands here a second time
      expected: each target once
    trial.yaml:6:29: targets[4]: `.inf` is not a finite number
      expected: a number above 0, up to 1
    trial.yaml:6:35: targets[5]: `half` is text
      expected: a number above 0, up to 1
    5 problems
    ");

    assert_snapshot!(wrong(&trial_with("targets", "targets: 0.5")), @r"
    trial.yaml:6:10: targets: is a number
      expected: a list, each item a number above 0, up to 1
    ");
}

#[test]
fn targets_are_needed_where_a_method_has_one() {
    assert_snapshot!(wrong(&trial_with("targets", "")), @r"
    trial.yaml:1:1: targets: no targets are given, and methods[1] runs once for each
      expected: a list of at least 1, each item a number above 0, up to 1
    ");

    assert_snapshot!(wrong(&trial_with("targets", "targets: []")), @r"
    trial.yaml:6:10: targets: no targets are given, and methods[1] runs once for each
      expected: a list of at least 1, each item a number above 0, up to 1
    ");

    assert_snapshot!(wrong(&trial_with("targets", "targets: [2]")), @r"
    trial.yaml:6:11: targets[0]: `2` is out of range
      expected: a number above 0, up to 1
    ");
}
