//! Text that comes from elsewhere, made harmless.

use std::fmt::Write as _;

/// `text` as the content of an element or of a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(character),
            // Colours of a terminal, for one: HTML allows no control character.
            _ if character.is_control() => escaped.push('\u{FFFD}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// `name` as one segment of the path of a link (RFC 3986, section 3.3).
pub(super) fn segment(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tag_and_no_attribute_begins_within_a_text() {
        assert_eq!(
            escape("<script>alert(\"a\" & 'b')</script>"),
            "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;"
        );
        assert_eq!(escape("\u{1b}[31mred ± é\n"), "\u{FFFD}[31mred ± é\n");
    }

    #[test]
    fn a_name_does_not_leave_its_place_in_a_path() {
        assert_eq!(segment("fashion-lenet5"), "fashion-lenet5");
        assert_eq!(segment("a/b c\"é"), "a%2Fb%20c%22%C3%A9");
    }
}
