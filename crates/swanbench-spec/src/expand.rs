//! A checked experiment as the list of its runs.

use std::collections::HashMap;

use crate::{
    RunSpec, Vocabulary,
    check::{Checked, Entry, Variant},
    identity::{self, Kinds},
    path::FieldPath,
    problem::Problem,
    references,
};

/// The runs: entries in order, then targets, then seeds.
///
/// # Errors
/// Entries that train the same run, that share a label, or that name an entry which is not there.
pub(crate) fn expand(
    checked: &Checked,
    vocabulary: &Vocabulary,
) -> Result<Vec<RunSpec>, Vec<Problem>> {
    let mut runs = Vec::new();
    let mut problems = Vec::new();
    let mut by_label: HashMap<&str, &FieldPath> = HashMap::new();
    let mut by_id: HashMap<String, &FieldPath> = HashMap::new();
    let plain: Vec<(&Entry, Vec<RunSpec>)> = checked
        .entries
        .iter()
        .filter(|entry| references_of(entry, vocabulary).is_empty())
        .map(|entry| (entry, runs_of(entry, checked, vocabulary)))
        .collect();
    for entry in &checked.entries {
        let mut own = runs_of(entry, checked, vocabulary);
        if let Err(problem) = refer(&mut own, entry, &plain, vocabulary) {
            problems.push(problem);
            continue;
        }
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

fn references_of<'entry>(
    entry: &'entry Entry,
    vocabulary: &Vocabulary,
) -> Vec<(String, &'entry str)> {
    let kind =
        entry.variants.first().and_then(|variant| vocabulary.method(&variant.method.kind).ok());
    kind.map_or_else(Vec::new, |kind| references::of(entry, kind))
}

/// Puts ids in the place of labels.
fn refer(
    own: &mut [RunSpec],
    entry: &Entry,
    plain: &[(&Entry, Vec<RunSpec>)],
    vocabulary: &Vocabulary,
) -> Result<(), Problem> {
    for (field, label) in references_of(entry, vocabulary) {
        let labels: Vec<&str> = plain.iter().map(|(entry, _)| entry.label.as_str()).collect();
        let unknown = || references::unknown(entry, &field, label, &labels);
        let named = plain.iter().find(|(entry, _)| entry.label == label).ok_or_else(unknown)?;
        for run in own.iter_mut() {
            let variant = entry.variants.iter().find(|variant| variant.target == run.target);
            let variant = variant.expect("every run has its variant");
            let source =
                references::counterpart(&named.1, variant, run.seed).ok_or_else(unknown)?;
            run.method.settings[&field] = source.id.clone().into();
            run.sources.push(source.id.clone());
        }
    }
    for run in own.iter_mut().filter(|run| !run.sources.is_empty()) {
        run.id = identity::id(run, kinds(run, vocabulary));
    }
    Ok(())
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
    let (data_options, data) = &checked.data;
    let (model_fields, model) = &checked.model;
    let mut run = RunSpec {
        id: String::new(),
        label: entry.label.clone(),
        data: data.clone(),
        data_options: data_options.clone(),
        model: model.clone(),
        model_width: model_fields.width,
        weights: checked.weights.clone(),
        train: checked.train.with_epochs_over(variant.epochs_divisor),
        phases: checked.phases.clone(),
        method: variant.method.clone(),
        target: variant.target,
        width: variant.width,
        seed,
        sources: Vec::new(),
    };
    run.id = identity::id(&run, kinds(&run, vocabulary));
    run
}

fn kinds<'vocabulary>(run: &RunSpec, vocabulary: &'vocabulary Vocabulary) -> Kinds<'vocabulary> {
    let checked_before = "a checked experiment names kinds of its vocabulary";
    Kinds {
        data: vocabulary.dataset(&run.data.kind).expect(checked_before),
        model: vocabulary.model(&run.model.kind).expect(checked_before),
        method: vocabulary.method(&run.method.kind).expect(checked_before),
    }
}
