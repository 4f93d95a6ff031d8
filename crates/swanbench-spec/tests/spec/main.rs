//! The crate through its public interface, with a made-up vocabulary.

mod choosing;
mod claims;
mod identity;
mod mistakes;
mod overrides;
mod robustness;
mod runs;
mod schema;
mod shipped;
mod support;
