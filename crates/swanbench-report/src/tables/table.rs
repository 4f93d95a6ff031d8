//! The table with the numbers of the pictures: a row per headline cell, as Markdown to read, LaTeX
//! to print and CSV to compute with. The page shows the same columns.

mod caption;
mod columns;
mod csv;
mod fairness;
mod row;

pub(crate) use caption::{subject, terms};
pub(crate) use columns::{accuracy as accuracy_text, columns, points};
pub(crate) use csv::csv;
pub(crate) use row::{Row, rows};

use crate::{
    data::report_data::ReportData,
    format,
    tables::{column::Column, latex, markdown},
};

/// Returns the columns in Markdown, with a caption that says what they mean and which runs failed.
pub(crate) fn markdown(data: &ReportData, rows: &[Row], columns: &[Column]) -> String {
    let (table, caption) = (markdown::table(columns), caption::paragraph(data, rows));
    let mut page = format!("{table}\n{caption}\n");
    if let Some(mixed) = &data.mixed {
        page.extend(["\n", mixed, "\n"]);
    }
    if !data.unreachable.is_empty() {
        page.push_str("\nNot trained:\n\n");
        page.extend(data.unreachable.iter().map(|cell| format!("- {cell}\n")));
    }
    if !data.failures.is_empty() {
        let count = format::count(data.failures.len(), "run");
        page.extend(["\n", &count, " failed, left out here:\n\n"]);
        page.extend(data.failures.iter().map(|failure| format!("- {failure}\n")));
    }
    page
}

/// Returns the rows in LaTeX, by label.
pub(crate) fn latex(data: &ReportData, rows: &[Row], columns: &[Column]) -> String {
    let of_label =
        |label: &String| (0..rows.len()).filter(|&row| rows[row].label == *label).collect();
    let groups: Vec<Vec<usize>> = data.labels.iter().map(of_label).collect();
    latex::table(&data.experiment, &caption::paragraph(data, rows), columns, &groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::report_data::samples::{cell, evidence};

    #[test]
    fn latex_has_rows_by_label_with_rules_between() {
        let data = evidence(vec![
            cell("full", None, 1.0, 0.95),
            cell("gate_a", Some(0.5), 0.5, 0.94),
            cell("b", Some(0.5), 0.5, 0.90),
            cell("gate_a", Some(0.1), 0.1, 0.93),
        ]);
        let data = ReportData { labels: ["full", "gate_a", "b"].map(str::to_owned).into(), ..data };
        let rows = rows(&data);
        let page = latex(&data, &rows, &columns(&data, &rows));
        let (_, body) = page.split_once("\\midrule\n").expect("a body");
        let start = |line: &str| line.split(" & ").take(2).collect::<Vec<_>>().join(" ");
        let starts: Vec<_> = body.lines().take(7).map(start).collect();
        let expected = [
            "full ",
            r"\midrule",
            r"gate\_a 0.5",
            r"gate\_a 0.1",
            r"\midrule",
            "b 0.5",
            r"\bottomrule",
        ];
        assert_eq!(starts, expected);
        let line = r"full &  & 3 & 95.00 $\pm$ 1.00 & 0.00 & 100 & 100 &  & 1.00$\times$ & 100 & 50.0 & 100 & 1.00$\times$ & equal \\";
        assert!(page.lines().any(|found| found == line), "{page}");
        assert!(page.contains(r"\label{tab:trial}"));
        assert!(page.contains(r"\begin{tabular}{@{}lrrrrrrlrrrrrl@{}}"));
        assert!(page.ends_with("\\end{tabular}\n\\end{table}\n"));
    }
}
