//! Whether FLOPs become time: accuracy against what is counted, what a compact network computes, and
//! what a processor takes, on the same scales.

use swanbench_results::Cell;

use super::{
    captions,
    cost_panels::{self, CostPanel},
    picture_def::PictureDef,
};
use crate::{
    data::{
        report_data::ReportData,
        timings::{TimingCell, TimingsOf, timings_of},
    },
    draw::Scene,
};

pub(super) const PICTURE: PictureDef = PictureDef {
    name: "latency",
    heading: "Counted FLOPs, compact networks, and measured time",
    alternative: "Test accuracy against counted FLOPs, the FLOPs of compact networks, and the \
                  measured time of an image, by method and target",
    draw: |data, _| draw(data),
};

/// Draws three panels. Returns `None` if the dense network was not timed.
fn draw(data: &ReportData) -> Option<Scene> {
    let dense = timings_of(&data.timings, data.reference()?)?.exact;
    let with = |change: &dyn Fn(&Cell, TimingsOf<'_>) -> Cell| {
        let cells = data.headline.iter();
        cells.filter_map(|cell| Some(change(cell, timings_of(&data.timings, cell)?))).collect()
    };
    let of_file = |cell: &Cell, timing: &TimingCell, cost: f64| Cell {
        test_accuracy: timing.test_accuracy,
        interval: timing.interval,
        unit_flops_share: cost,
        ..cell.clone()
    };
    let panel = |heading, title, cells| CostPanel {
        heading,
        title,
        cells,
        cost: |cell| cell.unit_flops_share,
        lines: Vec::new(),
    };
    let libtorch = dense.libtorch_us / dense.p50_us;
    let panels = [
        panel(
            "Counted: what the trained network computes of an example",
            "unit FLOPs, share of dense (log scale)",
            with(&|cell, _| cell.clone()),
        ),
        panel(
            "Compact: one dense network for all examples, with the units that are open often",
            "FLOPs of the compact network, share of dense (log scale)",
            with(&|cell, TimingsOf { compact, .. }| Cell {
                varying_units: 0.0,
                ..of_file(cell, compact, compact.unit_flops_share)
            }),
        ),
        CostPanel {
            lines: vec![(libtorch, "dense in libtorch")],
            ..panel(
                "Measured: time of the trained network, gates decided for each example",
                "time of an image, share of dense in the same engine (log scale)",
                with(&|cell, TimingsOf { exact, .. }| {
                    of_file(cell, exact, exact.p50_us / dense.p50_us)
                }),
            )
        },
    ];
    let title = captions::title(data, "whether FLOPs become time");
    Some(cost_panels::draw(data, title, &panels, &caption(data, dense)))
}

fn caption(data: &ReportData, dense: &TimingCell) -> Vec<String> {
    let TimingCell { batch, threads, processor, p50_us, libtorch_us, .. } = dense;
    let plural = |count: u32, word: &str| crate::format::count(count as usize, word);
    let marks = format!(
        "{}. All panels share both scales: where a mark stands further right than in the first \
         panel, less is saved than was counted. Dashed: which units are closed differs by example. \
         Time: median over batches of {} on {}, {processor}; the dense network takes {p50_us:.0} µs \
         in swanbench's engine and {libtorch_us:.0} µs in libtorch. Methods whose networks cannot be \
         exported are left out.",
        captions::accuracies(data),
        plural(*batch, "image"),
        plural(*threads, "thread"),
    );
    captions::with_failed(data, [marks])
}
