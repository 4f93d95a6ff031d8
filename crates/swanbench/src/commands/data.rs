//! `swanbench data`: the files of datasets.

use anyhow::anyhow;
use swanbench_data::{
    DATASETS, DataDirs, DatasetStatus, Origin, Verification, fetch, lookup, status, verify,
};

use crate::{
    arguments::{Data, DataAction, DataPlace},
    download::DownloadBar,
    exit::{CommandError, ExitCodeExt},
    output,
};

/// Runs `swanbench data`.
pub fn run(arguments: &Data) -> Result<(), CommandError> {
    match &arguments.action {
        DataAction::List { place } => {
            for dataset in DATASETS {
                let status = describe(&status(*dataset, &dirs(place)));
                output::line(format_args!("{:<14} {status}", dataset.info().name));
            }
            Ok(())
        }
        DataAction::Fetch { name, place } => {
            let dataset = lookup(name).bad_input()?;
            let status = fetch(dataset, &dirs(place), &mut DownloadBar::new()).bad_input()?;
            output::line(format_args!("{name}: {}", describe(&status)));
            // What was there before may be damaged, or something else.
            let verification = verify(dataset, &dirs(place)).bad_input()?;
            if verification.is_sound() { Ok(()) } else { print_verification(name, &verification) }
        }
        DataAction::Verify { name, place } => {
            let verification = verify(lookup(name).bad_input()?, &dirs(place)).bad_input()?;
            print_verification(name, &verification)
        }
    }
}

fn dirs(place: &DataPlace) -> DataDirs {
    DataDirs::from_environment(place.data_dir.clone())
}

/// Prints how each file compares with the published one.
///
/// Returns an error if one is known to differ.
fn print_verification(name: &str, verification: &Verification) -> Result<(), CommandError> {
    for file in &verification.files {
        let origin = match file.origin {
            Origin::Published => "as published".to_owned(),
            Origin::Unknown => "nothing to compare with".to_owned(),
            Origin::Different { expected } => format!("differs, expected {expected}"),
        };
        output::line(format_args!("{}  {}  {origin}", file.sha256, file.path.display()));
    }
    output::line(format_args!("{name}: content {}", verification.revision));
    if verification.is_sound() {
        return Ok(());
    }
    Err(anyhow!(
        "{name} is not the published dataset; results keep the checksum of its content. Remove the \
         files that differ to fetch those that were published"
    ))
    .bad_input()
}

fn describe(status: &DatasetStatus) -> String {
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    match status {
        DatasetStatus::BuiltIn => "part of the program".to_owned(),
        DatasetStatus::Found { folder, bytes } => {
            format!("{} ({:.1} MB)", folder.display(), megabytes(*bytes))
        }
        DatasetStatus::Missing { put_into: Some(folder), bytes } => {
            let size = megabytes(*bytes);
            format!("not here; a download of {size:.1} MB into {}", folder.display())
        }
        DatasetStatus::Missing { put_into: None, .. } => {
            "not here, and there is no cache folder".to_owned()
        }
    }
}
