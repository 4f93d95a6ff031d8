//! The list `claims`: what the report is to judge.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Checker, Item};
use crate::{
    Claim, Question, Relation, Side, Sign,
    claim::{Compare, Correlate},
    component::json_schema,
    path::FieldPath,
    problem::Problem,
    schema::mapping_schema,
};

/// Differences of accuracies and shares up to a point are none, if they are to be equal.
const POINT: f64 = 0.01;
/// Correlations up to this are none, if none is expected.
const WEAK: f64 = 0.1;

impl Checker<'_> {
    /// Reads the claims that are right. `labels` are those of the entries that are right.
    pub(super) fn claims(&mut self, labels: &[&str]) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        for Item { path, value } in self.items::<Value>("claims") {
            let claim = if value.get("correlate").is_some() {
                self.correlation(&value, &path, labels)
            } else {
                self.comparison(&value, &path, labels)
            };
            let Some(claim) = claim else { continue };
            if claims.iter().any(|earlier| earlier.id == claim.id) {
                let message = format!("the id `{}` is repeated", claim.id);
                self.add(Problem::new(&path.key("id"), message).expected("each id once"));
            }
            claims.push(claim);
        }
        claims
    }

    fn comparison(&mut self, value: &Value, path: &FieldPath, labels: &[&str]) -> Option<Claim> {
        let claim: Compare = self.claim(value, path)?;
        let of = self.side(&claim.of, &path.key("of"), labels);
        let against = self.side(&claim.against, &path.key("against"), labels);
        self.phase(&claim, path);
        let metric = claim.metric;
        let equal = claim.expect == Relation::Equal;
        if equal && !metric.is_share() && claim.margin.is_none() {
            let message = format!("is missing: how far apart may equal values of {metric} be?");
            self.add(Problem::new(&path.key("margin"), message).expected("a number, 0 or more"));
        }
        let (of, against) = (of?, against?);
        self.sides(&claim, [&of, &against], path);
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

    /// Checks that the two sides can differ, and that the margin leaves differences.
    fn sides(&mut self, claim: &Compare, sides: [&Side; 2], path: &FieldPath) {
        let metric = claim.metric;
        if sides[0] == sides[1] {
            let problem = Problem::new(&path.key("against"), "`of` and `against` are the same");
            self.add(problem.expected("another label, or a control"));
        }
        if metric.is_share() && claim.margin.is_some_and(|margin| margin >= 1.0) {
            let message = "the margin allows every difference";
            let problem = Problem::new(&path.key("margin"), message);
            self.add(problem.expected("a share below 1; a point is 0.01"));
        }
        if metric.is_of_run() && claim.phase.is_some() {
            let message = format!("{metric} is of the whole run");
            self.add(Problem::new(&path.key("phase"), message).expected("no `phase` here"));
        }
        for (field, side) in ["of", "against"].into_iter().zip(sides) {
            let phases = self.written("phases").len().max(1);
            if side.control.is_some() && claim.phase.is_some_and(|phase| (phase as usize) < phases)
            {
                let message = "controls are measured at the end of the last phase only";
                let problem = Problem::new(&path.key(field), message);
                self.add(problem.expected("no `phase` here, or a label without a control"));
            }
            if metric.is_of_run() && side.control.is_some() {
                let message = format!("{metric} is the same with the gates of a control");
                let problem = Problem::new(&path.key(field), message);
                self.add(problem.expected("a label without a control"));
            }
        }
    }

    /// Checks that the experiment has the phase that a claim names.
    fn phase(&mut self, claim: &Compare, path: &FieldPath) {
        // Those that are wrong count too: a claim may speak of them.
        let phases = self.written("phases").len().max(1);
        if let Some(phase) = claim.phase.filter(|&phase| phase as usize > phases) {
            let expected = match phases {
                1 => "no `phase`: without `phases` there is one only".to_owned(),
                phases => format!("an integer from 1 to {phases}"),
            };
            let message = format!("there is no phase {phase}");
            self.add(Problem::new(&path.key("phase"), message).expected(expected));
        }
    }

    fn correlation(&mut self, value: &Value, path: &FieldPath, labels: &[&str]) -> Option<Claim> {
        let claim: Correlate = self.claim(value, path)?;
        let path = path.key("method");
        let side = self.side(&claim.method, &path, labels)?;
        if side.control.is_some() {
            let message = "single examples are not kept for controls";
            self.add(Problem::new(&path, message).expected("a label without a control"));
        }
        let statement = claim.statement.unwrap_or_else(|| {
            let sign = match claim.expect {
                Sign::Positive => "rise",
                Sign::Negative => "fall",
                Sign::None => "neither rise nor fall",
            };
            format!("FLOPs of {} {sign} with the difficulty of the example", side.label)
        });
        let question = Question::Correlate {
            quantities: claim.quantities.try_into().expect("the schema asks for two"),
            label: side.label,
            expect: claim.expect,
            margin: claim.margin.unwrap_or(if claim.expect == Sign::None { WEAK } else { 0.0 }),
        };
        Some(Claim { id: claim.id, statement, question })
    }

    fn claim<T: DeserializeOwned + JsonSchema>(
        &mut self,
        value: &Value,
        path: &FieldPath,
    ) -> Option<T> {
        self.value(value, path, &mapping_schema(&[&json_schema::<T>()]));
        self.parse(value, path)
    }

    fn side(&mut self, text: &str, path: &FieldPath, labels: &[&str]) -> Option<Side> {
        let side = Side::read(text, labels);
        if side.is_none() {
            self.add_unknown_label(text, path, labels, ", which a control may follow");
        }
        side
    }
}
