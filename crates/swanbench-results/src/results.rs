//! What a report is made from.

use swanbench_spec::{Claim, Question};

use crate::{
    Error, ExperimentMetadata,
    cells::{cells, headline},
    gathered_files::{ABOUT_FILE, ADAPTIVITY_FILE, GatheredFiles, LATENCY_FILE},
    headline::last_task,
    latency::LatencyRow,
    rows::{EpochRow, GroupRow, RunRef, RunRow, SiteRow},
    store::{EPOCHS_FILE, RUNS_FILE, SITES_FILE},
};

/// The results of an experiment, runs in its order. Epochs, sites and groups of examples are those
/// of runs that a report shows in detail: without a target, at the middle one, and of labels that
/// claims on single examples are about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// What the experiment is about.
    pub about: ExperimentMetadata,
    /// The evaluations of the runs that are done, and the runs that failed.
    pub runs: Vec<RunRow>,
    /// Epochs.
    pub epochs: Vec<EpochRow>,
    /// Sites after every stage.
    pub sites: Vec<SiteRow>,
    /// What single examples cost and how many are classified right, by class and by difficulty; and, in
    /// runs in which they do not all cost the same, quantiles of the cost.
    pub adaptivity: Vec<GroupRow>,
    /// How long exported networks take, in experiments that time them.
    pub latency: Vec<LatencyRow>,
}

/// Which runs a report shows in detail.
struct Detail<'a> {
    target: Option<f64>,
    labels: Vec<&'a str>,
}

impl<'a> Detail<'a> {
    fn of(claims: &'a [Claim], runs: &[RunRow]) -> Self {
        let label = |claim: &'a Claim| match &claim.question {
            Question::Correlate { label, .. } => Some(label.as_str()),
            Question::Compare { .. } => None,
        };
        let targets = headline(&cells(runs), last_task(runs)).into_iter();
        Self {
            target: middle_target(targets.filter_map(|cell| cell.target)),
            labels: claims.iter().filter_map(label).collect(),
        }
    }

    fn has(&self, run: &RunRef) -> bool {
        run.target_activity.is_none()
            || run.target_activity == self.target
            || self.labels.contains(&run.label.as_str())
    }
}

/// Returns the middle one of these targets, each counted once: the lower of two if their number is
/// even. It is the one whose runs a report shows in detail.
pub fn middle_target(targets: impl Iterator<Item = f64>) -> Option<f64> {
    let mut targets: Vec<f64> = targets.collect();
    targets.sort_by(|one, other| other.total_cmp(one));
    targets.dedup();
    targets.get(targets.len() / 2).copied()
}

impl Results {
    pub(crate) fn from_files(files: &GatheredFiles) -> Result<Self, Error> {
        let about = serde_json::from_slice(files.content(ABOUT_FILE));
        let about: ExperimentMetadata =
            about.map_err(|source| Error::Json { path: files.path(ABOUT_FILE), source })?;
        let runs = files.rows(RUNS_FILE)?;
        let detail = Detail::of(&about.claims, &runs);
        let (epochs, (sites, adaptivity)) = rayon::join(
            || files.rows_where(EPOCHS_FILE, |row: &EpochRow| detail.has(&row.run)),
            || {
                rayon::join(
                    || files.rows_where(SITES_FILE, |row: &SiteRow| detail.has(&row.run)),
                    || files.rows_where(ADAPTIVITY_FILE, |row: &GroupRow| detail.has(&row.run)),
                )
            },
        );
        let (epochs, sites, adaptivity) = (epochs?, sites?, adaptivity?);
        let latency = files.rows(LATENCY_FILE)?;
        Ok(Self { about, runs, epochs, sites, adaptivity, latency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_two_is_the_lower_one() {
        let middle = |targets: &[f64]| middle_target(targets.iter().copied());
        assert_eq!(middle(&[]), None);
        assert_eq!(middle(&[0.5, 0.25, 0.1, 0.25, 0.05]), Some(0.1));
        assert_eq!(middle(&[0.5, 0.1, 0.25]), Some(0.25));
    }
}
