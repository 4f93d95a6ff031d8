//! Which units of a site an exported network has.

use swanbench_core::{GateMap, ModelMap, Operation, Site};
use swanbench_train::{SiteGates, VaryingUnits};
use tch::{Kind, Tensor};

use crate::{ExportError, Form};

/// The units of a site that are kept.
pub(crate) struct SiteUnits {
    /// Ascending.
    pub kept: Vec<i64>,
    /// What multiplies each of them, `[kept]`.
    pub factor: Tensor,
    /// How some of them are decided; `None` if all are always open.
    pub decided: Option<Decided>,
}

/// Units that are decided for each example.
pub(crate) struct Decided {
    pub map: GateMap,
    /// Among all units of the site, ascending.
    pub varying: Vec<i64>,
}

impl SiteUnits {
    /// Finds the units of a site.
    pub fn of(
        map: &ModelMap,
        site: &Site,
        gates: SiteGates,
        form: Form,
    ) -> Result<Self, ExportError> {
        let units = match gates {
            SiteGates::Other => return Err(ExportError::Gates { site: site.name.clone() }),
            SiteGates::Fixed(factor) => Self::fixed(&factor),
            SiteGates::Varying { units, map } => match form {
                Form::Gated => Self::varying(units, map),
                Form::Compact(least) => {
                    let open = units.rates.iter().map(|&rate| f32::from(u8::from(rate > least)));
                    let mut open: Vec<f32> = open.collect();
                    if open.iter().all(|open| *open == 0.0) {
                        open[units.last as usize] = 1.0;
                    }
                    Self::fixed(&Tensor::from_slice(&open))
                }
            },
        };
        let is_whole = units.kept.len() as i64 == site.units && units.decided.is_none();
        if is_whole || !is_stream(map, site) {
            return Ok(units);
        }
        Err(ExportError::Stream { site: site.name.clone() })
    }

    /// Takes all units of a site.
    pub fn all(site: &Site) -> Self {
        Self::fixed(&Tensor::ones([site.units], (Kind::Float, tch::Device::Cpu)))
    }

    fn fixed(factor: &Tensor) -> Self {
        let places = factor.ne(0.0).nonzero().flatten(0, -1);
        // A network cut in two still has a unit, which is zero.
        let places = if places.numel() == 0 { Tensor::from_slice(&[0i64]) } else { places };
        let kept = Vec::try_from(&places).expect("numbers");
        Self { kept, factor: factor.index_select(0, &places), decided: None }
    }

    pub fn varying(units: VaryingUnits, map: GateMap) -> Self {
        let VaryingUnits { varying, open, last, .. } = units;
        let mut kept = [&varying[..], &open].concat();
        if kept.is_empty() {
            kept.push(last);
        }
        kept.sort_unstable();
        let factor = Tensor::ones([kept.len() as i64], (Kind::Float, tch::Device::Cpu));
        let decided = (!varying.is_empty()).then_some(Decided { map, varying });
        Self { kept, factor, decided }
    }

    /// Returns the place of a unit among those that are kept.
    pub fn place(&self, unit: i64) -> usize {
        self.kept.binary_search(&unit).expect("what is decided is kept")
    }
}

/// Returns whether a site switches units that a residual sum joins.
fn is_stream(map: &ModelMap, site: &Site) -> bool {
    let sums = |operation: &Operation| match *operation {
        Operation::Site { site: own, input, .. } if own == site.id => {
            let mut value = input;
            while let Operation::Relu { input } = map.operations[value.index()] {
                value = input;
            }
            matches!(map.operations[value.index()], Operation::Add { .. })
        }
        Operation::SameSite { site: own, .. } => own == site.id,
        _ => false,
    };
    map.operations.iter().any(sums) || site.producers.len() > 1
}
