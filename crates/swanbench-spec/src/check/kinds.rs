//! Which kind a block names, written as a bare word or as a mapping with `kind`.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};
use serde_yaml::{Mapping, Value as Yaml};

use super::fields::check_fields;
use crate::{
    ComponentConfig, ComponentInfo, SettingsType,
    nearest::one_of,
    path::FieldPath,
    problem::{Findings, Problem},
    quote::type_name,
    schema::Block,
    vocabulary::find,
};

/// A kind and the fields written beside it.
pub(super) struct Named<'block> {
    pub kind: &'block ComponentInfo,
    pub fields: Cow<'block, Mapping>,
}

/// Reads `word` or `{ kind: word, ... }`. `sort` is `method`, `model` or `dataset`.
pub(super) fn named<'block>(
    value: &'block Yaml,
    path: &FieldPath,
    kinds: &'block [ComponentInfo],
    sort: &str,
) -> Result<Named<'block>, Problem> {
    match value {
        Yaml::String(word) => {
            let kind = find(kinds, sort, word, path)?;
            let fields = Mapping::from_iter([("kind".into(), Yaml::from(kind.name))]);
            Ok(Named { kind, fields: Cow::Owned(fields) })
        }
        Yaml::Mapping(fields) => {
            let path = path.key("kind");
            let kind = match fields.get("kind") {
                Some(Yaml::String(word)) => find(kinds, sort, word, &path)?,
                Some(other) => {
                    let message = format!("the {sort}'s name is {}", type_name(other));
                    return Err(Problem::new(&path, message).expected(names(kinds)));
                }
                None => return Err(Problem::new(&path, "is missing").expected(names(kinds))),
            };
            Ok(Named { kind, fields: Cow::Borrowed(fields) })
        }
        other => {
            let expected = format!("the name of a {sort}, or a mapping with `kind`");
            Err(Problem::new(path, format!("the {sort} is {}", type_name(other)))
                .expected(expected))
        }
    }
}

fn names(kinds: &[ComponentInfo]) -> String {
    one_of(kinds.iter().map(|kind| kind.name))
}

/// Checks the fields of a block and parts them into those of its sort and those of its kind.
pub(super) fn check_block<Common>(
    kind: &ComponentInfo,
    fields: &Mapping,
    path: &FieldPath,
    findings: &mut Findings,
) -> Option<(Common, ComponentConfig)>
where
    Common: Default + Serialize + DeserializeOwned + JsonSchema,
{
    let common = SettingsType::of::<Common>();
    let block = Block::of_kind(kind, &common);
    let owner = format!("`{}`", kind.name);
    let mut own = check_fields(fields, path, &owner, &block, findings)?;
    own.remove("kind");
    let shared: Map<String, Json> = Block::of(&common)
        .names()
        .filter_map(|name| Some((name.to_owned(), own.remove(name)?)))
        .collect();
    let shared = serde_json::from_value(Json::Object(shared)).expect("its schema was checked");
    Some((shared, resolved(kind, own, path, findings)?))
}

/// Checks settings that stand alone, without `kind` and the fields of its sort.
///
/// # Errors
/// Everything that is wrong.
pub(crate) fn check_settings(
    kind: &ComponentInfo,
    written: &Yaml,
) -> Result<ComponentConfig, Vec<Problem>> {
    let top = FieldPath::default();
    let owner = format!("`{}`", kind.name);
    let Yaml::Mapping(fields) = written else {
        let message = format!("the settings of {owner} are {}", type_name(written));
        return Err(vec![Problem::new(&top, message).expected("a mapping")]);
    };
    let mut findings = Findings::default();
    check_fields(fields, &top, &owner, &Block::of(&kind.settings), &mut findings)
        .and_then(|own| resolved(kind, own, &top, &mut findings))
        .ok_or_else(|| findings.into_vec())
}

/// The settings with all defaults, in their canonical form.
fn resolved(
    kind: &ComponentInfo,
    own: Map<String, Json>,
    path: &FieldPath,
    findings: &mut Findings,
) -> Option<ComponentConfig> {
    let settings = kind.settings.resolve(&Json::Object(own)).map_err(|reason| {
        Problem::new(path, format!("`{}` cannot have these settings: {reason}", kind.name))
    });
    Some(ComponentConfig { kind: kind.name.to_owned(), settings: findings.keep(settings)? })
}
