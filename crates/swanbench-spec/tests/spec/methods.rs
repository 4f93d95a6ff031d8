//! What is wrong in `methods`.

use insta::assert_snapshot;

use crate::support::{trial_with, wrong};

#[test]
fn there_are_methods() {
    assert_snapshot!(wrong(&trial_with("methods", "methods: []")), @r"
    trial.yaml:7:10: methods: the list is empty
      expected: a list of at least 1, each item a method's name or a mapping with `kind`
    ");

    assert_snapshot!(wrong(&trial_with("methods", "methods: dense")), @r"
    trial.yaml:7:10: methods: is text
      expected: a list of at least 1, each item a method's name or a mapping with `kind`
    ");

    assert_snapshot!(wrong(&trial_with("methods", "methods:")), @r"
    trial.yaml:7:9: methods: is empty
      expected: a list of at least 1, each item a method's name or a mapping with `kind`
    ");
}

#[test]
fn a_method_is_a_name_or_a_mapping() {
    assert_snapshot!(wrong(&trial_with("methods", "methods: [dense, swan, { kind: prun }, { scope: unit }, [dense], ~]")), @r"
    trial.yaml:7:18: methods[1]: unknown method `swan`
      expected: one of dense, prune, gates
    trial.yaml:7:32: methods[2].kind: unknown method `prun`
      expected: one of dense, prune, gates
      nearest: prune
    trial.yaml:7:40: methods[3].kind: is missing
      expected: one of dense, prune, gates
    trial.yaml:7:57: methods[4]: the method is a list
      expected: the name of a method, or a mapping with `kind`
    trial.yaml:7:66: methods[5]: the method is empty
      expected: the name of a method, or a mapping with `kind`
    5 problems
    ");
}

#[test]
fn an_unknown_field_shows_the_nearest() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - { kind: prune, scop: unit }
  - kind: dense
    scope: unit")), @r"
    trial.yaml:8:20: methods[0].scop: `prune` has no field `scop`
      expected: one of kind, epochs_divisor, label, width, keep_first, scope, score
      nearest: scope
    trial.yaml:10:5: methods[1].scope: `dense` has no field `scope`
      expected: one of kind, epochs_divisor, label, width
    2 problems
    ");
}

#[test]
fn an_unknown_word_shows_the_nearest() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - { kind: prune, scope: unti }
  - { kind: prune, score: l3 }
  - { kind: prune, keep_first: uni }
  - { kind: prune, scope: 3 }")), @r"
    trial.yaml:8:27: methods[0].scope: unknown word `unti`
      expected: one of unit, weight
      nearest: unit
    trial.yaml:9:27: methods[1].score: unknown word `l3`
      expected: one of random, l1, l2
      nearest: l1
    trial.yaml:10:32: methods[2].keep_first: unknown word `uni`
      expected: one of unit, weight, or null
      nearest: unit
    trial.yaml:11:27: methods[3].scope: `3` is a number
      expected: one of unit, weight
    4 problems
    ");
}

#[test]
fn nested_settings_are_checked() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - { kind: gates, ramp: { strat: 1 } }
  - { kind: gates, ramp: { start: 2 } }
  - { kind: gates, ramp: 3 }
  - { kind: gates, rates: [1] }
  - { kind: gates, gate_rank: -1 }")), @r"
    trial.yaml:8:28: methods[0].ramp.strat: this mapping has no field `strat`
      expected: one of end, start
      nearest: start
    trial.yaml:9:35: methods[1].ramp.start: `2` is out of range
      expected: a number from 0 to 1
    trial.yaml:10:26: methods[2].ramp: `3` is a number
      expected: a mapping of end, start
    trial.yaml:11:27: methods[3].rates: the list has 1 item
      expected: a list of 2, each item a number, or null
    trial.yaml:12:31: methods[4].gate_rank: `-1` is out of range
      expected: an integer from 0 to 4294967295
    5 problems
    ");
}

#[test]
fn common_fields_have_bounds() {
    assert_snapshot!(wrong(&trial_with("methods", r#"methods:
  - { kind: dense, width: 1.5 }
  - { kind: dense, label: "" }
  - { kind: dense, label: 5 }"#)), @r"
    trial.yaml:8:27: methods[0].width: `1.5` is out of range
      expected: a number above 0, up to 1
    trial.yaml:9:27: methods[1].label: the text is empty
      expected: text that is not empty, or null
    trial.yaml:10:27: methods[2].label: `5` is a number
      expected: text that is not empty, or null
    3 problems
    ");
}

#[test]
fn a_target_must_fit_its_field() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - { kind: gates, gate_rank: $target, ramp: { start: $target } }")), @r"
    trial.yaml:8:31: methods[0].gate_rank: `0.5` is a number with a fraction (where `$target` is 0.5)
      expected: an integer from 0 to 4294967295
    ");

    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - { kind: gates, label: $target }")), @r"
    trial.yaml:8:27: methods[0].label: `0.5` is a number with a fraction (where `$target` is 0.5)
      expected: text that is not empty, or null
    ");

    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - { kind: $target }")), @r"
    trial.yaml:8:13: methods[0].kind: unknown method `$target`
      expected: one of dense, prune, gates
    ");
}

#[test]
fn labels_are_different() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - dense
  - { kind: dense, width: 0.5 }
  - { kind: gates, label: dense }")), @r"
    trial.yaml:9:5: methods[1]: has the same label as methods[0], `dense`
      expected: a `label` of its own, such as `label: another name`
    trial.yaml:10:5: methods[2]: has the same label as methods[0], `dense`
      expected: a `label` of its own, such as `label: another name`
    2 problems
    ");
}

#[test]
fn entries_train_different_runs() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - dense
  - { kind: dense, width: 1 }
  - prune
  - { kind: prune, scope: unit }
  - { kind: prune, label: again, score: l1 }")), @r"
    trial.yaml:9:5: methods[1]: trains the same runs as methods[0]
      expected: settings that no other entry has
    trial.yaml:11:5: methods[3]: trains the same runs as methods[2]
      expected: settings that no other entry has
    trial.yaml:12:5: methods[4]: trains the same runs as methods[2]
      expected: settings that no other entry has
    3 problems
    ");
}

#[test]
fn tags_and_keys_that_are_no_words_are_refused() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - !prune { scope: unit }
  - { kind: prune, scope: !x unit }
  - { kind: dense, 5: 6, true: 1, [a]: 2 }")), @r"
    trial.yaml:8:5: methods[0]: the method is a tagged value
      expected: the name of a method, or a mapping with `kind`
    trial.yaml:9:27: methods[1].scope: the tag `!x` has no meaning here
      expected: one of unit, weight
    trial.yaml:10:5: methods[2]: a key is a list
      expected: a word as key
    trial.yaml:10:20: methods[2].5: the key `5` is not text
      expected: a word as key
    trial.yaml:10:26: methods[2].true: the key `true` is not text
      expected: a word as key
    5 problems
    ");
}

#[test]
fn an_alias_is_shown_where_its_anchor_is() {
    assert_snapshot!(wrong(&trial_with("methods", r"methods:
  - &base { kind: prune, scope: unti }
  - *base")), @r"
    trial.yaml:8:33: methods[0].scope: unknown word `unti`
      expected: one of unit, weight
      nearest: unit
    trial.yaml:8:33: methods[1].scope: unknown word `unti`
      expected: one of unit, weight
      nearest: unit
    2 problems
    ");
}
