//! MNIST: 60,000 + 10,000 handwritten digits (1998), <http://yann.lecun.com/exdb/mnist/>.

use crate::{
    Entry,
    files::{FileSet, IDX_IMAGES, IdxImages},
};

/// 60,000 + 10,000 grey images of 28x28, 10 digits.
pub(crate) const ENTRY: Entry = Entry {
    kind: || FILES.kind(),
    load: |_, places| IMAGES.load(&FILES, places),
    checksum: |places| FILES.checksum(places),
};

const IMAGES: IdxImages = IdxImages { size: [28, 28], classes: 10 };

const FILES: FileSet<4> = FileSet {
    name: "mnist",
    summary: "70,000 handwritten digits, 28x28 grey, 10 classes",
    source: "LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document recognition",
    subfolders: &["mnist", "MNIST/raw"],
    debian_package: None,
    members: IDX_IMAGES,
};
