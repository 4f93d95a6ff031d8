//! Rewards for gates that depend on the example, without which most end always open or always
//! closed.

use swanbench_core::{GateRecord, SiteId};
use tch::{Kind, Tensor};

use super::settings::Settings;

/// Keeps logarithms of probabilities finite.
const SMALLEST: f64 = 1e-6;

/// `- lambda_variance 4 Var(p) - lambda_information I(gate; example)`, each averaged over the units of
/// `sites` sites, in which 0 is a gate that never changes and 1 one that is decided and open on every
/// other example. Variance and mean are taken over the batch.
pub fn reward(settings: &Settings, record: &GateRecord, sites: &[SiteId]) -> Option<Tensor> {
    let soft: Vec<&Tensor> = sites
        .iter()
        .filter_map(|&site| record.gates(site))
        .filter(|gates| gates.per_example)
        .map(|gates| gates.soft.as_ref().expect("swan has soft gates"))
        .collect();
    if soft.is_empty() {
        return None;
    }
    let term = |weight: f64, of: fn(&Tensor) -> Tensor| {
        (weight > 0.0).then(|| {
            let units: Vec<Tensor> = soft.iter().map(|soft| of(soft)).collect();
            Tensor::cat(&units, 0).mean(Kind::Float) * -weight
        })
    };
    let terms =
        [term(settings.lambda_variance, variance), term(settings.lambda_information, information)];
    terms.into_iter().flatten().reduce(|sum, term| sum + term)
}

/// `[units]`.
fn variance(soft: &Tensor) -> Tensor {
    soft.var_dim(0i64, false, false) * 4.0
}

/// `[units]`, in bits.
fn information(soft: &Tensor) -> Tensor {
    let on_average = entropy(&soft.mean_dim(0i64, false, Kind::Float));
    on_average - entropy(soft).mean_dim(0i64, false, Kind::Float)
}

fn entropy(probability: &Tensor) -> Tensor {
    let open = probability.clamp(SMALLEST, 1.0 - SMALLEST);
    let closed = open.f_neg().expect("numbers") + 1.0;
    (open.log2() * &open + closed.log2() * &closed).neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(tensor: &Tensor) -> Vec<f64> {
        Vec::try_from(tensor.to_kind(Kind::Double)).unwrap()
    }

    /// Two examples, three units: one that always says half, one that is decided and differs, and
    /// one in between.
    fn soft() -> Tensor {
        Tensor::from_slice2(&[[0.5f32, 0.0, 0.25], [0.5, 1.0, 0.75]])
    }

    #[test]
    fn variance_is_1_for_a_gate_that_is_open_on_every_other_example() {
        assert_eq!(numbers(&variance(&soft())), [0.0, 1.0, 0.25]);
    }

    /// The third: `1 - scipy.stats.entropy([0.25, 0.75], base=2)`.
    #[test]
    fn information_is_what_the_gate_tells_about_the_example() {
        let found = numbers(&information(&soft()));
        for (found, expected) in found.into_iter().zip([0.0, 1.0, 1.0 - 0.811_278_124]) {
            assert!((found - expected).abs() < 1e-4, "{found} against {expected}");
        }
    }
}
