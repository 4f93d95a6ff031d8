//! What was trained, and how to get the same numbers again.

use maud::{Markup, html};
use swanbench_results::ExperimentMetadata;
use swanbench_spec::Task;

use crate::data::tasks::describe;

use super::section::section;

/// Returns names with their values, nothing if there is none.
pub(super) fn facts(facts: &[(String, String)]) -> Markup {
    html! {
        @if !facts.is_empty() {
            dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } }
        }
    }
}

/// Returns a name and a description for each task that was learned one after the other.
pub(super) fn tasks(tasks: &[Task]) -> Vec<(String, String)> {
    let numbered = (1..).zip(tasks);
    numbered.map(|(number, task)| (format!("phase {number}"), describe(task))).collect()
}

/// Returns a section with the command and the versions, nothing if neither is known.
pub(super) fn reproduction(metadata: &ExperimentMetadata) -> Markup {
    let ExperimentMetadata { command, versions, .. } = metadata;
    if command.is_empty() && versions.is_empty() {
        return Markup::default();
    }
    section(
        "repeat",
        "How to repeat it",
        &html! {
            @if !command.is_empty() { pre tabindex="0" { code { (command) } } }
            (facts(versions))
        },
    )
}

#[cfg(test)]
mod tests {
    use swanbench_spec::{Images, Learner};

    use super::*;

    #[test]
    fn a_task_says_what_is_different_in_it() {
        let other = Task {
            images: Images::Inverted,
            classes: Some(vec![0, 7]),
            epochs: Some(5),
            learn: Learner::Gates,
            ..Task::default()
        };
        let tasks = tasks(&[Task::default(), other]);
        assert_eq!(tasks[0].1, "images as they are");
        let (name, description) =
            ("phase 2", "inverted images, classes 0, 7, 5 epochs, gates learn alone");
        assert_eq!(tasks[1], (name.to_owned(), description.to_owned()));
    }

    #[test]
    fn the_command_can_be_copied_as_it_stands() {
        let metadata = ExperimentMetadata {
            command: "swanbench sweep a.yaml --set 'x=1' > log".to_owned(),
            versions: vec![("libtorch".to_owned(), "2.11.0".to_owned())],
            ..ExperimentMetadata::default()
        };
        let page = reproduction(&metadata).into_string();
        assert!(page.contains("<code>swanbench sweep a.yaml --set 'x=1' &gt; log</code>"));
        assert!(page.contains("<dt>libtorch</dt><dd>2.11.0</dd>"));
        assert_eq!(reproduction(&ExperimentMetadata::default()).into_string(), "");
    }
}
