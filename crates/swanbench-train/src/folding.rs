//! Gates that are the same for all examples, decided once for all.

use swanbench_core::{Deciding, Gated, Gates, ModelMap, Pass, Regularizer, Site};
use tch::{Kind, Tensor};

use crate::gate_statistics::{GateStatistics, SiteGateStats};

/// The constant gates of one site, `[1, units]` in {0, 1}.
struct SiteFolding {
    /// Whether the unit's own gate is used.
    varies: Tensor,
    /// What replaces it.
    open: Tensor,
    /// How many there are.
    deciding: Deciding,
    /// The unit that is open if all others are closed.
    last: Tensor,
    /// The share of examples on which each unit is open.
    rates: Tensor,
}

/// The units of a site some of whose gates vary.
#[derive(Debug, Clone, PartialEq)]
pub struct VaryingUnits {
    /// Those that are decided for each example, ascending.
    pub varying: Vec<i64>,
    /// Those that are always open, ascending.
    pub open: Vec<i64>,
    /// The one that is open if no other is.
    pub last: i64,
    /// By unit, the share of the validation examples on which it is open.
    pub rates: Vec<f64>,
}

/// A method whose constant gates are folded into the network, so that inference does not decide
/// them.
pub struct Folding(Vec<Option<SiteFolding>>);

impl Folding {
    /// Finds the gates that are constant over a split.
    pub fn of(statistics: &GateStatistics) -> Self {
        Self(statistics.sites().iter().map(|site| site.as_ref().map(SiteFolding::of)).collect())
    }

    /// Counts the gates that vary, by site.
    pub fn deciding(&self, map: &ModelMap) -> Vec<Deciding> {
        let sites = map.sites.iter().zip(&self.0);
        let none = |site: &Site| Deciding { units: 0.0, always_open: site.units as f64 };
        sites
            .map(|(site, folding)| folding.as_ref().map_or(none(site), |folding| folding.deciding))
            .collect()
    }

    /// Lists the units of a site; `None` if its gates do not depend on the example.
    pub fn units(&self, site: &Site) -> Option<VaryingUnits> {
        let folding = self.0[site.id.index()].as_ref()?;
        let places = |mask: &Tensor| -> Vec<i64> {
            Vec::try_from(mask.flatten(0, -1).nonzero().flatten(0, -1)).expect("numbers")
        };
        let rates = folding.rates.flatten(0, -1).to_kind(Kind::Double);
        Some(VaryingUnits {
            varying: places(&folding.varies),
            open: places(&folding.open),
            last: folding.last.argmax(1, false).int64_value(&[0]),
            rates: Vec::try_from(rates).expect("numbers"),
        })
    }

    /// Counts the units of all sites whose gates vary.
    pub fn varying_units(&self) -> u64 {
        self.0.iter().flatten().map(|site| site.deciding.units as u64).sum()
    }

    /// Replaces the constant gates of `method`.
    pub fn apply<'a>(&self, method: &'a mut dyn Regularizer) -> Folded<'a> {
        let sites = self.0.iter().map(|site| site.as_ref().map(SiteFolding::share));
        Folded { method, sites: sites.collect() }
    }
}

impl SiteFolding {
    fn share(&self) -> Self {
        let share = Tensor::shallow_clone;
        let (varies, open) = (share(&self.varies), share(&self.open));
        let (last, rates) = (share(&self.last), share(&self.rates));
        Self { varies, open, deciding: self.deciding, last, rates }
    }

    fn of(stats: &SiteGateStats) -> Self {
        let never = stats.open.lt(Deciding::CONSTANT);
        let always = stats.open.gt(1.0 - Deciding::CONSTANT);
        // A factor that differs from example to example is still to be computed.
        let open = if stats.binary { always } else { always.zeros_like() };
        let varies = never.logical_or(&open).logical_not();
        let count = |found: &Tensor| found.sum(Kind::Double).double_value(&[]);
        let deciding = Deciding { units: count(&varies), always_open: count(&open) };
        let last = stats.open.zeros_like().scatter_value(1, &stats.open.argmax(1, true), 1.0);
        let [varies, open, last] = [varies, open, last].map(|mask| mask.to_kind(Kind::Float));
        Self { varies, open, deciding, last, rates: stats.open.shallow_clone() }
    }

    fn fold(&self, gates: Gates) -> Gates {
        let constant = |gate: &Tensor| gate * &self.varies + &self.open;
        let hard = constant(&gates.hard);
        let none = hard.amax(1i64, true).eq(0.0).to_kind(Kind::Float) * &self.last;
        let per_example = self.deciding.units > 0.0;
        let first = |gate: Tensor| if per_example { gate } else { gate.narrow(0, 0, 1) };
        Gates {
            per_example,
            factor: first(constant(&gates.factor) + &none),
            hard: first(hard + none),
            ..gates
        }
    }
}

/// A method under [`Folding`].
pub struct Folded<'a> {
    method: &'a mut dyn Regularizer,
    sites: Vec<Option<SiteFolding>>,
}

impl Regularizer for Folded<'_> {
    fn gate(&mut self, site: &Site, input: &Tensor, output: Tensor, pass: Pass) -> Gated {
        let Some(folding) = &self.sites[site.id.index()] else {
            return self.method.gate(site, input, output, pass);
        };
        let Gated { gates, .. } = self.method.gate(site, input, output.shallow_clone(), pass);
        let gates = gates.expect("these gates depend on the example");
        Gated::by(folding.fold(gates), &output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(tensor: &Tensor) -> Vec<f64> {
        Vec::try_from(tensor.flatten(0, -1).to_kind(Kind::Double)).unwrap()
    }

    /// Four units: never, always, now and then, and almost always open.
    fn stats(binary: bool) -> SiteGateStats {
        let open = Tensor::from_slice(&[0.0f64, 1.0, 0.5, 0.9995]).unsqueeze(0);
        SiteGateStats { factor: open.ones_like(), open, binary }
    }

    fn rows() -> Gates {
        let hard = Tensor::from_slice2(&[[1.0f32, 1.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]]);
        Gates::per_example(hard.shallow_clone(), hard)
    }

    #[test]
    fn constant_gates_are_replaced_and_not_decided() {
        let folding = SiteFolding::of(&stats(true));
        assert_eq!(folding.deciding, Deciding { units: 1.0, always_open: 2.0 });
        let gates = folding.fold(rows());
        assert_eq!(numbers(&gates.hard), [0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        assert_eq!(gates.hard, gates.factor);
        assert!(gates.per_example);
    }

    #[test]
    fn open_gates_that_weigh_their_unit_are_still_decided() {
        let folding = SiteFolding::of(&stats(false));
        assert_eq!(folding.deciding, Deciding { units: 3.0, always_open: 0.0 });
        assert_eq!(numbers(&folding.fold(rows()).hard), [0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_site_without_varying_gates_is_the_same_for_all_examples() {
        let open = Tensor::from_slice(&[0.0f64, 0.0, 0.0, 1.0]).unsqueeze(0);
        let stats = SiteGateStats { factor: open.ones_like(), open, binary: true };
        let folding = SiteFolding::of(&stats);
        let gates = folding.fold(rows());
        assert!(!gates.per_example);
        assert_eq!(numbers(&gates.hard), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn a_site_that_would_close_opens_its_usual_unit() {
        let open = Tensor::from_slice(&[0.0f64, 0.2, 0.6, 0.2]).unsqueeze(0);
        let stats = SiteGateStats { factor: open.ones_like(), open, binary: true };
        let hard = Tensor::from_slice2(&[[1.0f32, 0.0, 0.0, 0.0]]);
        let gates = SiteFolding::of(&stats).fold(Gates::per_example(hard.shallow_clone(), hard));
        assert_eq!(numbers(&gates.hard), [0.0, 0.0, 1.0, 0.0]);
    }
}
