//! Computes an image with a network that `swanbench export` wrote.

use swanbench_infer::{Engine, Network};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Network::open("swan.safetensors".as_ref())?;
    let size: usize = network.description().input.iter().product();
    // Channel by channel, row by row, between 0 and 1.
    let image = vec![0.5; size];
    let mut engine = Engine::new(&network, 1);
    let output = engine.run(&image);
    println!("logits {:?}, {} FLOPs", output.logits, output.flops[0]);
    println!("open units by gate: {:?}", engine.open_units(0).collect::<Vec<_>>());
    Ok(())
}
