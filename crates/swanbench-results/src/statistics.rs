//! Statistics of a few seeds, and of many operating points.

mod bootstrap;
mod curve;
mod dominance;
mod front;
mod holm;
mod hypervolume;
mod permutation;
mod random;
mod rank;
mod seeds;
mod summary;

pub use bootstrap::bootstrap_95;
pub use curve::Curve;
pub use dominance::probability_of_superiority;
pub use front::front;
pub use holm::holm;
pub use hypervolume::hypervolume;
pub use permutation::{least_p, paired_permutation};
pub use rank::spearman;
pub use seeds::more_seeds_needed;
pub use summary::{Summary, student_t_95};
