//! Tables in Markdown.

use crate::tables::column::{Alignment, Column, height};

/// Returns the columns as a table.
pub(crate) fn table(columns: &[Column]) -> String {
    let line = |texts: Vec<String>| format!("| {} |\n", texts.join(" | "));
    let mut page = line(columns.iter().map(|column| escape(&column.title)).collect());
    let rule = |column: &Column| match column.alignment {
        Alignment::Left => "---".to_owned(),
        Alignment::Right => "---:".to_owned(),
    };
    page += &line(columns.iter().map(rule).collect());
    for row in 0..height(columns) {
        page += &line(columns.iter().map(|column| escape(&column.entries[row].text)).collect());
    }
    page
}

/// Escapes what would begin another column, a tag, an entity, code, a formula, a link or emphasis.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let inside = |other: char| other.is_alphanumeric();
        let is_markup = match letter {
            '\\' | '|' | '<' | '&' | '`' | '$' | '*' | '~' => true,
            '(' => before == ']',
            '_' => !inside(before) || !letters.peek().copied().is_some_and(inside),
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(letter);
        before = letter;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_markup() {
        assert_eq!(escape(r"a|b <i>, `x` \ [1, 2] [a](x)"), r"a\|b \<i>, \`x\` \\ [1, 2] [a]\(x)");
        assert_eq!(escape("*a* _b_ ~c~ $d$ &lt;"), r"\*a\* \_b\_ \~c\~ \$d\$ \&lt;");
        assert_eq!(escape("gate_rank 8"), "gate_rank 8");
    }
}
