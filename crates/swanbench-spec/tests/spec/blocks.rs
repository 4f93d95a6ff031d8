//! What is wrong in `data`, `model` and `train`.

use insta::assert_snapshot;

use crate::support::{trial_with, wrong};

#[test]
fn an_unknown_kind_shows_the_nearest() {
    assert_snapshot!(wrong(&trial_with("data", "data: digit")), @r"
    trial.yaml:2:7: data: unknown dataset `digit`
      expected: one of digits, noise
      nearest: digits
    ");

    assert_snapshot!(wrong(&trial_with("model", "model: { kind: convent }")), @r"
    trial.yaml:3:16: model.kind: unknown model `convent`
      expected: one of mlp, convnet
      nearest: convnet
    ");

    assert_snapshot!(wrong(&trial_with("model", "model: transformer")), @r"
    trial.yaml:3:8: model: unknown model `transformer`
      expected: one of mlp, convnet
    ");
}

#[test]
fn a_kind_is_named() {
    assert_snapshot!(wrong(&trial_with("data", "data: { limit: 5 }")), @r"
    trial.yaml:2:7: data.kind: is missing
      expected: one of digits, noise
    ");

    assert_snapshot!(wrong(&trial_with("data", "data: { kind: 5 }")), @r"
    trial.yaml:2:15: data.kind: the dataset's name is a number
      expected: one of digits, noise
    ");

    assert_snapshot!(wrong(&trial_with("data", "data: [digits]")), @r"
    trial.yaml:2:7: data: the dataset is a list
      expected: the name of a dataset, or a mapping with `kind`
    ");

    assert_snapshot!(wrong(&trial_with("model", "model: ~")), @r"
    trial.yaml:3:8: model: the model is empty
      expected: the name of a model, or a mapping with `kind`
    ");
}

#[test]
fn common_fields_have_bounds() {
    assert_snapshot!(wrong(&trial_with("data", "data: { kind: digits, limit: 0, validation: 0.6 }")), @r"
    trial.yaml:2:30: data.limit: `0` is out of range
      expected: an integer from 1 to 9007199254740991, or null
    trial.yaml:2:45: data.validation: `0.6` is out of range
      expected: a number above 0, up to 0.5
    2 problems
    ");

    assert_snapshot!(wrong(&trial_with("model", "model: { kind: mlp, width: 0 }")), @r"
    trial.yaml:3:28: model.width: `0` is out of range
      expected: a number above 0, up to 100
    ");
}

#[test]
fn settings_have_the_bounds_of_their_kind() {
    assert_snapshot!(wrong(&trial_with("data", "data: { kind: digits, classes: 11 }")), @r"
    trial.yaml:2:32: data.classes: `11` is out of range
      expected: an integer from 2 to 10
    ");

    assert_snapshot!(wrong(&trial_with("data", "data: { kind: digits, classes: 2.5 }")), @r"
    trial.yaml:2:32: data.classes: `2.5` is a number with a fraction
      expected: an integer from 2 to 10
    ");

    assert_snapshot!(wrong(&trial_with("model", "model: { kind: mlp, hidden: [5000000000] }")), @r"
    trial.yaml:3:30: model.hidden[0]: `5000000000` is out of range
      expected: an integer from 1 to 4294967295
    ");
}

#[test]
fn a_list_is_checked_item_by_item() {
    assert_snapshot!(wrong(&trial_with("model", "model: { kind: mlp, hidden: [] }")), @r"
    trial.yaml:3:29: model.hidden: the list is empty
      expected: a list of at least 1, each item an integer from 1 to 4294967295
    ");

    assert_snapshot!(wrong(&trial_with("model", "model: { kind: mlp, hidden: [300, 0, x] }")), @r"
    trial.yaml:3:35: model.hidden[1]: `0` is out of range
      expected: an integer from 1 to 4294967295
    trial.yaml:3:38: model.hidden[2]: `x` is text
      expected: an integer from 1 to 4294967295
    2 problems
    ");

    assert_snapshot!(wrong(&trial_with("model", "model: { kind: mlp, hidden: 300 }")), @r"
    trial.yaml:3:29: model.hidden: `300` is a number
      expected: a list of at least 1, each item an integer from 1 to 4294967295
    ");
}

#[test]
fn only_true_and_false_are_truth_values() {
    assert_snapshot!(wrong(&trial_with("model", "model: { kind: mlp, bias: yes }")), @r"
    trial.yaml:3:27: model.bias: `yes` is text
      expected: true or false
    ");
}

#[test]
fn an_unknown_setting_shows_the_nearest() {
    assert_snapshot!(wrong(&trial_with("data", "data: { kind: digits, clases: 5 }")), @r"
    trial.yaml:2:23: data.clases: `digits` has no field `clases`
      expected: one of kind, crop_padding, flip, limit, validation, classes
      nearest: classes
    ");

    assert_snapshot!(wrong(&trial_with("train", "train: { epoch: 20 }")), @r"
    trial.yaml:4:10: train.epoch: `train` has no field `epoch`
      expected: one of batch_size, epochs, learning_rate, momentum, optimizer, precision, recovery_epochs, schedule, weight_decay
      nearest: epochs
    ");

    assert_snapshot!(wrong(&trial_with("train", "train: { lr: 0.1 }")), @r"
    trial.yaml:4:10: train.lr: `train` has no field `lr`
      expected: one of batch_size, epochs, learning_rate, momentum, optimizer, precision, recovery_epochs, schedule, weight_decay
    ");
}

#[test]
fn an_unknown_word_shows_the_nearest() {
    assert_snapshot!(wrong(&trial_with("train", "train: { optimizer: adamw, schedule: cos }")), @r"
    trial.yaml:4:21: train.optimizer: unknown word `adamw`
      expected: one of adam, sgd
      nearest: adam
    trial.yaml:4:38: train.schedule: unknown word `cos`
      expected: one of constant, cosine
      nearest: cosine
    2 problems
    ");
}

#[test]
fn training_has_bounds() {
    assert_snapshot!(wrong(&trial_with("train", "train: { epochs: 0, batch_size: twenty, learning_rate: 0, momentum: 1.1 }")), @r"
    trial.yaml:4:18: train.epochs: `0` is out of range
      expected: an integer from 1 to 1000000
    trial.yaml:4:33: train.batch_size: `twenty` is text
      expected: an integer from 1 to 1000000
    trial.yaml:4:56: train.learning_rate: `0` is out of range
      expected: a number above 0
    trial.yaml:4:69: train.momentum: `1.1` is out of range
      expected: a number from 0 to 1
    4 problems
    ");
}

#[test]
fn numbers_are_finite() {
    assert_snapshot!(wrong(&trial_with("train", "train: { learning_rate: .nan, weight_decay: .inf }")), @r"
    trial.yaml:4:25: train.learning_rate: `.nan` is not a finite number
      expected: a number above 0
    trial.yaml:4:45: train.weight_decay: `.inf` is not a finite number
      expected: a number of at least 0
    2 problems
    ");
}

#[test]
fn recovery_leaves_an_epoch() {
    assert_snapshot!(wrong(&trial_with("train", "train: { epochs: 5, recovery_epochs: 5 }")), @r"
    trial.yaml:4:38: train.recovery_epochs: `5` recovery epochs leave no epoch for training proper
      expected: an integer below `train.epochs`, which is 5
    ");

    assert_snapshot!(wrong(&trial_with("train", "train: { epochs: 0, recovery_epochs: 5 }")), @r"
    trial.yaml:4:18: train.epochs: `0` is out of range
      expected: an integer from 1 to 1000000
    ");
}

#[test]
fn train_is_a_mapping() {
    assert_snapshot!(wrong(&trial_with("train", "train: 20")), @r"
    trial.yaml:4:8: train: the block is a number
      expected: a mapping, such as { epochs: 20 }
    ");

    assert_snapshot!(wrong(&trial_with("train", "train:")), @r"
    trial.yaml:4:7: train: the block is empty
      expected: a mapping, such as { epochs: 20 }
    ");
}
