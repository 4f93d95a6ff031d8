//! The list of an experiment's runs.

use std::{collections::HashMap, sync::Arc};

use crate::{
    ComponentInfo, RunSpec,
    check::{Checked, MethodConfig},
    identity::{Components, Identity},
    nearest::nearest,
    path::FieldPath,
    problem::Problem,
    quote::quote,
    references::{Reference, counterpart, references},
};

/// Lists the runs: entries in order, then targets, then seeds.
///
/// Returns an error if entries train the same run, share a label, or name an absent entry. Whether
/// they do is the same for every seed and every revision of the data.
pub(crate) fn expand(
    checked: &Checked,
    seeds: &[u64],
    data_revision: &str,
) -> Result<Vec<RunSpec>, Vec<Problem>> {
    let data = ComponentInfo { revision: data_revision.to_owned(), ..checked.data.info.clone() };
    let expansion = Expansion { checked, seeds, data: &data };
    let is_wanted = |label: &str| {
        checked.methods.iter().flat_map(references).any(|reference| reference.label == label)
    };
    let mut named: HashMap<&str, Vec<RunSpec>> = HashMap::new();
    for entry in checked.methods.iter().filter(|entry| references(entry).is_empty()) {
        named.entry(&entry.label).or_insert_with(|| {
            if is_wanted(&entry.label) { expansion.runs(entry) } else { Vec::new() }
        });
    }
    let mut runs = Vec::new();
    let mut problems = Vec::new();
    let mut earlier = Earlier::default();
    for entry in &checked.methods {
        match expansion.runs_with_references(entry, &named) {
            Ok(own) => {
                problems.extend(earlier.conflict(entry, &own));
                earlier.add(entry, &own);
                runs.extend(own);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(runs) } else { Err(problems) }
}

/// The entries so far, by what no two of them may share.
#[derive(Default)]
struct Earlier<'entry> {
    by_label: HashMap<&'entry str, &'entry FieldPath>,
    by_id: HashMap<String, &'entry FieldPath>,
}

impl<'entry> Earlier<'entry> {
    fn conflict(&self, entry: &MethodConfig, runs: &[RunSpec]) -> Option<Problem> {
        if let Some(earlier) = runs.iter().find_map(|run| self.by_id.get(&run.id)) {
            let message = format!("trains the same runs as {earlier}");
            let expected = "settings that no other entry has";
            return Some(Problem::new(&entry.path, message).expected(expected));
        }
        let earlier = self.by_label.get(entry.label.as_str())?;
        let label = quote(&entry.label.as_str().into());
        let message = format!("has the same label as {earlier}, {label}");
        let expected = "a `label` of its own, such as `label: another name`";
        Some(Problem::new(&entry.path, message).expected(expected))
    }

    fn add(&mut self, entry: &'entry MethodConfig, runs: &[RunSpec]) {
        self.by_label.entry(&entry.label).or_insert(&entry.path);
        for run in runs {
            self.by_id.entry(run.id.clone()).or_insert(&entry.path);
        }
    }
}

/// What all runs have in common.
struct Expansion<'draft> {
    checked: &'draft Checked,
    seeds: &'draft [u64],
    /// With the revision of the data that are really there.
    data: &'draft ComponentInfo,
}

impl Expansion<'_> {
    /// Lists the runs of an entry, with labels of other entries as they are written.
    fn runs(&self, entry: &MethodConfig) -> Vec<RunSpec> {
        let checked = self.checked;
        let mut runs = Vec::new();
        for variant in &entry.variants {
            let mut identity = None;
            for &seed in self.seeds {
                let mut run = RunSpec {
                    id: String::new(),
                    label: entry.label.clone(),
                    data: checked.data.config.clone(),
                    data_options: checked.data.options.clone(),
                    model: checked.model.config.clone(),
                    model_width: checked.model.options.width,
                    weights: checked.weights.clone(),
                    train: checked.train.with_epochs_divided(variant.epochs_divisor),
                    phases: checked
                        .phases
                        .iter()
                        .map(|task| task.with_epochs_divided(variant.epochs_divisor))
                        .collect(),
                    method: variant.method.clone(),
                    budget: checked.budget,
                    target: variant.target,
                    width: variant.width,
                    shape: variant.shape,
                    seed,
                    sources: Vec::new(),
                };
                run.id = identity.get_or_insert_with(|| self.identity(&run, entry)).id(seed);
                runs.push(run);
            }
        }
        runs
    }

    /// Lists the runs of an entry, with ids in place of labels. `named` holds the runs of all
    /// entries that name no other.
    fn runs_with_references(
        &self,
        entry: &MethodConfig,
        named: &HashMap<&str, Vec<RunSpec>>,
    ) -> Result<Vec<RunSpec>, Problem> {
        let mut runs = self.runs(entry);
        for Reference { field, label } in references(entry) {
            for run in &mut runs {
                let source = named.get(label).and_then(|runs| counterpart(runs, run));
                let source = source
                    .ok_or_else(|| self.no_source(&entry.path.key(&field), label, run, named))?;
                Arc::make_mut(&mut run.method.settings)[&field] = source.id.clone().into();
                run.sources.push(source.id.clone());
                run.id = self.identity(run, entry).id(run.seed);
            }
        }
        Ok(runs)
    }

    /// Says why a label that a run names leads to no other run.
    fn no_source(
        &self,
        path: &FieldPath,
        label: &str,
        run: &RunSpec,
        named: &HashMap<&str, Vec<RunSpec>>,
    ) -> Problem {
        let shown = quote(&label.into());
        if named.contains_key(label) {
            let target = run.target.map_or("no target".to_owned(), |at| format!("the target {at}"));
            return Problem::new(path, format!("{shown} has no run of {target}"))
                .expected("an entry with the same targets");
        }
        if self.checked.methods.iter().any(|entry| entry.label == label) {
            return Problem::new(path, format!("{shown} itself takes it from another entry"))
                .expected("the label of an entry that names no other itself");
        }
        Problem::new(path, format!("no entry to take it from has the label {shown}"))
            .expected("the label of an entry that names no other itself")
            .nearest(nearest(label, named.keys().copied()))
    }

    fn identity(&self, run: &RunSpec, entry: &MethodConfig) -> Identity {
        let components =
            Components { data: self.data, model: &self.checked.model.info, method: &entry.info };
        Identity::of(run, components)
    }
}
