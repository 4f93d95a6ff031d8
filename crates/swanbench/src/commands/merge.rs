//! `swanbench merge`: results of several machines in one folder.

use std::fs;

use anyhow::{Context, anyhow};
use swanbench_results::{Merged, Store};

use crate::{
    arguments::Merge,
    exit::{CommandError, ExitCodeExt},
    output,
};

/// Takes the runs of all experiments in the other folders, and says what became of them.
///
/// Returns an error if runs of the same id measured something else.
pub fn run(arguments: &Merge) -> Result<(), CommandError> {
    let mut different = 0;
    for folder in &arguments.folders {
        let entries = fs::read_dir(folder);
        let entries = entries.with_context(|| format!("cannot read `{}`", folder.display()));
        let entries = entries.bad_input()?;
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| Store::open(folder, name).has_experiment())
            .collect();
        if names.is_empty() {
            let folder = folder.display();
            return Err(anyhow!("`{folder}` is no folder of results: no experiment is in it"))
                .bad_input();
        }
        names.sort();
        for name in names {
            let (own, other) = (Store::open(&arguments.results, &name), Store::open(folder, &name));
            let merged = own.merge(&other).failed()?;
            different += merged.different.len();
            print(&name, &merged);
        }
    }
    match different {
        0 => Ok(()),
        count => Err(anyhow!("{count} runs measured something else here and there")).failed(),
    }
}

fn print(name: &str, merged: &Merged) {
    let Merged { taken, equal, different, damaged } = merged;
    output::line(format_args!("{name}: {taken} runs taken, {equal} were here and are equal"));
    for id in different {
        output::line(format_args!("{name}: {id} is another result here, and stays"));
    }
    for id in damaged {
        output::line(format_args!("{name}: {id} is damaged or of another version there"));
    }
}
