//! The check of an experiment. It finds all mistakes at once.

mod claims;
mod component;
mod methods;
mod published;
mod text;
mod value;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use self::{
    component::{Component, check_settings},
    methods::MethodConfig,
    value::check_value,
};
use crate::{
    BudgetKind, Claim, GivenWeights, Keep, Latency, Launcher, Learner, OptimizerKind, Published,
    Task, Train, Vocabulary,
    common::{DataOptions, ModelOptions},
    document::Document,
    nearest::{nearest, one_of},
    path::FieldPath,
    problem::Problem,
    quote::{quote, type_name},
    schema::outline,
};

/// An experiment without a mistake, not yet expanded into runs.
#[derive(Debug)]
pub(crate) struct Checked {
    pub name: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub data: Component<DataOptions>,
    pub model: Component<ModelOptions>,
    pub weights: Option<GivenWeights>,
    pub train: Train,
    pub phases: Vec<Task>,
    pub seeds: Vec<u64>,
    pub budget: BudgetKind,
    pub keep: Keep,
    pub latency: Option<Latency>,
    pub launcher: Launcher,
    pub targets: Vec<f64>,
    pub methods: Vec<MethodConfig>,
    pub claims: Vec<Claim>,
    pub published: Vec<Published>,
}

/// Checks the whole experiment against the vocabulary.
///
/// Returns an error with everything that is wrong.
pub(crate) fn check(document: &Document, vocabulary: &Vocabulary) -> Result<Checked, Vec<Problem>> {
    let mut checker = Checker { document, problems: document.problems().to_vec() };
    let experiment = checker.experiment(vocabulary);
    experiment.filter(|_| checker.problems.is_empty()).ok_or(checker.problems)
}

/// The check of one document, with the mistakes found so far.
struct Checker<'document> {
    document: &'document Document,
    problems: Vec<Problem>,
}

impl<'document> Checker<'document> {
    fn experiment(&mut self, vocabulary: &Vocabulary) -> Option<Checked> {
        self.outline(vocabulary)?;
        self.texts();
        let name = self.read("name");
        let (title, description) = (self.read("title"), self.read("description"));
        let data = self.component("data", "dataset", &vocabulary.datasets);
        let model = self.component::<ModelOptions>("model", "model", &vocabulary.models);
        let weights = model.as_ref().and_then(|model| model.options.weights.as_deref());
        let weights = weights.and_then(|file| self.keep(GivenWeights::read(file)));
        let train = self.train();
        let phases = self.phases();
        let seeds = self.items("seeds").into_iter().map(|seed| seed.value).collect();
        let budget = self.read("budget").unwrap_or_default();
        let latency: Option<Latency> = self.read("latency");
        let launcher = self.read("launcher").unwrap_or_default();
        // What is timed is the network that is kept.
        let keep = match latency {
            Some(_) => Keep::Models,
            None => self.read("keep").unwrap_or_default(),
        };
        let targets: Vec<f64> =
            self.items("targets").into_iter().map(|target| target.value).collect();
        let methods = self.methods(&targets, vocabulary);
        let labels: Vec<&str> = methods.iter().map(|entry| entry.label.as_str()).collect();
        let claims = self.claims(&labels);
        let published = self.published(&methods);
        Some(Checked {
            name: name?,
            title,
            description,
            data: data?,
            model: model?,
            weights,
            train: train?,
            phases,
            seeds,
            budget,
            keep,
            latency,
            launcher,
            targets,
            methods,
            claims,
            published,
        })
    }

    /// Checks everything but components, which are checked by their kind, and claims. Returns
    /// `None` if the document is not a mapping.
    fn outline(&mut self, vocabulary: &Vocabulary) -> Option<()> {
        let root = self.document.root();
        if !root.is_object() {
            let message = match root {
                Value::Null => "the file is empty".to_owned(),
                other => format!("the file holds {}", type_name(other)),
            };
            let expected = "a mapping with name, data, model, seeds and methods";
            self.add(Problem::new(&FieldPath::default(), message).expected(expected));
            return None;
        }
        self.value(root, &FieldPath::default(), &outline(vocabulary));
        Some(())
    }

    /// Reads the block `train`, whose recovery epochs depend on its epochs.
    fn train(&mut self) -> Option<Train> {
        let Some(written) = self.field("train") else {
            return Some(Train::default().with_default_recovery());
        };
        let train: Train = self.read("train")?;
        let recovery = written.get("recovery_epochs");
        let train = if recovery.is_none() { train.with_default_recovery() } else { train };
        if train.recovery_epochs >= train.epochs {
            let message = format!(
                "`{}` recovery epochs leave no epoch for training proper",
                train.recovery_epochs
            );
            let expected = format!("an integer below `train.epochs`, which is {}", train.epochs);
            let path = path_of("train").key("recovery_epochs");
            self.add(Problem::new(&path, message).expected(expected));
        }
        if written.get("momentum").is_some() && train.optimizer != OptimizerKind::Sgd {
            let path = path_of("train").key("momentum");
            let problem = Problem::new(&path, "`momentum` is for `optimizer: sgd`");
            self.add(problem.expected("no `momentum` here, or `optimizer: sgd`"));
        }
        Some(train)
    }

    fn phases(&mut self) -> Vec<Task> {
        let first = path_of("phases").index(0);
        let tasks = self.items::<Task>("phases");
        let of_first = tasks.iter().find(|task| task.path == first).map(|task| &task.value);
        let problem = |key: &str, message: &str| {
            Problem::new(&first.key(key), message).expected(format!("no `{key}` here"))
        };
        let problems = of_first.map(|task| {
            let epochs = problem("epochs", "the first phase is trained for `train.epochs`");
            let learn = problem("learn", "in the first phase everything learns");
            let steps = problem("measure_after_steps", "the first phase is measured at its end");
            [
                task.epochs.map(|_| epochs),
                (task.learn != Learner::All).then_some(learn),
                (!task.measure_after_steps.is_empty()).then_some(steps),
            ]
        });
        self.problems.extend(problems.into_iter().flatten().flatten());
        tasks.into_iter().map(|task| task.value).collect()
    }

    fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Keeps a value, or notes why there is none.
    fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// Checks a value against its JSON schema.
    fn value(&mut self, value: &Value, path: &FieldPath, schema: &Value) {
        self.problems.extend(check_value(value, path, schema));
    }

    /// Returns a field of the experiment as it is written; `None` if it is absent.
    fn field(&self, name: &str) -> Option<&'document Value> {
        self.document.root().get(name)
    }

    /// Returns the items of a list as they are written; none if it is absent or no list.
    fn written(&self, list: &str) -> &'document [Value] {
        self.field(list).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn is_right(&self, path: &FieldPath) -> bool {
        !self.problems.iter().any(|problem| problem.path().is_within(path))
    }

    /// Reads a field of the experiment; `None` if it is absent or wrong.
    fn read<T: DeserializeOwned>(&mut self, field: &str) -> Option<T> {
        let path = path_of(field);
        self.parse(self.field(field)?, &path)
    }

    /// Reads the items of a list that are right.
    fn items<T: DeserializeOwned>(&mut self, list: &str) -> Vec<Item<T>> {
        let mut items = Vec::new();
        for (index, item) in self.written(list).iter().enumerate() {
            let path = path_of(list).index(index);
            items.extend(self.parse(item, &path).map(|value| Item { path, value }));
        }
        items
    }

    /// Reads a value that its schema allows; `None` if it is wrong.
    fn parse<T: DeserializeOwned>(&mut self, value: &Value, path: &FieldPath) -> Option<T> {
        if !self.is_right(path) {
            return None;
        }
        let value = serde_json::from_value(value.clone());
        self.keep(value.map_err(|error| Problem::new(path, format!("cannot be read: {error}"))))
    }

    /// Notes that no entry has a label, unless a wrong entry may be meant.
    fn add_unknown_label(&mut self, label: &str, path: &FieldPath, labels: &[&str], note: &str) {
        if labels.len() == self.written("methods").len() {
            let known = labels.iter().copied();
            let message = format!("no entry has the label {}", quote(&label.into()));
            let problem = Problem::new(path, message)
                .expected(one_of(known.clone()) + note)
                .nearest(nearest(label, known));
            self.add(problem);
        }
    }
}

/// An item of a list, with its path.
struct Item<T> {
    path: FieldPath,
    value: T,
}

fn path_of(field: &str) -> FieldPath {
    FieldPath::default().key(field)
}
