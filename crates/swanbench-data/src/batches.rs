//! Minibatches of one epoch.

use tch::Tensor;

use crate::{Split, memory_format::select};

/// An iterator over the minibatches of one epoch; all but the last have the same size.
#[derive(Debug)]
pub struct Batches<'a> {
    split: &'a Split,
    order: Option<&'a Tensor>,
    batch_size: i64,
    next: i64,
    end: i64,
}

impl Split {
    /// Returns the minibatches of one epoch in the order of the positions in `order`, `i64 [n]`, on
    /// the split's device. Examples are gathered there, without synchronisation.
    ///
    /// # Panics
    /// Panics if `batch_size` is less than 1.
    pub fn batches<'a>(&'a self, order: &'a Tensor, batch_size: i64) -> Batches<'a> {
        Batches::new(self, Some(order), order.size()[0], batch_size)
    }

    /// Returns the minibatches of one epoch in the order of the files, for evaluation, as views.
    ///
    /// # Panics
    /// Panics if `batch_size` is less than 1.
    pub fn batches_in_order(&self, batch_size: i64) -> Batches<'_> {
        Batches::new(self, None, self.len(), batch_size)
    }
}

impl<'a> Batches<'a> {
    fn new(split: &'a Split, order: Option<&'a Tensor>, end: i64, batch_size: i64) -> Self {
        assert!(batch_size >= 1, "a batch holds at least one example");
        Self { split, order, batch_size, next: 0, end }
    }
}

impl Iterator for Batches<'_> {
    /// Images `f32 [b, channels, rows, columns]` and labels `i64 [b]`.
    type Item = (Tensor, Tensor);

    fn next(&mut self) -> Option<Self::Item> {
        let count = self.batch_size.min(self.end - self.next);
        if count == 0 {
            return None;
        }
        let Split { images, labels } = self.split;
        let batch = match self.order {
            Some(order) => {
                let positions = order.narrow(0, self.next, count);
                (select(images, &positions), labels.index_select(0, &positions))
            }
            None => (images.narrow(0, self.next, count), labels.narrow(0, self.next, count)),
        };
        self.next += count;
        Some(batch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.end - self.next) as usize;
        let batches = left.div_ceil(self.batch_size as usize);
        (batches, Some(batches))
    }
}

impl ExactSizeIterator for Batches<'_> {}
