//! A kind chosen outside an experiment, such as the model of `swanbench cost`.

use serde_json::Value as Json;

use crate::{
    ComponentConfig, ComponentInfo, Override, Problems, check::check_settings, document::Document,
};

impl ComponentInfo {
    /// The kind with these settings, a JSON object, and the defaults of all others.
    ///
    /// # Errors
    /// Everything that is wrong with the settings, as in an experiment but without a place.
    pub fn choose(&self, settings: &Json) -> Result<ComponentConfig, Problems> {
        let settings = serde_yaml::to_value(settings).expect("JSON is YAML");
        check_settings(self, &settings).map_err(Problems::new)
    }

    /// The kind with settings from the command line, such as `--set hidden=[10]`.
    ///
    /// # Errors
    /// Everything that is wrong with them; their place is the override.
    pub fn choose_with(&self, overrides: &[Override]) -> Result<ComponentConfig, Problems> {
        let document = Document::of_overrides(overrides)?;
        check_settings(self, document.root()).map_err(|problems| document.place(problems))
    }
}
