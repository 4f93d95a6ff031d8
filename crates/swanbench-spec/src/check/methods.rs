//! The list `methods`: what is compared, and for which targets each entry runs.

use serde_json::Value;

use super::{
    Checker,
    component::{Component, Named, check_component, named},
    path_of,
};
use crate::{
    ComponentConfig, ComponentInfo, Vocabulary,
    common::MethodOptions,
    path::{FieldPath, Step},
    problem::Problem,
    target::{mentions_target, with_target},
};

/// Replaces absent targets, so that entries are checked all the same.
const PLACEHOLDER_TARGET: f64 = 0.5;

/// An entry of `methods`.
#[derive(Debug)]
pub(crate) struct MethodConfig {
    pub path: FieldPath,
    pub info: ComponentInfo,
    pub label: String,
    /// One for each target, or a single one without.
    pub variants: Vec<MethodVariant>,
}

/// A method entry for one target.
#[derive(Debug)]
pub(crate) struct MethodVariant {
    pub target: Option<f64>,
    pub width: f64,
    pub shape: Option<f64>,
    pub epochs_divisor: f64,
    pub method: ComponentConfig,
}

impl Checker<'_> {
    /// Reads the entries that are right, for the targets that are right.
    pub(super) fn methods(
        &mut self,
        targets: &[f64],
        vocabulary: &Vocabulary,
    ) -> Vec<MethodConfig> {
        let mut entries = Vec::new();
        let mut first_per_target = None;
        for (index, entry) in self.written("methods").iter().enumerate() {
            let path = path_of("methods").index(index);
            let named = named(entry, &path, &vocabulary.methods, "method");
            let Some(named) = self.keep(named) else { continue };
            if runs_per_target(&named) && own_targets(&named).is_empty() {
                first_per_target.get_or_insert(index);
            }
            entries.extend(self.entry(&named, path, targets));
        }
        let written = self.field("targets");
        let no_targets = written.is_none_or(|list| list.as_array().is_some_and(Vec::is_empty));
        if let (Some(index), true) = (first_per_target, no_targets) {
            let message = format!("no targets are given, and methods[{index}] runs once for each");
            let expected = "a list of at least 1, each item a number above 0, up to 1";
            self.add(Problem::new(&path_of("targets"), message).expected(expected));
        }
        entries
    }

    fn entry(&mut self, named: &Named, path: FieldPath, targets: &[f64]) -> Option<MethodConfig> {
        self.check_target_options(named, &path);
        let own = own_targets(named);
        let targets = if own.is_empty() { targets } else { &own };
        let targets: Vec<Option<f64>> = match (runs_per_target(named), targets) {
            (false, _) => vec![None],
            (true, []) => vec![Some(PLACEHOLDER_TARGET)],
            (true, several) => several.iter().copied().map(Some).collect(),
        };
        let mut label = None;
        let mut variants = Vec::new();
        for target in targets {
            // The first target that does not fit is enough to say so.
            let variant = check_variant(named, &path, target);
            let variant = variant.map_err(|problems| self.problems.extend(problems)).ok()?;
            label = variant.options.label;
            let MethodOptions { width, shape, epochs_divisor, .. } = variant.options;
            let method = variant.config;
            variants.push(MethodVariant { target, width, shape, epochs_divisor, method });
        }
        if let Some(label) = &label {
            self.label(label, &path.key("label"));
        }
        let label = label.unwrap_or_else(|| self.default_label(named, &path));
        Some(MethodConfig { path, info: named.info.clone(), label, variants })
    }

    /// Checks the options that only make sense beside others.
    fn check_target_options(&mut self, named: &Named, path: &FieldPath) {
        let written = |field: &str| named.fields.contains_key(field);
        if written("targets") && !runs_per_target(named) {
            let message = format!("`{}` runs once, whatever the targets", named.info.name);
            let expected = "no `targets` here, or `shape` beside it";
            self.add(Problem::new(&path.key("targets"), message).expected(expected));
        }
        if written("shape") && named.info.takes_target {
            let name = named.info.name;
            let message = format!("`shape` meets the budget, and leaves `{name}` nothing to do");
            let expected = "`shape` for a method without a target, such as `dense`";
            self.add(Problem::new(&path.key("shape"), message).expected(expected));
        }
        if named.fields.get("targets").is_some_and(mentions_target) {
            let message = "`$target` has no meaning here";
            self.add(
                Problem::new(&path.key("targets"), message).expected("the targets themselves"),
            );
        }
        if written("shape") && written("width") {
            let message = "`shape` makes the net as wide as the budget allows";
            self.add(Problem::new(&path.key("width"), message).expected("one of the two"));
        }
    }

    /// Returns the method's name, followed by the words of the entry, in the order written.
    fn default_label(&self, named: &Named, path: &FieldPath) -> String {
        let keys = self.document.keys(path).into_iter().filter(|key| *key != "kind");
        let values = keys.filter_map(|key| named.fields.get(key));
        let words: Vec<&str> =
            values.filter(|value| !mentions_target(value)).filter_map(Value::as_str).collect();
        if words.is_empty() {
            return named.info.name.to_owned();
        }
        format!("{} ({})", named.info.name, words.join(", "))
    }
}

fn runs_per_target(named: &Named) -> bool {
    let Named { info, fields } = named;
    info.takes_target || fields.contains_key("shape") || fields.values().any(mentions_target)
}

/// Returns the numbers of the entry's own `targets`, which [`check_variant`] checks.
fn own_targets(named: &Named) -> Vec<f64> {
    let list = named.fields.get("targets").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn check_variant(
    named: &Named,
    path: &FieldPath,
    target: Option<f64>,
) -> Result<Component<MethodOptions>, Vec<Problem>> {
    let Some(target) = target else {
        return check_component(named.info, &named.fields, path);
    };
    let filled = with_target(&named.fields, target);
    let note = format!("where `$target` is {target}");
    let by_target = |problem: &Problem| {
        let field = field_of(problem, path).and_then(|field| named.fields.get(field));
        field.is_some_and(mentions_target)
    };
    let noted = |problem: Problem| if by_target(&problem) { problem.noted(&note) } else { problem };
    check_component(named.info, &filled, path)
        .map_err(|problems| problems.into_iter().map(noted).collect())
}

/// Returns the field of the entry in which a problem lies; `None` if it is the entry itself.
fn field_of<'problem>(problem: &'problem Problem, entry: &FieldPath) -> Option<&'problem str> {
    match problem.path().steps().get(entry.steps().len()) {
        Some(Step::Key(field)) => Some(field),
        _ => None,
    }
}
