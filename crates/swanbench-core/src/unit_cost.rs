//! The cost of open units: a function of how many are open at each site.

use tch::{Kind, Tensor};

use crate::{ModelMap, Site, SiteId};

/// A sum of products: each term is a constant times the open units of none, one or two sites.
///
/// For a network, `2 MACs of a pair x open inputs x open outputs` over its layers: the same sum for
/// one example's gates, for a solved number of units, and as a penalty with a gradient.
#[derive(Debug, Clone, Default)]
pub struct UnitCost {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, Copy)]
struct Term {
    each: f64,
    sites: [Option<SiteId>; 2],
}

impl UnitCost {
    /// Counts the FLOPs of the network per example.
    pub fn flops(map: &ModelMap) -> Self {
        let mut cost = Self::default();
        for layer in &map.layers {
            let inputs = layer.input_site.map_or(layer.inputs, |_| 1);
            let outputs = layer.output_site.map_or(layer.outputs, |_| 1);
            let each = 2 * layer.macs_per_pair() * inputs * outputs;
            cost.add(each as f64, [layer.input_site, layer.output_site]);
        }
        cost
    }

    /// Counts open units.
    pub fn units(map: &ModelMap) -> Self {
        let mut cost = Self::default();
        for site in &map.sites {
            cost.add(1.0, [Some(site.id), None]);
        }
        cost
    }

    /// Adds a term: `each` times the open units of the sites.
    pub fn add(&mut self, each: f64, sites: [Option<SiteId>; 2]) {
        if each != 0.0 {
            self.terms.push(Term { each, sites });
        }
    }

    /// Adds all terms of another cost.
    pub fn plus(mut self, more: Self) -> Self {
        self.terms.extend(more.terms);
        self
    }

    /// Returns the cost of `open` units, by site.
    pub fn of(&self, open: &[f64]) -> f64 {
        let count = |site: Option<SiteId>| site.map_or(1.0, |site| open[site.index()]);
        self.terms.iter().map(|term| term.each * count(term.sites[0]) * count(term.sites[1])).sum()
    }

    /// Returns the cost of each example, `[examples]`, from its open units by site, each `[examples]`
    /// or `[1]`. Passes their gradient.
    pub fn per_example(&self, open: &[Tensor]) -> Tensor {
        let examples = open.iter().map(|open| open.size()[0]).max().unwrap_or(1);
        let Some(first) = open.first() else { return self.quadratic_form(0).view([1]) };
        let form = self.quadratic_form(open.len()).to_kind(first.kind()).to_device(first.device());
        let ones = first.detach().ones_like().expand([examples], false);
        let rows = open.iter().map(|open| open.expand([examples], false));
        let open = Tensor::stack(&[ones].into_iter().chain(rows).collect::<Vec<_>>(), 0);
        (form.matmul(&open) * open).sum_dim_intlist(0i64, false, None::<Kind>)
    }

    /// Returns the cost as a quadratic form of one and of the open units of each site, a square
    /// matrix in 64 bits.
    pub(crate) fn quadratic_form(&self, sites: usize) -> Tensor {
        let side = sites + 1;
        let mut form = vec![0.0; side * side];
        for term in &self.terms {
            let [row, column] = term.sites.map(|site| site.map_or(0, |site| site.index() + 1));
            form[row * side + column] += term.each;
        }
        Tensor::from_slice(&form).view([side as i64, side as i64])
    }

    /// Returns the cost with everything open.
    pub fn whole(&self, map: &ModelMap) -> f64 {
        self.of(&map.sites.iter().map(|site| site.units as f64).collect::<Vec<_>>())
    }

    /// Returns the least cost of a network that is not cut in two: one open unit at every site.
    pub fn least(&self, map: &ModelMap) -> f64 {
        self.of(&vec![1.0; map.sites.len()])
    }
}

/// What deciding the gates of one site costs per example, on top of the network's own computation.
/// A gate that is the same for all examples is not decided: `deciding` counts the others.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GateCost {
    /// FLOPs for each open input unit of the deciding layer.
    pub per_input: f64,
    /// FLOPs for each unit that is decided.
    pub per_unit: f64,
    /// FLOPs for each pair of an open input and a unit that is decided.
    pub per_pair: f64,
    /// Whether what is computed per pair is the unit's output, which an open unit needs anyway.
    pub reuses_outputs: bool,
    /// Parameters that inference stores if any unit is decided.
    pub parameters: u64,
    /// Parameters that inference stores for each unit that is decided.
    pub parameters_per_unit: u64,
}

/// How the gates of one site vary from example to example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deciding {
    /// Units that are open on some examples and closed on others.
    pub units: f64,
    /// Units that are open on all.
    pub always_open: f64,
}

impl Deciding {
    /// A unit that is open on a smaller share of the examples than this is closed for all, and one
    /// that is closed on a smaller share is open for all: neither is decided.
    pub const CONSTANT: f64 = 0.001;

    /// Decides all units of a site.
    pub fn all(site: &Site) -> Self {
        Self { units: site.units as f64, always_open: 0.0 }
    }
}

impl GateCost {
    /// Returns the FLOPs per example of deciding the gates of a site.
    pub fn flops(&self, map: &ModelMap, site: &Site, deciding: Deciding) -> UnitCost {
        let mut cost = UnitCost::default();
        if deciding.units == 0.0 {
            return cost;
        }
        let layer = map.deciding_layer(site);
        let inputs = layer.input_site.map_or(layer.inputs as f64, |_| 1.0);
        cost.add(self.per_unit * deciding.units, [None; 2]);
        let decided = if self.reuses_outputs {
            cost.add(-self.per_pair * inputs, [layer.input_site, Some(site.id)]);
            deciding.units + deciding.always_open
        } else {
            deciding.units
        };
        cost.add((self.per_input + self.per_pair * decided) * inputs, [layer.input_site, None]);
        cost
    }

    /// Counts the parameters that inference stores.
    pub fn stored(&self, deciding: Deciding) -> u64 {
        let units = deciding.units as u64;
        if units == 0 { 0 } else { self.parameters + self.parameters_per_unit * units }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelBuilder;

    /// 4 inputs -> site of 2 units -> site of 3 units -> 2 classes.
    fn map() -> ModelMap {
        let mut builder = ModelBuilder::new([4, 1, 1], 2, 1.0);
        let hidden = builder.linear("first", builder.input(), 2);
        let hidden = builder.site("first", hidden);
        let hidden = builder.linear("second", hidden, 3);
        let hidden = builder.site("second", hidden);
        builder.linear("last", hidden, 2);
        builder.finish()
    }

    #[test]
    fn flops_are_a_sum_over_layers_of_products() {
        let (map, open) = (map(), [1.0, 2.0]);
        // MACs 4 x 1 + 1 x 2 + 2 x 2.
        assert_eq!(UnitCost::flops(&map).of(&open), 20.0);
        assert_eq!(UnitCost::flops(&map).whole(&map), map.flops() as f64);
        assert_eq!(UnitCost::flops(&map).least(&map), 2.0 * (4.0 + 1.0 + 2.0));
        assert_eq!(UnitCost::units(&map).of(&open), 3.0);
    }

    #[test]
    fn examples_are_counted_one_by_one_with_a_gradient() {
        let map = map();
        let first = Tensor::from_slice(&[2.0f64, 0.0]).set_requires_grad(true);
        let second = Tensor::from_slice(&[3.0f64]);
        let cost = UnitCost::flops(&map).per_example(&[first.shallow_clone(), second]);
        // MACs 8 + 6 + 6, and 0 + 0 + 6.
        assert_eq!(Vec::<f64>::try_from(&cost).unwrap(), [40.0, 12.0]);
        cost.sum(Kind::Double).backward();
        // One more unit of the first site: 4 MACs in, 3 out.
        assert_eq!(Vec::<f64>::try_from(first.grad()).unwrap(), [14.0, 14.0]);
    }

    #[test]
    fn deciding_reads_open_inputs_for_units_that_vary() {
        let map = map();
        let gate =
            GateCost { per_input: 10.0, per_unit: 3.0, per_pair: 2.0, ..GateCost::default() };
        let deciding = Deciding { units: 2.0, always_open: 1.0 };
        let cost = gate.flops(&map, &map.sites[1], deciding);
        // One open input: 10 + 2 units x 2; and 2 units x 3.
        assert_eq!(cost.of(&[1.0, 2.0]), 14.0 + 6.0);
        // The first site reads the 4 inputs of the network.
        assert_eq!(gate.flops(&map, &map.sites[0], deciding).of(&[1.0, 2.0]), 56.0 + 6.0);
        let none = Deciding { units: 0.0, always_open: 3.0 };
        assert_eq!(gate.flops(&map, &map.sites[1], none).of(&[1.0, 2.0]), 0.0);
    }

    #[test]
    fn outputs_that_are_computed_to_decide_cost_once() {
        let map = map();
        // k winners: the second layer's units cost 2 FLOPs per open input.
        let gate = GateCost { per_pair: 2.0, reuses_outputs: true, ..GateCost::default() };
        let deciding = Deciding { units: 2.0, always_open: 1.0 };
        // Two open inputs, two of three units open: the third is computed all the same.
        assert_eq!(gate.flops(&map, &map.sites[1], deciding).of(&[2.0, 2.0]), 4.0);
    }
}
