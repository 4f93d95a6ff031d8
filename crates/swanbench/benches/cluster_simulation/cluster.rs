//! A cluster whose cards take jobs from one queue.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

/// From the scheduler's decision to the first step, in seconds: the program, its data, the card.
const START: f64 = 15.0;
/// How many jobs a scheduler starts in a second.
const STARTS_PER_SECOND: f64 = 20.0;
/// Of so many cards, one is three times slower than the others,
const SLOW_ONE_IN: usize = 100;
const SLOWNESS: f64 = 3.0;
/// and of so many, one is lost in the first hour.
const LOST_ONE_IN: usize = 200;
/// Until the job of a lost card starts again, in seconds: Slurm's `SlurmdTimeout`.
const REQUEUE: f64 = 300.0;
/// Between two checkpoints, in seconds.
const CHECKPOINT: f64 = 60.0;

/// Operations on the shared folder, as `strace` counts them in a job on two cores: for each job, for
/// each run, for each checkpoint, for the touch of a lease, and for a look at the folder, in which a
/// reply of the server holds a thousand names.
const OF_JOB: f64 = 40.0;
const OF_RUN: f64 = 31.0;
const OF_CHECKPOINT: f64 = 5.0;
const OF_TOUCH: f64 = 3.0;
const NAMES_IN_A_REPLY: f64 = 1000.0;
/// Between two touches of a lease, in seconds.
const TOUCH: f64 = 20.0;

/// A run with its time and what was expected, in seconds.
pub struct Run {
    pub seconds: f64,
    pub estimate: f64,
}

pub struct Policy {
    pub cards: usize,
    /// Whether a job takes runs of others that nobody has begun, once it has begun all of its own.
    pub takes_more: bool,
}

pub struct Outcome {
    /// From the first start to the last end.
    pub seconds: f64,
    /// The same if all cards were busy until the end.
    pub ideal: f64,
    /// The share of the time that cards train, until the last end.
    pub busy: f64,
    /// Jobs.
    pub started: usize,
    /// On the shared folder.
    pub operations: f64,
    /// The most in a second, as the mean over a minute.
    pub peak: f64,
}

#[derive(Default)]
struct Card {
    slowness: f64,
    lost_at: Option<f64>,
    runs: VecDeque<usize>,
    /// The run that it trains, with when that began.
    current: Option<(usize, f64)>,
    has_job: bool,
}

/// How far a run is.
#[derive(Clone, Copy, PartialEq)]
enum State {
    NotBegun,
    InProgress,
    Done,
}

/// What all cards share.
struct Cluster {
    /// Seconds that each run still takes, and how far it is.
    runs: Vec<(f64, State)>,
    waiting: VecDeque<VecDeque<usize>>,
    /// Jobs of lost cards, with when they start again.
    requeued: VecDeque<(f64, VecDeque<usize>)>,
    /// Operations on the shared folder by minute.
    operations: Vec<f64>,
    next_start: f64,
    started: usize,
    in_progress: usize,
    trained: f64,
}

/// Trains all runs, in these jobs.
pub fn simulate(runs: &[Run], jobs: Vec<Vec<usize>>, policy: &Policy) -> Outcome {
    let mut cards: Vec<Card> = (0..policy.cards)
        .map(|card| Card {
            slowness: if card % SLOW_ONE_IN == 7 { SLOWNESS } else { 1.0 },
            lost_at: (card % LOST_ONE_IN == 42).then(|| 3600.0 * card as f64 / policy.cards as f64),
            ..Card::default()
        })
        .collect();
    let mut cluster = Cluster {
        runs: runs.iter().map(|run| (run.seconds, State::NotBegun)).collect(),
        waiting: jobs.into_iter().map(VecDeque::from).collect(),
        requeued: VecDeque::new(),
        operations: Vec::new(),
        next_start: 0.0,
        started: 0,
        in_progress: 0,
        trained: 0.0,
    };
    // When a card has something to decide, in milliseconds, the earliest first.
    let mut events: BinaryHeap<Reverse<(u64, usize)>> =
        (0..policy.cards).map(|card| Reverse((0, card))).collect();
    let mut last = 0.0_f64;
    while let Some(Reverse((time, number))) = events.pop() {
        let now = time as f64 / 1e3;
        let card = &mut cards[number];
        let is_lost = card.lost_at.is_some_and(|lost| lost <= now);
        if cluster.end_run(card, now, is_lost) {
            last = last.max(now);
        }
        if is_lost {
            let runs = std::mem::take(&mut card.runs);
            cluster.requeued.push_back((now + REQUEUE, runs));
            continue;
        }
        if let Some(next) = cluster.decide(card, now, policy) {
            events.push(Reverse(((next * 1e3).ceil() as u64, number)));
        }
    }
    assert!(cluster.runs.iter().all(|(_, state)| *state == State::Done), "a run was not trained");
    let speed: f64 = cards.iter().map(|card| 1.0 / card.slowness).sum();
    Outcome {
        seconds: last,
        ideal: runs.iter().map(|run| run.seconds).sum::<f64>() / speed,
        busy: cluster.trained / (last * policy.cards as f64),
        started: cluster.started,
        operations: cluster.operations.iter().sum(),
        peak: cluster.operations.iter().fold(0.0_f64, |most, one| most.max(*one)) / 60.0,
    }
}

impl Cluster {
    /// Ends what a card has trained until now; a lost one has done so up to its last checkpoint.
    /// Returns whether a run was trained to its end.
    fn end_run(&mut self, card: &mut Card, now: f64, is_lost: bool) -> bool {
        let Some((run, begun)) = card.current.take() else { return false };
        self.in_progress -= 1;
        self.trained += now - begun;
        let trained = now - begun;
        for minute in 1..=(trained / CHECKPOINT) as usize {
            self.count(begun + minute as f64 * CHECKPOINT, OF_CHECKPOINT);
        }
        for touch in 1..=(trained / TOUCH) as usize {
            self.count(begun + touch as f64 * TOUCH, OF_TOUCH);
        }
        if !is_lost {
            self.runs[run].1 = State::Done;
            self.count(now, OF_RUN);
            return true;
        }
        self.runs[run].0 -= (trained / CHECKPOINT).floor() * CHECKPOINT / card.slowness;
        self.runs[run].1 = State::NotBegun;
        card.runs.push_front(run);
        false
    }

    /// Lets a card begin its next run, or start its next job, and returns when it has to decide
    /// again. `None` if there is nothing left for it.
    fn decide(&mut self, card: &mut Card, now: f64, policy: &Policy) -> Option<f64> {
        loop {
            while let Some(run) = card.runs.pop_front() {
                let (rest, state) = self.runs[run];
                if state != State::NotBegun {
                    continue;
                }
                self.runs[run].1 = State::InProgress;
                let end = now + rest * card.slowness;
                card.current = Some((run, now));
                self.in_progress += 1;
                return Some(card.lost_at.map_or(end, |lost| end.min(lost.max(now))));
            }
            if card.has_job && policy.takes_more {
                card.runs = self.not_begun(now);
                if !card.runs.is_empty() {
                    continue;
                }
            }
            card.has_job = false;
            let requeued = self.requeued.front().map(|(ready, _)| *ready);
            card.runs = match requeued {
                Some(ready) if ready <= now => self.requeued.pop_front().map(|(_, runs)| runs)?,
                Some(ready) if self.waiting.is_empty() => return Some(ready),
                _ => self.waiting.pop_front()?,
            };
            card.has_job = true;
            self.started += 1;
            self.count(now, OF_JOB);
            let start = self.next_start.max(now);
            self.next_start = start + 1.0 / STARTS_PER_SECOND;
            return Some(start + START);
        }
    }

    /// Takes some runs that nobody has begun: half of a card's share.
    fn not_begun(&mut self, now: f64) -> VecDeque<usize> {
        self.count(now, self.runs.len() as f64 / NAMES_IN_A_REPLY);
        let is_left = |run: &usize| self.runs[*run].1 == State::NotBegun;
        let left: Vec<usize> = (0..self.runs.len()).filter(is_left).collect();
        let count = left.len().div_ceil(2 * self.in_progress.max(1));
        let first = self.started.wrapping_mul(1_000_003) % left.len().max(1);
        left.iter().cycle().skip(first).take(count).copied().collect()
    }

    fn count(&mut self, time: f64, operations: f64) {
        let minute = (time / 60.0) as usize;
        if self.operations.len() <= minute {
            self.operations.resize(minute + 1, 0.0);
        }
        self.operations[minute] += operations;
    }
}
