//! Draws in the terminal which units were open.

use std::io::{self, Write};

use swanbench_infer::{Engine, Network, Operation};

/// Units in a line.
const WIDTH: usize = 64;

/// Draws the gates of the image that was computed last, each with the name of its layer.
pub fn explain(network: &Network, engine: &Engine<'_>, out: &mut impl Write) -> io::Result<()> {
    for (gate, units) in engine.units().enumerate() {
        let open = engine.open_units_of(gate, 0);
        writeln!(out, "  {}: {} of {units}", layer_of(network, gate), open.len())?;
        let mut marks = vec!['·'; units];
        for &unit in open {
            marks[unit as usize] = '█';
        }
        for line in marks.chunks(WIDTH) {
            writeln!(out, "    {}", line.iter().collect::<String>())?;
        }
    }
    Ok(())
}

/// Returns the name of the layer whose outputs a gate switches.
fn layer_of(network: &Network, gate: usize) -> &str {
    let weight = network.description().operations.iter().find_map(|operation| match operation {
        Operation::Linear { weight, gate: Some(own), .. }
        | Operation::Convolution { weight, gate: Some(own), .. }
            if *own == gate =>
        {
            Some(weight.as_str())
        }
        _ => None,
    });
    weight.map_or("gate", |weight| weight.trim_end_matches(".weight"))
}
