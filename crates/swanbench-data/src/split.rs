//! The validation split: which training examples are held out.
//!
//! The examples of a class are ordered by a fixed hash of their position in the training files, and
//! the first `share` of them (rounded to the nearest, at least one) are held out. So all methods,
//! models and seeds have the same split, and no order in the files (by writer, by time) matters.

use crate::{DataError, random::mix};

/// Distinguishes this use of the hash from others. Any number would do, but a change would change
/// the split of existing results.
const SALT: u64 = 0x686f_6c64_5f6f_7574;

/// Returns for each training example in use, of `all`, whether it is held out for validation.
///
/// Returns an error if the share is not above 0 and below 1, or a class has too few examples for
/// both validation and training.
pub(crate) fn validation_mask(
    labels: &[u8],
    classes: usize,
    share: f64,
    all: usize,
) -> Result<Vec<bool>, DataError> {
    if !(share > 0.0 && share < 1.0) {
        return Err(DataError::ValidationShare { share });
    }
    let mut by_class = vec![Vec::new(); classes];
    for (example, label) in labels.iter().enumerate() {
        by_class[usize::from(*label)].push(example);
    }
    let mut mask = vec![false; labels.len()];
    for (class, mut examples) in by_class.into_iter().enumerate() {
        let count = examples.len();
        let wanted = ((count as f64 * share).round() as usize).max(1);
        if wanted >= count {
            let in_use = labels.len();
            return Err(DataError::TooFewExamples { class, examples: count, in_use, all, share });
        }
        examples.sort_unstable_by_key(|example| (mix(*example as u64 ^ SALT), *example));
        for example in &examples[..wanted] {
            mask[*example] = true;
        }
    }
    Ok(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` examples of each of three classes, in turn.
    fn labels(count: usize) -> Vec<u8> {
        (0..3 * count).map(|example| (example % 3) as u8).collect()
    }

    fn held_in_class(mask: &[bool], class: usize) -> usize {
        mask.iter().skip(class).step_by(3).filter(|held| **held).count()
    }

    #[test]
    fn takes_a_rounded_share_of_every_class() {
        for (count, share, expected) in
            [(100, 0.1, 10), (24, 0.1, 2), (25, 0.1, 3), (4, 0.1, 1), (2, 0.5, 1)]
        {
            let held = validation_mask(&labels(count), 3, share, 3 * count).unwrap();
            for class in 0..3 {
                assert_eq!(held_in_class(&held, class), expected, "{count} examples");
            }
        }
    }

    #[test]
    fn does_not_follow_the_order_of_the_files() {
        let held = validation_mask(&labels(1000), 3, 0.1, 3 * 1000).unwrap();
        for third in held.chunks(1000) {
            // 100 expected of each third; five standard deviations are 47.
            let count = third.iter().filter(|held| **held).count();
            assert!((53..=147).contains(&count), "{count}");
        }
    }

    #[test]
    fn the_split_never_changes() {
        let held = validation_mask(&labels(10), 3, 0.2, 3 * 10).unwrap();
        let examples: Vec<_> = (0..30).filter(|example| held[*example]).collect();
        assert_eq!(examples, [0, 1, 5, 8, 13, 15]);
    }

    #[test]
    fn refuses_an_empty_side() {
        let message = |labels: &[u8], share| {
            validation_mask(labels, 3, share, labels.len()).unwrap_err().to_string()
        };
        assert_eq!(
            message(&[0, 1, 2, 0, 1], 0.1),
            "class 2 has 1 of the 5 training examples in use, too few to hold out a share of 0.1 for \
             validation and train on the rest; every class needs at least 2 of them"
        );
        assert!(
            message(&[0, 1, 0, 1], 0.1).starts_with("class 2 has 0 of the 4 training examples")
        );
        assert!(message(&labels(4), 0.95).starts_with("class 0 has 4 of the 12 training examples"));
        for share in [0.0, 1.0, f64::NAN] {
            assert_eq!(
                message(&labels(4), share),
                format!("a validation share of {share} is not above 0 and below 1")
            );
        }
    }
}
