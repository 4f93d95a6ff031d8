//! Places and areas of a picture, in pixels.

/// x to the right and y downward, in pixels from the upper left corner.
pub(crate) type Place = (f64, f64);

/// A rectangle with sides parallel to the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rectangle {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rectangle {
    /// Returns the square of side `2 * radius` around `centre`.
    pub(crate) fn around((x, y): Place, radius: f64) -> Self {
        Self { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
    }

    /// Returns the area in square pixels that both cover.
    pub(crate) fn overlap(&self, other: &Self) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }

    /// Whether `other` lies wholly within.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_overlap_where_both_are() {
        let a = Rectangle { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        let b = Rectangle { left: 6.0, top: 7.0, right: 20.0, bottom: 9.0 };
        assert!((a.overlap(&b) - 8.0).abs() < 1e-12);
        let apart = Rectangle::around((30.0, 30.0), 2.0);
        assert!(a.overlap(&apart).abs() < 1e-12);
        assert!(a.contains(&Rectangle::around((5.0, 5.0), 5.0)) && !a.contains(&b));
    }
}
