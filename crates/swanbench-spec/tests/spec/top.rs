//! What is wrong with an experiment's own fields and its YAML.

use insta::assert_snapshot;

use crate::support::{trial_with, wrong};

#[test]
fn a_name_must_suit_a_folder() {
    assert_snapshot!(wrong(&trial_with("name", "name: a b")), @r"
    trial.yaml:1:7: name: `a b` is not allowed
      expected: up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, not starting with `.`
    ");

    assert_snapshot!(wrong(&trial_with("name", "name: .hidden")), @r"
    trial.yaml:1:7: name: `.hidden` is not allowed
      expected: up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, not starting with `.`
    ");

    assert_snapshot!(wrong(&trial_with("name", "name: ../up")), @r"
    trial.yaml:1:7: name: `../up` is not allowed
      expected: up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, not starting with `.`
    ");

    assert_snapshot!(wrong(&trial_with("name", "name: \"\"")), @r"
    trial.yaml:1:7: name: `` is not allowed
      expected: up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, not starting with `.`
    ");

    assert_snapshot!(wrong(&trial_with("name", "name: 2024")), @r"
    trial.yaml:1:7: name: `2024` is a number
      expected: up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, not starting with `.`
    ");
}

#[test]
fn free_text_is_text() {
    assert_snapshot!(wrong(&trial_with("name", r"name: x
title: [a]
description: 5")), @r#"
    trial.yaml:2:8: title: `["a"]` is a list
      expected: text
    trial.yaml:3:14: description: `5` is a number
      expected: text
    2 problems
    "#);
}

#[test]
fn every_missing_field_is_named() {
    assert_snapshot!(wrong("title: nothing else"), @r"
    trial.yaml:1:1: name: is missing
      expected: up to 100 of: letters a-z and A-Z, digits, `-`, `_` and `.`, not starting with `.`
    trial.yaml:1:1: data: is missing
      expected: a dataset: one of digits, noise
    trial.yaml:1:1: model: is missing
      expected: a model: one of mlp, convnet
    trial.yaml:1:1: seeds: is missing
      expected: a list of at least 1, each item an integer from 0 to 9007199254740991
    trial.yaml:1:1: methods: is missing
      expected: a list of at least 1, each item a method's name or a mapping with `kind`
    5 problems
    ");
}

#[test]
fn an_unknown_field_shows_the_nearest() {
    assert_snapshot!(wrong(&trial_with("seeds", r"sedes: [0]
seeds: [0]")), @r"
    trial.yaml:5:1: sedes: an experiment has no field `sedes`
      expected: one of name, title, description, data, model, train, phases, seeds, targets, methods, claims, published
      nearest: seeds
    ");
}

#[test]
fn a_key_is_a_word() {
    assert_snapshot!(wrong(&trial_with("name", r"name: x
5: x
[a]: x")), @r"
    trial.yaml:1:1: a key is a list
      expected: a word as key
    trial.yaml:2:1: 5: the key `5` is not text
      expected: a word as key
    2 problems
    ");
}

#[test]
fn a_file_holds_one_mapping() {
    assert_snapshot!(wrong(""), @r"
    trial.yaml:1:1: the file is empty
      expected: a mapping with name, data, model, seeds and methods
    ");

    assert_snapshot!(wrong("# only a comment"), @r"
    trial.yaml:2:1: the file is empty
      expected: a mapping with name, data, model, seeds and methods
    ");

    assert_snapshot!(wrong("- name: x"), @r"
    trial.yaml:1:1: the file holds a list
      expected: a mapping with name, data, model, seeds and methods
    ");

    assert_snapshot!(wrong("words"), @r"
    trial.yaml:1:1: the file holds text
      expected: a mapping with name, data, model, seeds and methods
    ");
}

#[test]
fn a_key_stands_once() {
    assert_snapshot!(wrong(&trial_with("name", r"name: x
name: y")), @"trial.yaml:2:1: not valid YAML: the key `name` stands here a second time");

    assert_snapshot!(wrong(&trial_with("train", "train: { epochs: 1, epochs: 2 }")), @"trial.yaml:4:21: not valid YAML: train: the key `epochs` stands here a second time");
}

#[test]
fn what_is_not_yaml_shows_where() {
    assert_snapshot!(wrong("name: [x"), @"trial.yaml:2:1: not valid YAML: did not find expected ',' or ']', while parsing a flow sequence at line 1 column 7");

    assert_snapshot!(wrong("name: *x"), @"trial.yaml:1:7: not valid YAML: unknown anchor");

    assert_snapshot!(wrong("\tname: x"), @"trial.yaml:1:1: not valid YAML: found character that cannot start any token, while scanning for the next token");

    assert_snapshot!(wrong(r"name: x
---
name: y"), @"trial.yaml: not valid YAML: deserializing from YAML containing more than one document is not supported");

    assert_snapshot!(wrong("a: {b: [c}"), @"trial.yaml:1:10: not valid YAML: did not find expected ',' or ']', while parsing a flow sequence at line 1 column 8");
}
