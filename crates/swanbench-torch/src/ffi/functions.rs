//! Differentiable functions with their own backward pass (`shim/functions.cpp`, `shim/gates.cpp`).

use tch::Tensor;
use torch_sys::C_tensor;

use super::{Message, Tensors, TorchError, check, owned};

unsafe extern "C" {
    fn swanbench_prefers_onednn() -> bool;
    fn swanbench_onednn_linear(
        input: *const C_tensor,
        weight: *const C_tensor,
        bias: *const C_tensor,
        out: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_switch(
        logits: *const C_tensor,
        output: *const C_tensor,
        temperature: f64,
        threshold: f64,
        by_hard: bool,
        product: *mut *mut C_tensor,
        soft: *mut *mut C_tensor,
        hard: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_squared_excess(
        gates: Tensors,
        count: usize,
        form: *const C_tensor,
        most: f64,
        weight: f64,
        out: *mut *mut C_tensor,
    ) -> Message;
    fn swanbench_low_rank(
        input: *const C_tensor,
        reduce: *const C_tensor,
        expand: *const C_tensor,
        bias: *const C_tensor,
        out: *mut *mut C_tensor,
    ) -> Message;
}

pub(crate) fn prefers_onednn() -> bool {
    // Safety: asks the processor only.
    unsafe { swanbench_prefers_onednn() }
}

/// Applies a linear layer by oneDNN.
pub(crate) fn onednn_linear(
    input: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
) -> Result<Tensor, TorchError> {
    let (input, weight) = (input.as_ptr(), weight.as_ptr());
    let bias = bias.map_or(std::ptr::null(), Tensor::as_ptr);
    // Safety: a new tensor is written; all others are valid for the call. Likewise below.
    unsafe {
        owned("apply a linear layer", |out| swanbench_onednn_linear(input, weight, bias, out))
    }
}

/// Returns the output times the gates of its units, the soft and the hard gates.
pub(crate) fn switch(
    logits: &Tensor,
    output: &Tensor,
    temperature: f64,
    threshold: f64,
    by_hard: bool,
) -> Result<[Tensor; 3], TorchError> {
    let mut made = [std::ptr::null_mut(); 3];
    let [product, soft, hard] = &mut made;
    // Safety: new tensors of which we become the owner; the others are valid for the call.
    unsafe {
        check(
            "switch units",
            swanbench_switch(
                logits.as_ptr(),
                output.as_ptr(),
                temperature,
                threshold,
                by_hard,
                product,
                soft,
                hard,
            ),
        )?;
        Ok(made.map(|raw| Tensor::from_ptr(raw)))
    }
}

/// Computes `weight * max(0, cost / most - 1)^2`, where `cost` is the mean over examples of the
/// quadratic form `form`, `[1 + sites, 1 + sites]`, of one and of the sums of the rows of each site's
/// `gates`, `[examples, units]` or `[1, units]`: one number, one node of the graph.
///
/// Returns an error if the shapes do not fit each other or libtorch fails.
pub fn squared_excess(
    gates: &[Tensor],
    form: &Tensor,
    most: f64,
    weight: f64,
) -> Result<Tensor, TorchError> {
    let gates: Vec<_> = gates.iter().map(Tensor::as_ptr).collect();
    unsafe {
        owned("penalise the excess over a budget", |out| {
            let (gates, count) = (gates.as_ptr().cast(), gates.len());
            swanbench_squared_excess(gates, count, form.as_ptr(), most, weight, out)
        })
    }
}

/// Maps `input`, `[examples, features]`, by `reduce`, `[rank, features]`, and `expand`, `[rank,
/// outputs]`, and adds `bias`, `[outputs]`: `[examples, outputs]` in the number format of `reduce`,
/// also while layers compute in bfloat16.
///
/// Returns an error if the shapes do not fit each other or libtorch fails.
pub fn low_rank(
    input: &Tensor,
    reduce: &Tensor,
    expand: &Tensor,
    bias: &Tensor,
) -> Result<Tensor, TorchError> {
    let [input, reduce, expand, bias] = [input, reduce, expand, bias].map(Tensor::as_ptr);
    unsafe {
        owned("apply a low-rank map", |out| swanbench_low_rank(input, reduce, expand, bias, out))
    }
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

    /// 10 + 2 a + 3 a b of one site with gates per example and one with shared gates.
    #[test]
    fn only_an_excess_costs_and_has_gradients() {
        let form = Tensor::from_slice2(&[[10.0f32, 2.0, 0.0], [0.0, 0.0, 3.0], [0.0; 3]]);
        let penalty = |most: f64| {
            let first = Tensor::from_slice2(&[[1.0f32, 1.0], [0.0, 1.0]]).set_requires_grad(true);
            let second = Tensor::from_slice2(&[[1.0f32, 0.0, 1.0]]).set_requires_grad(true);
            let gates = [first, second];
            let value = squared_excess(&gates, &form, most, 4.0).unwrap();
            (&value * 2.0).backward();
            let [first, second] = gates.map(|gate| {
                Vec::<f64>::try_from(gate.grad().to_kind(Kind::Double).view([-1])).unwrap()
            });
            (value.double_value(&[]), first, second)
        };
        // Costs 10 + 4 + 12 and 10 + 2 + 6: 22 on average, twice the budget.
        let (value, first, second) = penalty(11.0);
        assert_eq!(value, 4.0);
        // 2 x 4 x 2 (2 - 1) / 11, halved over examples; a unit of the first site costs 2 + 3 x 2, one
        // of the second 3 x 2 and 3 x 1.
        let each = 16.0 / 11.0 / 2.0;
        let close = |found: &[f64], expected: f64| {
            assert!(found.iter().all(|value| (value - expected).abs() < 1e-5), "{found:?}");
        };
        close(&first, each * 8.0);
        close(&second, each * 9.0);
        assert_eq!(penalty(22.5), (0.0, vec![0.0; 4], vec![0.0; 3]));
    }
}
