//! The interfaces between methods, models and the training loop.
//!
//! A model describes itself to a [`ModelBuilder`] once, as [`Operation`]s with [`Layer`]s and
//! [`Site`]s; a [`Forward`] computes them. A [`Regularizer`] decides at each site which units are open. The
//! [`CostModel`] counts the FLOPs of every method by the same rules, from the [`GateRecord`] of a
//! pass and the method's [`InferenceCost`].

mod budget;
mod build_error;
mod capabilities;
mod cost;
mod forward;
mod gate_record;
mod inference_cost;
mod map;
mod method;
mod model;
mod model_builder;
mod operation;
mod parameters;
mod ramp;
mod regularizer;
mod seed_stream;
mod state;
mod train_progress;
mod train_schedule;
mod unit_cost;
mod weights;
mod width;
mod windows;

pub use budget::{Budget, Limit, WeightLimit, largest, least_target, solve};
pub use build_error::BuildError;
pub use capabilities::Capabilities;
pub use cost::{CostModel, ExampleCosts};
pub use forward::{Forward, NORM_EPSILON, Pass};
pub use gate_record::{GateRecord, Gated, Gates};
pub use inference_cost::InferenceCost;
pub use map::{Layer, LayerId, LayerKind, ModelMap, Norm, NormId, Site, SiteId};
pub use method::{Expected, MethodDef, MethodEntry};
pub use model::{ModelDef, ModelEntry};
pub use model_builder::{ModelBuilder, Signal};
pub use operation::{Operation, ValueId};
pub use parameters::{Initial, ParameterId, ParameterSpec, Parameters};
pub use ramp::Ramp;
pub use regularizer::{GateMap, ParameterGroup, Regularizer, Restarted, Setup};
pub use seed_stream::SeedStream;
pub use state::{State, StateError};
pub use train_progress::TrainProgress;
pub use train_schedule::TrainSchedule;
pub use unit_cost::{Deciding, GateCost, UnitCost};
pub use weights::{Mismatches, Weights, WeightsError};
pub use width::Width;
pub use windows::{Convolution, ModelBuildError, Pool};
