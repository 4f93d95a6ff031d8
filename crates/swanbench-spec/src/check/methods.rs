//! The list `methods`: what is compared, and for which targets each entry runs.

use serde_yaml::Value as Yaml;

use super::{
    Entry, Variant,
    kinds::{Named, check_block, named},
};
use crate::{
    ComponentConfig, Vocabulary,
    common::MethodFields,
    path::{FieldPath, Step},
    problem::{Findings, Problem},
    quote::type_name,
    target::{mentions_target, with_target},
};

const EXPECTED: &str = "a list of at least 1, each item a method's name or a mapping with `kind`";

/// Stands in for the targets where there are none, so that entries are checked all the same.
const PLACEHOLDER_TARGET: f64 = 0.5;

/// The entries that are right. Whatever is wrong is a finding.
pub(super) fn check_methods(
    written: Option<&Yaml>,
    targets: Targets,
    vocabulary: &Vocabulary,
    findings: &mut Findings,
) -> Vec<Entry> {
    let path = FieldPath::default().key("methods");
    let entries = match written {
        None => {
            findings.add(Problem::new(&path, "is missing").expected(EXPECTED));
            return Vec::new();
        }
        Some(Yaml::Sequence(entries)) => entries,
        Some(other) => {
            findings
                .add(Problem::new(&path, format!("is {}", type_name(other))).expected(EXPECTED));
            return Vec::new();
        }
    };
    if entries.is_empty() {
        findings.add(Problem::new(&path, "the list is empty").expected(EXPECTED));
    }
    let mut checked = Vec::new();
    let mut first_per_target = None;
    for (index, entry) in entries.iter().enumerate() {
        let path = path.index(index);
        let Some(named) = findings.keep(named(entry, &path, &vocabulary.methods, "method")) else {
            continue;
        };
        if runs_per_target(&named) {
            first_per_target.get_or_insert(index);
        }
        checked.extend(check_entry(&named, &path, targets.right, findings));
    }
    if let (Some(index), true) = (first_per_target, targets.none_written) {
        let path = FieldPath::default().key("targets");
        let message = format!("no targets are given, and methods[{index}] runs once for each");
        let expected = "a list of at least 1, each item a number above 0, up to 1";
        findings.add(Problem::new(&path, message).expected(expected));
    }
    checked
}

/// What the list `targets` holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Targets<'list> {
    /// The items that are right.
    pub right: &'list [f64],
    /// Whether the list is absent or empty, rather than wrong.
    pub none_written: bool,
}

fn runs_per_target(named: &Named) -> bool {
    named.kind.takes_target || named.fields.values().any(mentions_target)
}

fn check_entry(
    named: &Named,
    path: &FieldPath,
    targets: &[f64],
    findings: &mut Findings,
) -> Option<Entry> {
    let targets: Vec<Option<f64>> = match (runs_per_target(named), targets) {
        (false, _) => vec![None],
        (true, []) => vec![Some(PLACEHOLDER_TARGET)],
        (true, several) => several.iter().copied().map(Some).collect(),
    };
    let mut label = None;
    let mut variants = Vec::new();
    for target in targets {
        let (common, method) = check_variant(named, path, target, findings)?;
        label.clone_from(&common.label);
        let MethodFields { width, epochs_divisor, .. } = common;
        variants.push(Variant { target, width, epochs_divisor, method });
    }
    let label = label.unwrap_or_else(|| default_label(named));
    Some(Entry { path: path.clone(), label, variants })
}

/// The entry for one target. The first target that does not fit is enough to say so.
fn check_variant(
    named: &Named,
    path: &FieldPath,
    target: Option<f64>,
    findings: &mut Findings,
) -> Option<(MethodFields, ComponentConfig)> {
    let Some(target) = target else {
        return check_block(named.kind, &named.fields, path, findings);
    };
    let filled = with_target(&named.fields, target);
    let mut found = Findings::default();
    let block = check_block(named.kind, &filled, path, &mut found);
    let note = format!("where `$target` is {target}");
    findings.extend(found.into_vec().into_iter().map(|problem| {
        let by_target = field_of(&problem, path)
            .is_some_and(|field| named.fields.get(field).is_some_and(mentions_target));
        if by_target { problem.noted(&note) } else { problem }
    }));
    block
}

/// The field of the entry in which a problem lies.
fn field_of<'problem>(problem: &'problem Problem, entry: &FieldPath) -> Option<&'problem str> {
    match problem.path().steps().get(entry.steps().len()) {
        Some(Step::Key(field)) => Some(field),
        _ => None,
    }
}

/// The method's name, followed by the words chosen in the entry, in the order written.
fn default_label(named: &Named) -> String {
    let words: Vec<&str> = named
        .fields
        .iter()
        .filter(|(key, value)| key.as_str() != Some("kind") && !mentions_target(value))
        .filter_map(|(_, value)| value.as_str())
        .collect();
    if words.is_empty() {
        return named.kind.name.to_owned();
    }
    format!("{} ({})", named.kind.name, words.join(", "))
}
