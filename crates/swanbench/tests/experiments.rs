//! The experiments that come with the project.

use std::path::Path;

use swanbench_core::{MethodEntry, ModelEntry};
use swanbench_methods::METHODS;
use swanbench_models::MODELS;
use swanbench_spec::{Draft, Experiment, Override, Vocabulary};

/// A user's own files may be next to them.
const SHIPPED: [&str; 15] = [
    "ablations",
    "cifar-resnet20",
    "equal-training",
    "fashion-lenet5",
    "latency",
    "lenet-300-100",
    "methods",
    "paper/mnist-mlp",
    "paper/resnet50-cifar10",
    "paper/vgg16-cifar10",
    "paper/vgg16-cifar10-narrow",
    "planted",
    "quickstart",
    "shift",
    "shift-gates",
];

fn vocabulary() -> Vocabulary {
    Vocabulary {
        methods: METHODS.iter().map(MethodEntry::info).collect(),
        models: MODELS.iter().map(ModelEntry::info).collect(),
        datasets: swanbench_data::vocabulary(),
    }
}

/// The experiment with ids as they are before its data have been read.
fn resolved(name: &str, overrides: &[Override], vocabulary: &Vocabulary) -> Experiment {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let draft = Draft::load(&folder.join(name).with_extension("yaml"), overrides, vocabulary);
    let draft = draft.unwrap_or_else(|error| panic!("{error}"));
    draft.resolve(&vocabulary.dataset(&draft.data().kind).unwrap().revision)
}

/// Stored results are found by their ids: a change here makes users train again.
#[test]
fn run_ids_are_pinned() {
    let line = |name: &&str| {
        let runs = resolved(name, &[], &vocabulary()).runs;
        let number = |id: &str| u64::from_str_radix(&id[..16], 16).unwrap();
        let sum = runs.iter().fold(0_u64, |sum, run| sum.wrapping_add(number(&run.id)));
        format!("{name}: {} runs, sum of ids {sum:016x}\n", runs.len())
    };
    insta::assert_snapshot!(SHIPPED.iter().map(line).collect::<String>());
}

/// As they are, and as the short trials that their heads suggest.
#[test]
fn they_can_be_run_whole_and_short() {
    let vocabulary = vocabulary();
    let short = ["train.epochs=1", "data.limit=2000"];
    let short = short.map(|text| Override::parse(text).unwrap());
    for name in SHIPPED {
        for overrides in [&[][..], &short] {
            let experiment = resolved(name, overrides, &vocabulary);
            let file = name.rsplit('/').next().unwrap();
            assert_eq!(experiment.name, file, "a file is found by the name of its results");
        }
    }
}
