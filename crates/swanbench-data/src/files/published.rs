//! The files of a dataset as its makers publish them.

/// The files of a dataset as its makers publish them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Published {
    /// Addresses of folders, each with a slash at its end, in the order in which they are tried.
    pub(crate) mirrors: &'static [&'static str],
    /// What lies there.
    pub(crate) files: &'static [PublishedFile],
    /// How the members of the set lie in these files.
    pub(crate) packing: Packing,
}

/// One file as it is published.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublishedFile {
    /// Below each mirror.
    pub(crate) name: &'static str,
    /// Its size.
    pub(crate) bytes: u64,
    /// Of the file itself, packed as it is.
    pub(crate) sha256: &'static str,
}

/// How the members of a set lie in its published files.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Packing {
    /// One file a member, in their order, gzipped; kept as it is.
    Gzip,
    /// All members in this folder of one gzipped tar archive.
    TarGzip {
        /// Inside the archive.
        folder: &'static str,
    },
}

impl Published {
    /// Bytes of all files together.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
