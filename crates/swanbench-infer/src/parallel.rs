//! Several threads that share the images of a batch.

use std::{num::NonZeroUsize, thread};

use crate::{Engine, Network, Output, engine::count};

/// An engine for each thread. For every batch threads are started, which takes memory and some ten
/// microseconds: a single image is computed by one thread, as fast as an [`Engine`] does.
#[derive(Debug)]
pub struct ParallelEngine<'a> {
    engines: Vec<Engine<'a>>,
    logits: Vec<f32>,
    flops: Vec<f64>,
}

impl<'a> ParallelEngine<'a> {
    /// Takes the memory for batches of up to `most` images on so many threads.
    pub fn new(network: &'a Network, most: usize, threads: NonZeroUsize) -> Self {
        let most = most.max(1);
        let threads = threads.get().min(most);
        let share = most.div_ceil(threads);
        let classes = network.description().classes;
        Self {
            engines: (0..threads).map(|_| Engine::new(network, share)).collect(),
            logits: vec![0.0; most * classes],
            flops: vec![0.0; most],
        }
    }

    /// Computes the logits of images, as [`Engine::run`] does.
    ///
    /// # Panics
    /// As [`Engine::run`].
    pub fn run(&mut self, images: &[f32]) -> Output<'_> {
        let size = self.engines[0].image_len();
        let most = self.flops.len();
        let (count, classes) = (count(images, size, most), self.logits.len() / most);
        let share = count.div_ceil(self.engines.len());
        let (logits, flops) = (&mut self.logits[..count * classes], &mut self.flops[..count]);
        let results = logits.chunks_mut(share * classes).zip(flops.chunks_mut(share));
        let mut parts = self.engines.iter_mut().zip(images.chunks(share * size)).zip(results);
        let compute = |((engine, images), (logits, flops)): Part<'_, 'a>| {
            let output = engine.run(images);
            logits.copy_from_slice(output.logits);
            flops.copy_from_slice(output.flops);
        };
        let own = parts.next().expect("there are images");
        thread::scope(|scope| {
            for part in parts {
                scope.spawn(move || compute(part));
            }
            compute(own);
        });
        Output { logits: &self.logits[..count * classes], flops: &self.flops[..count] }
    }
}

/// An engine, its images, and where their logits and FLOPs belong.
type Part<'p, 'a> = ((&'p mut Engine<'a>, &'p [f32]), (&'p mut [f32], &'p mut [f64]));
