//! Fashion-MNIST: 60,000 + 10,000 pictures of clothes (Xiao, Rasul and Vollgraf 2017).

use crate::{
    files::{Download, FileSet, Packed},
    idx_dataset::{IDX_FILES, IdxDataset, IdxImages},
};

/// 60,000 + 10,000 grey images of 28x28, 10 classes of clothes.
pub(crate) const DATASET: IdxDataset =
    IdxDataset { files: FILES, images: IdxImages { size: [28, 28], classes: 10 } };

const FILES: FileSet = FileSet {
    name: "fashion-mnist",
    summary: "70,000 pictures of clothes, 28x28 grey, 10 classes",
    source: "Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747",
    subfolders: &["fashion-mnist", "FashionMNIST/raw"],
    debian_package: Some("dataset-fashion-mnist"),
    files: IDX_FILES,
    // Equal in the published files and in those of Debian, which are packed differently.
    sha256: Some(&[
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ]),
    only_published: true,
    mirrors: &[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ],
    download: Download::Gzip(&[
        Packed::new(26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        Packed::new(29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        Packed::new(4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        Packed::new(5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ]),
};
