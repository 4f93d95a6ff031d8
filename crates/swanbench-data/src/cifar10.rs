//! CIFAR-10: 50,000 + 10,000 photographs in 10 classes (Krizhevsky 2009), in its binary version.

use crate::{
    Entry,
    files::{CifarBatches, FileSet, Member},
    format::cifar::Layout,
};

/// 50,000 + 10,000 colour images of 32x32, 10 classes.
pub(crate) const ENTRY: Entry = Entry {
    kind: || FILES.kind(),
    load: |_, places| BATCHES.load(&FILES, places),
    checksum: |places| FILES.checksum(places),
};

const BATCHES: CifarBatches = CifarBatches {
    layout: Layout { label_bytes: 1, classes: 10 },
    train_records: 10_000,
    test_records: 10_000,
};

const FILES: FileSet<6> = FileSet {
    name: "cifar10",
    summary: "60,000 photographs, 32x32 colour, 10 classes",
    source: "Krizhevsky 2009, Learning multiple layers of features from tiny images",
    subfolders: &["cifar10", "cifar10/cifar-10-batches-bin", "cifar-10-batches-bin"],
    debian_package: None,
    members: [
        Member { name: "data_batch_1.bin", sha256: None },
        Member { name: "data_batch_2.bin", sha256: None },
        Member { name: "data_batch_3.bin", sha256: None },
        Member { name: "data_batch_4.bin", sha256: None },
        Member { name: "data_batch_5.bin", sha256: None },
        Member { name: "test_batch.bin", sha256: None },
    ],
};
