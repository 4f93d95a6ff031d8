//! The shapes that mark cells, of about equal weight to the eye.

use plotters::style::RGBColor;

use crate::draw::scene::{Place, Scene};

/// The shape of a cell's mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Square,
    TriangleUp,
    Diamond,
    TriangleDown,
    Plus,
    Cross,
}

impl Marker {
    /// Draws the mark around `at`.
    pub(crate) fn draw(self, scene: &mut Scene, at: Place, radius: f64, colour: RGBColor) {
        match self.corners() {
            Some(corners) => {
                let place = |(x, y): &Place| (at.0 + x * radius, at.1 + y * radius);
                scene.polygon(corners.iter().map(place).collect(), colour);
            }
            None => scene.circle(at, radius, colour),
        }
    }

    /// The corners around the origin for a radius of one, of about equal area; none for a circle.
    fn corners(self) -> Option<Vec<Place>> {
        let corners: &[Place] = match self {
            Self::Circle => return None,
            Self::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::TriangleUp => &[(0.0, -1.25), (1.15, 0.8), (-1.15, 0.8)],
            Self::TriangleDown => &[(0.0, 1.25), (1.15, -0.8), (-1.15, -0.8)],
            Self::Diamond => &[(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)],
            Self::Plus => &PLUS,
            Self::Cross => {
                let half = std::f64::consts::FRAC_1_SQRT_2;
                return Some(PLUS.iter().map(|(x, y)| ((x - y) * half, (x + y) * half)).collect());
            }
        };
        Some(corners.to_vec())
    }
}

const PLUS: [Place; 12] = [
    (-0.4, -1.2),
    (0.4, -1.2),
    (0.4, -0.4),
    (1.2, -0.4),
    (1.2, 0.4),
    (0.4, 0.4),
    (0.4, 1.2),
    (-0.4, 1.2),
    (-0.4, 0.4),
    (-1.2, 0.4),
    (-1.2, -0.4),
    (-0.4, -0.4),
];
