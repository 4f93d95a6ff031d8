//! The picture of the guide in `crates/README.md`, which shows how to add one.

#[path = "../../tests/guide/training_cost.rs"]
mod training_cost;

use swanbench_results::Results;

use super::{captions, picture_def, styles};
use crate::{
    data::report_data::samples::{cell, evidence},
    draw::{png, svg},
};

#[test]
fn the_guide_shows_its_picture_as_it_is() {
    let guide = include_str!("../../../README.md");
    let code = include_str!("../../tests/guide/training_cost.rs");
    assert!(guide.contains(&format!("```rust\n{code}```\n")));
}

#[test]
fn the_guide_s_picture_names_every_label() {
    let cells = vec![
        cell("whole", None, 1.0, 0.95),
        cell("thin", Some(0.5), 0.5, 0.94),
        cell("thin", Some(0.1), 0.1, 0.91),
    ];
    let (data, results) = (evidence(cells), Results::default());
    let scene = (training_cost::PICTURE.draw)(&data, &results).unwrap();
    let document = svg(&scene).unwrap();
    assert!(
        ["whole", "thin"].iter().all(|name| document.contains(&format!("\n{name}\n"))),
        "{document}"
    );
    // Kept below the target folder, for whoever wants to look at it.
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp");
    std::fs::create_dir_all(&file).unwrap();
    std::fs::write(file.join("training-cost.png"), png(&scene).unwrap()).unwrap();
}
