//! The cost model: what inference computes, by the same rules for every method.
//!
//! For each example, every layer costs `MACs of a pair x open inputs x open outputs`, and only then
//! are examples averaged: the product of mean activities is wrong if the gates of two sites open
//! together. FLOP = 2 x MAC. Linear and convolution layers count; biases, activation functions,
//! pooling and normalisation do not. Deciding the gates that vary is added.
//!
//! *Unit FLOPs* skip closed units, which an ordinary dense kernel can do. *Weight FLOPs* also skip
//! single zero weights, which needs a sparse kernel. A unit is closed if its gate is, or if nothing
//! reads it: no surviving weight leads from it to a unit that can be open. A unit that reads
//! nothing costs what its outputs cost, although its constant output could be folded into biases.

#[cfg(test)]
mod tests;

use swanbench_spec::Mode;
use tch::{Device, Kind, Tensor};

use crate::{Deciding, GateRecord, InferenceCost, Layer, ModelMap, SiteId, UnitCost};

/// The costs of a batch, one float64 per example.
#[derive(Debug)]
pub struct ExampleCosts {
    /// FLOPs with closed units skipped, gate overhead included.
    pub unit_flops: Tensor,
    /// FLOPs with single zero weights skipped too, gate overhead included.
    pub weight_flops: Tensor,
    /// FLOPs of deciding the gates.
    pub gate_flops: Tensor,
    /// Open units over all sites; with soft gates, their sum.
    pub open_units: Tensor,
    /// By site: the number of examples on which each unit was open, `[units]`; soft gates count
    /// as open.
    pub examples_open: Vec<Tensor>,
}

/// The cost model of one network under one method at one moment of training.
pub struct CostModel<'a> {
    map: &'a ModelMap,
    /// By layer, the weights that survive between every output and input unit, `[outputs,
    /// inputs]`; `None` if all do.
    survivors: Vec<Option<Tensor>>,
    network: UnitCost,
    gates: UnitCost,
    gate_parameters: u64,
    device: Device,
}

/// `[examples or 1, units]` in {0, 1}; `None` if all are open.
type Open = Option<Tensor>;

impl<'a> CostModel<'a> {
    /// Creates the cost model of a network whose method saves and costs `inference`. `deciding` says
    /// how the gates vary, by site; `None` if all of them may.
    pub fn new(
        map: &'a ModelMap,
        inference: &InferenceCost,
        deciding: Option<&[Deciding]>,
        device: Device,
    ) -> Self {
        let all: Vec<Deciding> = map.sites.iter().map(Deciding::all).collect();
        let deciding = deciding.unwrap_or(&all);
        let stored = inference.gates.iter().zip(deciding).map(|(gate, &each)| gate.stored(each));
        let survivors = |layer: &Layer| {
            let pairs = [layer.outputs, layer.inputs, layer.weights_per_pair];
            inference
                .weight_mask(layer.id)
                .map(|mask| mask.reshape(pairs).sum_dim_intlist(2i64, false, Kind::Double))
        };
        Self {
            map,
            survivors: map.layers.iter().map(survivors).collect(),
            network: UnitCost::flops(map),
            gates: inference.gate_flops(map, deciding),
            gate_parameters: stored.sum(),
            device,
        }
    }

    /// Leaves out the cost of deciding the gates: for gates that are given.
    pub fn with_given_gates(self) -> Self {
        Self { gates: UnitCost::default(), gate_parameters: 0, ..self }
    }

    /// Counts the FLOPs of a forward pass of `examples` examples under the gates of `record`.
    pub fn count_flops(&self, record: &GateRecord, examples: i64) -> ExampleCosts {
        let open = self.open(record);
        let sites = self.map.sites.iter().zip(&open);
        let counts: Vec<Tensor> = sites.map(|(site, open)| self.count(open, site.units)).collect();
        let each = |costs: Tensor| costs.expand([examples], false).to_device(self.device);
        let gate_flops = each(self.gates.per_example(&counts));
        let unit_flops = each(self.network.per_example(&counts)) + &gate_flops;
        let weight_flops = match self.pruned(&open) {
            None => unit_flops.shallow_clone(),
            Some(pruned) => &unit_flops - pruned,
        };
        ExampleCosts {
            unit_flops,
            weight_flops,
            gate_flops,
            open_units: self.open_units(record, &open, examples),
            examples_open: self.examples_open(&open, examples),
        }
    }

    /// Counts the FLOPs between open units that pruned weights save, `[examples or 1]`; `None` if no
    /// weight is pruned.
    fn pruned(&self, open: &[Open]) -> Option<Tensor> {
        let layers = self.map.layers.iter().zip(&self.survivors);
        let saved = layers.filter_map(|(layer, survivors)| {
            let pruned = survivors.as_ref()?.neg() + layer.weights_per_pair as f64;
            let (inputs, outputs) = (find(open, layer.input_site), find(open, layer.output_site));
            let all = self.ones(layer.inputs);
            let read = inputs.as_ref().unwrap_or(&all).matmul(&pruned.tr());
            let saved = outputs.as_ref().map_or(read.shallow_clone(), |open| read * open);
            Some(saved.sum_dim_intlist(1i64, false, Kind::Double) * (2 * layer.positions) as f64)
        });
        saved.reduce(|sum, more| sum + more)
    }

    /// Counts open units over all sites in a forward pass of `examples` examples, `[examples]`, as
    /// [`count_flops`](Self::count_flops) does.
    pub fn units_open(&self, record: &GateRecord, examples: i64) -> Tensor {
        self.open_units(record, &self.open(record), examples)
    }

    /// Counts the parameters that inference must store: those that can never be used are dropped,
    /// gates that depend on the input keep everything and add their own.
    pub fn stored_parameters(&self, record: &GateRecord) -> u64 {
        let open = self.open(record);
        let kept = |site: Option<SiteId>, units| {
            let site =
                site.filter(|&site| record.gates(site).is_none_or(|gates| !gates.per_example));
            find(&open, site).as_ref().map_or_else(|| self.ones(units), Tensor::shallow_clone)
        };
        let mut stored = self.map.parameter_count() + self.gate_parameters;
        for (layer, survivors) in self.map.layers.iter().zip(&self.survivors) {
            let inputs = kept(layer.input_site, layer.inputs);
            let outputs = kept(layer.output_site, layer.outputs);
            let weights = match survivors {
                None => total(&inputs) * total(&outputs) * layer.weights_per_pair as f64,
                Some(survivors) => total(&outputs.matmul(survivors).matmul(&inputs.tr())),
            };
            let biases = layer.bias.map_or(0.0, |_| total(&outputs));
            stored -= layer.parameters() - (weights + biases) as u64;
        }
        for norm in &self.map.norms {
            stored -= 2 * (norm.units as u64 - total(&kept(norm.site, norm.units)) as u64);
        }
        stored
    }

    fn ones(&self, units: i64) -> Tensor {
        Tensor::ones([1, units], (Kind::Double, self.device))
    }

    /// Returns the open units of each site; unread units are closed.
    fn open(&self, record: &GateRecord) -> Vec<Open> {
        let applied = |site: SiteId| {
            record
                .gates(site)
                .filter(|gates| gates.applied == Mode::Hard)
                .map(|gates| gates.hard.detach().to_kind(Kind::Double))
        };
        let mut open: Vec<Open> = self.map.sites.iter().map(|site| applied(site.id)).collect();
        // From the output back: whether a unit is read depends on the units that would read it.
        for site in self.map.sites.iter().rev() {
            let Some(read) = self.read(site.id, &open) else { continue };
            let slot = &mut open[site.id.0];
            *slot = Some(slot.take().map_or(read.shallow_clone(), |open| open * read));
        }
        open
    }

    /// Finds the units from which a surviving weight leads to one that can be open, `[1, units]`;
    /// `None` if every weight of some consumer survives.
    fn read(&self, site: SiteId, open: &[Open]) -> Option<Tensor> {
        let site = self.map.site(site);
        let mut read = Tensor::zeros([1, site.units], (Kind::Double, self.device));
        for &consumer in &site.consumers {
            let survivors = self.survivors[consumer.0].as_ref()?;
            let layer = self.map.layer(consumer);
            let possible = find(open, layer.output_site)
                .as_ref()
                .map_or_else(|| self.ones(layer.outputs), |open| open.amax(0i64, true));
            read += possible.matmul(survivors);
        }
        Some(read.gt(0.0).to_kind(Kind::Double))
    }

    /// Counts open units of one side of a layer, `[examples or 1]`.
    fn count(&self, open: &Open, units: i64) -> Tensor {
        open.as_ref().map_or_else(
            || Tensor::full([1], units as f64, (Kind::Double, self.device)),
            |open| open.sum_dim_intlist(1i64, false, Kind::Double),
        )
    }

    fn examples_open(&self, open: &[Open], examples: i64) -> Vec<Tensor> {
        let counted = |(site, open): (&crate::Site, &Open)| match open {
            None => Tensor::full([site.units], examples as f64, (Kind::Double, self.device)),
            Some(open) => open.expand([examples, site.units], false).sum_dim_intlist(
                0i64,
                false,
                Kind::Double,
            ),
        };
        self.map.sites.iter().zip(open).map(counted).collect()
    }

    fn open_units(&self, record: &GateRecord, open: &[Open], examples: i64) -> Tensor {
        let mut total = Tensor::zeros([examples], (Kind::Double, self.device));
        for (site, open) in self.map.sites.iter().zip(open) {
            total += match (record.gates(site.id), open) {
                (Some(gates), _) if gates.applied == Mode::Soft => gates.open_units(),
                _ => self.count(open, site.units),
            };
        }
        total
    }
}

fn total(tensor: &Tensor) -> f64 {
    tensor.sum(Kind::Double).double_value(&[])
}

fn find(open: &[Open], site: Option<SiteId>) -> &Open {
    site.map_or(&None, |site| &open[site.0])
}
