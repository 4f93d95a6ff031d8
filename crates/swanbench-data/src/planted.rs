//! A generated dataset with a known truth, to calibrate methods with.
//!
//! An input of class k out of K is a signal of length 1 plus noise in all D = side x side inputs,
//! `x = s + noise * e`, e nearly standard normal. Every class owns m directions b(k, 0..m) out of
//! K m orthonormal ones:
//!
//! - **easy**: `s = b(k, 0)`. One unit tells the class: a linear classifier suffices.
//! - **hard**: `s = (c1 b(k, 1) + ... + c(m-1) b(k, m-1)) / sqrt(m - 1)`, each sign c independently
//!   +1 or -1. Their mean is zero, so no linear classifier can tell the class; it takes a pair of
//!   rectified units for each direction, 2 (m - 1) for a class, of which m - 1 open for an example.
//!
//! So the smallest network has K (2 m - 1) units in its first layer, of which an easy example opens
//! 1 and a hard one m - 1: a method that adapts to the input must find that from a dense network,
//! and must open more units for hard examples.
//!
//! Example i has class i mod K; of each class, `hard_share` of the examples are hard, spread
//! evenly. Random numbers come from `SplitMix64`, normal ones as sums of uniform ones, so equal
//! settings give equal bits on every machine.

mod basis;

use rand_xoshiro::SplitMix64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_spec::{ComponentConfig, ComponentInfo, SettingsType};

use self::basis::{add, orthonormal};
use crate::{
    DataDirs, DataError, DatasetDef, Pixels, RawDataset, RawSplit,
    random::{generator, nearly_normal, uniform},
};

/// A generated dataset with a known truth.
#[derive(Debug)]
pub(crate) struct PlantedDataset;

const NAME: &str = "planted";

/// Counts changes of the formula. The settings, which the content depends on, are in a run's id.
const REVISION: &str = "1";

/// The settings of the planted dataset; the formula is in the documentation of the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Planted {
    /// Classes, K.
    #[schemars(range(min = 2, max = 100))]
    pub classes: u8,
    /// Pixels along one edge of the grey image; its square is the number of inputs, D.
    #[schemars(range(min = 2, max = 64))]
    pub side: u8,
    /// Directions of a class, m: one for easy examples, the others for hard ones.
    #[schemars(range(min = 2, max = 64))]
    pub directions: u8,
    /// Share of hard examples in each class.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub hard_share: f64,
    /// Standard deviation of the noise in each input; the signal has length 1.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub noise: f64,
    /// Examples to train and validate on.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub train: u32,
    /// Examples to test on.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub test: u32,
    /// Seed of the data, apart from the seed of a run.
    #[schemars(range(max = 9_007_199_254_740_991_u64))]
    pub seed: u64,
}

impl Default for Planted {
    fn default() -> Self {
        Self {
            classes: 10,
            side: 8,
            directions: 4,
            hard_share: 0.25,
            noise: 0.1,
            train: 8_000,
            test: 2_000,
            seed: 0,
        }
    }
}

impl Planted {
    /// Returns whether example `index`, of train or of test, is a hard one.
    pub fn is_hard(&self, index: usize) -> bool {
        let turn = (index / usize::from(self.classes)) as f64;
        (turn * self.hard_share).floor() < ((turn + 1.0) * self.hard_share).floor()
    }

    /// Returns the directions b(k, j) at `[k][j]`, each of D inputs, before normalisation.
    ///
    /// Returns an error if there are more than D directions.
    pub fn directions(&self) -> Result<Vec<Vec<Vec<f64>>>, DataError> {
        let (classes, directions) = (usize::from(self.classes), usize::from(self.directions));
        let side = usize::from(self.side);
        if classes * directions > side * side {
            return Err(DataError::TooManyDirections { classes, directions, side });
        }
        let mut stream = generator(self.seed, Purpose::Directions as u64, 0);
        let mut basis = orthonormal(classes * directions, side * side, &mut stream).into_iter();
        Ok((0..classes).map(|_| basis.by_ref().take(directions).collect()).collect())
    }

    fn split(&self, directions: &[Vec<Vec<f64>>], purpose: Purpose, count: u32) -> RawSplit {
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for index in 0..count as usize {
            let class = index % directions.len();
            let mut stream = generator(self.seed, purpose as u64, index as u64);
            let mut example = self.signal(&directions[class], self.is_hard(index), &mut stream);
            for input in &mut example {
                *input += self.noise * nearly_normal(&mut stream);
            }
            images.extend(example.into_iter().map(|input| input as f32));
            labels.push(class as u8);
        }
        RawSplit { images: Pixels::Floats(images), labels }
    }

    fn signal(&self, directions: &[Vec<f64>], hard: bool, stream: &mut SplitMix64) -> Vec<f64> {
        if !hard {
            return directions[0].clone();
        }
        let length = f64::from(self.directions - 1).sqrt();
        let mut signal = vec![0.0; directions[0].len()];
        for direction in &directions[1..] {
            let weight = if uniform(stream) < 0.5 { -1.0 } else { 1.0 } / length;
            add(&mut signal, weight, direction);
        }
        signal
    }
}

/// Purpose of a stream of random numbers.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Directions,
    Train,
    Test,
}

impl DatasetDef for PlantedDataset {
    fn info(&self) -> ComponentInfo {
        ComponentInfo {
            name: NAME,
            summary: "generated: each class uses few input directions, a share of examples is hard",
            source: "this program; its formula stands in crates/swanbench-data/src/planted.rs",
            revision: REVISION.to_owned(),
            takes_target: false,
            settings: SettingsType::of::<Planted>(),
        }
    }

    fn load(&self, config: &ComponentConfig, _dirs: &DataDirs) -> Result<RawDataset, DataError> {
        let settings: Planted =
            config.typed().map_err(|source| DataError::Settings { dataset: NAME, source })?;
        let directions = settings.directions()?;
        let train = settings.split(&directions, Purpose::Train, settings.train);
        let test = settings.split(&directions, Purpose::Test, settings.test);
        let side = usize::from(settings.side);
        let classes = usize::from(settings.classes);
        Ok(RawDataset::new(NAME, REVISION.to_owned(), [1, side, side], classes, train, test))
    }
}
