//! The values of one forward pass, and which operations are computed together.

use tch::Tensor;

use crate::{NormId, Operation, Pool, ValueId};

/// What is computed together with the rectification after it.
#[derive(Debug, Clone, Copy)]
pub enum BeforeRelu {
    /// A normalisation by the batch's statistics, and what is added to it.
    Norm { norm: NormId, input: ValueId, other: Option<ValueId> },
    /// The maxima of adjacent squares.
    MaxPool { size: i64, input: ValueId },
}

/// The values of a pass, each kept until its last use.
pub struct Values<'a> {
    operations: &'a [Operation],
    tensors: Vec<Option<Tensor>>,
    /// By value, the uses that are still to come.
    uses: Vec<u32>,
    /// By value, whether the rectification after it computes it.
    deferred: Vec<bool>,
    /// Whether normalisations use the batch's statistics.
    by_batch: bool,
    /// The number of values that belong to other passes too.
    shared: usize,
}

impl<'a> Values<'a> {
    /// Prepares a pass; `by_batch` says whether normalisations use the batch's statistics.
    pub fn of(operations: &'a [Operation], by_batch: bool) -> Self {
        let mut uses = vec![0; operations.len()];
        for input in operations.iter().flat_map(|operation| operation.inputs()) {
            uses[input.index()] += 1;
        }
        let (tensors, deferred) =
            (Vec::with_capacity(operations.len()), vec![false; operations.len()]);
        let mut values = Self { operations, tensors, uses, deferred, by_batch, shared: 0 };
        for &operation in operations {
            let Operation::Relu { input } = operation else { continue };
            let Some(before) = values.before_relu(input) else { continue };
            values.deferred[input.index()] = true;
            // Of a sum, the normalisation is deferred too.
            if let (BeforeRelu::Norm { other: Some(_), .. }, Operation::Add { input, .. }) =
                (before, operations[input.index()])
            {
                values.deferred[input.index()] = true;
            }
        }
        values
    }

    /// Returns the same values for a pass of its own, which changes none of them.
    pub fn share(&self) -> Self {
        let tensors = self.tensors.iter().map(|value| value.as_ref().map(Tensor::shallow_clone));
        Self {
            operations: self.operations,
            tensors: tensors.collect(),
            uses: self.uses.clone(),
            deferred: self.deferred.clone(),
            by_batch: self.by_batch,
            shared: self.tensors.len(),
        }
    }

    /// Returns the number of values so far.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Returns whether the value of an operation is computed later, with a rectification.
    pub fn is_deferred(&self, index: usize) -> bool {
        self.deferred[index]
    }

    /// Keeps the next value; `None` if it is deferred.
    pub fn push(&mut self, value: Option<Tensor>) {
        self.tensors.push(value);
    }

    /// Returns the last value, the logits.
    pub fn last(mut self) -> Tensor {
        self.tensors.pop().flatten().expect("a model has operations, and logits are not rectified")
    }

    /// Returns what a rectification of `input` computes with it, if it was deferred.
    pub fn deferred_before_relu(&self, input: ValueId) -> Option<BeforeRelu> {
        if self.deferred[input.index()] { self.before_relu(input) } else { None }
    }

    /// Returns what a rectification of `input` computes with it: operations whose values nothing
    /// else reads.
    fn before_relu(&self, input: ValueId) -> Option<BeforeRelu> {
        let own = |value: ValueId| (self.uses[value.index()] == 1).then_some(value.index());
        match self.operations[own(input)?] {
            Operation::Norm { norm, input } if self.by_batch => {
                Some(BeforeRelu::Norm { norm, input, other: None })
            }
            Operation::Add { input, other } if self.by_batch => {
                match self.operations[own(input)?] {
                    Operation::Norm { norm, input } => {
                        Some(BeforeRelu::Norm { norm, input, other: Some(other) })
                    }
                    _ => None,
                }
            }
            Operation::MaxPool { pool, input } if pool == Pool::of(pool.size) => {
                Some(BeforeRelu::MaxPool { size: pool.size, input })
            }
            _ => None,
        }
    }

    /// Returns a value for one of its uses.
    pub fn take(&mut self, id: ValueId) -> Tensor {
        let (tensor, uses) = (&mut self.tensors[id.index()], &mut self.uses[id.index()]);
        *uses -= 1;
        let taken =
            if *uses == 0 { tensor.take() } else { tensor.as_ref().map(Tensor::shallow_clone) };
        taken.expect("values come before their uses")
    }

    /// Returns whether the next use of a value may change it in place.
    pub fn may_overwrite(&self, id: ValueId) -> bool {
        id.index() >= self.shared
            && self.uses[id.index()] == 1
            && self.operations[id.index()].may_be_overwritten()
    }
}
