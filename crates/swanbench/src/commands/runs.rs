//! `swanbench runs`: what an experiment's folder of results holds, run by run.

use std::time::{Duration, SystemTime};

use swanbench_results::{Listed, RunState, Store};

use crate::{
    arguments::Runs,
    exit::{ExitCodeExt, Failure},
    output,
    title::title,
};

pub fn run(arguments: &Runs) -> Result<(), Failure> {
    let runs = Store::open(&arguments.results, &arguments.name).list().bad_input()?;
    for run in &runs {
        output::line(format_args!("{}", line(run, SystemTime::now())));
    }
    let done = runs.iter().filter(|run| run.state == RunState::Done).count();
    output::line(format_args!("{} runs, {done} done", runs.len()));
    Ok(())
}

fn line(listed: &Listed, now: SystemTime) -> String {
    let Listed { id, run, state, changed, device } = listed;
    let (word, reason) = match state {
        RunState::Done => ("done", None),
        RunState::Damaged => ("damaged", None),
        RunState::Failed(reason) => ("failed", Some(reason)),
        RunState::InProgress => ("in progress", None),
        RunState::Interrupted => ("interrupted", None),
    };
    let age = age(now.duration_since(*changed).unwrap_or_default());
    let run = run.as_ref().map(title).unwrap_or_default();
    let device = device.as_deref().unwrap_or_default();
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{id}  {word:11}  {age:>4}  {device:12}  {run}{reason}").trim_end().to_owned()
}

/// In the largest unit of which there is at least one.
fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}min", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_one_unit() {
        let shown = |seconds| age(Duration::from_secs(seconds));
        assert_eq!([59, 60, 7199, 7200, 200_000].map(shown), ["59s", "1min", "1h", "2h", "2d"]);
    }
}
