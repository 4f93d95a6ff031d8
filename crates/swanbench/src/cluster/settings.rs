//! How a sweep starts its runs: what the command line says, then the experiment, then the user's own
//! file.

use std::{env, path::PathBuf};

use anyhow::anyhow;
use swanbench_spec::{Launcher, LauncherKind};

use crate::exit::{CommandError, ExitCodeExt};

/// Joins the three; the user's own file counts for Slurm only, which it describes.
///
/// Returns an error if that file is wrong, or if a command is to be called and none is given.
pub fn launcher(line: Launcher, experiment: Launcher) -> Result<Launcher, CommandError> {
    let mut all = line.or(experiment);
    if all.kind == Some(LauncherKind::Slurm)
        && let Some(path) = own_file()
        && let Some(own) = Launcher::read(&path).bad_input()?
    {
        all = all.or(own);
    }
    if all.kind == Some(LauncherKind::Command) && all.submit.is_none() {
        let error = anyhow!("--launcher command: expected --submit 'COMMAND {{list}} {{index}}'");
        return Err(error).bad_input();
    }
    Ok(all)
}

/// Returns the path of the user's description of a cluster.
fn own_file() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
    Some(config?.join("swanbench/slurm.yaml"))
}
