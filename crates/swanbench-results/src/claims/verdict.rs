//! What the runs say of a claim.

use swanbench_spec::{Claim, Relation};

use crate::statistics::{Summary, least_p, more_seeds_needed, paired_permutation};

/// A test that cannot come below this, for want of seeds, says nothing.
const LEVEL: f64 = 0.05;

/// A claim and its outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The id of the claim.
    pub id: String,
    /// The claim itself, a sentence.
    pub statement: String,
    /// Whether the runs support it.
    pub outcome: Outcome,
    /// The mean over seeds of what the claim is about, in `unit`.
    pub effect: Option<f64>,
    /// The 95% interval of the effect, by Student's t.
    pub interval: Option<(f64, f64)>,
    /// The number of seeds.
    pub n: usize,
    /// The unit, such as `points of test_accuracy`.
    pub unit: String,
    /// The p-value of the paired permutation test of no effect, adjusted for the number of claims.
    /// `None` if there are fewer than six seeds, with which it could not be below 0.05.
    pub p: Option<f64>,
    /// How it was compared, or why nothing could be said.
    pub note: String,
    /// Whether the claim was written, or changed, after the first result was there.
    pub exploratory: bool,
}

/// Outcome of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The interval lies where the claim puts it.
    Supported,
    /// The interval lies elsewhere.
    Refuted,
    /// The interval reaches over the border.
    Undecided,
}

/// Unit of what a reader gets.
pub(super) struct Unit {
    /// What a value is multiplied by.
    pub scale: f64,
    /// Such as `points of test_accuracy`.
    pub name: String,
}

/// One number per seed, by which a claim is judged.
pub(super) struct Sample {
    /// What the claim says is above, below or within the margin.
    pub values: Vec<f64>,
    pub expect: Relation,
    /// In the unit of the values.
    pub margin: f64,
    /// In which a reader gets them.
    pub unit: Unit,
    /// How they were found.
    pub note: String,
}

impl Sample {
    /// Judges a claim that the mean of the values lies above the margin, below its negative, or
    /// between the two.
    pub(super) fn judge(self, claim: &Claim) -> Verdict {
        let summary = Summary::of(&self.values);
        let interval = summary.interval();
        let outcome = interval.map_or(Outcome::Undecided, |bounds| self.outcome(bounds));
        let seeds_needed = match (self.values.len(), outcome) {
            (0, _) => None,
            (1, _) => Some("one seed has no interval".to_owned()),
            (_, Outcome::Undecided) => Some(self.seeds_needed(summary.mean)),
            _ => None,
        };
        let p = paired_permutation(&self.values).filter(|_| least_p(self.values.len()) < LEVEL);
        let notes = [self.note].into_iter().chain(seeds_needed).filter(|note| !note.is_empty());
        let Unit { scale, name: unit } = self.unit;
        Verdict {
            id: claim.id.clone(),
            statement: claim.statement.clone(),
            outcome,
            effect: Some(scale * summary.mean).filter(|effect| effect.is_finite()),
            interval: interval.map(|(low, high)| (scale * low, scale * high)),
            n: self.values.len(),
            unit,
            p,
            note: notes.collect::<Vec<_>>().join("; "),
            exploratory: false,
        }
    }

    fn outcome(&self, (low, high): (f64, f64)) -> Outcome {
        let (above, below) = (low > self.margin, high < -self.margin);
        let (not_above, not_below) = (high <= self.margin, low >= -self.margin);
        let (is_so, is_not_so) = match self.expect {
            Relation::Greater => (above, not_above),
            Relation::Less => (below, not_below),
            Relation::Equal => (not_above && not_below, above || below),
        };
        match (is_so, is_not_so) {
            (true, _) => Outcome::Supported,
            (false, true) => Outcome::Refuted,
            (false, false) => Outcome::Undecided,
        }
    }

    /// Says how many more seeds would decide an undecided claim.
    fn seeds_needed(&self, mean: f64) -> String {
        // From the mean to the nearer border of what is claimed.
        let distance = match self.expect {
            Relation::Greater => (mean - self.margin).abs(),
            Relation::Less => (mean + self.margin).abs(),
            Relation::Equal => (mean - self.margin).abs().min((mean + self.margin).abs()),
        };
        match more_seeds_needed(&self.values, distance) {
            Some(1) => "1 more seed would decide it with a power of 80%".to_owned(),
            Some(more) => format!("{more} more seeds would decide it with a power of 80%"),
            None => "no number of seeds below 10,000 would decide it".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use swanbench_spec::{Question, Sign};

    use super::*;

    fn verdict(values: &[f64], expect: Relation, margin: f64) -> Verdict {
        let question = Question::Correlate {
            quantities: Default::default(),
            label: "gated".to_owned(),
            expect: Sign::Positive,
            margin,
        };
        let claim = Claim { id: "a".to_owned(), statement: "so it is".to_owned(), question };
        let unit = Unit { scale: 100.0, name: "points".to_owned() };
        let values = values.to_vec();
        Sample { values, expect, margin, unit, note: String::new() }.judge(&claim)
    }

    /// `scipy.stats.t.interval(0.95, 2, 0.02, scipy.stats.sem([0.01, 0.02, 0.03]))`: -0.00484 to
    /// 0.04484.
    const WIDE: [f64; 3] = [0.01, 0.02, 0.03];
    /// The same around 0.02 with a tenth of the spread: 0.01752 to 0.02248.
    const NARROW: [f64; 3] = [0.019, 0.02, 0.021];

    #[test]
    fn an_interval_on_the_side_that_was_claimed_supports() {
        let verdict = verdict(&NARROW, Relation::Greater, 0.0);
        assert_eq!(verdict.outcome, Outcome::Supported);
        let (low, high) = verdict.interval.expect("three seeds");
        assert!((low - 1.751_6).abs() < 1e-3 && (high - 2.248_4).abs() < 1e-3, "{low} {high}");
        assert_eq!((verdict.n, verdict.p), (3, None));
    }

    #[test]
    fn six_seeds_can_be_tested() {
        let verdict = verdict(&[0.1, 0.2, 0.1, 0.2, 0.1, 0.2], Relation::Greater, 0.0);
        // 2 of 64 assignments of signs are as far from zero.
        assert_eq!(verdict.p, Some(0.031_25));
    }

    #[test]
    fn an_interval_on_the_other_side_refutes() {
        let outcome = |expect, margin| verdict(&NARROW, expect, margin).outcome;
        assert_eq!(outcome(Relation::Less, 0.0), Outcome::Refuted);
        assert_eq!(outcome(Relation::Greater, 0.03), Outcome::Refuted);
        assert_eq!(outcome(Relation::Equal, 0.01), Outcome::Refuted);
        assert_eq!(outcome(Relation::Equal, 0.03), Outcome::Supported);
    }

    #[test]
    fn an_interval_over_the_border_needs_seeds() {
        let verdict = verdict(&WIDE, Relation::Greater, 0.0);
        assert_eq!(verdict.outcome, Outcome::Undecided);
        // Half the width must fall to 0.02: t(3) 0.01 / sqrt(4) = 0.0159 does.
        assert_eq!(verdict.note, "2 more seeds would decide it with a power of 80%");
    }

    #[test]
    fn one_seed_decides_nothing() {
        let one = verdict(&[0.5], Relation::Greater, 0.0);
        assert_eq!((one.outcome, one.effect, one.interval), (Outcome::Undecided, Some(50.0), None));
        assert_eq!(one.note, "one seed has no interval");
        let none = verdict(&[], Relation::Greater, 0.0);
        assert_eq!((none.outcome, none.effect, none.n), (Outcome::Undecided, None, 0));
    }

    #[test]
    fn equal_values_need_no_spread() {
        let verdict = verdict(&[0.0, 0.0], Relation::Equal, 0.01);
        assert_eq!((verdict.outcome, verdict.interval), (Outcome::Supported, Some((0.0, 0.0))));
    }
}
