//! Components that are chosen outside an experiment, such as the model of `swanbench cost`.

use serde_json::Value;

use crate::{
    ComponentConfig, ComponentInfo, Override, Problems, check::check_settings, document::Document,
};

impl ComponentInfo {
    /// Completes settings, a JSON object, with the defaults of all others.
    ///
    /// Returns an error if settings are wrong: all problems, as in an experiment but without a
    /// place.
    pub fn choose(&self, settings: &Value) -> Result<ComponentConfig, Problems> {
        check_settings(self, settings).map_err(Problems::new)
    }

    /// Completes settings from the command line, such as `--set hidden=[10]`.
    ///
    /// Returns an error if settings are wrong: all problems; their place is the override.
    pub fn choose_with(&self, overrides: &[Override]) -> Result<ComponentConfig, Problems> {
        let document = Document::of_overrides(overrides)?;
        let checked = match document.problems() {
            [] => check_settings(self, document.root()),
            problems => Err(problems.to_vec()),
        };
        checked.map_err(|problems| document.place(problems))
    }
}
