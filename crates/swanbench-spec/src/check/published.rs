//! The list `published`: numbers of a paper, which the report shows next to its own.

use super::{Checker, Item, MethodConfig, path_of};
use crate::{Published, path::FieldPath, problem::Problem, quote::quote};

impl Checker<'_> {
    /// Reads the items that are right. `methods` are the entries that are right.
    pub(super) fn published(&mut self, methods: &[MethodConfig]) -> Vec<Published> {
        let items = self.items::<Published>("published");
        for Item { path, value } in &items {
            if value.at_least.zip(value.at_most).is_some_and(|(least, most)| least > most) {
                let problem = Problem::new(&path.key("at_least"), "is more than `at_most`");
                self.add(problem.expected("a number up to it"));
            }
            let Some(label) = &value.label else {
                self.without_cell(value, path);
                continue;
            };
            if let Some(entry) = methods.iter().find(|entry| entry.label == *label) {
                self.target(value, path, entry);
            } else {
                let labels: Vec<&str> = methods.iter().map(|entry| entry.label.as_str()).collect();
                self.add_unknown_label(label, &path.key("label"), &labels, "");
            }
        }
        items.into_iter().map(|item| item.value).collect()
    }

    /// Checks that an item without a cell says why, and nothing of one.
    fn without_cell(&mut self, published: &Published, path: &FieldPath) {
        if published.reason.is_none() {
            let message = "names no cell of this experiment, and no reason";
            let expected = "`label`, or `reason`, which says why there is none";
            self.add(Problem::new(path, message).expected(expected));
        }
        let given = [
            ("target", published.target.is_some()),
            ("stage", published.stage.is_some()),
            ("at_least", published.at_least.is_some()),
            ("at_most", published.at_most.is_some()),
        ];
        for (field, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
            let problem = Problem::new(&path.key(field), "is of no cell without a `label`");
            self.add(problem.expected("a `label` beside it"));
        }
    }

    /// Checks that the item names one cell of the entry.
    fn target(&mut self, published: &Published, path: &FieldPath, entry: &MethodConfig) {
        if !self.is_right(&path_of("targets")) || !self.is_right(&path_of("methods")) {
            return;
        }
        let own: Vec<f64> = entry.variants.iter().filter_map(|variant| variant.target).collect();
        let label = quote(&entry.label.as_str().into());
        let known = own.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let (message, expected) = match (published.target, own.as_slice()) {
            (Some(_), []) => (format!("{label} has no target"), "no `target` here".to_owned()),
            (Some(target), own) if !own.contains(&target) => {
                (format!("{label} has no cell of the target {target}"), format!("one of {known}"))
            }
            (None, [_, _, ..]) => ("is missing".to_owned(), format!("one of {known}")),
            _ => return,
        };
        self.add(Problem::new(&path.key("target"), message).expected(expected));
    }
}
