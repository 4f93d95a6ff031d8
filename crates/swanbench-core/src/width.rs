//! The width of a model: how many hidden units its layers have.

/// The scale of a model's hidden units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Width {
    /// Scales all layers alike: the dense net that shares refer to has this width.
    pub whole: f64,
    /// Multiplies on top of that the units of a layer that has [`Width::PIVOT`] of them.
    pub factor: f64,
    /// The exponent of a layer's own units in that: 1 scales all layers alike, 0 makes all equally
    /// wide, up to what the whole net has.
    pub shape: f64,
}

impl Width {
    /// The number of units that every `shape` scales by the factor alone.
    pub const PIVOT: f64 = 100.0;
    /// A factor at which no layer of a shape up to 2 is narrower than in the whole net.
    pub const LARGEST: f64 = 1e4;

    /// Scales `full` units: rounded, and at least one.
    pub(crate) fn scaled(self, full: i64) -> i64 {
        let whole = (full as f64 * self.whole).round().max(1.0);
        let relative = (whole / Self::PIVOT).powf(self.shape - 1.0);
        (whole * self.factor * relative).round().clamp(1.0, whole) as i64
    }
}

impl From<f64> for Width {
    /// Scales all layers alike.
    fn from(whole: f64) -> Self {
        Self { whole, factor: 1.0, shape: 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_of_1_scales_all_layers_alike_and_0_makes_them_equal() {
        let scaled = |whole, factor, shape| {
            [300, 100, 16].map(|full| Width { whole, factor, shape }.scaled(full))
        };
        assert_eq!(scaled(1.0, 0.5, 1.0), [150, 50, 8]);
        assert_eq!(scaled(1.0, 0.1, 0.0), [10, 10, 10]);
        assert_eq!(scaled(1.0, 0.1, 0.5), [17, 10, 4]);
        assert_eq!(scaled(1.0, 0.2, 0.0), [20, 20, 16]);
        assert_eq!(scaled(1.0, 0.0, 1.0), [1, 1, 1]);
        assert_eq!(scaled(1.0, Width::LARGEST, 2.0), [300, 100, 16]);
        assert_eq!(Width::from(2.0).scaled(300), 600);
    }
}
