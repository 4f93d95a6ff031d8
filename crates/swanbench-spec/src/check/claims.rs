//! The list `claims`: what the report is to judge.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use serde_yaml::{Mapping, Value as Yaml};

use super::{fields::check_fields, lists::items_of};
use crate::{
    Claim, Question, Relation, SettingsType, Side, Sign,
    claim::{Compare, Correlate},
    nearest::{nearest, one_of},
    path::FieldPath,
    problem::{Findings, Problem},
    quote::type_name,
    schema::Block,
};

/// What claims may speak of.
pub(super) struct Subject<'list> {
    /// Of all entries.
    pub labels: &'list [&'list str],
    /// How many there are, at least 1.
    pub phases: usize,
}

const EXPECTED: &str =
    "a list, each item a mapping with `id`, `compare` or `correlate`, and `expect`";
/// Differences of accuracies and shares up to a point are none, where they are to be equal.
const POINT: f64 = 0.01;
/// Correlations up to this are none, where none is expected.
const WEAK: f64 = 0.1;

/// The claims that are right. Whatever is wrong is a finding.
pub(super) fn check_claims(
    written: Option<&Yaml>,
    subject: &Subject,
    findings: &mut Findings,
) -> Vec<Claim> {
    let path = FieldPath::default().key("claims");
    let items = items_of(written, &path, EXPECTED, findings);
    let mut claims: Vec<Claim> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let Yaml::Mapping(fields) = item else {
            let expected = "a mapping with `id`, `compare` or `correlate`, and `expect`";
            findings.add(Problem::new(&path, format!("is {}", type_name(item))).expected(expected));
            continue;
        };
        let claim = if fields.contains_key("correlate") {
            check_correlate(fields, &path, subject, findings)
        } else {
            check_compare(fields, &path, subject, findings)
        };
        let Some(claim) = claim else { continue };
        if claims.iter().any(|earlier| earlier.id == claim.id) {
            let message = format!("the id `{}` stands here a second time", claim.id);
            findings.add(Problem::new(&path.key("id"), message).expected("each id once"));
        }
        claims.push(claim);
    }
    claims
}

fn check_compare(
    fields: &Mapping,
    path: &FieldPath,
    subject: &Subject,
    findings: &mut Findings,
) -> Option<Claim> {
    let claim: Compare = read(fields, path, findings)?;
    let of = side(&claim.of, &path.key("of"), subject, findings);
    let against = side(&claim.against, &path.key("against"), subject, findings);
    if let Some(phase) = claim.phase.filter(|&phase| phase as usize > subject.phases) {
        let message = format!("there is no phase {phase}");
        let expected = match subject.phases {
            1 => "no `phase`: without `phases` there is one only".to_owned(),
            phases => format!("an integer from 1 to {phases}"),
        };
        findings.add(Problem::new(&path.key("phase"), message).expected(expected));
    }
    let metric = claim.metric;
    let equal = claim.expect == Relation::Equal;
    if equal && !metric.is_share() && claim.margin.is_none() {
        let message = format!("is missing: how far apart may equal values of {metric} be?");
        findings.add(Problem::new(&path.key("margin"), message).expected("a number, 0 or more"));
    }
    let (of, against) = (of?, against?);
    let statement = claim.statement.unwrap_or_else(|| {
        let relation = match claim.expect {
            Relation::Greater => "is greater than",
            Relation::Less => "is less than",
            Relation::Equal => "equals",
        };
        format!("{metric} of {} {relation} that of {}", of.text(), against.text())
    });
    let question = Question::Compare {
        metric,
        of,
        against,
        at_flops: claim.at_flops,
        phase: claim.phase,
        expect: claim.expect,
        margin: claim.margin.unwrap_or(if equal { POINT } else { 0.0 }),
    };
    Some(Claim { id: claim.id, statement, question })
}

fn check_correlate(
    fields: &Mapping,
    path: &FieldPath,
    subject: &Subject,
    findings: &mut Findings,
) -> Option<Claim> {
    let claim: Correlate = read(fields, path, findings)?;
    let path_of_label = path.key("method");
    let side = side(&claim.method, &path_of_label, subject, findings)?;
    if side.control.is_some() {
        let message = "single examples are not kept for controls";
        findings.add(Problem::new(&path_of_label, message).expected("a label without a control"));
    }
    let quantities = claim.quantities.try_into().expect("the schema asks for two");
    let statement = claim.statement.unwrap_or_else(|| {
        let sign = match claim.expect {
            Sign::Positive => "rise",
            Sign::Negative => "fall",
            Sign::None => "neither rise nor fall",
        };
        format!("FLOPs of {} {sign} with the difficulty of the example", side.label)
    });
    let margin = claim.margin.unwrap_or(if claim.expect == Sign::None { WEAK } else { 0.0 });
    let question =
        Question::Correlate { quantities, label: side.label, expect: claim.expect, margin };
    Some(Claim { id: claim.id, statement, question })
}

fn read<T: Default + DeserializeOwned + JsonSchema + Serialize>(
    fields: &Mapping,
    path: &FieldPath,
    findings: &mut Findings,
) -> Option<T> {
    let block = Block::of(&SettingsType::of::<T>());
    let fields = check_fields(fields, path, "a claim", &block, findings)?;
    findings.keep(
        serde_json::from_value(Json::Object(fields))
            .map_err(|error| Problem::new(path, format!("cannot be read: {error}"))),
    )
}

fn side(text: &str, path: &FieldPath, subject: &Subject, findings: &mut Findings) -> Option<Side> {
    let labels = subject.labels.iter().copied();
    let side = Side::read(text, subject.labels).ok_or_else(|| {
        Problem::new(path, format!("no entry has the label `{text}`"))
            .expected(format!("{}, which a control may follow", one_of(labels.clone())))
            .nearest(nearest(text, labels))
    });
    findings.keep(side)
}
