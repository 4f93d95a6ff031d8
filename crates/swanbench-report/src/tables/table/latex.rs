//! The table to print in a paper.

use super::{
    Row, caption,
    columns::{Alignment, Column},
};
use crate::data::report_data::ReportData;

/// A complete `table` environment; rows stand by label, with a rule between labels.
pub(crate) fn latex(evidence: &ReportData, rows: &[Row], columns: &[Column]) -> String {
    let caption = caption::paragraph(evidence, rows);
    environment(&evidence.experiment, &caption, columns, &body(evidence, rows, columns))
}

/// A complete `table` environment of the columns as they stand, with a key to refer to it.
pub(crate) fn table(key: &str, caption: &str, columns: &[Column]) -> String {
    let rows = columns.first().map_or(0, |column| column.entries.len());
    let lines: String = (0..rows).map(|row| line(columns, row)).collect();
    environment(key, caption, columns, &lines)
}

fn environment(key: &str, caption: &str, columns: &[Column], body: &str) -> String {
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

/// The title, with its unit on a line of its own, since titles are wider than numbers.
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

fn body(evidence: &ReportData, rows: &[Row], columns: &[Column]) -> String {
    let of_label = |label: &String| -> String {
        let own = (0..rows.len()).filter(|&row| rows[row].label == *label);
        own.map(|row| line(columns, row)).collect()
    };
    evidence.labels.iter().map(of_label).collect::<Vec<_>>().join("\\midrule\n")
}

/// Plain text in which LaTeX sees no command, and which the usual fonts can show.
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

/// The name of an experiment as a key to refer to.
fn label(experiment: &str) -> String {
    let keep = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
    experiment.chars().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::report_data::samples::{cell, evidence},
        tables::table::{columns, rows},
    };

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
    fn rows_stand_by_label_with_a_rule_between_labels() {
        let evidence = evidence(vec![
            cell("full", None, 1.0, 0.95),
            cell("gate_a", Some(0.5), 0.5, 0.94),
            cell("b", Some(0.5), 0.5, 0.90),
            cell("gate_a", Some(0.1), 0.1, 0.93),
        ]);
        let evidence =
            ReportData { labels: ["full", "gate_a", "b"].map(str::to_owned).into(), ..evidence };
        let rows = rows(&evidence);
        let page = latex(&evidence, &rows, &columns(&evidence, &rows));
        let starts: Vec<_> = page
            .lines()
            .skip_while(|line| *line != r"\midrule")
            .map(|line| line.split(" & ").take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            starts,
            [
                r"\midrule",
                "full ",
                r"\midrule",
                r"gate\_a 0.5",
                r"gate\_a 0.1",
                r"\midrule",
                "b 0.5",
                r"\bottomrule",
                r"\end{tabular}",
                r"\end{table}"
            ]
        );
        let line = r"full &  & 3 & 95.00 $\pm$ 1.00 & 0.00 & 100 & 100 & 1.00$\times$ & 100 & 50.0 & 100 & 1.00$\times$ & equal \\";
        assert!(page.lines().any(|found| found == line), "{page}");
        assert!(page.contains(r"\label{tab:trial}"));
        assert!(page.contains(r"\begin{tabular}{@{}lrrrrrrrrrrrl@{}}"));
    }

    #[test]
    fn every_row_has_as_many_entries_as_there_are_columns() {
        let evidence =
            evidence(vec![cell("a & b", None, 1.0, 0.95), cell("c", Some(0.5), 0.5, 0.9)]);
        let rows = rows(&evidence);
        let columns = columns(&evidence, &rows);
        let page = latex(&evidence, &rows, &columns);
        let separators = |line: &str| line.replace("\\&", "").matches('&').count();
        let lines: Vec<_> = page.lines().filter(|line| line.ends_with(r" \\")).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| separators(line) + 1 == columns.len()), "{page}");
    }
}
