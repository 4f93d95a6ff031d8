//! Where the files of datasets are looked for.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Where the files of datasets are looked for, in the order of the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// The folder that the user names: its subfolder with the dataset's name, or itself.
    pub data_dir: Option<PathBuf>,
    /// The folder of the program's own copies, with a subfolder a dataset.
    pub cache: Option<PathBuf>,
    /// Folders of the system, with a subfolder a dataset.
    pub system: Vec<PathBuf>,
    /// Addresses of folders to download from in place of a dataset's own mirrors; those where empty.
    pub mirrors: Vec<String>,
}

impl Places {
    /// `data_dir`, then `swanbench/data` in the cache folder of the XDG base directory
    /// specification, then `/usr/share/datasets`, where Debian's packages put their files.
    #[must_use]
    pub fn from_environment(data_dir: Option<PathBuf>) -> Self {
        let home = cache_home(env::var_os("XDG_CACHE_HOME"), env::var_os("HOME"));
        Self {
            data_dir,
            cache: home.map(|home| home.join("swanbench").join("data")),
            system: vec![PathBuf::from("/usr/share/datasets")],
            mirrors: Vec::new(),
        }
    }

    /// The addresses of folders to download from, each with a slash at its end.
    pub(crate) fn mirrors_of(&self, own: &[&str]) -> Vec<String> {
        if self.mirrors.is_empty() {
            return own.iter().map(|&mirror| mirror.to_owned()).collect();
        }
        let folder = |mirror: &String| format!("{}/", mirror.trim_end_matches('/'));
        self.mirrors.iter().map(folder).collect()
    }

    /// The folders to look into for a set that may lie in any of `subfolders`, in order.
    pub(crate) fn candidates(&self, subfolders: &[&str]) -> Vec<PathBuf> {
        let below = |root: &Path| -> Vec<PathBuf> {
            subfolders.iter().map(|subfolder| root.join(subfolder)).collect()
        };
        let mut folders = Vec::new();
        if let Some(root) = &self.data_dir {
            folders.extend(below(root));
            folders.push(root.clone());
        }
        for root in self.cache.iter().chain(&self.system) {
            folders.extend(below(root));
        }
        folders
    }
}

/// The specification wants a relative `XDG_CACHE_HOME` ignored.
fn cache_home(xdg: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    xdg.and_then(absolute).or_else(|| home.and_then(absolute).map(|home| home.join(".cache")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_into_the_named_folder_then_the_cache_then_the_system() {
        let places = Places {
            data_dir: Some("/given".into()),
            cache: Some("/cache".into()),
            system: vec!["/system".into()],
            ..Places::default()
        };
        let folders = places.candidates(&["cifar10", "cifar-10-batches-bin"]);
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
    fn mirrors_that_the_user_names_replace_those_of_the_dataset() {
        let own = ["https://example.org/digits/"];
        assert_eq!(Places::default().mirrors_of(&own), own);
        let mirrors = vec!["http://one/a".to_owned(), "http://two/".to_owned()];
        let places = Places { mirrors, ..Places::default() };
        assert_eq!(places.mirrors_of(&own), ["http://one/a/", "http://two/"]);
    }

    #[test]
    fn the_cache_follows_the_xdg_specification() {
        let home = || Some(OsString::from("/home/ada"));
        assert_eq!(cache_home(Some("/xdg".into()), home()), Some("/xdg".into()));
        assert_eq!(cache_home(Some("relative".into()), home()), Some("/home/ada/.cache".into()));
        assert_eq!(cache_home(Some("".into()), home()), Some("/home/ada/.cache".into()));
        assert_eq!(cache_home(None, None), None);
    }
}
