//! The word that a mistyped one was probably meant to be.

/// How alike two words must be, from 0 (nothing in common) to 1 (equal), to be worth a hint.
const ALIKE: f64 = 0.5;

/// Finds the candidate most like the word, the first of equals; `None` if nothing is like it.
pub(crate) fn nearest<'words>(
    word: &str,
    candidates: impl IntoIterator<Item = &'words str>,
) -> Option<String> {
    let word = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
        if likeness >= ALIKE && best.is_none_or(|(highest, _)| likeness > highest) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// Lists words as `one of a, b, c`, or names the only one.
pub(crate) fn one_of<'words>(words: impl IntoIterator<Item = &'words str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [only] => format!("`{only}`"),
        several => format!("one of {}", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let words = ["dense", "dropout", "magnitude", "swan"];
        for (typed, meant) in [("swna", "swan"), ("Dropout", "dropout"), ("magnitud", "magnitude")]
        {
            assert_eq!(nearest(typed, words).as_deref(), Some(meant));
        }
    }

    #[test]
    fn an_unrelated_word_finds_nothing() {
        assert_eq!(nearest("pruning", ["dense", "swan"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
