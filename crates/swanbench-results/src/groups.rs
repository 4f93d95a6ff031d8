//! What single examples cost and which are classified right, run by run.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;
use swanbench_spec::{Evaluation, RunSpec};

use crate::{
    Error, Store,
    adaptivity::{Difficulty, Example, ExampleGroup, groups},
    headline::is_dense_reference,
    rows::RunRow,
};

/// The last headline of each run that is done, by its id.
pub(crate) struct Headlines<'a>(HashMap<&'a str, &'a Evaluation>);

impl<'a> Headlines<'a> {
    pub fn of(rows: &'a [RunRow]) -> Self {
        let done = rows.iter().filter_map(|row| Some((row, row.evaluation.as_ref()?)));
        let headlines = done.filter(|(_, evaluation)| evaluation.conditions.is_headline());
        Self(headlines.map(|(row, evaluation)| (row.run.run_id.as_str(), evaluation)).collect())
    }

    fn get(&self, id: &str) -> Option<&'a Evaluation> {
        self.0.get(id).copied()
    }
}

/// Returns for each seed the first run that is a dense reference.
pub(crate) fn dense_runs(rows: &[RunRow], headlines: &Headlines) -> BTreeMap<u64, String> {
    let mut dense = BTreeMap::new();
    for run in rows.iter().map(|row| &row.run) {
        let last = headlines.get(&run.run_id);
        if last.is_some_and(|last| is_dense_reference(run.target_activity, last.unit_flops_share)) {
            dense.entry(run.seed).or_insert_with(|| run.run_id.clone());
        }
    }
    dense
}

impl Store {
    /// Groups the examples of each run. `dense` has by seed the run whose losses say which examples are
    /// difficult.
    ///
    /// Returns an error if the examples of a run cannot be read.
    pub(crate) fn group_examples<'a>(
        &self,
        runs: &[&'a RunSpec],
        headlines: &Headlines,
        dense: &BTreeMap<u64, String>,
    ) -> Result<HashMap<&'a str, Vec<ExampleGroup>>, Error> {
        let last = |run: &RunSpec| headlines.get(&run.id);
        let seeds: HashSet<u64> = runs.iter().map(|run| run.seed).collect();
        let difficulty = |seed: u64| {
            let losses = self.examples(dense.get(&seed)?);
            let losses =
                losses.map(|examples| examples.iter().map(|example| example.loss).collect());
            Some(losses.map(|losses| (seed, Difficulty::of(losses))))
        };
        let difficulties = seeds.into_par_iter().filter_map(difficulty);
        let difficulties = difficulties.collect::<Result<HashMap<_, _>, Error>>()?;
        let of_run = |run: &&'a RunSpec| {
            let groups = match last(run) {
                Some(last) => self.groups(run, last, difficulties.get(&run.seed))?,
                None => Vec::new(),
            };
            Ok((run.id.as_str(), groups))
        };
        runs.par_iter().map(of_run).collect()
    }

    /// Groups the examples of a run, whose headline is `last`.
    fn groups(
        &self,
        run: &RunSpec,
        last: &Evaluation,
        difficulty: Option<&Difficulty>,
    ) -> Result<Vec<ExampleGroup>, Error> {
        let dense_flops = last.unit_flops / last.unit_flops_share;
        if !dense_flops.is_finite() {
            return Ok(Vec::new());
        }
        let examples: Vec<Example> = self
            .examples(&run.id)?
            .iter()
            .map(|one| Example {
                class: one.label,
                is_right: one.predicted == one.label,
                unit_flops_share: one.unit_flops / dense_flops,
            })
            .collect();
        Ok(groups(&examples, difficulty))
    }
}
