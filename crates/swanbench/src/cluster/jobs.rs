//! Which runs share a job.

use std::ops::RangeInclusive;

/// What a job should take, in seconds: long against its start, short against the wait for a free node.
const JOB_SECONDS: RangeInclusive<f64> = 300.0..=1800.0;
/// Within these bounds there are so many jobs: as many as most clusters let one user run at a time.
const JOBS: f64 = 1000.0;

/// Runs that are trained by one process.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Job {
    /// Their places in the experiment.
    pub runs: Vec<usize>,
    /// What they should take together, one after the other.
    pub seconds: f64,
}

/// Puts runs, given as their places with the seconds that each should take, into jobs: the longest
/// first, so that no long one starts last. A job gets `per_job` of them, or as many as take 5 to 30
/// minutes: fewer minutes where there would be too few jobs for a large cluster.
pub fn jobs(mut runs: Vec<(usize, f64)>, per_job: Option<usize>) -> Vec<Job> {
    let all: f64 = runs.iter().map(|(_, seconds)| seconds).sum();
    let room = (all / JOBS).clamp(*JOB_SECONDS.start(), *JOB_SECONDS.end());
    // Equal ones in their order.
    runs.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut jobs: Vec<Job> = Vec::new();
    for (run, seconds) in runs {
        let has_room = |job: &&mut Job| match per_job {
            Some(most) => job.runs.len() < most,
            None => job.seconds + seconds <= room,
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
        let runs = || vec![(0, 90.0), (1, 5000.0), (2, 150.0), (3, 200.0), (4, 40.0)];
        let packed = |per_job| -> Vec<Vec<usize>> {
            jobs(runs(), per_job).into_iter().map(|job| job.runs).collect()
        };
        assert_eq!(packed(None), [vec![1], vec![3], vec![2, 0, 4]]);
        assert_eq!(packed(Some(2)), [vec![1, 3], vec![2, 0], vec![4]]);
        assert_eq!(jobs(runs(), None)[2].seconds, 280.0);
        assert!(jobs(Vec::new(), None).is_empty());
    }

    #[test]
    fn large_sweeps_have_a_thousand_jobs_or_jobs_of_half_an_hour() {
        let longest = |count, seconds| {
            let packed = jobs((0..count).map(|run| (run, seconds)).collect(), None);
            (packed.len(), packed[0].seconds)
        };
        assert_eq!(longest(100_000, 10.0), (1000, 1000.0));
        assert_eq!(longest(100_000, 60.0), (3334, 1800.0));
        assert_eq!(longest(100, 60.0), (20, 300.0));
    }
}
