//! The learning rate over one stage.

use swanbench_spec::ScheduleKind;

/// Returns the rate at `fraction` of a stage, relative to the stage's first.
pub fn lr_scale(schedule: ScheduleKind, fraction: f64) -> f64 {
    match schedule {
        ScheduleKind::Constant => 1.0,
        ScheduleKind::Cosine => f64::midpoint(1.0, (std::f64::consts::PI * fraction).cos()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_falls_from_one_to_zero() {
        let at = |fraction| lr_scale(ScheduleKind::Cosine, fraction);
        assert!((at(0.0) - 1.0).abs() < 1e-12);
        assert!((at(0.25) - 0.853_553_390_593).abs() < 1e-12);
        assert!((at(0.5) - 0.5).abs() < 1e-12);
        assert!(at(1.0).abs() < 1e-12);
        assert_eq!(lr_scale(ScheduleKind::Constant, 0.9), 1.0);
    }
}
