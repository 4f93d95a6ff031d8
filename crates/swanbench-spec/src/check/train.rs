//! The block `train`, whose recovery epochs depend on its epochs.

use serde_json::{Map, Value as Json};
use serde_yaml::Value as Yaml;

use super::fields::check_fields;
use crate::{
    SettingsType, Train,
    path::FieldPath,
    problem::{Findings, Problem},
    quote::type_name,
    schema::Block,
};

/// The block with its defaults; all defaults where it is left out.
pub(super) fn check_train(written: Option<&Yaml>, findings: &mut Findings) -> Option<Train> {
    let path = FieldPath::default().key("train");
    let settings = SettingsType::of::<Train>();
    let fields = match written {
        None => Map::new(),
        Some(Yaml::Mapping(fields)) => {
            check_fields(fields, &path, "`train`", &Block::of(&settings), findings)?
        }
        Some(other) => {
            let message = format!("the block is {}", type_name(other));
            findings
                .add(Problem::new(&path, message).expected("a mapping, such as { epochs: 20 }"));
            return None;
        }
    };
    let recovery_is_chosen = fields.contains_key("recovery_epochs");
    let mut train: Train = findings.keep(
        serde_json::from_value(Json::Object(fields))
            .map_err(|error| Problem::new(&path, format!("cannot be read: {error}"))),
    )?;
    if !recovery_is_chosen {
        // A short trial keeps at least three quarters of its epochs for training proper.
        train.recovery_epochs = train.recovery_epochs.min(train.epochs / 4);
    } else if train.recovery_epochs >= train.epochs {
        let message = format!(
            "`{}` recovery epochs leave no epoch for training proper",
            train.recovery_epochs
        );
        let expected = format!("an integer below `train.epochs`, which is {}", train.epochs);
        findings.add(Problem::new(&path.key("recovery_epochs"), message).expected(expected));
        return None;
    }
    Some(train)
}
