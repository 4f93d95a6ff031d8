//! Status, download and verification of datasets.

use std::net::TcpListener;

use crate::support::{chain, gz, idx_set, load, only, write};
use swanbench_data::{
    DATASETS, DataDirs, DatasetStatus, FileSet, IDX_FILES, IdxDataset, IdxImages, Origin, fetch,
    lookup, status, verify,
};
use tempfile::tempdir;

#[test]
fn every_dataset_is_built_in_or_can_be_fetched() {
    let cache = tempdir().unwrap();
    let dirs = DataDirs { cache: Some(cache.path().to_owned()), ..DataDirs::default() };
    let sizes: Vec<_> = DATASETS
        .iter()
        .map(|dataset| match status(*dataset, &dirs) {
            DatasetStatus::Missing { put_into, bytes } => {
                assert_eq!(put_into, Some(cache.path().join(dataset.info().name)));
                bytes / 1_000_000
            }
            DatasetStatus::BuiltIn => 0,
            found @ DatasetStatus::Found { .. } => panic!("{found:?} in an empty folder"),
        })
        .collect();
    // mnist-5k, mnist, fashion-mnist, kmnist, cifar10, cifar100, planted
    assert_eq!(sizes, [0, 11, 30, 21, 170, 168, 0]);
}

#[test]
fn an_available_dataset_is_not_fetched() {
    let folder = tempdir().unwrap();
    let place = folder.path().join("mnist");
    write(&place, idx_set());
    let dirs = DataDirs { cache: Some(folder.path().to_owned()), ..DataDirs::default() };
    // 30 images of 784 pixels and 30 labels, with headers of 16 and 8 bytes.
    let found = DatasetStatus::Found { folder: place, bytes: 30 * 785 + 2 * 16 + 2 * 8 };
    let mnist = lookup("mnist").unwrap();
    assert_eq!(status(mnist, &dirs), found);
    assert_eq!(fetch(mnist, &dirs, &mut ()).unwrap(), found);
    let planted = lookup("planted").unwrap();
    assert_eq!(fetch(planted, &dirs, &mut ()).unwrap(), DatasetStatus::BuiltIn);
}

#[test]
fn without_a_network_the_error_tells_the_remedy() {
    // An address at which nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mirror: &str = format!("http://{}/", listener.local_addr().unwrap()).leak();
    drop(listener);
    let cache = tempdir().unwrap();
    let dirs = DataDirs { cache: Some(cache.path().to_owned()), ..DataDirs::default() };
    for (name, file) in [
        ("fashion-mnist", "train-images-idx3-ubyte.gz"),
        ("kmnist", "train-images-idx3-ubyte.gz"),
        ("cifar100", "cifar-100-binary.tar.gz"),
    ] {
        let published = *lookup(name).unwrap().files().unwrap();
        let files = FileSet { mirrors: vec![mirror].leak(), ..published };
        let images = IdxImages { size: [28, 28], classes: 10 };
        let message = chain(&fetch(&IdxDataset { files, images }, &dirs, &mut ()).unwrap_err());
        let first = format!("cannot fetch `{file}` of the dataset `{name}`\n  {mirror}{file}: ");
        assert!(message.starts_with(&first), "{message}");
        let folder = cache.path().join(name);
        let put = format!("\n  put it into `{}`, or give the folder", folder.display());
        assert!(message.contains(&put), "{message}");
        let package = "\n  or install the Debian package `dataset-fashion-mnist`";
        assert_eq!(message.ends_with(package), name == "fashion-mnist", "{message}");
    }
}

#[test]
fn an_unknown_dataset_is_an_error_that_lists_all() {
    assert_eq!(
        lookup("imagenet").unwrap_err().to_string(),
        "there is no dataset `imagenet`; known are mnist-5k, mnist, fashion-mnist, kmnist, \
         cifar10, cifar100, planted"
    );
}

#[test]
fn content_is_compared_with_the_published_one() {
    let folder = tempdir().unwrap();
    let dirs = only(folder.path());
    write(folder.path(), idx_set());
    let mnist = verify(lookup("mnist").unwrap(), &dirs).unwrap();
    assert_eq!(mnist.folder.as_deref(), Some(folder.path()));
    assert_eq!(mnist.revision, load("mnist", &dirs).unwrap().revision);
    assert!(!mnist.is_sound());
    let expected = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db";
    assert_eq!(mnist.files[0].origin, Origin::Different { expected });
    assert_eq!(mnist.files[0].path, folder.path().join(IDX_FILES[0]));

    // The unpacked content of KMNIST is not recorded.
    let kmnist = verify(lookup("kmnist").unwrap(), &dirs).unwrap();
    assert!(kmnist.is_sound());
    assert!(kmnist.files.iter().all(|file| file.origin == Origin::Unknown));
}

#[test]
fn a_damaged_file_cannot_be_verified() {
    let folder = tempdir().unwrap();
    write(folder.path(), idx_set().into_iter().skip(1));
    let packed = gz(&idx_set()[0].1);
    write(folder.path(), [(format!("{}.gz", IDX_FILES[0]), packed[..packed.len() / 2].to_vec())]);
    let mnist = lookup("mnist").unwrap();
    let message = chain(&verify(mnist, &only(folder.path())).unwrap_err());
    assert!(message.ends_with("its gzip stream is cut off; fetch the file again"), "{message}");
    assert!(verify(mnist, &DataDirs::default()).is_err(), "there is nothing to verify");
}

#[test]
fn a_dataset_without_files_is_sound() {
    for name in ["mnist-5k", "planted"] {
        let verified = verify(lookup(name).unwrap(), &DataDirs::default()).unwrap();
        assert!(verified.is_sound() && verified.files.is_empty() && verified.folder.is_none());
        assert_eq!(verified.revision, load(name, &DataDirs::default()).unwrap().revision);
    }
}

#[test]
fn the_real_fashion_mnist_verifies() {
    let dirs = DataDirs { system: vec!["/usr/share/datasets".into()], ..DataDirs::default() };
    if !dirs.system[0].join("fashion-mnist").is_dir() {
        eprintln!("skipped: no Fashion-MNIST under /usr/share/datasets/fashion-mnist");
        return;
    }
    let verified = verify(lookup("fashion-mnist").unwrap(), &dirs).unwrap();
    let origins: Vec<_> = verified.files.iter().map(|file| file.origin).collect();
    assert_eq!(origins, [Origin::Published; 4]);
}
