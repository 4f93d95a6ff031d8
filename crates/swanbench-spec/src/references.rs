//! Settings that name another entry of the experiment, whose runs must be trained first.

use serde_json::Value;

use crate::{RunSpec, check::MethodConfig};

/// The keyword in a setting's JSON schema which says that the text is the label of another entry.
/// In a run, it is replaced by the id of that entry's run of the same seed and target.
pub const REFERENCE: &str = "x-label-of-entry";

/// A setting that names another entry.
pub(crate) struct Reference<'entry> {
    pub field: String,
    /// Of the other entry.
    pub label: &'entry str,
}

/// Lists the settings of an entry that name others.
pub(crate) fn references(entry: &MethodConfig) -> Vec<Reference<'_>> {
    let schema = entry.info.settings.schema();
    let fields = schema["properties"].as_object().into_iter().flatten();
    let marked = fields.filter(|(_, field)| field[REFERENCE] == Value::Bool(true));
    let settings = entry.variants.first().map(|variant| &variant.method.settings);
    let label = |name: &str| settings?.get(name)?.as_str();
    marked
        .filter_map(|(name, _)| Some(Reference { field: name.clone(), label: label(name)? }))
        .collect()
}

/// Finds the run that belongs to a run of another entry: of the same seed, and of the same target
/// if there are several targets.
pub(crate) fn counterpart<'run>(runs: &'run [RunSpec], of: &RunSpec) -> Option<&'run RunSpec> {
    let of_seed = || runs.iter().filter(|run| run.seed == of.seed);
    let same_target = of_seed().find(|run| run.target == of.target);
    same_target.or_else(|| of_seed().find(|run| run.target.is_none()))
}
