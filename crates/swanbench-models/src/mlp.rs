//! A fully connected network with rectified hidden layers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{ModelBuildError, ModelBuilder, ModelDef};

/// A multilayer perceptron. With hidden layers of 300 and 100 it is LeNet-300-100.
pub struct Mlp;

/// The fields of `kind: mlp`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Neurons of each hidden layer, from the input to the output.
    #[schemars(length(min = 1), inner(range(min = 1, max = 1_000_000)))]
    hidden: Vec<i64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { hidden: vec![300, 100] }
    }
}

impl ModelDef for Mlp {
    const NAME: &'static str = "mlp";
    const SUMMARY: &'static str = "fully connected; sites at the neurons of every hidden layer";
    const SOURCE: &'static str = "LeNet-300-100: LeCun et al. 1998, doi 10.1109/5.726791";
    const REVISION: u32 = 1;
    type Settings = Settings;

    fn describe(settings: Settings, builder: &mut ModelBuilder) -> Result<(), ModelBuildError> {
        let mut signal = builder.flatten(builder.input());
        for (index, &neurons) in settings.hidden.iter().enumerate() {
            let name = format!("fc{}", index + 1);
            let output = builder.linear(&name, signal, builder.scaled(neurons));
            let rectified = builder.relu(output);
            signal = builder.site(&name, rectified);
        }
        let name = format!("fc{}", settings.hidden.len() + 1);
        builder.linear(&name, signal, builder.classes());
        Ok(())
    }
}
