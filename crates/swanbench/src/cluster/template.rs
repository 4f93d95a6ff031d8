//! Jobs that a command of the user's own starts.

use std::process::Command;

use anyhow::{Context, bail};

use crate::shell::quoted;

/// Runs the command of a template for a job, with `{list}` and `{index}` in the words of a shell.
///
/// Returns an error with the command's own words if it fails.
pub fn start(template: &str, list: &str, index: usize) -> anyhow::Result<()> {
    let command = filled(template, list, index);
    let output = Command::new("sh").args(["-c", &command]).output();
    let output = output.with_context(|| format!("cannot start `{command}`"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    bail!("`{command}` failed ({}): {}", output.status, words.trim())
}

fn filled(template: &str, list: &str, index: usize) -> String {
    template.replace("{list}", &quoted(list)).replace("{index}", &index.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_gets_the_list_as_one_word() {
        let template = "qsub -v I={index} -- swanbench work {list} --index {index}";
        let expected = "qsub -v I=3 -- swanbench work '/a b/list.json' --index 3";
        assert_eq!(filled(template, "/a b/list.json", 3), expected);
    }

    #[test]
    fn what_a_command_says_is_passed_on() {
        let error = start("echo no quota left >&2; exit 3", "list", 0).unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.contains("no quota left"), "{error}");
        start("true {list} {index}", "list", 0).unwrap();
    }
}
