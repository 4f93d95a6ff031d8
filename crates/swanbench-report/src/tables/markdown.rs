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

/// Escapes what would begin another column, a tag, code or a link.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_link = letter == '(' && escaped.ends_with(']');
        if matches!(letter, '\\' | '|' | '<' | '`') || is_link {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_markup() {
        assert_eq!(escape(r"a|b <i>, `x` \ [1, 2] [a](x)"), r"a\|b \<i>, \`x\` \\ [1, 2] [a]\(x)");
    }
}
