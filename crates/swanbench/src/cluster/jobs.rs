//! Which runs share a job.

/// What a job should take, in seconds: long against its start, short against the wait for a free node.
const HALF_AN_HOUR: f64 = 1800.0;

/// Runs that are trained by one process.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Job {
    /// Their places in the experiment.
    pub runs: Vec<usize>,
    /// What they should take together, one after the other.
    pub seconds: f64,
}

/// Puts runs, given as their places with the seconds that each should take, into jobs: the longest
/// first, so that no long one starts last. A job gets `per_job` of them, or as many as take half an
/// hour.
pub fn jobs(mut runs: Vec<(usize, f64)>, per_job: Option<usize>) -> Vec<Job> {
    // Equal ones in their order.
    runs.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut jobs: Vec<Job> = Vec::new();
    for (run, seconds) in runs {
        let has_room = |job: &&mut Job| match per_job {
            Some(most) => job.runs.len() < most,
            None => job.seconds + seconds <= HALF_AN_HOUR,
        };
        match jobs.last_mut().filter(has_room) {
            Some(job) => {
                job.runs.push(run);
                job.seconds += seconds;
            }
            None => jobs.push(Job { runs: vec![run], seconds }),
        }
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_come_first_and_short_ones_share_jobs() {
        let runs = || vec![(0, 100.0), (1, 5000.0), (2, 900.0), (3, 1000.0), (4, 100.0)];
        let packed = |per_job| -> Vec<Vec<usize>> {
            jobs(runs(), per_job).into_iter().map(|job| job.runs).collect()
        };
        assert_eq!(packed(None), [vec![1], vec![3], vec![2, 0, 4]]);
        assert_eq!(packed(Some(2)), [vec![1, 3], vec![2, 0], vec![4]]);
        assert_eq!(jobs(runs(), None)[2].seconds, 1100.0);
        assert!(jobs(Vec::new(), None).is_empty());
    }
}
