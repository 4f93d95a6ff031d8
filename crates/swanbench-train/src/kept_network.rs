//! A network that was kept, read again.

use swanbench_core::{
    GateMap, ModelMap, Parameters, Pass, Regularizer, SeedStream, Site, StateError,
};
use swanbench_data::{DataError, Dataset, Split};
use swanbench_spec::{Mode, RunSpec};
use swanbench_torch::TorchError;
use tch::{Device, Tensor};

use crate::{
    TensorFileError,
    evaluate::{FullEval, evaluate},
    folding::{Folding, VaryingUnits},
    gate_statistics::GateStatistics,
    gated_model::{Attach, GatedModel, PassOutput},
    tensor_file::read_tensors,
    trainer::data_of_task,
};

/// What a network is read with.
pub struct KeptInput<'a> {
    /// The settings of its run.
    pub run: &'a RunSpec,
    /// The data of the run, before they are changed to a task's.
    pub data: &'a Dataset,
    /// The model at the run's width.
    pub model: ModelMap,
    /// The dense model at full width.
    pub reference: &'a ModelMap,
    /// The method, not yet attached.
    pub method: Box<dyn Regularizer>,
    /// As in [`TrainInput`](crate::TrainInput).
    pub densities: Option<Vec<f64>>,
    /// The file that [`TrainedModel`](crate::TrainedModel) wrote.
    pub bytes: &'a [u8],
}

/// A network as training left it, on the CPU, with hard gates. Those that do not vary on validation
/// are folded.
pub struct KeptNetwork {
    network: GatedModel,
    folding: Option<Folding>,
    /// Those of the last task.
    data: Dataset,
}

/// By example, the open units of a site; `None` if they are the same for all.
pub type OpenUnits = Option<Vec<Vec<i64>>>;

/// What switches the units of a site.
pub enum SiteGates {
    /// The same factor for each unit on all examples, `[units]`; 0 is closed.
    Fixed(Tensor),
    /// Some units are decided for each example.
    Varying {
        /// How.
        map: GateMap,
        /// Which.
        units: VaryingUnits,
    },
    /// They depend on the example, and in another way than a map.
    Other,
}

/// Errors of reading a network.
#[derive(Debug, thiserror::Error)]
pub enum KeptNetworkError {
    /// The bytes are no file of tensors.
    #[error(transparent)]
    File(#[from] TensorFileError),
    /// A tensor is missing, or of another shape.
    #[error("it is the network of another run")]
    State(#[from] StateError),
    /// The data of the task cannot be made.
    #[error(transparent)]
    Data(#[from] DataError),
    /// libtorch fails.
    #[error(transparent)]
    Torch(#[from] TorchError),
}

/// Accuracy and cost on one split.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Correct examples over all examples.
    pub accuracy: f64,
    /// Mean FLOPs of an example, deciding the gates included.
    pub flops: f64,
}

impl KeptNetwork {
    /// Reads a network, and folds the gates that are constant on validation.
    ///
    /// Returns an error if the file belongs to another run, or libtorch fails.
    pub fn load(input: KeptInput<'_>) -> Result<Self, KeptNetworkError> {
        let KeptInput { run, data, model, reference, method, densities, bytes } = input;
        let (_, state) = read_tensors(bytes)?;
        let mut init = SeedStream::Init.generator(run.seed, Device::Cpu)?;
        let parameters = Parameters::initialise(&model, &mut init, Device::Cpu)?;
        let densities = densities.as_deref();
        let attach = Attach { run, model, parameters, reference, method, densities };
        let (mut network, groups) = GatedModel::attach(attach)?;
        let mut trained: Vec<Tensor> =
            groups.into_iter().flat_map(|group| group.parameters).collect();
        state.restore_all("gates", &mut trained)?;
        let GatedModel { model, parameters, method, .. } = &mut network;
        for (spec, tensor) in model.parameters.iter().zip(parameters.tensors_mut()) {
            state.restore(&spec.name, tensor)?;
        }
        method.restore(&state.part("method"), model, parameters)?;
        let data = data_of_task(data, run, run.phases.len().max(1) as u32)?;
        let pass = Pass::evaluate(Mode::Hard);
        let statistics = GateStatistics::collect(&mut network, &data.validation, pass)?;
        let folding = statistics.as_ref().map(Folding::of);
        Ok(Self { network, folding, data })
    }

    /// Returns the model.
    pub fn map(&self) -> &ModelMap {
        &self.network.model
    }

    /// Returns the model's parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.network.parameters
    }

    /// Returns the data of the last task.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// Returns what switches the units of each site.
    ///
    /// Returns an error if libtorch fails.
    pub fn gates(&mut self) -> Result<Vec<SiteGates>, TorchError> {
        let images = self.data.validation.images.narrow(0, 0, 1);
        let record = self.pass(&images)?.record;
        let (method, folding) = (&self.network.method, self.folding.as_ref());
        let of_site = |site: &Site| {
            let ones = || Tensor::ones([site.units], (tch::Kind::Float, Device::Cpu));
            match record.gates(site.id) {
                None => SiteGates::Fixed(ones()),
                Some(gates) if !gates.per_example => {
                    SiteGates::Fixed(gates.factor.detach().flatten(0, -1).copy())
                }
                Some(_) => {
                    let units = folding.and_then(|folding| folding.units(site));
                    match method.gate_map(site).zip(units) {
                        Some((map, units)) => SiteGates::Varying { map, units },
                        None => SiteGates::Other,
                    }
                }
            }
        };
        Ok(self.network.model.sites.iter().map(of_site).collect())
    }

    /// Computes logits, `[examples, classes]`, of images as the dataset has them, and by site and
    /// example the units that are open, ascending; `None` for sites whose gates are the same for all.
    ///
    /// Returns an error if libtorch fails.
    pub fn compute(&mut self, images: &Tensor) -> Result<(Tensor, Vec<OpenUnits>), TorchError> {
        let PassOutput { logits, record } = self.pass(images)?;
        let open = |site: &Site| {
            let gates = record.gates(site.id).filter(|gates| gates.per_example)?;
            let mut units = vec![Vec::new(); images.size()[0] as usize];
            let places =
                Vec::<i64>::try_from(gates.hard.nonzero().flatten(0, -1)).expect("numbers");
            for place in places.as_chunks::<2>().0 {
                units[place[0] as usize].push(place[1]);
            }
            Some(units)
        };
        Ok((logits, self.network.model.sites.iter().map(open).collect()))
    }

    /// Measures accuracy and cost on a split.
    ///
    /// Returns an error if libtorch fails.
    pub fn measure(&mut self, split: &Split) -> Result<Measured, TorchError> {
        let pass = Pass::evaluate(Mode::Hard);
        let FullEval { accuracy, examples, .. } =
            evaluate(&mut self.network, split, pass, self.folding.as_ref())?;
        let flops = examples.unit_flops.iter().sum::<f64>() / examples.unit_flops.len() as f64;
        Ok(Measured { accuracy, flops })
    }

    fn pass(&mut self, images: &Tensor) -> Result<PassOutput, TorchError> {
        let _no_graph = tch::no_grad_guard();
        self.network.forward_folded(images, Pass::evaluate(Mode::Hard), self.folding.as_ref())
    }
}
