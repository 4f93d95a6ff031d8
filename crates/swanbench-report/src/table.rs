//! The table behind the picture: a row per headline cell, as Markdown to read and CSV to compute
//! with.

use polars::prelude::{Column, CsvWriter, DataFrame, SerWriter as _};

use crate::{Error, cell::Cell, evidence::Evidence, format};

/// A headline cell beside what it is compared with. Accuracies and shares lie in `[0, 1]`; none is
/// what was not measured or does not exist.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    label: String,
    stage: String,
    n: usize,
    target: Option<f64>,
    test_accuracy: Option<f64>,
    /// Half the width of the 95% interval of the mean test accuracy.
    half_width: Option<f64>,
    /// Test accuracy less the reference's.
    gap: Option<f64>,
    activity: Option<f64>,
    unit_flops_share: Option<f64>,
    /// The reference's FLOPs over this cell's unit FLOPs: a bound that no kernel beats.
    speed_up: Option<f64>,
    weight_flops_share: Option<f64>,
    params_share: Option<f64>,
    flops_p5_share: Option<f64>,
    flops_p95_share: Option<f64>,
    /// Before the recovery epochs, where there are any.
    raw_accuracy: Option<f64>,
    /// With soft gates, where there are any.
    soft_accuracy: Option<f64>,
    /// FLOPs spent in training over the reference's.
    train_flops_share: Option<f64>,
}

/// A row for each headline cell, in the order of the experiment.
pub(crate) fn rows(evidence: &Evidence) -> Vec<Row> {
    evidence
        .headline
        .iter()
        .map(|cell| row(evidence, cell))
        .collect()
}

fn row(evidence: &Evidence, cell: &Cell) -> Row {
    let measured = |value: f64| Some(value).filter(|value| value.is_finite());
    let reference = evidence.reference();
    let raw = (cell.stage != "raw")
        .then(|| evidence.sibling(cell, "raw", "hard"))
        .flatten();
    let soft = evidence.sibling(cell, &cell.stage, "soft");
    Row {
        label: cell.label.clone(),
        stage: cell.stage.clone(),
        n: cell.n,
        target: cell.target,
        test_accuracy: measured(cell.test_accuracy),
        half_width: cell
            .interval
            .and_then(|(low, high)| measured((high - low) / 2.0)),
        gap: reference.and_then(|other| measured(cell.test_accuracy - other.test_accuracy)),
        activity: measured(cell.activity),
        unit_flops_share: measured(cell.unit_flops_share),
        speed_up: measured(1.0 / cell.unit_flops_share),
        weight_flops_share: measured(cell.weight_flops_share),
        params_share: measured(cell.params_share),
        flops_p5_share: measured(cell.flops_p5_share),
        flops_p95_share: measured(cell.flops_p95_share),
        raw_accuracy: raw.and_then(|raw| measured(raw.test_accuracy)),
        soft_accuracy: soft.and_then(|soft| measured(soft.test_accuracy)),
        train_flops_share: reference
            .and_then(|other| measured(cell.train_flops / other.train_flops)),
    }
}

/// All rows with full precision, under the names of the fields; accuracies and shares in `[0, 1]`.
///
/// # Errors
/// [`Error::Frame`] where polars refuses.
pub(crate) fn csv(rows: &[Row]) -> Result<Vec<u8>, Error> {
    let numbers = |name: &str, value: fn(&Row) -> Option<f64>| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<_>>())
    };
    let texts = |name: &str, value: fn(&Row) -> String| {
        Column::new(name.into(), rows.iter().map(value).collect::<Vec<_>>())
    };
    let seeds = rows.iter().map(|row| row.n as u64).collect::<Vec<_>>();
    let columns = vec![
        texts("label", |row| row.label.clone()),
        numbers("target_activity", |row| row.target),
        texts("stage", |row| row.stage.clone()),
        Column::new("n".into(), seeds),
        numbers("test_accuracy", |row| row.test_accuracy),
        numbers("test_accuracy_half_width", |row| row.half_width),
        numbers("test_accuracy_gap", |row| row.gap),
        numbers("activity", |row| row.activity),
        numbers("unit_flops_share", |row| row.unit_flops_share),
        numbers("speed_up", |row| row.speed_up),
        numbers("weight_flops_share", |row| row.weight_flops_share),
        numbers("params_share", |row| row.params_share),
        numbers("flops_p5_share", |row| row.flops_p5_share),
        numbers("flops_p95_share", |row| row.flops_p95_share),
        numbers("raw_accuracy", |row| row.raw_accuracy),
        numbers("soft_accuracy", |row| row.soft_accuracy),
        numbers("train_flops_share", |row| row.train_flops_share),
    ];
    let mut frame = DataFrame::new(rows.len(), columns)?;
    let mut content = Vec::new();
    CsvWriter::new(&mut content).finish(&mut frame)?;
    Ok(content)
}

/// The table to read, with a caption that says what stands in it. A column that is empty in all
/// rows is left out.
pub(crate) fn markdown(evidence: &Evidence, rows: &[Row]) -> String {
    let reference = evidence.reference().map_or("reference", |cell| &cell.label);
    let columns: Vec<(String, Vec<String>)> = [
        (
            "method".to_owned(),
            show(rows, |row| Some(row.label.replace('|', "\\|"))),
        ),
        (
            "target".to_owned(),
            show(rows, |row| row.target.map(|target| target.to_string())),
        ),
        ("n".to_owned(), show(rows, |row| Some(row.n.to_string()))),
        ("test accuracy, %".to_owned(), show(rows, accuracy)),
        (
            format!("gap to {reference}, points"),
            show(rows, |row| row.gap.map(signed_points)),
        ),
        (
            "activity, %".to_owned(),
            show(rows, |row| row.activity.map(format::percent)),
        ),
        (
            "unit FLOPs, %".to_owned(),
            show(rows, |row| row.unit_flops_share.map(format::percent)),
        ),
        (
            "speed-up".to_owned(),
            show(rows, |row| row.speed_up.map(times)),
        ),
        ("FLOPs p5 to p95, %".to_owned(), show(rows, spread)),
        (
            "weight FLOPs, %".to_owned(),
            show(rows, |row| row.weight_flops_share.map(format::percent)),
        ),
        (
            "parameters, %".to_owned(),
            show(rows, |row| row.params_share.map(format::percent)),
        ),
        (
            "raw accuracy, %".to_owned(),
            show(rows, |row| row.raw_accuracy.map(points)),
        ),
        (
            "soft accuracy, %".to_owned(),
            show(rows, |row| row.soft_accuracy.map(points)),
        ),
        (
            "training FLOPs".to_owned(),
            show(rows, |row| row.train_flops_share.map(times)),
        ),
    ]
    .into_iter()
    .filter(|(_, texts)| texts.iter().any(|text| text != ABSENT))
    .collect();
    let line = |texts: Vec<&str>| format!("| {} |\n", texts.join(" | "));
    let mut page = line(columns.iter().map(|(title, _)| title.as_str()).collect());
    let rules = columns
        .iter()
        .enumerate()
        .map(|(index, _)| if index == 0 { "---" } else { "---:" });
    page += &line(rules.collect());
    for row in 0..rows.len() {
        page += &line(
            columns
                .iter()
                .map(|(_, texts)| texts[row].as_str())
                .collect(),
        );
    }
    page + "\n" + &caption(evidence, reference)
}

/// What stands where there is no value.
const ABSENT: &str = "";

fn show(rows: &[Row], text: impl Fn(&Row) -> Option<String>) -> Vec<String> {
    rows.iter()
        .map(|row| text(row).unwrap_or_else(|| ABSENT.to_owned()))
        .collect()
}

fn accuracy(row: &Row) -> Option<String> {
    let mean = points(row.test_accuracy?);
    Some(
        row.half_width
            .map_or(mean.clone(), |half| format!("{mean} ± {}", points(half))),
    )
}

fn spread(row: &Row) -> Option<String> {
    let (low, high) = (
        format::percent(row.flops_p5_share?),
        format::percent(row.flops_p95_share?),
    );
    Some(if low == high {
        low
    } else {
        format!("{low} to {high}")
    })
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

fn caption(evidence: &Evidence, reference: &str) -> String {
    let Evidence {
        experiment,
        model,
        data,
        ..
    } = evidence;
    let mut text = format!(
        "{experiment}: {model} on {data}. n: seeds. Test accuracy: mean over seeds with hard gates, \
         after the recovery epochs where there are any, ± half the width of the 95% interval of \
         that mean (Student's t, n − 1 degrees of freedom; none for one seed). Target: the share of \
         units (for weight pruning of weights) asked to stay; activity: the share of units open, \
         averaged over test examples. Shares are of the dense model. Unit FLOPs: left when closed \
         units are skipped, the gates' own FLOPs included; speed-up: its inverse, a bound that no \
         kernel beats; p5 to p95: over single test examples. Weight FLOPs: left when single zero \
         weights are skipped too, which only a sparse kernel does. Parameters: what must be stored. \
         Raw accuracy: before the recovery epochs; soft accuracy: with soft gates, which save \
         nothing. Training FLOPs: relative to {reference}.\n"
    );
    if !evidence.failures.is_empty() {
        let count = format::count(evidence.failures.len(), "run");
        text += &format!("\n{count} failed and left out:\n\n");
        for failure in &evidence.failures {
            text += &format!("- {failure}\n");
        }
    }
    text
}
