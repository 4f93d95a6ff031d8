//! Kuzushiji-MNIST: 60,000 + 10,000 handwritten Japanese characters (Clanuwat et al. 2018).

use crate::{
    Entry,
    files::{FileSet, IDX_IMAGES, IdxImages},
};

/// 60,000 + 10,000 grey images of 28x28, 10 characters.
pub(crate) const ENTRY: Entry = Entry {
    kind: || FILES.kind(),
    load: |_, places| IMAGES.load(&FILES, places),
    checksum: |places| FILES.checksum(places),
};

const IMAGES: IdxImages = IdxImages { size: [28, 28], classes: 10 };

const FILES: FileSet<4> = FileSet {
    name: "kmnist",
    summary: "70,000 handwritten Japanese characters, 28x28 grey, 10 classes",
    source: "Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto and Ha 2018, arXiv:1812.01718",
    subfolders: &["kmnist", "KMNIST/raw"],
    debian_package: None,
    members: IDX_IMAGES,
};
