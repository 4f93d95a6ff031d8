//! What methods, models and the training loop agree on.
//!
//! A [`Model`] lays itself out on a [`Plan`] as [`Layer`]s and [`Site`]s, and computes through a
//! [`Forward`]. A [`Regularizer`] decides at each site which units are open. The [`cost`] model
//! charges every method by the same rules from what it left on the [`Tape`].

pub mod cost;
mod forward;
mod map;
mod method;
mod model;
mod parameters;
mod plan;
mod progress;
mod ramp;
mod regularizer;
mod state;
mod streams;
mod tape;
mod weights;

pub use forward::{Forward, Phase, relu};
pub use map::{Layer, LayerId, LayerKind, ModelMap, Norm, NormId, Site, SiteId};
pub use method::{BuildError, Method, MethodEntry};
pub use model::{Model, ModelEntry, ModelKind};
pub use parameters::{Initial, ParameterId, ParameterSpec, Parameters};
pub use plan::{Convolution, Plan, PlanError, Pool, Signal};
pub use progress::Progress;
pub use ramp::Ramp;
pub use regularizer::{ParameterGroup, Regularizer, Setup};
pub use state::{State, StateError};
pub use streams::Stream;
pub use tape::{Gated, Gates, Tape};
pub use weights::{Misfits, Weights, WeightsError};
