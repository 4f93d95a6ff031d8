//! The tasks that networks learned one after the other.

use swanbench_spec::{Images, Task};

/// A name and a description for each phase; nothing where there is one on the data as they are.
pub(super) fn facts(phases: &[Task]) -> Vec<(String, String)> {
    let numbered = (1..).zip(phases);
    numbered.map(|(number, task)| (format!("phase {number}"), description(task))).collect()
}

fn description(task: &Task) -> String {
    let images = match task.images {
        Images::Original => "images as they are",
        Images::Inverted => "inverted images",
        Images::Rotated => "images turned left by a quarter",
    };
    let classes = task.classes.as_ref().map(|classes| {
        let classes: Vec<String> = classes.iter().map(u64::to_string).collect();
        format!("classes {}", classes.join(", "))
    });
    let epochs = task.epochs.map(|epochs| format!("{epochs} epochs"));
    [Some(images.to_owned()), classes, epochs].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_says_what_is_different_in_it() {
        let other = Task { images: Images::Inverted, classes: Some(vec![0, 7]), epochs: Some(5) };
        let facts = facts(&[Task::default(), other]);
        assert_eq!(facts[0].1, "images as they are");
        assert_eq!(
            facts[1],
            ("phase 2".to_owned(), "inverted images, classes 0, 7, 5 epochs".to_owned())
        );
    }
}
