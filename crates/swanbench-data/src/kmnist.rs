//! Kuzushiji-MNIST: 60,000 + 10,000 handwritten Japanese characters (Clanuwat et al. 2018).

use crate::{
    files::{Download, FileSet, Packed},
    idx_dataset::{IDX_FILES, IdxDataset, IdxImages},
};

/// 60,000 + 10,000 grey images of 28x28, 10 characters.
pub(crate) const DATASET: IdxDataset =
    IdxDataset { files: FILES, images: IdxImages { size: [28, 28], classes: 10 } };

const FILES: FileSet = FileSet {
    name: "kmnist",
    summary: "70,000 handwritten Japanese characters, 28x28 grey, 10 classes",
    source: "Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto and Ha 2018, arXiv:1812.01718",
    subfolders: &["kmnist", "KMNIST/raw"],
    debian_package: None,
    files: IDX_FILES,
    sha256: None,
    only_published: false,
    mirrors: &["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    download: Download::Gzip(&[
        Packed::new(18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        Packed::new(29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        Packed::new(3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        Packed::new(5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ]),
};
