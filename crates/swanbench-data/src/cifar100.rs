//! CIFAR-100: 50,000 + 10,000 photographs in 100 classes (Krizhevsky 2009), in its binary version.

use crate::{
    cifar_dataset::CifarDataset,
    files::{Download, FileSet, Packed},
    format::cifar::RecordFormat,
};

/// 50,000 + 10,000 colour images of 32x32, 100 classes.
pub(crate) const DATASET: CifarDataset = CifarDataset {
    files: FILES,
    format: RecordFormat { label_bytes: 2, classes: 100 },
    train_records: 50_000,
    test_records: 10_000,
};

const FILES: FileSet = FileSet {
    name: "cifar100",
    summary: "60,000 photographs, 32x32 colour, 100 classes",
    source: "Krizhevsky 2009, Learning multiple layers of features from tiny images",
    subfolders: &["cifar100", "cifar100/cifar-100-binary", "cifar-100-binary"],
    debian_package: None,
    files: &["train.bin", "test.bin"],
    sha256: Some(&[
        "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
        "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
    ]),
    only_published: false,
    mirrors: &["https://www.cs.toronto.edu/~kriz/"],
    download: Download::TarGzip {
        name: "cifar-100-binary.tar.gz",
        folder: "cifar-100-binary",
        packed: Packed::new(
            168_513_733,
            "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
        ),
    },
};
