//! The list `phases`: tasks, one after the other.

use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

use super::fields::check_fields;
use crate::{
    SettingsType, Task,
    path::FieldPath,
    problem::{Findings, Problem},
    quote::type_name,
    schema::Block,
};

const EXPECTED: &str = "a list of at least 1, each item a mapping such as { images: inverted }";

/// The tasks that are right; none where the list is left out. Whatever is wrong is a finding.
pub(super) fn check_phases(written: Option<&Yaml>, findings: &mut Findings) -> Vec<Task> {
    let path = FieldPath::default().key("phases");
    let items = match written {
        None => return Vec::new(),
        Some(Yaml::Sequence(items)) if !items.is_empty() => items,
        Some(Yaml::Sequence(_)) => {
            findings.add(Problem::new(&path, "the list is empty").expected(EXPECTED));
            return Vec::new();
        }
        Some(other) => {
            findings
                .add(Problem::new(&path, format!("is {}", type_name(other))).expected(EXPECTED));
            return Vec::new();
        }
    };
    let tasks: Vec<Task> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| check_task(item, &path.index(index), findings))
        .collect();
    if tasks.first().is_some_and(|first| first.epochs.is_some()) {
        let path = path.index(0).key("epochs");
        let problem = Problem::new(&path, "the first phase is trained for `train.epochs`");
        findings.add(problem.expected("no `epochs` here"));
    }
    tasks
}

fn check_task(written: &Yaml, path: &FieldPath, findings: &mut Findings) -> Option<Task> {
    let Yaml::Mapping(fields) = written else {
        let problem = Problem::new(path, format!("is {}", type_name(written)));
        findings.add(problem.expected("a mapping, such as { images: inverted }"));
        return None;
    };
    let block = Block::of(&SettingsType::of::<Task>());
    let fields = check_fields(fields, path, "a phase", &block, findings)?;
    findings.keep(
        serde_json::from_value(Json::Object(fields))
            .map_err(|error| Problem::new(path, format!("cannot be read: {error}"))),
    )
}
