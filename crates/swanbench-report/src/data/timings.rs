//! How long exported networks take, averaged over seeds.

use swanbench_results::{Cell, LatencyRow, TimedNetwork, statistics::Summary};
use swanbench_spec::{ExportedForm, ImageGroup};

/// All seeds of one setting, exported in one form and timed on one group of images. Shares lie in
/// `[0, 1]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimingCell {
    pub label: String,
    pub target: Option<f64>,
    pub form: ExportedForm,
    pub images: ImageGroup,
    pub batch: u32,
    pub threads: u32,
    pub processor: String,
    /// Seeds.
    pub n: usize,
    /// As the file computes all test images.
    pub test_accuracy: f64,
    /// As [`Cell`] has it.
    pub interval: Option<(f64, f64)>,
    /// Mean FLOPs of a test image over the dense model's.
    pub unit_flops_share: f64,
    /// Mean FLOPs of an image that was timed over the dense model's.
    pub timed_flops_share: f64,
    /// The median and the 95th percentile of a batch's time, in microseconds.
    pub p50_us: f64,
    pub p95_us: f64,
    /// The median time of the dense network in libtorch, in microseconds.
    pub libtorch_us: f64,
    /// As [`Timing`](swanbench_spec::Timing) has them.
    pub theoretical_speedup: f64,
    pub realised_speedup: f64,
    pub ratio: f64,
    /// Of an image, in microjoules.
    pub energy_uj: Option<f64>,
    /// Why it is not known.
    pub energy_reason: Option<String>,
}

/// Averages timings over seeds, in the order in which settings first appear in `rows`.
pub(crate) fn timings(rows: &[LatencyRow]) -> Vec<TimingCell> {
    let mut groups: Vec<Vec<(&LatencyRow, &TimedNetwork)>> = Vec::new();
    for row in rows {
        let Some(network) = &row.row.network else { continue };
        let is_own = |group: &Vec<(&LatencyRow, &TimedNetwork)>| {
            let (first, own) = group[0];
            first.run.label == row.run.label
                && first.run.target_activity == row.run.target_activity
                && own.form == network.form
                && own.timing.images == network.timing.images
                && own.timing.batch == network.timing.batch
        };
        match groups.iter_mut().find(|group| is_own(group)) {
            Some(group) => group.push((row, network)),
            None => groups.push(vec![(row, network)]),
        }
    }
    groups.iter().map(|group| cell(group)).collect()
}

/// Returns the labels whose networks cannot be exported, each with the first reason.
pub(crate) fn not_timed(rows: &[LatencyRow]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for row in rows {
        if let Some(reason) = &row.row.reason
            && all.iter().all(|(label, _)| *label != row.run.label)
        {
            all.push((row.run.label.clone(), reason.clone()));
        }
    }
    all
}

fn cell(seeds: &[(&LatencyRow, &TimedNetwork)]) -> TimingCell {
    let mean = |value: &dyn Fn(&TimedNetwork) -> f64| {
        seeds.iter().map(|(_, network)| value(network)).sum::<f64>() / seeds.len() as f64
    };
    let accuracies: Vec<f64> = seeds.iter().map(|(_, network)| network.test_accuracy).collect();
    let accuracy = Summary::of(&accuracies);
    let energies: Option<Vec<f64>> = seeds.iter().map(|(_, network)| network.energy_uj).collect();
    let (row, network) = seeds[0];
    TimingCell {
        label: row.run.label.clone(),
        target: row.run.target_activity,
        form: network.form,
        images: network.timing.images,
        batch: network.timing.batch,
        threads: network.timing.threads,
        processor: row.row.processor.clone(),
        n: seeds.len(),
        test_accuracy: accuracy.mean,
        interval: accuracy.interval_of_shares(),
        unit_flops_share: mean(&|network| network.unit_flops_share),
        timed_flops_share: mean(&|network| 1.0 / network.timing.theoretical_speedup),
        p50_us: mean(&|network| network.timing.p50_us),
        p95_us: mean(&|network| network.timing.p95_us),
        libtorch_us: mean(&|network| network.timing.p50_us * network.timing.realised_speedup),
        theoretical_speedup: mean(&|network| network.timing.theoretical_speedup),
        realised_speedup: mean(&|network| network.timing.realised_speedup),
        ratio: mean(&|network| network.timing.ratio),
        energy_reason: network.energy_reason.clone(),
        energy_uj: energies.map(|all| Summary::of(&all).mean),
    }
}

/// The timings of one setting on all images, at the smallest number of images.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimingsOf<'a> {
    /// Of what computes as the trained network does.
    pub exact: &'a TimingCell,
    /// Of the compact network.
    pub compact: &'a TimingCell,
}

/// Finds the timings of a setting.
pub(crate) fn timings_of<'a>(all: &'a [TimingCell], cell: &Cell) -> Option<TimingsOf<'a>> {
    let least = all.iter().map(|timing| timing.batch).min()?;
    let find = |form| {
        all.iter().find(|timing| {
            timing.label == cell.label
                && timing.target == cell.target
                && (timing.form, timing.images, timing.batch) == (form, ImageGroup::All, least)
        })
    };
    let compact = find(ExportedForm::Compact)?;
    // Where gates do not depend on the example, both are the same.
    Some(TimingsOf { exact: find(ExportedForm::Gated).unwrap_or(compact), compact })
}
