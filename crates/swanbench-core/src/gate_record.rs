//! The gates of one forward pass: which units were open.

use swanbench_spec::Mode;
use tch::{Kind, Tensor};

use crate::SiteId;

/// The gates of one site in one forward pass.
#[derive(Debug)]
pub struct Gates {
    /// In {0, 1}, `[examples, units]`, or `[1, units]` if every example has the same. May be part
    /// of the graph and pass a gradient of its own.
    pub hard: Tensor,
    /// Whether they depend on the example. If not, closed units can be removed for good.
    pub per_example: bool,
    /// In (0, 1), of the same shape and part of the graph; `None` if the method has no soft gates.
    pub soft: Option<Tensor>,
    /// Which of the two multiplied the output. With soft gates nothing is skipped.
    pub applied: Mode,
    /// What multiplied the output, of the same shape and part of the graph: the gates, or what
    /// passes their gradient, or what keeps the mean of the output.
    pub factor: Tensor,
}

impl Gates {
    /// Creates hard gates that depend on the example, `hard` in {0, 1} and `factor` both
    /// `[examples, units]`.
    pub fn per_example(hard: Tensor, factor: Tensor) -> Self {
        Self { hard, per_example: true, soft: None, applied: Mode::Hard, factor }
    }

    /// Creates gates that are the same for every example from a mask, `[units]` in {0, 1}.
    pub fn fixed(mask: &Tensor) -> Self {
        let hard = mask.unsqueeze(0);
        let factor = hard.shallow_clone();
        Self { per_example: false, ..Self::per_example(hard, factor) }
    }

    /// Exchanges the gates of the examples by `order`, `[examples]`; gates that do not depend on
    /// the example stay. No gradient passes.
    pub fn reordered(&self, order: &Tensor) -> Self {
        let reordered = |gate: &Tensor| {
            let gate = gate.detach();
            if gate.size()[0] == order.size()[0] { gate.index_select(0, order) } else { gate }
        };
        Self {
            hard: reordered(&self.hard),
            per_example: self.per_example,
            soft: self.soft.as_ref().map(reordered),
            applied: self.applied,
            factor: reordered(&self.factor),
        }
    }

    /// Multiplies `output`, `[examples, units]` or `[examples, units, height, width]`, by the
    /// factor.
    pub(crate) fn apply(&self, output: &Tensor) -> Tensor {
        match output.dim() {
            4 => output * self.factor.unsqueeze(-1).unsqueeze(-1),
            _ => output * &self.factor,
        }
    }

    /// Counts open units, for each example or for all at once: `[examples]` or `[1]`. Soft gates
    /// are summed.
    pub fn open_units(&self) -> Tensor {
        let gates = match (&self.soft, self.applied) {
            (Some(soft), Mode::Soft) => soft,
            _ => &self.hard,
        };
        gates.detach().sum_dim_intlist(1i64, false, Kind::Double)
    }
}

/// A site's output after a method has switched its units.
#[derive(Debug)]
pub struct Gated {
    /// Of the same shape as the output before.
    pub output: Tensor,
    /// `None` if everything stays open.
    pub gates: Option<Gates>,
}

impl Gated {
    /// Leaves all units open.
    pub fn open(output: Tensor) -> Self {
        Self { output, gates: None }
    }

    /// Multiplies the output by the factor of the gates, at every position of a feature map.
    pub fn by(gates: Gates, output: &Tensor) -> Self {
        Self { output: gates.apply(output), gates: Some(gates) }
    }
}

/// The gates of all sites in one forward pass, in the order of the sites.
#[derive(Debug)]
pub struct GateRecord {
    gates: Vec<Option<Gates>>,
}

impl GateRecord {
    /// Creates a record of these gates, one item for each site.
    pub fn of(gates: Vec<Option<Gates>>) -> Self {
        Self { gates }
    }

    pub(crate) fn new(sites: usize) -> Self {
        Self { gates: (0..sites).map(|_| None).collect() }
    }

    pub(crate) fn set(&mut self, site: SiteId, gates: Option<Gates>) {
        self.gates[site.0] = gates;
    }

    /// Takes the gates of a site out of the record.
    pub fn take(&mut self, site: SiteId) -> Option<Gates> {
        self.gates[site.0].take()
    }

    /// Returns the gates of a site; `None` if everything stayed open.
    pub fn gates(&self, site: SiteId) -> Option<&Gates> {
        self.gates[site.0].as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reordered_gates_keep_what_belongs_together() {
        let hard = Tensor::from_slice2(&[[1.0f32, 0.0], [0.0, 1.0]]);
        let (soft, factor) = (Some(&hard * 0.5), &hard * 2.0);
        let gates = Gates { soft, ..Gates::per_example(hard, factor) };
        let gates = gates.reordered(&Tensor::from_slice(&[1i64, 0]));
        let swapped = Tensor::from_slice2(&[[0.0f32, 1.0], [1.0, 0.0]]);
        assert_eq!(gates.hard, swapped);
        assert_eq!(gates.soft.unwrap(), &swapped * 0.5);
        assert_eq!(gates.factor, &swapped * 2.0);
    }
}
