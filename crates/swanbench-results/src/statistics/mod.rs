//! Statistics of a few seeds, and of many operating points.

mod front;
mod summary;

pub use front::front;
pub use summary::{Summary, student_t_95};
