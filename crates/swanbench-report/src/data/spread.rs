//! What the seeds of a setting measured: their mean and how far they lie apart.

/// The mean of some seeds, and the least and the greatest of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub mean: f64,
    pub least: f64,
    pub greatest: f64,
}

impl Spread {
    /// Summarises the finite values, one per seed. `None` if there is none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        (!values.is_empty()).then(|| Self {
            mean: values.iter().sum::<f64>() / values.len() as f64,
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            greatest: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_leaves_out_what_is_not_a_number() {
        let spread = Spread::of([0.25, f64::NAN, 0.75]);
        assert_eq!(spread, Some(Spread { mean: 0.5, least: 0.25, greatest: 0.75 }));
        assert_eq!(Spread::of([f64::NAN]), None);
    }
}
