//! The claims of an experiment with their verdicts.

use maud::{Markup, html};
use swanbench_results::claims::Verdict;

use super::section::section;
use crate::tables::verdicts::{effect, outcome, p, symbol, word};

/// Returns a section with an item for each claim, nothing if there is none.
pub(super) fn claims(verdicts: &[Verdict]) -> Markup {
    if verdicts.is_empty() {
        return Markup::default();
    }
    section(
        "claims",
        "Claims",
        &html! {
            ul.claims { @for verdict in verdicts { (item(verdict)) } }
        },
    )
}

fn item(verdict: &Verdict) -> Markup {
    let word = word(verdict.outcome);
    html! {
        li {
            p.verdict.(word) { span aria-hidden="true" { (symbol(verdict.outcome)) } " " (outcome(verdict)) }
            div {
                p { (verdict.statement) " " span.id { (verdict.id) } }
                p.numbers {
                    @if let Some(effect) = effect(verdict) { "effect " (effect) ", " }
                    var { "n" } "\u{a0}=\u{a0}" (verdict.n)
                    @if let Some(p) = p(verdict) {
                        ", " var { "p" } "\u{a0}"
                        @if !p.starts_with('<') { "=\u{a0}" }
                        (p)
                    }
                }
                @if !verdict.note.is_empty() { p.note { (verdict.note) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::verdicts::samples::verdict;

    #[test]
    fn a_verdict_is_a_symbol_and_a_word_with_its_numbers() {
        let page = claims(&[verdict()]).into_string();
        for expected in [
            "<span aria-hidden=\"true\">✓</span> supported</p>",
            "Gates cost at most a point. <span class=\"id\">gap</span>",
            "effect −0.412 [−0.900, +0.076] points of accuracy, <var>n</var>\u{a0}=\u{a0}5, \
             <var>p</var>\u{a0}=\u{a0}0.012</p>",
            "<p class=\"note\">paired by seed</p>",
        ] {
            assert!(page.contains(expected), "no `{expected}` in {page}");
        }
        let sure = Verdict { p: Some(1e-9), ..verdict() };
        assert!(claims(&[sure]).into_string().contains("<var>p</var>\u{a0}&lt; 0.001"));
        assert_eq!(claims(&[]).into_string(), "");
    }
}
