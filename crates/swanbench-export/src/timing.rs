//! How long exported networks take, beside the dense network of the same model.

use std::num::NonZeroUsize;

use swanbench_core::{ModelMap, Parameters, SeedStream};
use swanbench_data::Dataset;
use swanbench_infer::{Engine, Network};
use swanbench_spec::{self as spec, ImageGroup, Latency};
use tch::{Device, Reduction, Tensor};

use crate::{
    ExportError, compute,
    contest::{Contestant, Images, Row, compete},
    export_dense,
    libtorch::Libtorch,
};

/// Images that take part, over and over.
const IMAGES: usize = 256;
/// The name of the dense network with all units, to which speeds refer.
const WHOLE: &str = "whole network";

/// The dense network is timed in libtorch and in our engine.
const DENSE_ROWS: usize = 2;
/// The easiest and the hardest tenth of the images are timed at one number of images.
const TENTHS: usize = 2;

/// What networks are timed with.
pub struct Timings<'a> {
    /// Whose test images are computed; on the CPU.
    pub data: &'a Dataset,
    /// The dense model.
    pub reference: &'a ModelMap,
    /// Numbers of images and threads, and for how long.
    pub settings: &'a Latency,
    /// Where libtorch computes.
    pub device: Device,
}

/// A network that is timed.
pub struct Entrant<'a> {
    /// Its name in the rows.
    pub name: &'a str,
    /// The network.
    pub network: &'a Network,
    /// What computes it: libtorch only networks without gates, on any device, and our engine any
    /// network, on the CPU.
    pub engine: spec::Engine,
}

/// What was timed in turns: one number of images of one group.
pub struct Round {
    /// The dense network: in libtorch, and on the CPU in our engine too.
    pub dense: Vec<Row>,
    /// The others, in the order in which they were given.
    pub networks: Vec<Row>,
}

impl Timings<'_> {
    /// Times networks in turns with the dense network. If one of the networks is dense, the images
    /// that are easiest and hardest for it are timed apart too, at the smallest number of images.
    ///
    /// Returns [`ExportError::Decided`] if libtorch shall compute gates, or an error of libtorch.
    pub fn measure(&self, entrants: &[Entrant<'_>]) -> Result<Vec<Round>, ExportError> {
        let Self { data, reference, settings, device } = self;
        // The time of a dense network does not depend on its weights.
        let mut init = SeedStream::Init.generator(0, *device)?;
        let parameters = Parameters::initialise(reference, &mut init, *device)?;
        let dense = match device {
            Device::Cpu => Some(export_dense(reference, &parameters, data)?),
            _ => None,
        };
        let model = |entrant: &Entrant<'_>| match entrant.engine {
            spec::Engine::Libtorch => Libtorch::of(entrant.network, *device).map(Some),
            spec::Engine::SwanbenchInfer => Ok(None),
        };
        let models = entrants.iter().map(model).collect::<Result<Vec<_>, _>>()?;
        let groups = groups(data, entrants.iter().find_map(|one| self.losses(one.network)));
        let least = settings.batch.iter().min();
        let threads = NonZeroUsize::new(settings.threads as usize).unwrap_or(NonZeroUsize::MIN);
        let own_threads = tch::get_num_threads();
        tch::set_num_threads(threads.get() as i32);
        let mut rounds = Vec::new();
        for batch in &settings.batch {
            let size = *batch as usize;
            let count = if Some(batch) == least { groups.len() } else { 1 };
            let images: Vec<Images> = groups[..count]
                .iter()
                .map(|(group, places)| Images::of(data, (*group, places), size, IMAGES, *device))
                .collect();
            let engine = |name, network| Contestant::engine(name, network, size, threads);
            let mut all = vec![Contestant::libtorch(WHOLE, reference, &parameters)];
            all.extend(dense.iter().map(|dense| engine(WHOLE, dense)));
            let dense_rows = all.len();
            all.extend(entrants.iter().zip(&models).map(|(entrant, model)| match model {
                Some(Libtorch { map, parameters }) => {
                    Contestant::libtorch(entrant.name, map, parameters)
                }
                None => engine(entrant.name, entrant.network),
            }));
            for mut dense in compete(all, &images, settings.threads, settings.seconds) {
                let networks = dense.split_off(dense_rows);
                rounds.push(Round { dense, networks });
            }
        }
        tch::set_num_threads(own_threads);
        Ok(rounds)
    }

    /// Returns about how many seconds it takes to time so many networks.
    pub fn seconds(&self, networks: usize) -> f64 {
        let Latency { batch, seconds, .. } = self.settings;
        let rounds = batch.len() + TENTHS;
        seconds * (rounds * (networks + DENSE_ROWS)) as f64
    }

    /// Returns the losses of the test examples. `None` if the network is not dense.
    fn losses(&self, network: &Network) -> Option<Vec<f64>> {
        let (description, test) = (network.description(), &self.data.test);
        let size = description.input.iter().product();
        let flops = Engine::new(network, 1).run(&vec![0.0; size]).flops[0];
        if !description.gates.is_empty() || flops != self.reference.flops() as f64 {
            return None;
        }
        let logits = compute(network, self.data, test).logits;
        let losses =
            logits.cross_entropy_loss(&test.labels, None::<Tensor>, Reduction::None, -100, 0.0);
        Some(Vec::try_from(losses.to_kind(tch::Kind::Double)).expect("a number for each example"))
    }
}

/// Returns the places of all test images and, if their losses are known, of the easiest and the
/// hardest tenth.
fn groups(data: &Dataset, losses: Option<Vec<f64>>) -> Vec<(ImageGroup, Vec<i64>)> {
    let mut groups = vec![(ImageGroup::All, (0..data.test.len()).collect())];
    if let Some(losses) = losses {
        let mut order: Vec<i64> = (0..losses.len() as i64).collect();
        order.sort_by(|&one, &other| losses[one as usize].total_cmp(&losses[other as usize]));
        let tenth = (order.len() / 10).max(1);
        groups.push((ImageGroup::EasiestTenth, order[..tenth].to_vec()));
        groups.push((ImageGroup::HardestTenth, order[order.len() - tenth..].to_vec()));
    }
    groups
}
