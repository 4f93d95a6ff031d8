//! A fully connected network with rectified hidden layers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use swanbench_core::{
    Forward, LayerId, Model, ModelBuildError, ModelBuilder, ModelDef, ModelMap, SiteId, relu,
};
use tch::Tensor;

/// A multilayer perceptron. With hidden layers of 300 and 100 it is LeNet-300-100.
pub struct Mlp {
    map: ModelMap,
    hidden: Vec<(LayerId, SiteId)>,
    output: LayerId,
}

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

    fn build(settings: Settings, mut builder: ModelBuilder) -> Result<Self, ModelBuildError> {
        let mut signal = builder.flatten(builder.input());
        let mut hidden = Vec::new();
        for (index, &neurons) in settings.hidden.iter().enumerate() {
            let name = format!("fc{}", index + 1);
            let (layer, output) = builder.linear(&name, signal, builder.scaled(neurons));
            let (site, gated) = builder.site(&name, output);
            hidden.push((layer, site));
            signal = gated;
        }
        let name = format!("fc{}", settings.hidden.len() + 1);
        let (output, _) = builder.linear(&name, signal, builder.classes());
        Ok(Self { map: builder.finish(), hidden, output })
    }
}

impl Model for Mlp {
    fn map(&self) -> &ModelMap {
        &self.map
    }

    fn forward(&self, images: &Tensor, pass: &mut Forward<'_>) -> Tensor {
        let mut features = images.flatten(1, -1);
        for &(layer, site) in &self.hidden {
            let output = relu(pass.layer(layer, &features));
            features = pass.site(site, &features, output);
        }
        pass.layer(self.output, &features)
    }
}
