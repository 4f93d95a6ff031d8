//! The table to read.

use super::Row;
use crate::{evidence::Evidence, format};

/// The table to read, with a caption that says what stands in it. A column that is empty in all
/// rows is left out.
pub(crate) fn markdown(evidence: &Evidence, rows: &[Row]) -> String {
    let reference = evidence.reference().map_or("reference", |cell| &cell.label);
    let columns: Vec<(String, Vec<String>)> = [
        ("method".to_owned(), show(rows, |row| Some(row.label.replace('|', "\\|")))),
        ("target".to_owned(), show(rows, |row| row.target.map(|target| target.to_string()))),
        ("n".to_owned(), show(rows, |row| Some(row.n.to_string()))),
        ("test accuracy, %".to_owned(), show(rows, accuracy)),
        (format!("gap to {reference}, points"), show(rows, |row| row.gap.map(signed_points))),
        ("activity, %".to_owned(), show(rows, |row| row.activity.map(format::percent))),
        ("unit FLOPs, %".to_owned(), show(rows, |row| row.unit_flops_share.map(format::percent))),
        (
            "of them gates, %".to_owned(),
            show(rows, |row| row.gate_flops_share.map(format::percent)),
        ),
        ("speed-up".to_owned(), show(rows, |row| row.speed_up.map(times))),
        ("FLOPs p5 to p95, %".to_owned(), show(rows, spread)),
        (
            "weight FLOPs, %".to_owned(),
            show(rows, |row| row.weight_flops_share.map(format::percent)),
        ),
        ("parameters, %".to_owned(), show(rows, |row| row.params_share.map(format::percent))),
        ("raw accuracy, %".to_owned(), show(rows, |row| row.raw_accuracy.map(points))),
        (
            "raw, recalibrated, %".to_owned(),
            show(rows, |row| row.raw_recalibrated_accuracy.map(points)),
        ),
        ("recalibrated, %".to_owned(), show(rows, |row| row.recalibrated_accuracy.map(points))),
        ("soft accuracy, %".to_owned(), show(rows, |row| row.soft_accuracy.map(points))),
        ("training FLOPs".to_owned(), show(rows, |row| row.train_flops_share.map(times))),
    ]
    .into_iter()
    .filter(|(_, texts)| texts.iter().any(|text| text != ABSENT))
    .collect();
    let line = |texts: Vec<&str>| format!("| {} |\n", texts.join(" | "));
    let mut page = line(columns.iter().map(|(title, _)| title.as_str()).collect());
    let rules =
        columns.iter().enumerate().map(|(index, _)| if index == 0 { "---" } else { "---:" });
    page += &line(rules.collect());
    for row in 0..rows.len() {
        page += &line(columns.iter().map(|(_, texts)| texts[row].as_str()).collect());
    }
    page + "\n" + &caption(evidence, rows, reference)
}

/// What stands where there is no value.
const ABSENT: &str = "";

fn show(rows: &[Row], text: impl Fn(&Row) -> Option<String>) -> Vec<String> {
    rows.iter().map(|row| text(row).unwrap_or_else(|| ABSENT.to_owned())).collect()
}

fn accuracy(row: &Row) -> Option<String> {
    let mean = points(row.test_accuracy?);
    Some(row.half_width.map_or(mean.clone(), |half| format!("{mean} ± {}", points(half))))
}

fn spread(row: &Row) -> Option<String> {
    let (low, high) = (format::percent(row.flops_p5_share?), format::percent(row.flops_p95_share?));
    Some(if low == high { low } else { format!("{low} to {high}") })
}

/// Percent with two digits.
fn points(share: f64) -> String {
    format!("{:.2}", 100.0 * share)
}

fn signed_points(share: f64) -> String {
    let text = points(share.abs());
    let sign = match share {
        _ if text == "0.00" => "",
        share if share < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{text}")
}

fn times(factor: f64) -> String {
    let digits = match factor {
        factor if factor >= 99.95 => 0,
        factor if factor >= 9.995 => 1,
        _ => 2,
    };
    format!("{factor:.digits$}×")
}

fn caption(evidence: &Evidence, rows: &[Row], reference: &str) -> String {
    let has_statistics = rows.iter().any(|row| row.recalibrated_accuracy.is_some());
    let recalibrated = if has_statistics {
        " Recalibrated: with the statistics of batch normalisations gathered anew over training \
         examples, no weight changed."
    } else {
        ""
    };
    let Evidence { experiment, model, data, .. } = evidence;
    let mut text = format!(
        "{experiment}: {model} on {data}. n: seeds. Test accuracy: mean over seeds with hard gates, \
         after the recovery epochs where there are any, ± half the width of the 95% interval of \
         that mean (Student's t, n − 1 degrees of freedom; none for one seed). Target: the share of \
         units (for weight pruning of weights) asked to stay; activity: the share of units open, \
         averaged over test examples. Shares are of the dense model. Unit FLOPs: left when closed \
         units are skipped, the gates' own FLOPs included and given beside; speed-up: its inverse, a bound that no \
         kernel beats; p5 to p95: over single test examples. Weight FLOPs: left when single zero \
         weights are skipped too, which only a sparse kernel does. Parameters: what must be stored, \
         without the indices of a sparse format. Raw accuracy: before the recovery epochs, in which \
         gates may still move; soft accuracy: with soft gates, which save nothing.{recalibrated} Training FLOPs: relative to {reference}.\n"
    );
    if !evidence.failures.is_empty() {
        let count = format::count(evidence.failures.len(), "run");
        let items: Vec<_> =
            evidence.failures.iter().map(|failure| format!("- {failure}\n")).collect();
        text += &[format!("\n{count} failed, left out here:\n\n"), items.concat()].concat();
    }
    text
}
