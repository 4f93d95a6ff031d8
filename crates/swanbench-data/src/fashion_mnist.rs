//! Fashion-MNIST: 60,000 + 10,000 pictures of clothes (Xiao, Rasul and Vollgraf 2017).

use crate::{
    Entry,
    files::{FileSet, IdxImages, Member, Packing, Published, PublishedFile},
};

/// 60,000 + 10,000 grey images of 28x28, 10 kinds of clothes.
pub(crate) const ENTRY: Entry = Entry {
    kind: || FILES.kind(),
    load: |_, places| IMAGES.load(&FILES, places),
    checksum: |places| FILES.checksum(places),
    files: Some(&FILES),
};

const IMAGES: IdxImages = IdxImages { size: [28, 28], classes: 10 };

const FILES: FileSet = FileSet {
    name: "fashion-mnist",
    summary: "70,000 pictures of clothes, 28x28 grey, 10 classes",
    source: "Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747",
    subfolders: &["fashion-mnist", "FashionMNIST/raw"],
    debian_package: Some("dataset-fashion-mnist"),
    // The unpacked content is the same in the published files and in Debian's, which were packed
    // anew.
    members: &[
        Member {
            name: "train-images-idx3-ubyte",
            sha256: Some("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        },
        Member {
            name: "train-labels-idx1-ubyte",
            sha256: Some("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        },
        Member {
            name: "t10k-images-idx3-ubyte",
            sha256: Some("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        },
        Member {
            name: "t10k-labels-idx1-ubyte",
            sha256: Some("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        },
    ],
    only_published: true,
    published: Published {
        mirrors: &[
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ],
        files: &[
            PublishedFile {
                name: "train-images-idx3-ubyte.gz",
                bytes: 26_421_880,
                sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            },
            PublishedFile {
                name: "train-labels-idx1-ubyte.gz",
                bytes: 29_515,
                sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            },
            PublishedFile {
                name: "t10k-images-idx3-ubyte.gz",
                bytes: 4_422_102,
                sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            },
            PublishedFile {
                name: "t10k-labels-idx1-ubyte.gz",
                bytes: 5_148,
                sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            },
        ],
        packing: Packing::Gzip,
    },
};
