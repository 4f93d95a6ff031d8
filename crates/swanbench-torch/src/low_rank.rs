//! A linear map of low rank.

use tch::Tensor;

use crate::{TorchError, ffi};

/// Maps `input`, `[examples, features]`, by `reduce`, `[rank, features]`, and `expand`, `[rank,
/// outputs]`, and adds `bias`, `[outputs]`: `[examples, outputs]` in the number format of `reduce`,
/// also while layers compute in bfloat16.
///
/// # Errors
/// Returns an error if the shapes do not fit each other or libtorch fails.
pub fn low_rank(
    input: &Tensor,
    reduce: &Tensor,
    expand: &Tensor,
    bias: &Tensor,
) -> Result<Tensor, TorchError> {
    ffi::low_rank(input, reduce, expand, bias)
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;
    use crate::{Bfloat16, Generator};

    fn draw(shape: &[i64], seed: u64) -> Tensor {
        let mut generator = Generator::new(Device::Cpu, seed).unwrap();
        generator.normal(shape, 0.0, 1.0).unwrap().set_requires_grad(true)
    }

    fn parts() -> [Tensor; 4] {
        let shapes: [&[i64]; 4] = [&[5, 7], &[2, 7], &[2, 3], &[3]];
        let mut seed = 0;
        shapes.map(|shape| {
            seed += 1;
            draw(shape, seed)
        })
    }

    fn close(found: &Tensor, expected: &Tensor) {
        assert_eq!(found.size(), expected.size());
        assert!(found.allclose(expected, 1e-5, 1e-6, false), "{found} against {expected}");
    }

    #[test]
    fn values_and_gradients_are_those_of_two_products() {
        let weight = draw(&[5, 3], 9).detach();
        let ours = parts();
        let [input, reduce, expand, bias] = &ours;
        let output = low_rank(input, reduce, expand, bias).unwrap();
        (&output * &weight).sum(Kind::Float).backward();
        let plain = parts();
        let [input, reduce, expand, bias] = &plain;
        let expected = input.matmul(&reduce.tr()).matmul(expand) + bias;
        (&expected * &weight).sum(Kind::Float).backward();
        close(&output, &expected);
        for (ours, plain) in ours.iter().zip(&plain) {
            close(&ours.grad(), &plain.grad());
        }
    }

    #[test]
    fn it_stays_exact_under_bfloat16() {
        let [input, reduce, expand, bias] = &parts();
        let exact = low_rank(&input.detach(), reduce, expand, bias).unwrap();
        let rounded = input.detach().to_kind(Kind::BFloat16).set_requires_grad(true);
        let (from_rounded, from_exact) = {
            let _bfloat16 = Bfloat16::on(Device::Cpu).unwrap();
            let apply = |input: &Tensor| low_rank(input, reduce, expand, bias).unwrap();
            (apply(&rounded), apply(&input.detach()))
        };
        assert_eq!(from_exact, exact);
        from_rounded.sum(Kind::Float).backward();
        assert_eq!((from_rounded.kind(), rounded.grad().kind()), (Kind::Float, Kind::BFloat16));
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let [input, reduce, expand, _] = &parts();
        assert!(low_rank(input, expand, reduce, &draw(&[3], 0)).is_err());
    }
}
