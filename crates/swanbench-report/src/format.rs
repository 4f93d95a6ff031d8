//! Numbers as a reader wants them.

/// `share` of one in percent with as many digits as help: 100, 12.3, 1.23, 0.123.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if !percent.is_finite() {
        return "n/a".to_owned();
    }
    let digits = match percent.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.9995 => 2,
        _ => 3,
    };
    format!("{percent:.digits$}")
}

/// A round number of percent without trailing zeros: 100, 0.5.
pub(crate) fn tick(percent: f64) -> String {
    // Multiplied steps such as 3 * 0.1 carry an error far below what a tick shows.
    format!("{}", (percent * 1e6).round() / 1e6)
}

/// The number of things: `1 run`, `3 runs`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_three_significant_digits() {
        let shares = [1.0, 0.1234, 0.012_34, 0.001_234, 0.9996, f64::NAN];
        assert_eq!(shares.map(percent), ["100", "12.3", "1.23", "0.123", "100", "n/a"]);
    }

    #[test]
    fn ticks_have_no_rounding_error() {
        assert_eq!([0.1 + 0.2, 100.0, 0.5].map(tick), ["0.3", "100", "0.5"]);
    }

    #[test]
    fn one_is_not_plural() {
        assert_eq!(
            (count(1, "seed"), count(3, "seed")),
            ("1 seed".to_owned(), "3 seeds".to_owned())
        );
    }
}
