//! From runs to cells: all seeds of one setting become one row.

use std::collections::HashSet;

use polars::prelude::{
    BooleanChunked, ChunkCompareEq as _, Column, DataFrame, DataType, GroupPositions,
    GroupsIndicator, IntoColumn as _, NamedFrom as _, PolarsResult, Series,
};

use crate::{Error, columns, statistics::Summary};

const KEYS: [&str; 8] =
    ["label", "target_activity", "phase", "stage", "mode", "statistics", "control", "threshold"];

/// The columns that become a mean, a standard deviation and the bounds of an interval.
const SUMMARISED: [&str; 2] = ["test_accuracy", "val_accuracy"];

/// The columns that become a mean.
const AVERAGED: [&str; 8] = [
    "epochs",
    "activity",
    "unit_flops_share",
    "weight_flops_share",
    "params_share",
    "train_flops",
    "wall_secs",
    "test_loss",
];

/// FLOPs that become shares of the dense model's: of the gates, and percentiles over examples.
const COSTS: [&str; 4] = ["gate_flops", "flops_p5", "flops_p50", "flops_p95"];

/// A row per label, target, phase, stage, mode, normalisation statistics, control and threshold of the
/// runs that are done, in the order in which they first appear in `runs`.
///
/// Columns: `label`, `target_activity` (null where there is none), `phase`, `stage`, `mode`, `statistics`,
/// `control` and `threshold` (null for a method's own gates), `n` (seeds);
/// for `test_accuracy` and `val_accuracy` the mean under that name, `_sd` (sample standard
/// deviation), `_low` and `_high` (95% interval of the mean by Student's t), null for one seed;
/// the means of `epochs` (training and recovery), `activity`, `unit_flops_share`,
/// `weight_flops_share`, `params_share`, `train_flops`, `wall_secs` and `test_loss`; and the means of `gate_flops_share`, `flops_p5_share`,
/// `flops_p50_share`, `flops_p95_share`, an example's FLOPs over those of the dense model.
///
/// # Errors
/// [`Error::Frame`] where `runs` lacks a column of `runs.parquet`.
pub fn cells(runs: &DataFrame) -> Result<DataFrame, Error> {
    let done = runs.filter(&runs.column("status")?.str()?.equal(columns::DONE))?;
    let grouped = done.group_by_stable(KEYS)?;
    let groups = grouped.get_groups();
    let mut columns = grouped.keys();
    let sizes = groups.iter().map(|group| group.len() as u32);
    columns.push(Column::new("n".into(), sizes.collect::<Vec<_>>()));
    for name in AVERAGED {
        let values = done.column(name)?.cast(&DataType::Float64)?;
        columns.push(means(name, &values, groups)?);
    }
    for cost in COSTS {
        let share = share_of_dense(&done, cost)?;
        columns.push(means(&format!("{cost}_share"), &share, groups)?);
    }
    for name in SUMMARISED {
        columns.extend(summaries(name, done.column(name)?, groups)?);
    }
    Ok(DataFrame::new_infer_height(columns)?)
}

/// The cells that a reader compares: hard gates, which are the method's own, and statistics as
/// training left them, at the end of a phase, which is the last stage that the label has in it:
/// fine-tuned where there is a recovery stage and raw otherwise.
///
/// # Errors
/// [`Error::Frame`] where `cells` was not made by [`cells()`].
pub fn headline(cells: &DataFrame, phase: u32) -> Result<DataFrame, Error> {
    let cells = &cells.filter(&cells.column("phase")?.u64()?.equal(u64::from(phase)))?;
    let is = |name: &str, value: &str| -> PolarsResult<BooleanChunked> {
        Ok(cells.column(name)?.str()?.equal(value))
    };
    let fine_tuned = is("stage", "fine-tuned")?;
    let labels = cells.column("label")?.str()?;
    let stages = || labels.iter().zip(fine_tuned.iter());
    let recovered: HashSet<&str> =
        stages().filter(|stage| stage.1 == Some(true)).filter_map(|stage| stage.0).collect();
    let last = stages().map(|(label, fine_tuned)| {
        let recovers = label.is_some_and(|label| recovered.contains(label));
        fine_tuned == Some(recovers)
    });
    let last: BooleanChunked = last.collect();
    let own = cells.column("control")?.is_null() & cells.column("threshold")?.is_null();
    Ok(cells.filter(&(is("mode", "hard")? & is("statistics", "trained")? & own & last))?)
}

/// The last phase that a cell was measured in; 1 where there is no cell.
///
/// # Errors
/// [`Error::Frame`] where `cells` was not made by [`cells()`].
pub fn last_phase(cells: &DataFrame) -> Result<u32, Error> {
    Ok(cells.column("phase")?.u64()?.iter().flatten().max().map_or(1, |phase| phase as u32))
}

/// The mean of a cost over the dense model's FLOPs, which is how the record defines
/// `unit_flops_share`.
fn share_of_dense(runs: &DataFrame, cost: &str) -> PolarsResult<Column> {
    (runs.column(cost)? / runs.column("unit_flops")?)? * runs.column("unit_flops_share")?.clone()
}

/// The values of a column by group, nulls left out.
fn by_group(values: &Column, groups: &GroupPositions) -> PolarsResult<Vec<Vec<f64>>> {
    let values = values.f64()?;
    let of_group = |group: GroupsIndicator<'_>| match group {
        GroupsIndicator::Idx((_, rows)) => {
            rows.iter().filter_map(|&row| values.get(row as usize)).collect()
        }
        GroupsIndicator::Slice([first, count]) => {
            (first..first + count).filter_map(|row| values.get(row as usize)).collect()
        }
    };
    Ok(groups.iter().map(of_group).collect())
}

fn means(name: &str, values: &Column, groups: &GroupPositions) -> PolarsResult<Column> {
    let mean = |values: Vec<f64>| {
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let means: Vec<Option<f64>> = by_group(values, groups)?.into_iter().map(mean).collect();
    Ok(Column::new(name.into(), means))
}

/// Mean, deviation and bounds of every group.
fn summaries(name: &str, values: &Column, groups: &GroupPositions) -> PolarsResult<[Column; 4]> {
    let groups = by_group(values, groups)?;
    let summaries: Vec<_> = groups.iter().map(|values| Summary::of(values)).collect();
    let column = |suffix: &str, value: fn(&Summary) -> Option<f64>| {
        let values: Vec<_> = summaries.iter().map(value).collect();
        Series::new(format!("{name}{suffix}").into(), values).into_column()
    };
    Ok([
        column("", |summary| Some(summary.mean)),
        column("_sd", |summary| summary.standard_deviation),
        column("_low", |summary| Some(summary.interval()?.0)),
        column("_high", |summary| Some(summary.interval()?.1)),
    ])
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    /// Seeds 0 to 2 of pruning, raw and fine-tuned; one failed; dense with one seed and no target.
    fn runs() -> DataFrame {
        let (raw, tuned) = (Some("raw"), Some("fine-tuned"));
        let (hard, trained) = (Some("hard"), Some("trained"));
        df!(
            "label" => ["pruned", "pruned", "pruned", "pruned", "pruned", "whole", "whole"],
            "target_activity" => [Some(0.1), Some(0.1), Some(0.1), Some(0.1), Some(0.5), None, None],
            "phase" => [1_u64; 7],
            "stage" => [raw, tuned, raw, tuned, None, raw, raw],
            "mode" => [hard, hard, hard, hard, None, hard, Some("soft")],
            "statistics" => [trained, trained, trained, trained, None, trained, trained],
            "control" => [None::<&str>; 7],
            "threshold" => [None::<f64>; 7],
            "epochs" => [7_u64, 7, 9, 9, 7, 5, 5],
            "status" => ["done", "done", "done", "done", "failed", "done", "done"],
            "test_accuracy" => [Some(0.2), Some(0.90), Some(0.4), Some(0.94), None, Some(0.95), Some(0.95)],
            "val_accuracy" => [Some(0.2), Some(0.91), Some(0.4), Some(0.93), None, Some(0.95), Some(0.95)],
            "test_loss" => [Some(2.0), Some(0.4), Some(2.0), Some(0.2), None, Some(0.2), Some(0.2)],
            "activity" => [Some(0.1), Some(0.1), Some(0.1), Some(0.1), None, Some(1.0), Some(1.0)],
            "unit_flops" => [Some(100.0), Some(100.0), Some(120.0), Some(120.0), None, Some(1000.0), Some(1000.0)],
            "unit_flops_share" => [Some(0.1), Some(0.1), Some(0.12), Some(0.12), None, Some(1.0), Some(1.0)],
            "weight_flops_share" => [Some(0.1), Some(0.1), Some(0.12), Some(0.12), None, Some(1.0), Some(1.0)],
            "params_share" => [Some(0.1), Some(0.1), Some(0.1), Some(0.1), None, Some(1.0), Some(1.0)],
            "gate_flops" => [Some(10.0), Some(10.0), Some(10.0), Some(10.0), None, Some(0.0), Some(0.0)],
            "flops_p5" => [Some(50.0), Some(50.0), Some(70.0), Some(70.0), None, Some(1000.0), Some(1000.0)],
            "flops_p50" => [Some(100.0), Some(100.0), Some(100.0), Some(100.0), None, Some(1000.0), Some(1000.0)],
            "flops_p95" => [Some(200.0), Some(200.0), Some(220.0), Some(220.0), None, Some(1000.0), Some(1000.0)],
            "train_flops" => [Some(1e9), Some(1e9), Some(1e9), Some(1e9), None, Some(2e9), Some(2e9)],
            "wall_secs" => [Some(3.0), Some(3.0), Some(5.0), Some(5.0), Some(1.0), Some(2.0), Some(2.0)],
        )
        .expect("columns of one length")
    }

    fn number(frame: &DataFrame, name: &str, row: usize) -> Option<f64> {
        frame.column(name).expect("a column of cells").f64().expect("a number").get(row)
    }

    fn text(frame: &DataFrame, name: &str) -> Vec<String> {
        let values = frame.column(name).expect("a column of cells").str().expect("a text");
        values.iter().map(|value| value.unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn seeds_become_one_row_in_the_order_of_the_runs() {
        let cells = cells(&runs()).expect("summarised");
        assert_eq!(text(&cells, "label"), ["pruned", "pruned", "whole", "whole"]);
        assert_eq!(text(&cells, "stage"), ["raw", "fine-tuned", "raw", "raw"]);
        assert_eq!(text(&cells, "mode"), ["hard", "hard", "hard", "soft"]);
        let n = cells.column("n").expect("n").u32().expect("a count");
        assert_eq!(n.iter().collect::<Vec<_>>(), [Some(2), Some(2), Some(1), Some(1)]);
        assert_eq!(number(&cells, "target_activity", 0), Some(0.1));
        assert_eq!(number(&cells, "target_activity", 2), None);
    }

    #[test]
    fn a_cell_has_mean_deviation_and_interval() {
        let cells = cells(&runs()).expect("summarised");
        let close = |name: &str, row: usize, expected: f64| {
            let found = number(&cells, name, row).expect("a value");
            assert!((found - expected).abs() < 1e-9, "{name} in row {row}: {found}");
        };
        // 0.2 and 0.4: mean 0.3, sd 0.1414, t(1) * sd / sqrt(2) = 12.7062 * 0.1 = 1.27062.
        close("test_accuracy", 0, 0.3);
        close("test_accuracy_sd", 0, 0.141_421_356_237);
        close("test_accuracy_low", 0, 0.3 - 1.270_620_473_617);
        close("test_accuracy_high", 0, 0.3 + 1.270_620_473_617);
        close("val_accuracy", 1, 0.92);
        close("unit_flops_share", 1, 0.11);
        // The dense model has 1000 FLOPs: the mean of 50 / 1000 and 70 / 1000.
        close("gate_flops_share", 1, 0.01);
        close("flops_p5_share", 1, 0.06);
        close("flops_p95_share", 1, 0.21);
        close("wall_secs", 0, 4.0);
        close("epochs", 0, 8.0);
        close("epochs", 2, 5.0);
    }

    #[test]
    fn one_seed_has_no_interval() {
        let cells = cells(&runs()).expect("summarised");
        assert_eq!(number(&cells, "test_accuracy", 2), Some(0.95));
        for suffix in ["_sd", "_low", "_high"] {
            assert_eq!(number(&cells, &format!("test_accuracy{suffix}"), 2), None);
        }
    }

    #[test]
    fn the_headline_is_hard_and_the_last_stage_of_each_label() {
        let headline = headline(&cells(&runs()).expect("summarised"), 1).expect("filtered");
        assert_eq!(text(&headline, "label"), ["pruned", "whole"]);
        assert_eq!(text(&headline, "stage"), ["fine-tuned", "raw"]);
        assert_eq!(text(&headline, "mode"), ["hard", "hard"]);
    }

    #[test]
    fn no_runs_give_no_cells() {
        let cells = cells(&runs().head(Some(0))).expect("summarised");
        assert_eq!(cells.height(), 0);
        assert_eq!(headline(&cells, 1).expect("filtered").height(), 0);
    }

    #[test]
    fn a_frame_without_a_column_is_an_error() {
        let runs = runs().drop("wall_secs").expect("a column");
        assert!(cells(&runs).is_err());
    }
}
