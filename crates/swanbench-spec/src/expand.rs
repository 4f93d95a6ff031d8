//! A checked experiment as the list of its runs.

use std::collections::HashMap;

use crate::{
    RunSpec, Vocabulary,
    check::{Checked, Entry, Variant},
    identity::{self, Kinds},
    path::FieldPath,
    problem::Problem,
};

/// The runs: entries in order, then targets, then seeds.
///
/// # Errors
/// Entries that train the same run, or that share a label.
pub(crate) fn expand(
    checked: &Checked,
    vocabulary: &Vocabulary,
) -> Result<Vec<RunSpec>, Vec<Problem>> {
    let mut runs = Vec::new();
    let mut problems = Vec::new();
    let mut by_label: HashMap<&str, &FieldPath> = HashMap::new();
    let mut by_id: HashMap<String, &FieldPath> = HashMap::new();
    for entry in &checked.entries {
        let own = runs_of(entry, checked, vocabulary);
        let same_run = own.iter().find_map(|run| by_id.get(&run.id)).copied();
        let same_label = by_label.get(entry.label.as_str()).copied();
        if let Some(earlier) = same_run {
            problems.push(
                Problem::new(&entry.path, format!("trains the same runs as {earlier}"))
                    .expected("settings that no other entry has"),
            );
        } else if let Some(earlier) = same_label {
            let message = format!("has the same label as {earlier}, `{}`", entry.label);
            let expected = "a `label` of its own, such as `label: another name`";
            problems.push(Problem::new(&entry.path, message).expected(expected));
        }
        by_label.entry(&entry.label).or_insert(&entry.path);
        for run in own {
            by_id.entry(run.id.clone()).or_insert(&entry.path);
            runs.push(run);
        }
    }
    if problems.is_empty() { Ok(runs) } else { Err(problems) }
}

fn runs_of(entry: &Entry, checked: &Checked, vocabulary: &Vocabulary) -> Vec<RunSpec> {
    let pairs = entry
        .variants
        .iter()
        .flat_map(|variant| checked.seeds.iter().map(move |seed| (variant, *seed)));
    pairs.map(|(variant, seed)| run(entry, variant, seed, checked, vocabulary)).collect()
}

fn run(
    entry: &Entry,
    variant: &Variant,
    seed: u64,
    checked: &Checked,
    vocabulary: &Vocabulary,
) -> RunSpec {
    let (data_fields, data) = &checked.data;
    let (model_fields, model) = &checked.model;
    let mut run = RunSpec {
        id: String::new(),
        label: entry.label.clone(),
        data: data.clone(),
        data_fields: data_fields.clone(),
        model: model.clone(),
        model_width: model_fields.width,
        weights: checked.weights.clone(),
        train: checked.train.clone(),
        method: variant.method.clone(),
        target: variant.target,
        width: variant.width,
        seed,
    };
    let checked_before = "a checked experiment names kinds of its vocabulary";
    let kinds = Kinds {
        data: vocabulary.dataset(&data.kind).expect(checked_before),
        model: vocabulary.model(&model.kind).expect(checked_before),
        method: vocabulary.method(&variant.method.kind).expect(checked_before),
    };
    run.id = identity::id(&run, kinds);
    run
}
