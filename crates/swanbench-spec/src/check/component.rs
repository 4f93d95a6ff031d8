//! Components that an experiment names, as a bare word or as a mapping with `kind`.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Checker, path_of, value::check_value};
use crate::{
    ComponentConfig, ComponentInfo,
    component::json_schema,
    nearest::one_of,
    path::FieldPath,
    problem::Problem,
    quote::type_name,
    schema::{component_schema, mapping_schema},
    vocabulary::find,
};

/// A dataset, a model or a method that an experiment has chosen.
#[derive(Debug)]
pub(crate) struct Component<Options> {
    pub info: ComponentInfo,
    /// The fields that all components of its sort have.
    pub options: Options,
    pub config: ComponentConfig,
}

/// A component and the fields written for it, `kind` included.
pub(super) struct Named<'infos> {
    pub info: &'infos ComponentInfo,
    pub fields: Map<String, Value>,
}

impl Checker<'_> {
    /// Reads the component in `field`. `sort` is `model` or `dataset`.
    pub(super) fn component<Options: DeserializeOwned + JsonSchema>(
        &mut self,
        field: &str,
        sort: &str,
        infos: &[ComponentInfo],
    ) -> Option<Component<Options>> {
        let path = path_of(field);
        let named = named(self.field(field)?, &path, infos, sort);
        let Named { info, fields } = self.keep(named)?;
        let component = check_component(info, &fields, &path);
        component.map_err(|problems| self.problems.extend(problems)).ok()
    }
}

/// Reads `word` or `{ kind: word, ... }`. `sort` is `method`, `model` or `dataset`.
///
/// Returns an error if no component is named, or an unknown one.
pub(super) fn named<'infos>(
    value: &Value,
    path: &FieldPath,
    infos: &'infos [ComponentInfo],
    sort: &str,
) -> Result<Named<'infos>, Problem> {
    let names = || one_of(infos.iter().map(|info| info.name));
    match value {
        Value::String(word) => {
            let info = find(infos, sort, word, path)?;
            Ok(Named { info, fields: Map::from_iter([("kind".to_owned(), info.name.into())]) })
        }
        Value::Object(fields) => {
            let path = path.key("kind");
            match fields.get("kind") {
                Some(Value::String(word)) => {
                    Ok(Named { info: find(infos, sort, word, &path)?, fields: fields.clone() })
                }
                Some(other) => {
                    let message = format!("the {sort}'s name is {}", type_name(other));
                    Err(Problem::new(&path, message).expected(names()))
                }
                None => Err(Problem::new(&path, "is missing").expected(names())),
            }
        }
        other => {
            let message = format!("the {sort} is {}", type_name(other));
            let expected = format!("the name of a {sort}, or a mapping with `kind`");
            Err(Problem::new(path, message).expected(expected))
        }
    }
}

/// Checks the fields of a component and separates its own settings from those of its sort.
///
/// Returns an error with everything that is wrong.
pub(super) fn check_component<Options: DeserializeOwned + JsonSchema>(
    info: &ComponentInfo,
    fields: &Map<String, Value>,
    path: &FieldPath,
) -> Result<Component<Options>, Vec<Problem>> {
    let common = json_schema::<Options>();
    let mut own = fields.clone();
    check(&own.clone().into(), path, &component_schema(info, &common))?;
    own.remove("kind");
    let names = common["properties"].as_object().into_iter().flatten().map(|(name, _)| name);
    let options: Map<String, Value> =
        names.filter_map(|name| Some((name.clone(), own.remove(name)?))).collect();
    let options = serde_json::from_value(options.into()).expect("its schema was checked");
    Ok(Component { info: info.clone(), options, config: resolved(info, own, path)? })
}

/// Checks settings that stand alone, without `kind` and the fields of its sort.
///
/// Returns an error with everything that is wrong.
pub(crate) fn check_settings(
    info: &ComponentInfo,
    written: &Value,
) -> Result<ComponentConfig, Vec<Problem>> {
    let top = FieldPath::default();
    let Value::Object(own) = written else {
        let message = format!("the settings of `{}` are {}", info.name, type_name(written));
        return Err(vec![Problem::new(&top, message).expected("a mapping")]);
    };
    check(written, &top, &mapping_schema(&[&info.settings.schema()]))?;
    resolved(info, own.clone(), &top)
}

fn check(value: &Value, path: &FieldPath, schema: &Value) -> Result<(), Vec<Problem>> {
    let problems = check_value(value, path, schema);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Returns the settings with all defaults, in their canonical form. Settings that contradict each
/// other are an error at the field that the reason names first.
fn resolved(
    info: &ComponentInfo,
    own: Map<String, Value>,
    path: &FieldPath,
) -> Result<ComponentConfig, Vec<Problem>> {
    let own = Value::Object(own);
    let settings = info.settings.resolve(&own).map_err(|reason| {
        let mut quoted = reason.split('`').skip(1).step_by(2);
        let field = quoted.find(|name| own.get(name).is_some());
        let path = field.map_or_else(|| path.clone(), |field| path.key(field));
        vec![Problem::new(&path, format!("`{}` cannot have these settings: {reason}", info.name))]
    });
    Ok(ComponentConfig::new(info.name, settings?))
}
