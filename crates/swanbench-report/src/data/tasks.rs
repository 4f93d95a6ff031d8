//! What the tasks of `phases` are, in words.

use swanbench_spec::{Images, Learner, Task};

use crate::format;

/// Says what is done to images, which classes take part, for how long, and what learns.
pub(crate) fn describe(task: &Task) -> String {
    let images = match task.images {
        Images::Original => "images as they are",
        Images::Inverted => "inverted images",
        Images::Rotated => "images turned left by a quarter",
    };
    let classes = task.classes.as_ref().map(|classes| {
        let classes: Vec<String> = classes.iter().map(u64::to_string).collect();
        format!("classes {}", classes.join(", "))
    });
    let epochs = task.epochs.map(|epochs| format::count(epochs as usize, "epoch"));
    let learner = match task.learn {
        Learner::All => None,
        Learner::Gates => Some("gates learn alone".to_owned()),
    };
    let parts = [Some(images.to_owned()), classes, epochs, learner];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
