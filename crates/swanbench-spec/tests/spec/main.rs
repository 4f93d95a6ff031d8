//! The crate through its public interface, with a made-up vocabulary.

mod blocks;
mod choosing;
mod claims;
mod identity;
mod lists;
mod methods;
mod overrides;
mod published;
mod robustness;
mod runs;
mod schema;
mod shipped;
mod support;
mod top;
