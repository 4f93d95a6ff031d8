//! Where runs are computed, and whether all were on the same kind of machine.

use serde::{Deserialize, Serialize};
use swanbench_spec::columns;

use crate::rows::RunRow;

columns! {
    /// Where a run was computed. Runs on other kinds of processors or devices differ in rounding, and
    /// so more in the end, as seeds do.
    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    pub struct Machine {
        /// Such as `cpu (onednn)`, with the library that multiplies matrices, or `cuda (NVIDIA H100
        /// PCIe, not deterministic)`.
        pub device: String,
        /// The name of the machine.
        pub host: String,
        /// What its processor calls itself.
        pub processor: String,
    }
}

impl From<&str> for Machine {
    /// Takes a device of a machine that is not known.
    fn from(device: &str) -> Self {
        Self { device: device.to_owned(), ..Self::default() }
    }
}

/// Says which kinds of machines runs were computed on, and how many on each. `None` if they are all of
/// one kind.
pub fn mixed_kinds(runs: &[RunRow]) -> Option<String> {
    let mut kinds: Vec<(String, Vec<&str>)> = Vec::new();
    for RunRow { run, cost, .. } in runs {
        let machine = &cost.machine;
        if machine.processor.is_empty() {
            // It failed because of another one, or an earlier version did not know it.
            continue;
        }
        let kind = format!("{} on {}", machine.device, machine.processor);
        match kinds.iter_mut().find(|(own, _)| *own == kind) {
            Some((_, ids)) if ids.last() == Some(&run.run_id.as_str()) => {}
            Some((_, ids)) => ids.push(&run.run_id),
            None => kinds.push((kind, vec![&run.run_id])),
        }
    }
    if kinds.len() < 2 {
        return None;
    }
    let listed = kinds.iter().map(|(kind, ids)| match ids.len() {
        1 => format!("1 run by {kind}"),
        count => format!("{count} runs by {kind}"),
    });
    Some(format!(
        "Runs were computed by machines of different kinds, which round differently: {}.",
        listed.collect::<Vec<_>>().join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::samples::{failed, run};

    #[test]
    fn runs_of_several_kinds_are_counted() {
        let row = |id: &str, processor: &str| {
            let mut row = failed(run("gated", None, 0));
            Arc::make_mut(&mut row.run).run_id = id.to_owned();
            Arc::make_mut(&mut row.cost).machine.processor = processor.to_owned();
            row
        };
        assert_eq!(mixed_kinds(&[row("a", "x"), row("b", "x")]), None);
        let mixed = mixed_kinds(&[row("a", "x"), row("a", "x"), row("b", "y"), row("c", "x")]);
        let mixed = mixed.expect("two kinds");
        assert!(mixed.ends_with("2 runs by cpu on x, 1 run by cpu on y."), "{mixed}");
    }
}
