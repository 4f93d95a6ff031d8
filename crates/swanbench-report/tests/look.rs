mod support;
use std::path::Path;
use support::{Setting, quickstart, runs};
#[test]
fn look() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let close: Vec<_> = quickstart()
        .into_iter()
        .filter(|s| s.accuracy > 0.925)
        .collect();
    swanbench_report::report(&runs(&close, 5, &["narrow dense"]), &root.join("close")).unwrap();
    const L: [&str; 12] = [
        "alpha method",
        "beta",
        "gamma (unit)",
        "delta",
        "epsilon",
        "f",
        "g",
        "h",
        "i",
        "j",
        "k",
        "l",
    ];
    let mut many = Vec::new();
    for (i, l) in L.into_iter().enumerate() {
        for (j, t) in [0.5, 0.2, 0.1, 0.05].into_iter().enumerate() {
            many.push(Setting::new(
                l,
                Some(t),
                0.95 - 0.003 * i as f64 - 0.01 * (j * j) as f64,
                t * (1.0 + 0.03 * i as f64),
            ));
        }
    }
    swanbench_report::report(&runs(&many, 1, &[]), &root.join("many")).unwrap();
}
