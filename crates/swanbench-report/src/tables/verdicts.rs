//! Verdicts on claims as text, and `claims.md`.

use swanbench_results::claims::{Outcome, Verdict};

use crate::{format, tables::markdown::escape};

/// Names an outcome in one word.
pub(crate) const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Supported => "supported",
        Outcome::Refuted => "refuted",
        Outcome::Undecided => "undecided",
    }
}

/// Names the outcome of a claim, and whether it was stated only after results were there.
pub fn outcome(verdict: &Verdict) -> String {
    let exploratory = if verdict.exploratory { " (exploratory)" } else { "" };
    format!("{}{exploratory}", word(verdict.outcome))
}

/// Returns a symbol of the outcome, for those who see no colour.
pub(crate) const fn symbol(outcome: Outcome) -> char {
    match outcome {
        Outcome::Supported => '✓',
        Outcome::Refuted => '✗',
        Outcome::Undecided => '?',
    }
}

/// Writes the effect with its interval and unit: `+1.23 [+0.40, +2.06] points of accuracy`.
/// `None` if nothing could be measured.
pub fn effect(verdict: &Verdict) -> Option<String> {
    let effect = verdict.effect.filter(|effect| effect.is_finite())?;
    let interval = verdict.interval.filter(|(low, high)| low.is_finite() && high.is_finite());
    let (low, high) = interval.unwrap_or((effect, effect));
    let size = effect.abs().max(low.abs()).max(high.abs());
    let bounds = interval.map(|(low, high)| {
        format!(" [{}, {}]", format::signed(low, size), format::signed(high, size))
    });
    let text =
        format!("{}{} {}", format::signed(effect, size), bounds.unwrap_or_default(), verdict.unit);
    Some(text.trim_end().to_owned())
}

/// Returns the probability, which is never shown as zero: `0.012`, `< 0.001`.
pub(crate) fn p(verdict: &Verdict) -> Option<String> {
    let p = verdict.p.filter(|p| p.is_finite())?;
    Some(if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") })
}

/// Returns the content of `claims.md`.
pub(crate) fn markdown(verdicts: &[Verdict]) -> String {
    let rows: String = verdicts.iter().map(row).collect();
    format!(
        "## Claims\n\n\
         | id | claim | verdict | effect, 95% interval | n | p | note |\n\
         | --- | --- | --- | --- | ---: | ---: | --- |\n{rows}"
    )
}

fn row(verdict: &Verdict) -> String {
    let entries = [
        verdict.id.clone(),
        verdict.statement.clone(),
        format!("{} {}", symbol(verdict.outcome), outcome(verdict)),
        effect(verdict).unwrap_or_default(),
        verdict.n.to_string(),
        p(verdict).unwrap_or_default(),
        verdict.note.clone(),
    ];
    // A line break would end the row.
    let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let entries = entries.map(|text| escape(&one_line(text)));
    format!("| {} |\n", entries.join(" | "))
}

#[cfg(test)]
pub(crate) mod samples {
    use swanbench_results::claims::{Outcome, Verdict};

    pub(crate) fn verdict() -> Verdict {
        Verdict {
            id: "gap".to_owned(),
            statement: "Gates cost at most a point.".to_owned(),
            outcome: Outcome::Supported,
            effect: Some(-0.412),
            interval: Some((-0.9, 0.076)),
            n: 5,
            unit: "points of accuracy".to_owned(),
            p: Some(0.0123),
            note: "paired by seed".to_owned(),
            exploratory: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_and_its_interval_have_equal_digits() {
        let verdict = samples::verdict();
        let shown = "−0.412 [−0.900, +0.076] points of accuracy";
        assert_eq!(effect(&verdict).as_deref(), Some(shown));
        let alone = Verdict { interval: None, effect: Some(12.34), ..verdict.clone() };
        assert_eq!(effect(&alone).as_deref(), Some("+12.3 points of accuracy"));
        assert_eq!(effect(&Verdict { effect: None, ..verdict }), None);
    }

    #[test]
    fn a_probability_is_never_zero() {
        let p = |value| p(&Verdict { p: value, ..samples::verdict() });
        let shown = [Some(0.0123), Some(0.000_01), Some(f64::NAN), None].map(p);
        assert_eq!(shown, [Some("0.012".to_owned()), Some("< 0.001".to_owned()), None, None]);
    }

    #[test]
    fn a_late_claim_is_exploratory() {
        let late = Verdict { exploratory: true, ..samples::verdict() };
        assert!(markdown(&[late]).contains("| ✓ supported (exploratory) |"));
    }

    #[test]
    fn a_claim_is_a_row() {
        let unknown = Verdict {
            statement: "a | b\nc".to_owned(),
            outcome: Outcome::Undecided,
            effect: None,
            p: None,
            note: String::new(),
            ..samples::verdict()
        };
        let page = markdown(&[samples::verdict(), unknown]);
        let rows: Vec<_> = page.lines().skip(4).collect();
        assert_eq!(
            rows,
            [
                "| gap | Gates cost at most a point. | ✓ supported \
                 | −0.412 [−0.900, +0.076] points of accuracy | 5 | 0.012 | paired by seed |",
                "| gap | a \\| b c | ? undecided |  | 5 |  |  |"
            ]
        );
    }
}
