//! Tables in LaTeX, to print in a paper.

use crate::tables::column::{Alignment, Column};

/// Returns a complete `table` environment with a `key` to refer to it. There is a rule between
/// `groups` of rows.
pub(crate) fn table(key: &str, caption: &str, columns: &[Column], groups: &[Vec<usize>]) -> String {
    let body = |rows: &Vec<usize>| rows.iter().map(|row| line(columns, *row)).collect::<String>();
    let body = groups.iter().map(body).collect::<Vec<_>>().join("\\midrule\n");
    let alignments: String = columns
        .iter()
        .map(|column| match column.alignment {
            Alignment::Left => 'l',
            Alignment::Right => 'r',
        })
        .collect();
    let heads: Vec<_> = columns.iter().map(head).collect();
    format!(
        "% Needs \\usepackage{{booktabs}} in the preamble.\n\
         % Too wide for the page? Delete columns, or turn it: \\usepackage{{rotating}} and\n\
         % sidewaystable in place of table.\n\
         \\begin{{table}}\n\
         \\centering\n\
         \\footnotesize\n\
         \\setlength{{\\tabcolsep}}{{3pt}}\n\
         \\caption{{{}}}\n\
         \\label{{tab:{}}}\n\
         \\begin{{tabular}}{{@{{}}{alignments}@{{}}}}\n\
         \\toprule\n\
         {} \\\\\n\
         \\midrule\n\
         {}\
         \\bottomrule\n\
         \\end{{tabular}}\n\
         \\end{{table}}\n",
        escape(caption),
        label(key),
        heads.join(" & "),
        body,
    )
}

/// Returns the title, with its unit on a line of its own, since titles are wider than numbers.
fn head(column: &Column) -> String {
    match (column.alignment, column.title.rsplit_once(", ")) {
        (Alignment::Right, Some((quantity, unit))) => format!(
            "\\begin{{tabular}}[b]{{@{{}}r@{{}}}}{},\\\\{}\\end{{tabular}}",
            escape(quantity),
            escape(unit)
        ),
        _ => escape(&column.title),
    }
}

fn line(columns: &[Column], row: usize) -> String {
    let texts: Vec<_> = columns.iter().map(|column| escape(&column.entries[row].text)).collect();
    format!("{} \\\\\n", texts.join(" & "))
}

/// Escapes what LaTeX would take as a command, or what the usual fonts cannot show.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' | '&' | '_' | '#' | '$' | '{' | '}' => escaped.extend(['\\', character]),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '±' => escaped.push_str("$\\pm$"),
            '×' => escaped.push_str("$\\times$"),
            '−' => escaped.push_str("$-$"),
            '<' | '>' | '|' => escaped.extend(['$', character, '$']),
            // At the start of a line these would be read as an argument of the `\\` before it.
            '[' | '*' => escaped.extend(['{', character, '}']),
            _ if character.is_whitespace() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Returns the name of an experiment as a key.
fn label(experiment: &str) -> String {
    let keep = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    experiment.chars().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_text() {
        assert_eq!(
            escape(r"50% a&b x_1 #2 $3 {4} ~5 ^6 \pi"),
            r"50\% a\&b x\_1 \#2 \$3 \{4\} \textasciitilde{}5 \textasciicircum{}6 \textbackslash{}pi"
        );
        assert_eq!(escape("1.0 ± 0.1"), r"1.0 $\pm$ 0.1");
        assert_eq!(escape("−2×"), r"$-$2$\times$");
        assert_eq!(escape("[a]* <b>\n|"), r"{[}a]{*} $<$b$>$ $|$");
    }

    #[test]
    fn every_row_has_as_many_entries_as_columns() {
        let labels = ["a & b", "c"];
        let columns = [
            Column::words("method", &labels, |label| (*label).to_owned()),
            Column::numbers("share, %", &labels, |_| Some(("50".to_owned(), 0.5))),
            Column::words("fairness", &labels, |_| String::new()),
        ];
        let page = table("key", "caption", &columns, &[vec![0], vec![1]]);
        let separators = |line: &str| line.replace("\\&", "").matches('&').count();
        let lines: Vec<_> = page.lines().filter(|line| line.ends_with(r" \\")).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| separators(line) + 1 == columns.len()), "{page}");
    }
}
