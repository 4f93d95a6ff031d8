//! Rewards for gates that depend on the example: without them most gates end always open or always
//! closed.

use swanbench_core::{GateRecord, SiteId};
use tch::{Kind, Tensor};

use super::settings::Settings;

/// Keeps logarithms of probabilities finite.
const SMALLEST: f64 = 1e-6;

/// Computes `- lambda_variance 4 Var(p) - lambda_information I(gate; example)`, each averaged over
/// the units of `sites`: 0 for a gate that never changes, 1 for one that is decided and open on
/// every other example. Variance and mean are over the batch.
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

/// Computes four times the variance, `[units]`.
fn variance(soft: &Tensor) -> Tensor {
    soft.var_dim(0i64, false, false) * 4.0
}

/// Computes the mutual information of gate and example, `[units]`, in bits.
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
    use crate::testing::numbers;

    /// Two examples, three units: one always at a half, one decided and different, and one in
    /// between.
    fn soft() -> Tensor {
        Tensor::from_slice2(&[[0.5f32, 0.0, 0.25], [0.5, 1.0, 0.75]])
    }

    #[test]
    fn variance_is_1_for_a_gate_open_half_the_time() {
        assert_eq!(numbers(&variance(&soft())), [0.0, 1.0, 0.25]);
    }

    /// The third: `1 - scipy.stats.entropy([0.25, 0.75], base=2)`.
    #[test]
    fn information_is_mutual_with_the_example() {
        let found = numbers(&information(&soft()));
        for (found, expected) in found.into_iter().zip([0.0, 1.0, 1.0 - 0.811_278_124]) {
            assert!((found - expected).abs() < 1e-4, "{found} against {expected}");
        }
    }
}
