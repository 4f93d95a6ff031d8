//! How long exported networks take, for every number of images and of easy and hard ones:
//! `timings.md`.

use swanbench_spec::ImageGroup;

use crate::{
    data::{report_data::ReportData, timings::TimingCell},
    format,
    tables::{column::Column, table::accuracy_text},
};

/// Returns the meaning of the rows, what was not timed, and why the energy is missing if it is.
pub(crate) fn meaning(data: &ReportData) -> String {
    let reason = data.timings.iter().find_map(|cell| cell.energy_reason.as_ref());
    let energy = reason.map(|reason| format!(" Energy is not available: {reason}."));
    let others =
        data.not_timed.iter().map(|(label, reason)| format!(" Not timed: {label}: {reason}."));
    format!("{MEANING}{}{}", others.collect::<String>(), energy.unwrap_or_default())
}

const MEANING: &str = "Networks are exported and timed in turns with the dense network. \
    Gated: the gates are decided for each example; compact: units that are open often are open for \
    all. Images: all test images, or the tenth with the least or the greatest loss of the dense \
    network of the same seed; FLOPs are those of these images. Median, 95%: the time of a batch. Counted speed-up: the dense network's \
    FLOPs over those of these images; measured: the dense network's time in libtorch over this one's; \
    their ratio is what became of the FLOPs, the speed of the engine included. Energy: the \
    processor's, of an image. Means over seeds.";

/// Returns a row for each network, number of images and group of them.
pub(crate) fn columns(cells: &[TimingCell]) -> Vec<Column> {
    let numbers = |title: &str, text: fn(f64) -> String, value: fn(&TimingCell) -> Option<f64>| {
        Column::numbers(title, cells, |cell| value(cell).map(|value| (text(value), value)))
    };
    let times = |factor: f64| format!("{factor:.2}×");
    let all = [
        Column::words("method", cells, |cell| cell.label.clone()),
        numbers("target", |target| target.to_string(), |cell| cell.target),
        Column::words("form", cells, |cell| cell.form.to_string()),
        Column::words("images", cells, |cell| cell.images.to_string().replace('-', " ")),
        numbers("batch", |batch| batch.to_string(), |cell| Some(f64::from(cell.batch))),
        numbers("threads", |count| count.to_string(), |cell| Some(f64::from(cell.threads))),
        numbers("n", |n| n.to_string(), |cell| Some(cell.n as f64)),
        Column::numbers("test accuracy, %", cells, |cell| {
            // It is that of all test images.
            if cell.images != ImageGroup::All {
                return None;
            }
            let half = cell.interval.map(|(low, high)| (high - low) / 2.0);
            Some((accuracy_text(cell.test_accuracy, half, None), cell.test_accuracy))
        }),
        numbers("FLOPs, %", format::percent, |cell| Some(cell.timed_flops_share)),
        numbers("median, µs", microseconds, |cell| Some(cell.p50_us)),
        numbers("95%, µs", microseconds, |cell| Some(cell.p95_us)),
        numbers("counted speed-up", times, |cell| Some(cell.theoretical_speedup)),
        numbers("measured speed-up", times, |cell| Some(cell.realised_speedup)),
        numbers("ratio", |ratio| format!("{ratio:.2}"), |cell| Some(cell.ratio)),
        numbers("energy, µJ", microseconds, |cell| cell.energy_uj),
    ];
    all.into_iter().filter(Column::has_text).collect()
}

/// Writes a number in at least three digits.
pub(crate) fn microseconds(value: f64) -> String {
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
