//! Settings that name another entry of the experiment, whose runs must be there first.

use serde_json::Value;

use crate::{
    ComponentInfo, RunSpec,
    check::{Entry, Variant},
    nearest::nearest,
    problem::Problem,
};

/// The keyword in a setting's JSON schema which says that the text is the label of another entry. In
/// a run, the id of that entry's run of the same seed and target stands in its place.
pub const REFERENCE: &str = "x-label-of-entry";

/// The settings of an entry that name others, with the labels that they name.
pub(crate) fn of<'entry>(entry: &'entry Entry, kind: &ComponentInfo) -> Vec<(String, &'entry str)> {
    let schema = kind.settings.schema();
    let fields = schema["properties"].as_object().into_iter().flatten();
    let marked = fields.filter(|(_, field)| field[REFERENCE] == Value::Bool(true));
    let settings = entry.variants.first().map(|variant| &variant.method.settings);
    let label = |name: &str| settings?.get(name)?.as_str();
    marked.filter_map(|(name, _)| Some((name.clone(), label(name)?))).collect()
}

/// The run of an entry that belongs to a run of another: of the same seed, and of the same target
/// where the entry has several.
pub(crate) fn counterpart<'run>(
    runs: &'run [RunSpec],
    variant: &Variant,
    seed: u64,
) -> Option<&'run RunSpec> {
    let of_seed = || runs.iter().filter(|run| run.seed == seed);
    of_seed().find(|run| run.target == variant.target).or_else(|| {
        let mut without = of_seed().filter(|run| run.target.is_none());
        without.next()
    })
}

/// What is wrong where no entry can be meant by `label`; `labels` are those that can.
pub(crate) fn unknown(entry: &Entry, field: &str, label: &str, labels: &[&str]) -> Problem {
    let message = format!("no entry to take it from has the label `{label}`");
    let expected = "the label of an entry that names no other itself";
    Problem::new(&entry.path.key(field), message)
        .expected(expected)
        .nearest(nearest(label, labels.iter().copied()))
}
