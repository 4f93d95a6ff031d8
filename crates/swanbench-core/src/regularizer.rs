//! The trait that every method implements.

use swanbench_spec::Mode;
use swanbench_torch::{Generator, TorchError};
use tch::{Device, Tensor};

use crate::{
    GateRecord, Gated, LayerId, ModelMap, Parameters, Pass, Site, State, StateError, TrainProgress,
};

/// What a method is given before the first step.
pub struct Setup<'a> {
    pub map: &'a ModelMap,
    pub parameters: &'a Parameters,
    /// The method's own stream on the run's device, for masks drawn in every step.
    pub generator: Generator,
    pub device: Device,
    /// By site, the mean activity of the run that this one takes its densities from, where it asked
    /// for one.
    pub densities: Option<&'a [f64]>,
}

/// Parameters that a method trains beside the model's.
pub struct ParameterGroup {
    pub parameters: Vec<Tensor>,
    /// Their learning rate over that of the weights. They have no weight decay.
    pub lr_scale: f64,
}

/// A sparsity method. Every default is right for the dense network, so a method writes only what
/// sets it apart.
///
/// The order within a run: [`attach`](Self::attach) once; in every step [`gate`](Self::gate) at each
/// site, [`penalty`](Self::penalty), the backward pass, [`after_backward`](Self::after_backward),
/// the optimizer, [`after_step`](Self::after_step); between training and recovery
/// [`start_recovery`](Self::start_recovery); in every evaluation `gate` again, and then what the
/// cost model asks for.
pub trait Regularizer: Send {
    /// Whether the last epochs are a recovery stage of their own, after pruning or after the switch
    /// to hard gates.
    fn recovers(&self) -> bool {
        false
    }

    /// The modes in which evaluation makes sense; the first is the headline.
    fn modes(&self) -> &'static [Mode] {
        &[Mode::Hard]
    }

    /// The smallest target that the method can come to on this model.
    fn min_target(&self, map: &ModelMap) -> f64 {
        let _ = map;
        0.0
    }

    /// Thresholds at which a finished run is measured beside the one that it was trained for.
    fn thresholds(&self) -> &[f64] {
        &[]
    }

    /// Opens gates above this probability from now on; `None`: above the method's own threshold.
    fn set_threshold(&mut self, threshold: Option<f64>) {
        let _ = threshold;
    }

    /// Makes what the method needs for this model: masks, gate parameters.
    ///
    /// # Errors
    /// What libtorch refuses.
    fn attach(&mut self, setup: Setup<'_>) -> Result<Vec<ParameterGroup>, TorchError> {
        drop(setup);
        Ok(Vec::new())
    }

    /// Switches the units of a site. `input` is what the site's producer read: `[examples,
    /// features]` or `[examples, channels, height, width]`; `output` is what it gave, after the
    /// activation function: `[examples, units]` or `[examples, units, height, width]`.
    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let _ = (site, input, pass);
        Gated::open(output)
    }

    /// How far the method's own ramp has come, in `[0, 1]`, for pictures of training; none where it
    /// has none.
    fn ramp(&self, progress: TrainProgress) -> Option<f64> {
        let _ = progress;
        None
    }

    /// What joins the task loss in this step: a scalar with a graph.
    fn penalty(&mut self, record: &GateRecord, progress: TrainProgress) -> Option<Tensor> {
        let _ = (record, progress);
        None
    }

    /// Gradients exist, and the optimizer has not used them yet. Runs without a graph.
    ///
    /// # Errors
    /// What libtorch refuses.
    fn after_backward(
        &mut self,
        parameters: &Parameters,
        progress: TrainProgress,
    ) -> Result<(), TorchError> {
        let _ = (parameters, progress);
        Ok(())
    }

    /// The optimizer has taken its step. Runs without a graph.
    ///
    /// # Errors
    /// What libtorch refuses.
    fn after_step(
        &mut self,
        parameters: &Parameters,
        progress: TrainProgress,
    ) -> Result<(), TorchError> {
        let _ = (parameters, progress);
        Ok(())
    }

    /// Training is over and recovery begins: prune, or switch to hard gates. Called only if
    /// [`recovers`](Self::recovers). Runs without a graph.
    ///
    /// # Errors
    /// What libtorch refuses.
    fn start_recovery(
        &mut self,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), TorchError> {
        let _ = (map, parameters);
        Ok(())
    }

    /// What the method has come to beyond the parameters that it gave to the optimizer: masks, its
    /// random stream. A run that was interrupted goes on from it.
    ///
    /// # Errors
    /// What libtorch refuses.
    fn state(&self) -> Result<State, TorchError> {
        Ok(State::default())
    }

    /// Takes back what [`state`](Self::state) gave, after [`attach`](Self::attach).
    ///
    /// # Errors
    /// The state belongs to another method or model.
    fn restore(
        &mut self,
        state: &State,
        map: &ModelMap,
        parameters: &Parameters,
    ) -> Result<(), StateError> {
        let _ = (state, map, parameters);
        Ok(())
    }

    /// Which weights of a layer survive: 0 and 1 in the weight's shape; none where all do.
    fn weight_mask(&self, layer: LayerId) -> Option<&Tensor> {
        let _ = layer;
        None
    }

    /// FLOPs that deciding the gates of a site costs for one example.
    fn gate_flops(&self, site: &Site) -> f64 {
        let _ = site;
        0.0
    }

    /// Parameters of the gates that inference must store.
    fn gate_parameters(&self) -> u64 {
        0
    }
}
