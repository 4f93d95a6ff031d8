//! Descriptions of datasets without settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_spec::{ComponentInfo, SettingsType};

/// Revision of a dataset whose content is known only from files that have not been read yet; see
/// [`DatasetDef::checksum`](crate::DatasetDef::checksum).
pub const UNKNOWN_REVISION: &str = "unread";

/// Settings of a dataset that has none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoSettings {}

/// Describes a dataset that has no settings.
pub(crate) fn info_without_settings(
    name: &'static str,
    summary: &'static str,
    source: &'static str,
    revision: String,
) -> ComponentInfo {
    let settings = SettingsType::of::<NoSettings>();
    ComponentInfo { name, summary, source, revision, takes_target: false, settings }
}
