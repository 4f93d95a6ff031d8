//! MNIST: 60,000 + 10,000 handwritten digits (1998), <http://yann.lecun.com/exdb/mnist/>.

use crate::{
    Entry,
    files::{FileSet, IdxImages, Member, Packing, Published, PublishedFile},
};

/// 60,000 + 10,000 grey images of 28x28, 10 digits.
pub(crate) const ENTRY: Entry = Entry {
    kind: || FILES.kind(),
    load: |_, places| IMAGES.load(&FILES, places),
    checksum: |places| FILES.checksum(places),
    files: Some(&FILES),
};

const IMAGES: IdxImages = IdxImages { size: [28, 28], classes: 10 };

const FILES: FileSet = FileSet {
    name: "mnist",
    summary: "70,000 handwritten digits, 28x28 grey, 10 classes",
    source: "LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document recognition",
    subfolders: &["mnist", "MNIST/raw"],
    debian_package: None,
    members: &[
        Member {
            name: "train-images-idx3-ubyte",
            sha256: Some("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        },
        Member {
            name: "train-labels-idx1-ubyte",
            sha256: Some("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        },
        Member {
            name: "t10k-images-idx3-ubyte",
            sha256: Some("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        },
        Member {
            name: "t10k-labels-idx1-ubyte",
            sha256: Some("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        },
    ],
    only_published: false,
    published: Published {
        mirrors: &[
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ],
        files: &[
            PublishedFile {
                name: "train-images-idx3-ubyte.gz",
                bytes: 9_912_422,
                sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            },
            PublishedFile {
                name: "train-labels-idx1-ubyte.gz",
                bytes: 28_881,
                sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            },
            PublishedFile {
                name: "t10k-images-idx3-ubyte.gz",
                bytes: 1_648_877,
                sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            },
            PublishedFile {
                name: "t10k-labels-idx1-ubyte.gz",
                bytes: 4_542,
                sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            },
        ],
        packing: Packing::Gzip,
    },
};
