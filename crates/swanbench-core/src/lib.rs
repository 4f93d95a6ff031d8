//! The interfaces between methods, models and the training loop.
//!
//! A [`Model`] describes itself to a [`ModelBuilder`] as [`Layer`]s and [`Site`]s, and computes
//! through a [`Forward`]. A [`Regularizer`] decides at each site which units are open. The
//! [`CostModel`] counts the FLOPs of every method by the same rules, from the [`GateRecord`] of a
//! pass and the method's [`InferenceCost`].

mod build_error;
mod capabilities;
mod cost;
mod forward;
mod gate_record;
mod map;
mod method;
mod model;
mod model_builder;
mod parameters;
mod ramp;
mod regularizer;
mod seed_stream;
mod state;
mod train_progress;
mod weights;

pub use build_error::BuildError;
pub use capabilities::{Capabilities, InferenceCost};
pub use cost::{CostModel, ExampleCosts};
pub use forward::{Forward, Pass, relu};
pub use gate_record::{GateRecord, Gated, Gates};
pub use map::{Layer, LayerId, LayerKind, ModelMap, Norm, NormId, Site, SiteId};
pub use method::{Expected, MethodDef, MethodEntry};
pub use model::{Model, ModelDef, ModelEntry};
pub use model_builder::{Convolution, ModelBuildError, ModelBuilder, Pool, Signal};
pub use parameters::{Initial, ParameterId, ParameterSpec, Parameters};
pub use ramp::Ramp;
pub use regularizer::{ParameterGroup, Regularizer, Setup};
pub use seed_stream::SeedStream;
pub use state::{State, StateError};
pub use train_progress::TrainProgress;
pub use weights::{Mismatches, Weights, WeightsError};
