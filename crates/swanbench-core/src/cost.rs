//! The cost model: what inference computes, by the same rules for every method.
//!
//! For each example, every layer costs `MACs of a pair x open inputs x open outputs`, and only then
//! are examples averaged: the product of mean activities is wrong if the gates of two sites open
//! together. FLOP = 2 x MAC. Linear and convolution layers count; biases, activation functions,
//! pooling and normalisation do not. Deciding the gates is added.
//!
//! *Unit FLOPs* skip closed units, which an ordinary dense kernel can do. *Weight FLOPs* also skip
//! single zero weights, which needs a sparse kernel. A unit is closed if its gate is, or if nothing
//! reads it: no surviving weight leads from it to a unit that can be open. A unit that reads
//! nothing costs what its outputs cost, although its constant output could be folded into biases.

use swanbench_spec::Mode;
use tch::{Device, Kind, Tensor};

use crate::{GateRecord, InferenceCost, Layer, ModelMap, SiteId};

/// The costs of a batch, one float64 per example.
#[derive(Debug)]
pub struct ExampleCosts {
    /// FLOPs with closed units skipped, gate overhead included.
    pub unit_flops: Tensor,
    /// FLOPs with single zero weights skipped too, gate overhead included.
    pub weight_flops: Tensor,
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
    gate_flops: f64,
    gate_parameters: u64,
    device: Device,
}

/// `[examples or 1, units]` in {0, 1}; `None` if all are open.
type Open = Option<Tensor>;

impl<'a> CostModel<'a> {
    /// Creates the cost model of a network whose method saves and costs `inference`.
    pub fn new(map: &'a ModelMap, inference: &InferenceCost, device: Device) -> Self {
        let survivors = |layer: &Layer| {
            let pairs = [layer.outputs, layer.inputs, layer.weights_per_pair];
            inference
                .weight_mask(layer.id)
                .map(|mask| mask.reshape(pairs).sum_dim_intlist(2i64, false, Kind::Double))
        };
        Self {
            map,
            survivors: map.layers.iter().map(survivors).collect(),
            gate_flops: inference.total_gate_flops(),
            gate_parameters: inference.gate_parameters,
            device,
        }
    }

    /// Leaves out the cost of deciding the gates: for gates that are given.
    pub fn with_given_gates(self) -> Self {
        Self { gate_flops: 0.0, gate_parameters: 0, ..self }
    }

    /// Returns the FLOPs per example of deciding all gates.
    pub fn gate_flops(&self) -> f64 {
        self.gate_flops
    }

    /// Counts the FLOPs of a forward pass of `examples` examples under the gates of `record`.
    pub fn count_flops(&self, record: &GateRecord, examples: i64) -> ExampleCosts {
        let open = self.open(record);
        let none = || Tensor::zeros([examples], (Kind::Double, self.device));
        let (mut unit_macs, mut weight_macs) = (none(), none());
        for (layer, survivors) in self.map.layers.iter().zip(&self.survivors) {
            let (inputs, outputs) = (find(&open, layer.input_site), find(&open, layer.output_site));
            let pairs = self.count(inputs, layer.inputs) * self.count(outputs, layer.outputs);
            let dense = pairs * layer.macs_per_pair() as f64;
            weight_macs += match survivors {
                None => dense.shallow_clone(),
                Some(survivors) => {
                    let all = self.ones(layer.inputs);
                    let read = inputs.as_ref().unwrap_or(&all).matmul(&survivors.tr());
                    let kept = outputs.as_ref().map_or(read.shallow_clone(), |open| read * open);
                    kept.sum_dim_intlist(1i64, false, Kind::Double) * layer.positions as f64
                }
            };
            unit_macs += dense;
        }
        let flops = |macs: Tensor| macs * 2.0 + self.gate_flops;
        ExampleCosts {
            unit_flops: flops(unit_macs),
            weight_flops: flops(weight_macs),
            open_units: self.open_units(record, &open, examples),
            examples_open: self.examples_open(&open, examples),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Gates, ModelBuilder};

    /// 4 inputs -> site of 2 units -> site of 2 units -> 3 classes.
    fn small() -> ModelMap {
        let mut builder = ModelBuilder::new([4, 1, 1], 3, 1.0);
        let (_, hidden) = builder.linear("first", builder.input(), 2);
        let (_, hidden) = builder.site("first", hidden);
        let (_, hidden) = builder.linear("second", hidden, 2);
        let (_, hidden) = builder.site("second", hidden);
        builder.linear("last", hidden, 3);
        builder.finish()
    }

    /// Gates of 5 FLOPs at each of two sites, with 7 parameters in all.
    fn masked(map: &ModelMap, weight_masks: Vec<Option<Tensor>>) -> CostModel<'_> {
        let gate_flops = vec![5.0; 2];
        let inference = InferenceCost { weight_masks, gate_flops, gate_parameters: 7 };
        CostModel::new(map, &inference, Device::Cpu)
    }

    fn gates(rows: &[[f32; 2]], applied: Mode) -> Gates {
        let hard = Tensor::from_slice2(rows);
        let (soft, factor) = (Some(&hard * 0.5), hard.shallow_clone());
        Gates { soft, applied, ..Gates::per_example(hard, factor) }
    }

    fn record(first: Option<Gates>, second: Option<Gates>) -> GateRecord {
        GateRecord::of(vec![first, second])
    }

    fn values(tensor: &Tensor) -> Vec<f64> {
        Vec::try_from(tensor).unwrap()
    }

    #[test]
    fn costs_are_counted_per_example_not_by_the_mean() {
        let map = small();
        let cost = masked(&map, Vec::new());
        // One example opens everything, the other nothing: mean activity 1/2 at both sites.
        let rows = [[1.0, 1.0], [0.0, 0.0]];
        let record = record(Some(gates(&rows, Mode::Hard)), Some(gates(&rows, Mode::Hard)));
        let costs = cost.count_flops(&record, 2);
        // MACs 4 x 2 + 2 x 2 + 2 x 3 = 18, and none; two sites of 5 FLOPs for the gates.
        assert_eq!(values(&costs.unit_flops), [46.0, 10.0]);
        assert_eq!(values(&costs.weight_flops), [46.0, 10.0]);
        assert_eq!(values(&costs.open_units), [4.0, 0.0]);
        assert_eq!(cost.units_open(&record, 2), costs.open_units);
        assert_eq!(values(&costs.examples_open[1]), [1.0, 1.0]);
        assert_eq!(
            values(&cost.with_given_gates().count_flops(&record, 2).unit_flops),
            [36.0, 0.0]
        );
        let cost = masked(&map, Vec::new());
        // The product of the means would say 4 + 1 + 3 = 8 MACs; the truth is 9 on average.
        assert_eq!(values(&costs.unit_flops).iter().sum::<f64>() / 2.0, 2.0 * 9.0 + 10.0);
        assert_eq!(cost.stored_parameters(&record), map.parameter_count() + 7);
    }

    /// A batch of one example does not show what other examples would close.
    #[test]
    fn gates_of_the_input_keep_all_parameters() {
        let map = small();
        let cost = masked(&map, Vec::new());
        let record = record(Some(gates(&[[1.0, 0.0]], Mode::Hard)), None);
        assert_eq!(cost.stored_parameters(&record), map.parameter_count() + 7);
    }

    #[test]
    fn soft_gates_save_nothing() {
        let map = small();
        let cost = masked(&map, Vec::new());
        let record = record(Some(gates(&[[1.0, 0.0]], Mode::Soft)), None);
        let costs = cost.count_flops(&record, 3);
        assert_eq!(values(&costs.unit_flops), [46.0; 3]);
        // Half a gate at the first site, all of the second.
        assert_eq!(values(&costs.open_units), [2.5; 3]);
        assert_eq!(values(&costs.examples_open[0]), [3.0, 3.0]);
    }

    #[test]
    fn surviving_weights_count_between_usable_units() {
        let map = small();
        // Second layer: unit 1 of the first site leads nowhere; unit 0 leads to both outputs.
        let second = Tensor::from_slice2(&[[1.0f32, 0.0], [1.0, 0.0]]);
        // Last layer: only unit 0 of the second site is read, by two classes.
        let last = Tensor::from_slice2(&[[1.0f32, 0.0], [0.0, 0.0], [1.0, 0.0]]);
        let cost = masked(&map, vec![None, Some(second), Some(last)]);
        let record = record(None, None);
        let costs = cost.count_flops(&record, 1);
        // Units: 4 x 1, 1 x 1, 1 x 3. Weights: 4 x 1, 1, 2.
        assert_eq!(values(&costs.unit_flops), [2.0 * 8.0 + 10.0]);
        assert_eq!(values(&costs.weight_flops), [2.0 * 7.0 + 10.0]);
        assert_eq!(values(&costs.open_units), [2.0]);
        assert_eq!(values(&costs.examples_open[0]), [1.0, 0.0]);
        // 7 weights; biases 1, 1 and 3; 7 of the gates.
        assert_eq!(cost.stored_parameters(&record), 7 + 5 + 7);
    }

    #[test]
    fn masks_of_units_and_of_weights_combine() {
        let map = small();
        let last = Tensor::from_slice2(&[[1.0f32, 1.0], [0.0, 0.0], [1.0, 0.0]]);
        let cost = masked(&map, vec![None, None, Some(last)]);
        let closed = Tensor::from_slice(&[1.0f32, 0.0]);
        let record = record(None, Some(Gates::fixed(&closed)));
        let costs = cost.count_flops(&record, 1);
        // Units: 4 x 2, 2 x 1, 1 x 3. Weights: 8, 2, 2 that leave unit 0.
        assert_eq!(values(&costs.unit_flops), [2.0 * 13.0 + 10.0]);
        assert_eq!(values(&costs.weight_flops), [2.0 * 12.0 + 10.0]);
        assert_eq!(cost.stored_parameters(&record), 12 + (2 + 1 + 3) + 7);
    }
}
