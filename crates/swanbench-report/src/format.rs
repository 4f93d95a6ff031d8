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

/// ` at target 10%`, or nothing if there is no target.
pub(crate) fn at_target(target: Option<f64>) -> String {
    let at = |target| format!(" at target {}%", tick(100.0 * target));
    target.map(at).unwrap_or_default()
}

/// Returns the text with what no XML document may hold replaced: control characters, as the colours
/// of a terminal, and what is no character at all.
pub(crate) fn without_controls(text: &str) -> String {
    let is_forbidden = |letter: char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || u32::from(letter) & 0xfffe == 0xfffe
    };
    text.replace(is_forbidden, "\u{FFFD}")
}

/// The number of things: `1 run`, `3 runs`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Returns the number of seeds of a mark: `3 seeds`, `2 to 3 seeds`.
pub(crate) fn seeds((least, most): (usize, usize)) -> String {
    if least == most { count(most, "seed") } else { format!("{least} to {most} seeds") }
}

/// `value` with its sign, and with digits that show three figures of a number of this `size`:
/// values that stand side by side get equal digits from the size of the largest.
pub(crate) fn signed(value: f64, size: f64) -> String {
    let magnitude = if size > 0.0 { size.log10().floor() } else { 0.0 };
    let digits = (2.0 - magnitude).clamp(0.0, 9.0) as usize;
    let text = format!("{:.digits$}", value.abs());
    let is_zero = text.chars().all(|character| matches!(character, '0' | '.'));
    let sign = match value {
        _ if is_zero => "",
        value if value < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{text}")
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
    fn signed_numbers_have_three_figures_of_the_largest() {
        let shown = [(1.234, 1.234), (-0.04, 12.0), (-250.6, 250.6), (0.001_26, 0.001_26)];
        let shown = shown.map(|(value, size)| signed(value, size));
        assert_eq!(shown, ["+1.23", "0.0", "−251", "+0.00126"]);
    }

    #[test]
    fn one_is_not_plural() {
        assert_eq!(
            (count(1, "seed"), count(3, "seed")),
            ("1 seed".to_owned(), "3 seeds".to_owned())
        );
    }
}
