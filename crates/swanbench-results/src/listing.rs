//! What lies in an experiment's folder of results: runs by state, and what nobody needs any more.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use swanbench_spec::{Keep, RunSpec};

use crate::{
    Error, Lease, Store, archive, files,
    lease::{is_expired, is_lease},
    store::RUN_FILE,
};

/// State of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunState {
    /// All of its files are what was written.
    Done,
    /// Its files are not what was written: the next sweep moves them aside and trains it again.
    Damaged,
    /// It stopped early, with the reason.
    Failed(String),
    /// Some process trains it at this moment.
    InProgress,
    /// It continues from a checkpoint.
    Interrupted,
}

/// A run that left something behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The id of the run.
    pub id: String,
    /// The request. `None` until the run has ended.
    pub run: Option<RunSpec>,
    /// Its state.
    pub state: RunState,
    /// When its state was written.
    pub changed: SystemTime,
    /// The size of its files.
    pub bytes: u64,
}

/// The runs of an experiment that have ended, or that a process has.
#[derive(Debug, Default)]
pub struct Begun {
    /// Their ids.
    pub ids: HashSet<String>,
    /// How many a process has.
    pub in_progress: usize,
}

impl Store {
    /// Lists all runs of the experiment, by id.
    ///
    /// Returns [`Error::NoResults`] if nothing was ever swept; otherwise an error if a file cannot be
    /// read.
    pub fn list(&self) -> Result<Vec<Listed>, Error> {
        let (index, mut all) = (self.index(), Vec::new());
        for path in entries(self.folder())? {
            let name = file_name(&path);
            let (id, kind) = name.split_once('.').unwrap_or((name, ""));
            let state = match kind {
                archive::KIND if self.stamp(id).as_ref() == index.stamps.get(id) => RunState::Done,
                archive::KIND if self.whole(id).is_ok() => RunState::Done,
                archive::KIND => RunState::Damaged,
                "failed" => match self.failure(id)? {
                    Some(failure) => RunState::Failed(failure.reason),
                    None => continue,
                },
                kind if is_lease(kind) && !is_expired(&path)? => RunState::InProgress,
                "checkpoint" if !Lease::is_held(self.folder(), id)? => RunState::Interrupted,
                _ => continue,
            };
            let run = match state {
                RunState::Done => Some(self.request(id)?),
                RunState::Failed(_) => request(&path)?,
                _ => None,
            };
            let changed = fs::metadata(&path).and_then(|file| file.modified());
            let changed = changed.map_err(Error::io("read", &path))?;
            let bytes = size(&path)?;
            all.push(Listed { id: id.to_owned(), run, state, changed, bytes });
        }
        all.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(all)
    }

    /// Returns the ids of all finished runs.
    ///
    /// Returns an error if the folder cannot be read; where nothing was swept there are none.
    pub fn done(&self) -> Result<HashSet<String>, Error> {
        let all = match entries(self.folder()) {
            Err(Error::NoResults { .. }) => Vec::new(),
            all => all?,
        };
        let id = |path: &PathBuf| {
            let (id, kind) = file_name(path).split_once('.')?;
            (kind == archive::KIND).then(|| id.to_owned())
        };
        Ok(all.iter().filter_map(id).collect())
    }

    /// As [`Store::done`], but only those that have their models if these are to be kept.
    ///
    /// Returns an error if the folder cannot be read.
    pub fn complete(&self, keep: Keep) -> Result<HashSet<String>, Error> {
        let mut complete = self.done()?;
        complete.retain(|id| keep == Keep::Results || self.has_model(id));
        Ok(complete)
    }

    /// Lists the runs that have ended or that a process has, by one look at the folder.
    ///
    /// Returns an error if the folder cannot be read.
    pub fn begun(&self) -> Result<Begun, Error> {
        let mut begun = Begun::default();
        for path in entries(self.folder())? {
            let Some((id, kind)) = file_name(&path).split_once('.') else { continue };
            if kind == archive::KIND || kind == "failed" || is_lease(kind) {
                begun.in_progress += usize::from(is_lease(kind));
                begun.ids.insert(id.to_owned());
            }
        }
        Ok(begun)
    }

    /// Removes what processes left that were killed just after a run was done: leases, checkpoints,
    /// earlier failures.
    ///
    /// Returns an error if the file system fails.
    pub fn remove_leftovers_of_done(&self) -> Result<(), Error> {
        let done = self.done()?;
        for path in entries(self.folder())? {
            let (id, kind) = file_name(&path).split_once('.').unwrap_or_default();
            let is_left = kind == "checkpoint" || kind == "failed" || is_lease(kind);
            if is_left && done.contains(id) {
                self.remove_leftovers(id)?;
            }
        }
        Ok(())
    }

    /// Lists files and folders that are no results: failures, checkpoints, what was moved aside, drafts
    /// and leases of processes that died. What a running sweep uses is not among them.
    ///
    /// Returns an error as [`Store::list`] does.
    pub fn leftovers(&self) -> Result<Vec<PathBuf>, Error> {
        let mut left = Vec::new();
        let all = entries(self.folder())?;
        let kind = |path: &Path| path.extension().and_then(|kind| kind.to_str()).map(str::to_owned);
        let mut busy = false;
        for lease in all.iter().filter(|path| kind(path).is_some_and(|kind| is_lease(&kind))) {
            busy |= !is_expired(lease)?;
        }
        for path in all {
            let name = file_name(&path).to_owned();
            let (id, kind) = name.split_once('.').unwrap_or((&name, ""));
            let unneeded = match kind {
                "failed" | "zip.damaged" | "checkpoint.damaged" => true,
                "checkpoint" => !Lease::is_held(self.folder(), id)?,
                kind if is_lease(kind) => is_expired(&path)?,
                // A draft has no owner's name: with a sweep at work it may be that one's.
                _ => name.starts_with(files::DRAFT) && !busy,
            };
            if unneeded {
                left.push(path);
            }
        }
        left.sort();
        Ok(left)
    }

    /// Removes one of [`Store::leftovers`].
    ///
    /// Returns an error if it cannot be removed.
    pub fn remove(&self, leftover: &Path) -> Result<(), Error> {
        if leftover.is_dir() {
            files::remove_folder(leftover)
        } else {
            files::remove_file(leftover)
        }
    }

    /// Reads the request in the file of a run that is done.
    fn request(&self, id: &str) -> Result<RunSpec, Error> {
        let content = self.file(id)?.read(RUN_FILE)?;
        let path = self.done_file(id).join(RUN_FILE);
        serde_json::from_slice(&content).map_err(|source| Error::Json { path, source })
    }

    /// Returns where a run was computed. `None` if that is not known.
    ///
    /// Returns an error if a file cannot be read.
    pub fn device(&self, Listed { id, state, .. }: &Listed) -> Result<Option<String>, Error> {
        match state {
            RunState::Done => {
                Ok(self.evaluations(id)?.first().map(|row| row.cost.machine.device.clone()))
            }
            RunState::Failed(_) => Ok(self.failure(id)?.map(|failure| failure.machine.device)),
            RunState::Damaged | RunState::InProgress | RunState::Interrupted => Ok(None),
        }
    }
}

/// Reads the request in the folder of a run that failed. `None` if there is none.
fn request(folder: &Path) -> Result<Option<RunSpec>, Error> {
    let path = folder.join(RUN_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let content = files::read(&path)?;
    serde_json::from_slice(&content).map(Some).map_err(|source| Error::Json { path, source })
}

/// Returns the size of a file, or of the files in a folder, in bytes.
fn size(path: &Path) -> Result<u64, Error> {
    if path.is_dir() {
        return entries(path)?.iter().map(|file| size(file)).sum();
    }
    Ok(fs::metadata(path).map_err(Error::io("read", path))?.len())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let all = fs::read_dir(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NoResults { path: folder.to_path_buf() },
        _ => Error::io("read", folder)(error),
    })?;
    all.map(|entry| Ok(entry.map_err(Error::io("read", folder))?.path())).collect()
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
