//! CIFAR-100: 50,000 + 10,000 photographs in 100 classes (Krizhevsky 2009), in its binary version.

use crate::{
    Entry,
    files::{CifarBatches, FileSet, Member},
    format::cifar::Layout,
};

/// 50,000 + 10,000 colour images of 32x32, 100 classes.
pub(crate) const ENTRY: Entry = Entry {
    kind: || FILES.kind(),
    load: |_, places| BATCHES.load(&FILES, places),
    checksum: |places| FILES.checksum(places),
};

const BATCHES: CifarBatches = CifarBatches {
    layout: Layout { label_bytes: 2, classes: 100 },
    train_records: 50_000,
    test_records: 10_000,
};

const FILES: FileSet<2> = FileSet {
    name: "cifar100",
    summary: "60,000 photographs, 32x32 colour, 100 classes",
    source: "Krizhevsky 2009, Learning multiple layers of features from tiny images",
    subfolders: &["cifar100", "cifar100/cifar-100-binary", "cifar-100-binary"],
    debian_package: None,
    members: [
        Member { name: "train.bin", sha256: None },
        Member { name: "test.bin", sha256: None },
    ],
};
