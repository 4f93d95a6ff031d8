//! `swanbench clean`: removes everything but results, after showing it.

use anyhow::anyhow;
use swanbench_results::Store;

use crate::{
    arguments::Clean,
    exit::{CommandError, ExitCodeExt},
    output,
};

pub fn run(arguments: &Clean) -> Result<(), CommandError> {
    let store = Store::open(&arguments.results, &arguments.name);
    if !store.has_experiment() {
        let folder = store.folder().display();
        return Err(anyhow!("{folder} is no folder of results: it has no experiment.yaml"))
            .bad_input();
    }
    let left = store.leftovers().bad_input()?;
    for path in &left {
        let verb = if arguments.yes { "removed" } else { "would remove" };
        if arguments.yes {
            store.remove(path).failed()?;
        }
        output::line(format_args!("{verb} {}", path.display()));
    }
    if left.is_empty() {
        output::line(format_args!("nothing but results in {}", store.folder().display()));
    } else if !arguments.yes {
        output::line(format_args!("--yes removes them"));
    }
    Ok(())
}
