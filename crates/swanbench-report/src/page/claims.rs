//! The claims of an experiment with their verdicts.

use swanbench_results::claims::Verdict;

use super::escape::escape;
use crate::tables::verdicts::{effect, p, symbol, word};

/// A section with an entry for each claim; nothing where there is none.
pub(super) fn section(verdicts: &[Verdict]) -> String {
    if verdicts.is_empty() {
        return String::new();
    }
    let items: String = verdicts.iter().map(item).collect();
    format!(
        "<section aria-labelledby=\"claims\">\n<h2 id=\"claims\">Claims</h2>\n\
         <ul class=\"claims\">\n{items}</ul>\n</section>\n"
    )
}

fn item(verdict: &Verdict) -> String {
    let outcome = verdict.outcome;
    let numbers = numbers(verdict);
    let note = escape(&verdict.note);
    let note = if note.is_empty() { note } else { format!("<p class=\"note\">{note}</p>\n") };
    format!(
        "<li>\n<p class=\"verdict {}\"><span aria-hidden=\"true\">{}</span> {}</p>\n\
         <div>\n<p>{} <span class=\"id\">{}</span></p>\n<p class=\"numbers\">{numbers}</p>\n\
         {note}</div>\n</li>\n",
        word(outcome),
        symbol(outcome),
        word(outcome),
        escape(&verdict.statement),
        escape(&verdict.id),
    )
}

fn numbers(verdict: &Verdict) -> String {
    let mut parts = Vec::new();
    if let Some(effect) = effect(verdict) {
        parts.push(format!("effect {}", escape(&effect)));
    }
    parts.push(format!("<var>n</var>&nbsp;=&nbsp;{}", verdict.n));
    if let Some(p) = p(verdict) {
        let relation = if p.starts_with('<') { "" } else { "=&nbsp;" };
        parts.push(format!("<var>p</var>&nbsp;{relation}{}", escape(&p)));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::verdicts::samples::verdict;

    #[test]
    fn a_verdict_is_a_symbol_and_a_word_with_its_numbers() {
        let page = section(&[verdict()]);
        for expected in [
            "<span aria-hidden=\"true\">✓</span> supported</p>",
            "Gates cost at most a point. <span class=\"id\">gap</span>",
            "effect −0.412 [−0.900, +0.076] points of accuracy, <var>n</var>&nbsp;=&nbsp;5, \
             <var>p</var>&nbsp;=&nbsp;0.012</p>",
            "<p class=\"note\">paired by seed</p>",
        ] {
            assert!(page.contains(expected), "no `{expected}` in {page}");
        }
        let sure = Verdict { p: Some(1e-9), ..verdict() };
        assert!(section(&[sure]).contains("<var>p</var>&nbsp;&lt; 0.001"));
    }

    #[test]
    fn without_claims_there_is_no_section() {
        assert_eq!(section(&[]), "");
    }
}
