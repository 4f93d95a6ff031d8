//! A model with its parameters, under a method.

use std::rc::Rc;

use swanbench_core::{
    Budget, CostModel, Forward, GateRecord, ModelMap, ParameterGroup, Parameters, Pass,
    Regularizer, SeedStream, Setup,
};
use swanbench_spec::{Mode, Precision, RunSpec};
use swanbench_torch::{Bfloat16, TorchError};
use tch::{Device, Kind, Tensor};

use crate::folding::Folding;

/// All that a forward pass needs.
pub struct GatedModel {
    /// Counted, so that a reader of it need not hold the rest.
    pub model: Rc<ModelMap>,
    pub parameters: Parameters,
    pub method: Box<dyn Regularizer>,
    pub device: Device,
    pub precision: Precision,
}

/// What a model is attached to a method for.
pub struct Attach<'a> {
    pub run: &'a RunSpec,
    pub model: ModelMap,
    /// The model's initial parameters, on the device of the run.
    pub parameters: Parameters,
    /// The dense model at full width, to which shares refer.
    pub reference: &'a ModelMap,
    pub method: Box<dyn Regularizer>,
    pub densities: Option<&'a [f64]>,
}

/// The result of a forward pass.
pub struct PassOutput {
    /// `[examples, classes]`, in 32 bits.
    pub logits: Tensor,
    pub record: GateRecord,
}

impl PassOutput {
    fn of((logits, record): (Tensor, GateRecord)) -> Self {
        Self { logits: logits.to_kind(Kind::Float), record }
    }
}

impl GatedModel {
    /// Attaches a run's method to its model, and returns what it trains in addition.
    pub fn attach(attach: Attach<'_>) -> Result<(Self, Vec<ParameterGroup>), TorchError> {
        let Attach { run, model, parameters, reference, mut method, densities } = attach;
        let device = parameters.device();
        let groups = method.attach(Setup {
            map: &model,
            parameters: &parameters,
            generator: SeedStream::Method.generator(run.seed, device)?,
            device,
            budget: Budget::new(run.budget, run.target.unwrap_or(1.0), reference),
            densities,
        })?;
        let precision = run.train.precision;
        Ok((Self { model: Rc::new(model), parameters, method, device, precision }, groups))
    }

    /// Computes logits under the method's gates.
    pub fn forward(&mut self, images: &Tensor, pass: Pass) -> Result<PassOutput, TorchError> {
        let Self { model, parameters, method, device, precision } = self;
        let forward = Forward::new(model, parameters, &mut **method, pass);
        compute(forward, images, *device, *precision)
    }

    /// Computes what [`forward`](Self::forward) does for several passes, with what they share
    /// computed once.
    pub fn forward_each(
        &mut self,
        images: &Tensor,
        passes: &[Pass],
    ) -> Result<Vec<PassOutput>, TorchError> {
        let Some((&first, further)) = passes.split_first() else { return Ok(Vec::new()) };
        let Self { model, parameters, method, device, precision } = self;
        let forward = Forward::new(model, parameters, &mut **method, first);
        let _bfloat16 = enter(*precision, *device)?;
        Ok(forward.run_with(further, images).into_iter().map(PassOutput::of).collect())
    }

    /// Computes logits under the method's gates, with those that do not vary folded.
    pub fn forward_folded(
        &mut self,
        images: &Tensor,
        pass: Pass,
        folding: Option<&Folding>,
    ) -> Result<PassOutput, TorchError> {
        let Some(folding) = folding else { return self.forward(images, pass) };
        let Self { model, parameters, method, device, precision } = self;
        let mut folded = folding.apply(&mut **method);
        let forward = Forward::new(model, parameters, &mut folded, pass);
        compute(forward, images, *device, *precision)
    }

    /// Computes logits under other gates than the method's, for an evaluation.
    pub fn forward_under(
        &self,
        gates: &mut dyn Regularizer,
        images: &Tensor,
    ) -> Result<PassOutput, TorchError> {
        let pass = Pass::evaluate(Mode::Hard);
        let forward = Forward::new(&self.model, &self.parameters, gates, pass);
        compute(forward, images, self.device, self.precision)
    }

    /// Updates the statistics of normalisations, in which this batch weighs `weight`.
    pub fn gather_statistics(
        &mut self,
        images: &Tensor,
        pass: Pass,
        weight: f64,
    ) -> Result<(), TorchError> {
        let Self { model, parameters, method, device, precision } = self;
        let forward =
            Forward::new(model, parameters, &mut **method, pass).gathering_statistics(weight);
        compute(forward, images, *device, *precision).map(drop)
    }
}

/// Creates the cost model of the model of `map` under the present state of the method, of whose gates those
/// that do not vary are folded.
pub fn cost_model<'a>(
    map: &'a ModelMap,
    network: &GatedModel,
    folding: Option<&Folding>,
) -> CostModel<'a> {
    let deciding = folding.map(|folding| folding.deciding(map));
    CostModel::new(map, &network.method.inference_cost(map), deciding.as_deref(), network.device)
}

fn compute(
    forward: Forward<'_>,
    images: &Tensor,
    device: Device,
    precision: Precision,
) -> Result<PassOutput, TorchError> {
    let _bfloat16 = enter(precision, device)?;
    Ok(PassOutput::of(forward.run(images)))
}

/// Makes layers compute in a precision as long as the result lives.
fn enter(precision: Precision, device: Device) -> Result<Option<Bfloat16>, TorchError> {
    match precision {
        Precision::Bfloat16 => Bfloat16::on(device).map(Some),
        Precision::Float32 | Precision::Tf32 => Ok(None),
    }
}
