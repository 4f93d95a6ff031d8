//! Errors of building a model or a method from its settings.

use serde::de::DeserializeOwned;
use swanbench_spec::ComponentConfig;

use crate::ModelBuildError;

/// Settings from which no model or method can be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// They belong to another component.
    #[error("the settings of `{kind}` cannot be read")]
    Settings {
        /// The component's name.
        kind: String,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
    /// The model does not fit its input.
    #[error(transparent)]
    Model(#[from] ModelBuildError),
}

impl BuildError {
    pub(crate) fn settings<T: DeserializeOwned>(config: &ComponentConfig) -> Result<T, Self> {
        config.typed().map_err(|source| Self::Settings { kind: config.kind.clone(), source })
    }
}
