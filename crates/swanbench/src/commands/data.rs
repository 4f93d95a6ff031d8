//! `swanbench data`: the files of datasets.

use anyhow::anyhow;
use swanbench_data::{Places, State, Verdict, fetch, state, verify};

use crate::{
    arguments::{Data, DataAction, DataPlace},
    download::DownloadBar,
    exit::{ExitCodeExt, Failure},
    output,
};

pub fn run(arguments: &Data) -> Result<(), Failure> {
    match &arguments.action {
        DataAction::List { place } => list(&places(place)),
        DataAction::Fetch { name, place } => {
            let found = fetch(name, &places(place), &mut DownloadBar::new()).bad_input()?;
            output::line(format_args!("{name}: {}", words(&found)));
            Ok(())
        }
        DataAction::Verify { name, place } => verified(name, &places(place)),
    }
}

fn places(place: &DataPlace) -> Places {
    Places::from_environment(place.data_dir.clone())
}

fn list(places: &Places) -> Result<(), Failure> {
    for kind in swanbench_data::vocabulary() {
        let state = state(kind.name, places).bad_input()?;
        output::line(format_args!("{:<14} {}", kind.name, words(&state)));
    }
    Ok(())
}

fn verified(name: &str, places: &Places) -> Result<(), Failure> {
    let verified = verify(name, places).bad_input()?;
    for file in &verified.files {
        let verdict = match file.verdict {
            Verdict::Published => "as published".to_owned(),
            Verdict::Unknown => "nothing to compare with".to_owned(),
            Verdict::Different { expected } => format!("differs, expected {expected}"),
        };
        output::line(format_args!("{}  {}  {verdict}", file.sha256, file.path.display()));
    }
    output::line(format_args!("{name}: content {}", verified.revision));
    if verified.is_sound() {
        return Ok(());
    }
    Err(anyhow!("{name} is not the published dataset: remove the files that differ, and fetch it"))
        .bad_input()
}

fn words(state: &State) -> String {
    match state {
        State::BuiltIn => "part of the program".to_owned(),
        State::Found { folder, bytes } => {
            format!("{} ({:.1} MB)", folder.display(), megabytes(*bytes))
        }
        State::Missing { put_into: Some(folder), bytes } => {
            let size = megabytes(*bytes);
            format!("not here; a download of {size:.1} MB into {}", folder.display())
        }
        State::Missing { put_into: None, .. } => {
            "not here, and there is no cache folder".to_owned()
        }
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
