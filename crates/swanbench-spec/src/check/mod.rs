//! Whether an experiment means something, and what. Finds all that is wrong at once.

mod claims;
mod fields;
mod kinds;
mod lists;
mod methods;
mod phases;
mod plain;
mod published;
mod train;
mod value;

pub(crate) use kinds::check_settings;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_yaml::{Mapping, Value as Yaml};

use crate::{
    Claim, ComponentConfig, ComponentInfo, GivenWeights, Published, Task, Train, Vocabulary,
    common::{DataOptions, ModelFields},
    nearest::one_of,
    path::FieldPath,
    problem::{Findings, Problem},
    quote::type_name,
    schema::parts,
};

/// The fields of an experiment, in the order in which messages list them.
const FIELDS: [&str; 12] = [
    "name",
    "title",
    "description",
    "data",
    "model",
    "train",
    "phases",
    "seeds",
    "targets",
    "methods",
    "claims",
    "published",
];

/// An experiment without a mistake, not yet expanded into runs.
#[derive(Debug)]
pub(crate) struct Checked {
    pub name: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub data: (DataOptions, ComponentConfig),
    pub model: (ModelFields, ComponentConfig),
    pub weights: Option<GivenWeights>,
    pub train: Train,
    pub phases: Vec<Task>,
    pub seeds: Vec<u64>,
    pub targets: Vec<f64>,
    pub entries: Vec<Entry>,
    pub claims: Vec<Claim>,
    pub published: Vec<Published>,
}

/// One item of `methods`.
#[derive(Debug)]
pub(crate) struct Entry {
    pub path: FieldPath,
    pub label: String,
    /// One for each target, or a single one without.
    pub variants: Vec<Variant>,
}

/// A method entry for one target.
#[derive(Debug)]
pub(crate) struct Variant {
    pub target: Option<f64>,
    pub width: f64,
    /// What the epochs are divided by.
    pub epochs_divisor: f64,
    pub method: ComponentConfig,
}

/// Checks the whole experiment against the vocabulary.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn check(root: &Yaml, vocabulary: &Vocabulary) -> Result<Checked, Vec<Problem>> {
    let mut findings = Findings::default();
    let checked = check_experiment(root, vocabulary, &mut findings);
    checked.filter(|_| findings.is_empty()).ok_or_else(|| findings.into_vec())
}

fn check_experiment(
    root: &Yaml,
    vocabulary: &Vocabulary,
    findings: &mut Findings,
) -> Option<Checked> {
    let fields = findings.keep(top(root))?;
    check_keys(fields, findings);
    let name = check_name(fields, findings);
    let title = check_text(fields, "title", findings);
    let description = check_text(fields, "description", findings);
    let data = check_kind(fields, "data", "dataset", &vocabulary.datasets, findings);
    let model = check_kind(fields, "model", "model", &vocabulary.models, findings);
    let written =
        model.as_ref().and_then(|(fields, _): &(ModelFields, _)| fields.weights.as_deref());
    let weights = written.and_then(|file| findings.keep(GivenWeights::read(file)));
    let train = train::check_train(fields.get("train"), findings);
    let phases = phases::check_phases(fields.get("phases"), findings);
    let seeds = lists::check_seeds(fields.get("seeds"), findings);
    let written = fields.get("targets");
    let right = lists::check_targets(written, findings);
    let none_written = written.is_none_or(|list| list.as_sequence().is_some_and(Vec::is_empty));
    let targets = methods::Targets { right: &right, none_written };
    let entries = methods::check_methods(fields.get("methods"), targets, vocabulary, findings);
    let labels: Vec<&str> = entries.iter().map(|entry| entry.label.as_str()).collect();
    // Those that are wrong count too: a claim may speak of them.
    let written = fields.get("phases").and_then(Yaml::as_sequence).map_or(1, Vec::len);
    let subject = claims::Subject { labels: &labels, phases: written.max(1) };
    let claims = claims::check_claims(fields.get("claims"), &subject, findings);
    let published = fields.get("published");
    let published = published::check_published(published, &labels, &right, findings);
    Some(Checked {
        name: name?,
        title,
        description,
        data: data?,
        model: model?,
        weights,
        train: train?,
        phases,
        seeds,
        targets: right,
        entries,
        claims,
        published,
    })
}

fn top(root: &Yaml) -> Result<&Mapping, Problem> {
    let message = match root {
        Yaml::Mapping(fields) => return Ok(fields),
        Yaml::Null => "the file is empty".to_owned(),
        other => format!("the file holds {}", type_name(other)),
    };
    let expected = "a mapping with name, data, model, seeds and methods";
    Err(Problem::new(&FieldPath::default(), message).expected(expected))
}

fn check_keys(fields: &Mapping, findings: &mut Findings) {
    let top = FieldPath::default();
    for key in fields.keys() {
        if let Some(key) = findings.keep(plain::word_of(key, &top))
            && !FIELDS.contains(&key)
        {
            findings.add(value::unknown_key(&top.key(key), "an experiment", key, &FIELDS));
        }
    }
}

fn check_name(fields: &Mapping, findings: &mut Findings) -> Option<String> {
    let path = FieldPath::default().key("name");
    let Some(written) = fields.get("name") else {
        findings.add(Problem::new(&path, "is missing").expected(parts::NAME_RULE));
        return None;
    };
    let mut found = Findings::default();
    let name = value::check_value(written, &path, &parts::name(), &mut found);
    findings.extend(found.into_vec().into_iter().map(|one| one.expected(parts::NAME_RULE)));
    name?.as_str().map(str::to_owned)
}

fn check_text(fields: &Mapping, field: &str, findings: &mut Findings) -> Option<String> {
    let path = FieldPath::default().key(field);
    let text = value::check_value(fields.get(field)?, &path, &parts::text(""), findings)?;
    text.as_str().map(str::to_owned)
}

fn check_kind<Common>(
    fields: &Mapping,
    field: &str,
    sort: &str,
    kinds: &[ComponentInfo],
    findings: &mut Findings,
) -> Option<(Common, ComponentConfig)>
where
    Common: Default + Serialize + DeserializeOwned + JsonSchema,
{
    let path = FieldPath::default().key(field);
    let Some(written) = fields.get(field) else {
        let names = one_of(kinds.iter().map(|kind| kind.name));
        findings.add(Problem::new(&path, "is missing").expected(format!("a {sort}: {names}")));
        return None;
    };
    let named = findings.keep(kinds::named(written, &path, kinds, sort))?;
    kinds::check_block(named.kind, &named.fields, &path, findings)
}
