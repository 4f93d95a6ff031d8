//! CIFAR-100: 50,000 + 10,000 photographs in 100 classes (Krizhevsky 2009), in its binary version.

use crate::{
    Entry,
    files::{CifarBatches, FileSet, Member, Packing, Published, PublishedFile},
    format::cifar::Layout,
};

/// 50,000 + 10,000 colour images of 32x32, 100 classes.
pub(crate) const ENTRY: Entry = Entry {
    kind: || FILES.kind(),
    load: |_, places| BATCHES.load(&FILES, places),
    checksum: |places| FILES.checksum(places),
    files: Some(&FILES),
};

const BATCHES: CifarBatches = CifarBatches {
    layout: Layout { label_bytes: 2, classes: 100 },
    train_records: 50_000,
    test_records: 10_000,
};

const FILES: FileSet = FileSet {
    name: "cifar100",
    summary: "60,000 photographs, 32x32 colour, 100 classes",
    source: "Krizhevsky 2009, Learning multiple layers of features from tiny images",
    subfolders: &["cifar100", "cifar100/cifar-100-binary", "cifar-100-binary"],
    debian_package: None,
    members: &[
        Member {
            name: "train.bin",
            sha256: Some("f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"),
        },
        Member {
            name: "test.bin",
            sha256: Some("d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a"),
        },
    ],
    only_published: false,
    published: Published {
        mirrors: &["https://www.cs.toronto.edu/~kriz/"],
        files: &[PublishedFile {
            name: "cifar-100-binary.tar.gz",
            bytes: 168_513_733,
            sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
        }],
        packing: Packing::TarGzip { folder: "cifar-100-binary" },
    },
};
