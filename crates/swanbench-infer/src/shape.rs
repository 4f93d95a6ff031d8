//! The shapes of values, for one example.

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Channels, height, width.
    Map([usize; 3]),
    /// Features, of which each unit has `per_unit` in a row.
    Row { features: usize, per_unit: usize },
}

impl Shape {
    /// Counts the numbers. No shape is made whose count overflows.
    pub fn len(self) -> usize {
        match self {
            Self::Map([channels, height, width]) => channels * height * width,
            Self::Row { features, .. } => features,
        }
    }

    /// Counts the units: channels, or neurons.
    pub fn units(self) -> usize {
        match self {
            Self::Map([channels, ..]) => channels,
            Self::Row { features, per_unit } => features / per_unit,
        }
    }

    /// Counts the numbers of one unit.
    pub fn per_unit(self) -> usize {
        match self {
            Self::Map([_, height, width]) => height * width,
            Self::Row { per_unit, .. } => per_unit,
        }
    }
}

/// Windows that move over a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    pub size: usize,
    pub stride: usize,
    pub padding: usize,
    /// Whether windows that lie partly over the border are kept.
    pub ceil: bool,
}

impl Windows {
    /// Returns the number of windows along a side; `None` if not even one fits.
    pub fn along(self, length: usize) -> Option<usize> {
        let Self { size, stride, padding, ceil } = self;
        let padded = length.checked_add(padding.checked_mul(2)?)?;
        if size == 0 || stride == 0 || padding >= size {
            return None;
        }
        let beyond = if ceil { stride - 1 } else { 0 };
        let count = padded.checked_add(beyond)?.checked_sub(size)? / stride + 1;
        // As PyTorch: a window begins within the map or its padding before it.
        let begins_beyond = (count - 1) * stride >= length + padding;
        Some(if ceil && begins_beyond { count - 1 } else { count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_counted_as_pytorch_does() {
        let windows = |size, stride, padding, ceil| Windows { size, stride, padding, ceil };
        assert_eq!(windows(3, 1, 1, false).along(32), Some(32));
        assert_eq!(windows(3, 2, 1, false).along(32), Some(16));
        assert_eq!(windows(5, 1, 0, false).along(28), Some(24));
        assert_eq!(windows(2, 2, 0, false).along(7), Some(3));
        assert_eq!(windows(2, 2, 0, true).along(7), Some(4));
        assert_eq!(windows(2, 2, 0, true).along(1), Some(1));
        assert_eq!(windows(3, 2, 1, true).along(4), Some(3));
        assert_eq!(windows(2, 3, 1, true).along(2), Some(1), "the second would begin beyond");
        assert_eq!(windows(3, 2, 0, true).along(2), Some(1));
        assert_eq!(windows(3, 1, 0, true).along(2), None);
        assert_eq!(windows(5, 1, 0, false).along(4), None);
        assert_eq!(windows(2, 0, 0, false).along(4), None);
        assert_eq!(windows(3, 1, usize::MAX, false).along(4), None);
    }
}
