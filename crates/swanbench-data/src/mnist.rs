//! MNIST: 60,000 + 10,000 handwritten digits (1998), <http://yann.lecun.com/exdb/mnist/>.

use crate::{
    files::{Download, FileSet, Packed},
    idx_dataset::{IDX_FILES, IdxDataset, IdxImages},
};

/// 60,000 + 10,000 grey images of 28x28, 10 digits.
pub(crate) const DATASET: IdxDataset =
    IdxDataset { files: FILES, images: IdxImages { size: [28, 28], classes: 10 } };

const FILES: FileSet = FileSet {
    name: "mnist",
    summary: "70,000 handwritten digits, 28x28 grey, 10 classes",
    source: "LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document \
             recognition",
    subfolders: &["mnist", "MNIST/raw"],
    debian_package: None,
    files: IDX_FILES,
    sha256: Some(&[
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ]),
    only_published: false,
    mirrors: &[
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    download: Download::Gzip(&[
        Packed::new(9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        Packed::new(28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        Packed::new(1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        Packed::new(4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ]),
};
