//! An exported network: it is computed, or an error names what is wrong, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swanbench_infer::{Engine, Network};

/// The numbers that an engine may keep: more cost time, and teach nothing.
const MOST: usize = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    let Ok(network) = Network::from_bytes(bytes) else { return };
    if network.numbers() > MOST {
        return;
    }
    let size: usize = network.description().input.iter().product();
    let mut engine = Engine::new(&network, 2);
    let output = engine.run(&vec![0.5; 2 * size]);
    assert_eq!(output.logits.len(), 2 * network.description().classes);
});
