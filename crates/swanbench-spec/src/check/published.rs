//! The list `published`: numbers of a paper, beside which the report sets its own.

use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

use super::{fields::check_fields, lists::items_of};
use crate::{
    Published, SettingsType,
    nearest::{nearest, one_of},
    path::FieldPath,
    problem::{Findings, Problem},
    quote::type_name,
    schema::Block,
};

const EXPECTED: &str = "a list, each item a mapping with `what`, `paper`, and `label` or `reason`";

/// The items that are right. Whatever is wrong is a finding.
pub(super) fn check_published(
    written: Option<&Yaml>,
    labels: &[&str],
    targets: &[f64],
    findings: &mut Findings,
) -> Vec<Published> {
    let path = FieldPath::default().key("published");
    let items = items_of(written, &path, EXPECTED, findings);
    let mut all = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(one) = check_item(item, &path, findings) {
            check_cell(&one, &path, (labels, targets), findings);
            all.push(one);
        }
    }
    all
}

fn check_item(item: &Yaml, path: &FieldPath, findings: &mut Findings) -> Option<Published> {
    let Yaml::Mapping(fields) = item else {
        let expected = "a mapping with `what`, `paper`, and `label` or `reason`";
        findings.add(Problem::new(path, format!("is {}", type_name(item))).expected(expected));
        return None;
    };
    let block = Block::of(&SettingsType::of::<Published>());
    let fields = check_fields(fields, path, "a published number", &block, findings)?;
    findings.keep(
        serde_json::from_value(Json::Object(fields))
            .map_err(|error| Problem::new(path, format!("cannot be read: {error}"))),
    )
}

/// Whether there is a cell to set beside it, or a reason why there is none.
fn check_cell(
    one: &Published,
    path: &FieldPath,
    (labels, targets): (&[&str], &[f64]),
    findings: &mut Findings,
) {
    match one.label.as_deref() {
        None if one.reason.is_none() => {
            let problem = Problem::new(path, "names no cell of this experiment, and no reason");
            findings.add(problem.expected("`label`, or `reason`, which says why there is none"));
        }
        Some(label) if !labels.contains(&label) => {
            let known = labels.iter().copied();
            findings.add(
                Problem::new(&path.key("label"), format!("no entry has the label `{label}`"))
                    .expected(one_of(known.clone()))
                    .nearest(nearest(label, known)),
            );
        }
        _ => {}
    }
    if let Some(target) = one.target.filter(|target| !targets.contains(target)) {
        let known = targets.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let problem = Problem::new(&path.key("target"), format!("no cell has the target {target}"));
        findings.add(problem.expected(format!("one of `targets`: {known}")));
    }
}
