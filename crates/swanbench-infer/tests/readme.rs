//! The README shows code that compiles.

#[test]
fn the_readme_shows_the_example() {
    let example = include_str!("../examples/logits.rs");
    let (_, code) = example.split_once("\n\n").expect("a comment, then the code");
    assert!(include_str!("../README.md").contains(&format!("```rust\n{code}```")));
}
