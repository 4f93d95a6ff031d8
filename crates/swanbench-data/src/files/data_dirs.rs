//! Folders that are searched for the files of datasets.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Folders that are searched for the files of datasets, in the order of the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataDirs {
    /// Folder that the user names: its subfolder with the dataset's name, or itself.
    pub data_dir: Option<PathBuf>,
    /// Folder of downloads, with one subfolder per dataset.
    pub cache: Option<PathBuf>,
    /// Folders of the system, with one subfolder per dataset.
    pub system: Vec<PathBuf>,
}

impl DataDirs {
    /// Returns `data_dir`, then `swanbench/data` in the cache folder of the XDG base directory
    /// specification, then `/usr/share/datasets`, where Debian's packages put their files.
    pub fn from_environment(data_dir: Option<PathBuf>) -> Self {
        let home = cache_home(env::var_os("XDG_CACHE_HOME"), env::var_os("HOME"));
        Self {
            data_dir,
            cache: home.map(|home| home.join("swanbench").join("data")),
            system: vec![PathBuf::from("/usr/share/datasets")],
        }
    }

    /// Lists the folders to search, in order, for a set that may be in any of `subfolders`.
    pub(crate) fn candidates(&self, subfolders: &[&str]) -> Vec<PathBuf> {
        let below = |root: &Path| -> Vec<PathBuf> {
            subfolders.iter().map(|subfolder| root.join(subfolder)).collect()
        };
        let given = self.data_dir.iter().flat_map(|root| [below(root), vec![root.clone()]]);
        let others = self.cache.iter().chain(&self.system).map(|root| below(root));
        given.chain(others).flatten().collect()
    }
}

/// Returns the user's cache folder. The specification wants a relative `XDG_CACHE_HOME` ignored.
fn cache_home(xdg: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    xdg.and_then(absolute).or_else(|| home.and_then(absolute).map(|home| home.join(".cache")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_the_named_folder_the_cache_the_system() {
        let dirs = DataDirs {
            data_dir: Some("/given".into()),
            cache: Some("/cache".into()),
            system: vec!["/system".into()],
        };
        let folders = dirs.candidates(&["cifar10", "cifar-10-batches-bin"]);
        let expected = [
            "/given/cifar10",
            "/given/cifar-10-batches-bin",
            "/given",
            "/cache/cifar10",
            "/cache/cifar-10-batches-bin",
            "/system/cifar10",
            "/system/cifar-10-batches-bin",
        ];
        assert_eq!(folders, expected.map(PathBuf::from));
    }

    #[test]
    fn the_cache_follows_the_xdg_specification() {
        for (xdg, home, expected) in [
            (Some("/xdg"), Some("/home/ada"), Some("/xdg")),
            (Some("relative"), Some("/home/ada"), Some("/home/ada/.cache")),
            (Some(""), Some("/home/ada"), Some("/home/ada/.cache")),
            (None, None, None),
        ] {
            let found = cache_home(xdg.map(OsString::from), home.map(OsString::from));
            assert_eq!(found, expected.map(PathBuf::from), "{xdg:?}");
        }
    }
}
