//! How long exported networks take, beside the dense network of the same model.

use std::num::NonZeroUsize;

use swanbench_core::{ModelMap, Parameters, SeedStream};
use swanbench_data::Dataset;
use swanbench_infer::{Engine, Network};
use swanbench_spec::{ImageGroup, Latency};
use tch::{Device, Reduction, Tensor};

use crate::{
    ExportError, compute,
    contest::{Contestant, Images, Row, compete},
    export_dense,
};

/// Images that take part, over and over.
const IMAGES: usize = 256;
/// The name of the dense network with all units, to which speeds refer.
const WHOLE: &str = "whole network";
/// The rows of the dense network, which come first in every group: in libtorch and in our engine.
pub const DENSE_ROWS: usize = 2;

/// What networks are timed with.
pub struct Timings<'a> {
    /// Whose test images are computed.
    pub data: &'a Dataset,
    /// The dense model.
    pub reference: &'a ModelMap,
    /// Numbers of images and threads, and for how long.
    pub settings: &'a Latency,
}

impl Timings<'_> {
    /// Times networks in turns with the dense network, in libtorch and in our engine: these are the
    /// first [`DENSE_ROWS`] of each group and number of images. If one of the networks is dense, the images that are
    /// easiest and hardest for it are timed apart too, at the smallest number of images.
    ///
    /// Returns an error if libtorch fails.
    pub fn measure(&self, networks: &[(&str, &Network)]) -> Result<Vec<Row>, ExportError> {
        let Self { data, reference, settings } = self;
        // The time of a dense network does not depend on its weights.
        let mut init = SeedStream::Init.generator(0, Device::Cpu)?;
        let parameters = Parameters::initialise(reference, &mut init, Device::Cpu)?;
        let dense = export_dense(reference, &parameters, data)?;
        let groups = groups(data, networks.iter().find_map(|(_, network)| self.losses(network)));
        let least = settings.batch.iter().min();
        let threads = NonZeroUsize::new(settings.threads as usize).unwrap_or(NonZeroUsize::MIN);
        let own_threads = tch::get_num_threads();
        tch::set_num_threads(threads.get() as i32);
        let mut rows = Vec::new();
        for batch in &settings.batch {
            let size = *batch as usize;
            let count = if Some(batch) == least { groups.len() } else { 1 };
            let images: Vec<Images> = groups[..count]
                .iter()
                .map(|(group, places)| Images::of(data, (*group, places), size, IMAGES))
                .collect();
            let mut all = vec![
                Contestant::libtorch(WHOLE, reference, &parameters),
                Contestant::engine(WHOLE, &dense, size, threads),
            ];
            for (name, network) in networks {
                all.push(Contestant::engine(name, network, size, threads));
            }
            rows.extend(compete(all, &images, settings.threads, settings.seconds));
        }
        tch::set_num_threads(own_threads);
        Ok(rows)
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
