//! Gates that depend on the input.

use crate::{LoadError, Operation, network::Reader, shape::Shape};

/// A gate: which units of an example are open.
#[derive(Debug)]
pub(crate) struct Gate {
    pub id: usize,
    pub input: usize,
    /// Cells along the height and the width of a channel; none if it is read as it is.
    pub cells: Option<[usize; 2]>,
    /// Numbers that are read of each unit.
    pub per_unit: usize,
    /// The units that are decided, ascending; the others are always open.
    pub varying: Vec<usize>,
    /// `[rank, features]`.
    pub reduce: Option<Vec<f32>>,
    pub rank: usize,
    /// `[rank or features, varying]`.
    pub expand: Vec<f32>,
    pub bias: Vec<f32>,
}

impl Gate {
    /// Reads and checks a gate.
    pub fn read(
        reader: &Reader<'_>,
        operation: &Operation,
        place: &str,
    ) -> Result<Self, LoadError> {
        let Operation::Decide { gate, input, grid, varying, reduce, expand, bias } = operation
        else {
            unreachable!("the caller has matched it");
        };
        let wrong = |problem: &str| LoadError::at(place, problem);
        let shape = reader.value(*input, place)?;
        let units = reader.gate_units(*gate, place)?;
        if *grid == 0 {
            return Err(wrong("expected a grid of cells"));
        }
        if varying.is_empty() {
            return Err(wrong("it decides nothing"));
        }
        let is_ascending = varying.windows(2).all(|pair| pair[0] < pair[1]);
        if !is_ascending || varying.last().is_some_and(|&unit| unit >= units) {
            return Err(wrong("expected varying units of the gate, ascending"));
        }
        let (cells, per_unit) = match shape {
            Shape::Map([_, height, width]) if height.max(width) > *grid => {
                let cells = [height.min(*grid), width.min(*grid)];
                (Some(cells), cells[0] * cells[1])
            }
            _ => (None, shape.per_unit()),
        };
        let features = shape.units() * per_unit;
        let (reduce, rank) = match reduce {
            None => (None, features),
            Some(name) => {
                let stored = reader.tensor(name, place)?;
                let [rank, width] = stored.shape[..] else {
                    return Err(wrong("expected a `reduce` of two dimensions"));
                };
                if width != features || rank == 0 {
                    return Err(wrong("`reduce` does not fit what is read"));
                }
                (Some(stored.numbers), rank)
            }
        };
        let expand = reader.tensor_of(expand, &[rank, varying.len()], place)?;
        let bias = reader.tensor_of(bias, &[varying.len()], place)?;
        let (id, input) = (*gate, *input);
        let varying = varying.clone();
        Ok(Self { id, input, cells, per_unit, varying, reduce, rank, expand, bias })
    }

    /// Counts the numbers that are read of an example.
    pub fn features(&self) -> usize {
        self.reduce.as_ref().map_or(self.rank, |reduce| reduce.len() / self.rank)
    }
}
