//! CIFAR-10: 50,000 + 10,000 photographs in 10 classes (Krizhevsky 2009), in its binary version.

use crate::{
    cifar_dataset::CifarDataset,
    files::{Download, FileSet, Packed},
    format::cifar::RecordFormat,
};

/// 50,000 + 10,000 colour images of 32x32, 10 classes.
pub(crate) const DATASET: CifarDataset = CifarDataset {
    files: FILES,
    format: RecordFormat { label_bytes: 1, classes: 10 },
    train_records: 10_000,
    test_records: 10_000,
};

const FILES: FileSet = FileSet {
    name: "cifar10",
    summary: "60,000 photographs, 32x32 colour, 10 classes",
    source: "Krizhevsky 2009, Learning multiple layers of features from tiny images",
    subfolders: &["cifar10", "cifar10/cifar-10-batches-bin", "cifar-10-batches-bin"],
    debian_package: None,
    files: &[
        "data_batch_1.bin",
        "data_batch_2.bin",
        "data_batch_3.bin",
        "data_batch_4.bin",
        "data_batch_5.bin",
        "test_batch.bin",
    ],
    sha256: Some(&[
        "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
        "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
        "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
        "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
        "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
        "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    ]),
    only_published: false,
    mirrors: &["https://www.cs.toronto.edu/~kriz/"],
    download: Download::TarGzip {
        name: "cifar-10-binary.tar.gz",
        folder: "cifar-10-batches-bin",
        packed: Packed::new(
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        ),
    },
};
