//! The list `published`: numbers of a paper, which the report shows next to its own.

use super::{Checker, Item, path_of};
use crate::{Published, path::FieldPath, problem::Problem};

impl Checker<'_> {
    /// Reads the items that are right.
    pub(super) fn published(&mut self, labels: &[&str], targets: &[f64]) -> Vec<Published> {
        let items = self.items::<Published>("published");
        for Item { path, value } in &items {
            self.cell(value, path, labels);
            self.target(value, path, targets);
        }
        items.into_iter().map(|item| item.value).collect()
    }

    /// Checks that there is a cell to compare with, or a reason why there is none.
    fn cell(&mut self, published: &Published, path: &FieldPath, labels: &[&str]) {
        match published.label.as_deref() {
            None if published.reason.is_none() => {
                let message = "names no cell of this experiment, and no reason";
                let expected = "`label`, or `reason`, which says why there is none";
                self.add(Problem::new(path, message).expected(expected));
            }
            Some(label) if !labels.contains(&label) => {
                self.add_unknown_label(label, &path.key("label"), labels, "");
            }
            _ => {}
        }
    }

    fn target(&mut self, published: &Published, path: &FieldPath, targets: &[f64]) {
        let unknown = published.target.filter(|target| !targets.contains(target));
        if let Some(target) = unknown.filter(|_| self.is_right(&path_of("targets"))) {
            let known = targets.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
            let message = format!("no cell has the target {target}");
            let problem = Problem::new(&path.key("target"), message);
            self.add(problem.expected(format!("one of `targets`: {known}")));
        }
    }
}
