//! The trait that every method implements.

use swanbench_torch::{Generator, TorchError};
use tch::{Device, Tensor};

use crate::{
    Budget, Capabilities, GateRecord, Gated, InferenceCost, ModelMap, Parameters, Pass, Site,
    State, StateError, TrainProgress,
};

/// The input of [`Regularizer::attach`].
pub struct Setup<'a> {
    /// The layers and sites of the model.
    pub map: &'a ModelMap,
    /// The model's initial parameters.
    pub parameters: &'a Parameters,
    /// The method's own random stream, on the run's device.
    pub generator: Generator,
    /// Where the run computes.
    pub device: Device,
    /// What the run may use; everything if its experiment has no target.
    pub budget: Budget,
    /// By site, the mean activity of the run named by the method's setting `densities_from`.
    pub densities: Option<&'a [f64]>,
}

/// Parameters that a method trains in addition to the model's.
pub struct ParameterGroup {
    /// The tensors, each with `requires_grad`.
    pub parameters: Vec<Tensor>,
    /// Their learning rate relative to that of the weights. They have no weight decay.
    pub lr_scale: f64,
}

/// Elements of a parameter that start anew, so that the optimizer must forget their moments.
pub struct Restarted {
    /// The parameter.
    pub parameter: Tensor,
    /// 0 where its elements start anew and 1 elsewhere, in its shape.
    pub kept: Tensor,
}

/// Gates as a linear map: a unit is open if `bias + expand^T reduce read(x)` is above 0.
pub struct GateMap {
    /// Cells along each side of a feature map, over which each channel is averaged; smaller maps, and
    /// neurons, are read as they are.
    pub grid: i64,
    /// `[rank, features]`; `None` if `expand` is the full matrix.
    pub reduce: Option<Tensor>,
    /// `[rank, units]`, or `[features, units]`.
    pub expand: Tensor,
    /// `[units]`.
    pub bias: Tensor,
}

/// A sparsity method. Every default is right for the dense network, so a method writes only what
/// differs from it.
///
/// The order within a run: [`attach`](Self::attach) once; in every step [`gate`](Self::gate) at
/// each site, [`penalty`](Self::penalty), the backward pass,
/// [`after_backward`](Self::after_backward), the optimizer, [`after_step`](Self::after_step);
/// between training and recovery [`start_recovery`](Self::start_recovery); in every evaluation
/// `gate` again, and [`inference_cost`](Self::inference_cost).
pub trait Regularizer: Send {
    /// Returns what the method can do and needs. Does not change during a run.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    /// Creates what the method needs for this model, such as masks or gate parameters.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        drop(setup);
        Ok(Vec::new())
    }

    /// Switches the units of a site. `input` is what the site's producer read: `[examples,
    /// features]` or `[examples, channels, height, width]`; `output` is what it returned, after
    /// the activation function: `[examples, units]` or `[examples, units, height, width]`. At least
    /// one unit of every example stays open: a network cut in two would answer at chance.
    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let _ = (site, input, pass);
        Gated::open(output)
    }

    /// Returns the gates of a site that depend on its input, as inference decides them; `None` if they
    /// are the same for all examples, or no such map.
    fn gate_map(&self, site: &Site) -> Option<GateMap> {
        let _ = site;
        None
    }

    /// Returns what is added to the task loss in this step: a scalar with a graph.
    fn penalty(&mut self, record: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        let _ = (record, progress);
        None
    }

    /// Reads or changes the gradients before the optimizer uses them, and returns the weights that
    /// start anew. Runs without a graph.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    fn after_backward(
        &mut self,
        parameters: &Parameters,
        progress: TrainProgress,
    ) -> Result<Vec<Restarted>, TorchError> {
        let _ = (parameters, progress);
        Ok(Vec::new())
    }

    /// Reads or changes the parameters after the optimizer's step. Runs without a graph.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    fn after_step(
        &mut self,
        parameters: &Parameters,
        progress: TrainProgress,
    ) -> Result<(), TorchError> {
        let _ = (parameters, progress);
        Ok(())
    }

    /// Prunes, or switches to hard gates, between training and recovery. Called only if
    /// [`Capabilities::recovers`]. Runs without a graph.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    fn start_recovery(
        &mut self,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), TorchError> {
        let _ = (map, parameters);
        Ok(())
    }

    /// Returns all that [`attach`](Self::attach) does not create again from the same seed and the
    /// optimizer does not hold: masks, counters, the position of the random stream.
    ///
    /// Returns an error if libtorch fails, for example out of memory.
    fn state(&self) -> Result<State, TorchError> {
        Ok(State::default())
    }

    /// Restores what [`state`](Self::state) returned. Called after [`attach`](Self::attach).
    ///
    /// Returns an error if the state belongs to another method or model.
    fn restore(
        &mut self,
        state: &State,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        let _ = (state, map, parameters);
        Ok(())
    }

    /// Returns what the method saves and costs at inference on the model of `map`, as it is now.
    /// Before [`attach`](Self::attach) it has no weight masks.
    fn inference_cost(&self, map: &ModelMap) -> InferenceCost {
        let _ = map;
        InferenceCost::default()
    }
}
