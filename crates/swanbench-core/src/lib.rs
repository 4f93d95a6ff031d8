//! What methods, models and the training loop agree on.
//!
//! A [`Model`] lays itself out on a [`ModelBuilder`] as [`Layer`]s and [`Site`]s, and computes through a
//! [`Forward`]. A [`Regularizer`] decides at each site which units are open. The [`cost`] model
//! charges every method by the same rules from what it left on the [`GateRecord`].

pub mod cost;
mod forward;
mod gate_record;
mod map;
mod method;
mod model;
mod model_builder;
mod parameters;
mod ramp;
mod regularizer;
mod state;
mod streams;
mod train_progress;
mod weights;

pub use forward::{Forward, Pass, relu};
pub use gate_record::{GateRecord, Gated, Gates};
pub use map::{Layer, LayerId, LayerKind, ModelMap, Norm, NormId, Site, SiteId};
pub use method::{BuildError, MethodDef, MethodEntry};
pub use model::{Model, ModelDef, ModelEntry};
pub use model_builder::{Convolution, ModelBuildError, ModelBuilder, Pool, Signal};
pub use parameters::{Initial, ParameterId, ParameterSpec, Parameters};
pub use ramp::Ramp;
pub use regularizer::{ParameterGroup, Regularizer, Setup};
pub use state::{State, StateError};
pub use streams::SeedStream;
pub use train_progress::TrainProgress;
pub use weights::{Misfits, Weights, WeightsError};
