//! What a report is made from: the measurements of all runs of an experiment, gathered once after a
//! sweep, so that a report reads a handful of files however many runs there are.

use std::{collections::HashMap, path::PathBuf};

use polars::prelude::DataFrame;
use swanbench_spec::RunSpec;

use crate::{
    Error, ExperimentMetadata, Store,
    adaptivity::{Difficulty, Example, Group, groups},
    checksums::{self, CHECKSUMS_FILE},
    column::{self, Column, Layout},
    columns::{self, RequestedRun},
    files, parquet,
    store::{EPOCHS_FILE, RUNS_FILE, SITES_FILE, json},
};

const ADAPTIVITY_FILE: &str = "adaptivity.parquet";
const ABOUT_FILE: &str = "about.json";

/// The results of an experiment as frames, runs in the order of the experiment. The columns of each
/// stand in `columns`.
#[derive(Debug, Clone)]
pub struct Results {
    /// What the experiment is about.
    pub about: ExperimentMetadata,
    /// A row per phase, stage, mode, control and threshold of a done run; one of a failed run.
    pub runs: DataFrame,
    /// A row per epoch of a done run.
    pub epochs: DataFrame,
    /// A row per phase, stage and site of a done run.
    pub sites: DataFrame,
    /// What single examples cost, by class, by difficulty and as quantiles: rows of the runs in
    /// which they do not all cost the same.
    pub adaptivity: DataFrame,
}

impl Store {
    /// Gathers what all `runs` that are done or failed have measured.
    ///
    /// # Errors
    /// The first file that is damaged or lacks a column.
    pub fn gather(&self, runs: &[RunSpec], about: ExperimentMetadata) -> Result<Results, Error> {
        let done: Vec<&RunSpec> = runs.iter().filter(|run| self.is_done(&run.id)).collect();
        let epochs = |run: &RunSpec| self.epochs(&run.id);
        let sites = |run: &RunSpec| self.sites(&run.id);
        Ok(Results {
            about,
            runs: self.collect(runs)?,
            epochs: self.stacked(&done, &columns::epochs(), epochs)?,
            sites: self.stacked(&done, &columns::sites(), sites)?,
            adaptivity: self.adaptivity(&done)?,
        })
    }

    /// The rows of all runs below one another, each with the run that it belongs to.
    fn stacked<Row>(
        &self,
        runs: &[&RunSpec],
        columns: &[Column<Row>],
        rows_of: impl Fn(&RunSpec) -> Result<DataFrame, Error>,
    ) -> Result<DataFrame, Error> {
        let mut owners = Vec::new();
        let mut all = column::frame(columns, &[]);
        for run in runs {
            let rows = rows_of(run)?;
            let owner = || RequestedRun { experiment: self.experiment(), run };
            owners.extend(std::iter::repeat_with(owner).take(rows.height()));
            all.vstack_mut_owned(rows)?;
        }
        all.rechunk_mut();
        Ok(column::frame(&columns::owner(), &owners).hstack(all.columns())?)
    }

    fn adaptivity(&self, runs: &[&RunSpec]) -> Result<DataFrame, Error> {
        let mut difficulties = HashMap::new();
        for run in runs {
            let whole = run.target.is_none() && run.width == 1.0;
            if whole && !difficulties.contains_key(&run.seed) && self.computes_all(run)? {
                let losses = self.examples(&run.id)?;
                let losses = losses.column("loss")?.f64()?.into_no_null_iter().collect();
                difficulties.insert(run.seed, Difficulty::of(losses));
            }
        }
        let groups = |run: &RunSpec| -> Result<DataFrame, Error> {
            let cost = Cost::of(&self.evaluations(&run.id)?)?;
            let groups = match cost.dense_flops {
                Some(dense_flops) if cost.varies => {
                    let examples = examples(&self.examples(&run.id)?, dense_flops)?;
                    groups(&examples, difficulties.get(&run.seed))
                }
                _ => Vec::new(),
            };
            Ok(column::frame(&columns::groups(), &groups))
        };
        self.stacked::<Group>(runs, &columns::groups(), groups)
    }

    fn computes_all(&self, run: &RunSpec) -> Result<bool, Error> {
        let cost = Cost::of(&self.evaluations(&run.id)?)?;
        Ok(!cost.varies && (cost.share - 1.0).abs() < 1e-6)
    }

    /// Writes what [`Store::gather`] gave, and gives the path of the frame of runs.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write_results(&self, results: &Results) -> Result<PathBuf, Error> {
        self.create()?;
        let all = [
            (ABOUT_FILE, json(&results.about)),
            (RUNS_FILE, parquet::encode(&results.runs)?),
            (EPOCHS_FILE, parquet::encode(&results.epochs)?),
            (SITES_FILE, parquet::encode(&results.sites)?),
            (ADAPTIVITY_FILE, parquet::encode(&results.adaptivity)?),
        ];
        // A kill in between leaves checksums that do not fit, and the advice to sweep again.
        files::replace_file(&self.folder().join(CHECKSUMS_FILE), &checksums::listing(&all))?;
        for (name, content) in &all {
            files::replace_file(&self.folder().join(name), content)?;
        }
        Ok(self.folder().join(RUNS_FILE))
    }

    /// Reads what [`Store::write_results`] wrote.
    ///
    /// # Errors
    /// [`Error::NoResults`] where it never did; otherwise where a file is damaged, of another
    /// version, or lacks a column.
    pub fn read_results(&self) -> Result<Results, Error> {
        let owned = |layout: Layout| Layout::of(&columns::owner()).and(layout);
        Ok(Results {
            runs: self.gathered(RUNS_FILE, &columns::runs())?,
            epochs: self.gathered(EPOCHS_FILE, &owned(Layout::of(&columns::epochs())))?,
            sites: self.gathered(SITES_FILE, &owned(Layout::of(&columns::sites())))?,
            adaptivity: self.gathered(ADAPTIVITY_FILE, &owned(Layout::of(&columns::groups())))?,
            about: {
                let path = self.folder().join(ABOUT_FILE);
                let content = checksums::read(&path, &self.folder().join(CHECKSUMS_FILE))?;
                serde_json::from_slice(&content).map_err(|source| Error::Json { path, source })?
            },
        })
    }

    fn gathered(&self, file: &str, layout: &Layout) -> Result<DataFrame, Error> {
        let path = self.folder().join(file);
        let content = checksums::read(&path, &self.folder().join(CHECKSUMS_FILE))?;
        parquet::decode(&path, content, layout)
    }
}

/// What an example of a run costs at its end, with its own hard gates.
struct Cost {
    /// Mean over examples, over the dense model's.
    share: f64,
    /// Whether examples differ.
    varies: bool,
    /// Of the dense model; unknown where nothing is computed.
    dense_flops: Option<f64>,
}

impl Cost {
    /// Of the last of a run's `evaluations` that is its headline.
    fn of(evaluations: &DataFrame) -> Result<Self, Error> {
        let is = |name: &str, value: &str, row: usize| -> Result<bool, Error> {
            Ok(evaluations.column(name)?.str()?.get(row) == Some(value))
        };
        let number = |name: &str, row: usize| -> Result<f64, Error> {
            Ok(evaluations.column(name)?.f64()?.get(row).unwrap_or(f64::NAN))
        };
        let mut cost = Self { share: f64::NAN, varies: false, dense_flops: None };
        for row in 0..evaluations.height() {
            let own = evaluations.column("control")?.str()?.get(row).is_none()
                && evaluations.column("threshold")?.f64()?.get(row).is_none();
            if own && is("mode", "hard", row)? && is("statistics", "trained", row)? {
                let share = number("unit_flops_share", row)?;
                let dense_flops = number("unit_flops", row)? / share;
                cost = Self {
                    share,
                    varies: number("flops_p5", row)? < number("flops_max", row)?,
                    dense_flops: Some(dense_flops).filter(|flops| flops.is_finite()),
                };
            }
        }
        Ok(cost)
    }
}

/// The rows of `examples.parquet`.
fn examples(rows: &DataFrame, dense_flops: f64) -> Result<Vec<Example>, Error> {
    let classes = rows.column("label")?.u64()?.into_no_null_iter();
    let flops = rows.column("unit_flops")?.f64()?.into_no_null_iter();
    let example = |(class, flops)| Example { class, unit_flops_share: flops / dense_flops };
    Ok(classes.zip(flops).map(example).collect())
}
