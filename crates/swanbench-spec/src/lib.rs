//! What is asked of the harness and what it measures, as plain data.
//!
//! An experiment's YAML is read by [`Draft::load`], which checks it against a [`Vocabulary`] of
//! methods, models and datasets; [`Draft::resolve`] lists its [`RunSpec`]s, each with an id. What a
//! run has measured is a [`RunRecord`]. Nothing here knows a concrete method, trains, or draws.

mod budget;
mod check;
mod choose;
mod claim;
pub mod columns;
mod common;
mod component;
mod document;
mod draft;
mod error;
mod expand;
mod experiment;
mod identity;
mod keep;
mod latency;
mod launcher;
mod nearest;
mod overrides;
mod path;
mod position;
mod problem;
mod published;
mod quantile;
mod quote;
mod record;
mod references;
mod run;
mod schema;
mod stored;
mod target;
mod task;
mod train;
mod vocabulary;
mod weights;
mod yaml;

pub use budget::BudgetKind;
pub use claim::{Claim, Metric, PerExample, Question, Relation, Side, Sign};
pub use common::DataOptions;
pub use component::{ComponentInfo, SettingsType, Vocabulary};
pub use document::read_yaml;
pub use draft::Draft;
pub use error::SpecError;
pub use experiment::Experiment;
pub use keep::Keep;
pub use latency::{Engine, ExportedForm, ImageGroup, Latency, Timing};
pub use launcher::{Launcher, LauncherKind};
pub use overrides::{Override, OverrideError};
pub use problem::{Problem, Problems};
pub use published::Published;
pub use quantile::quantile;
pub use record::{
    BatchNormStats, Conditions, Control, Epoch, Evaluation, ExampleUse, Mode, RunRecord, SiteUse,
    Stage,
};
pub use references::REFERENCE;
pub use run::{ComponentConfig, RunSpec};
pub use schema::{listed_words, schema};
pub use task::{Images, Learner, Task};
pub use train::{OptimizerKind, Precision, ScheduleKind, Train};
pub use weights::GivenWeights;
