//! Threads share a batch and change nothing.

#[path = "support/small_network.rs"]
mod support;

use std::num::NonZeroUsize;

use swanbench_infer::{Engine, Network, ParallelEngine};

#[test]
fn threads_compute_what_one_engine_does() {
    let network = Network::from_bytes(&support::sound()).unwrap();
    let images = support::numbers(7 * 16);
    let mut one = Engine::new(&network, 7);
    for threads in [1, 2, 3, 16] {
        let mut all = ParallelEngine::new(&network, 7, NonZeroUsize::new(threads).unwrap());
        for count in [7, 1, 4] {
            let images = &images[..count * 16];
            let (expected, found) = (one.run(images), all.run(images));
            assert_eq!((expected.logits, expected.flops), (found.logits, found.flops));
        }
    }
}
