//! Whatever the text is, the answer is an experiment or a message.

use std::collections::HashSet;

use proptest::prelude::*;

use crate::support::{TRIAL, parse};

/// Pieces that mean something to YAML or to the check.
const PIECES: [&str; 24] = [
    "{", "}", "[", "]", ": ", ", ", "\n", "  ", "- ", "&a ", "*a", "!t ", "|\n", "\"", "'", "#",
    "~", ".nan", "-1", "1e400", "$target", "kind", "prune", "é",
];

#[derive(Debug, Clone)]
struct Edit {
    at: prop::sample::Index,
    removed: usize,
    added: String,
}

fn edit() -> impl Strategy<Value = Edit> {
    let piece = prop_oneof![prop::sample::select(&PIECES[..]).prop_map(str::to_owned), ".{0,3}"];
    (any::<prop::sample::Index>(), 0..6_usize, piece).prop_map(|(at, removed, added)| Edit {
        at,
        removed,
        added,
    })
}

fn edited(edits: &[Edit]) -> String {
    edits.iter().fold(TRIAL.to_owned(), |text, edit| {
        let start = edit.at.index(text.chars().count() + 1);
        let before: String = text.chars().take(start).collect();
        let after: String = text.chars().skip(start + edit.removed).collect();
        before + &edit.added + &after
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn an_edited_experiment_is_read_or_explained(edits in prop::collection::vec(edit(), 1..5)) {
        match parse(&edited(&edits), &[]) {
            Ok(experiment) => {
                let ids: HashSet<&str> =
                    experiment.runs.iter().map(|run| run.id.as_str()).collect();
                prop_assert_eq!(ids.len(), experiment.runs.len());
            }
            Err(error) => prop_assert!(error.to_string().starts_with("trial.yaml:")),
        }
    }
}
