//! Whether datasets are on the machine, are what was published, and can be fetched.

use std::{fs, net::TcpListener, path::Path};

use crate::support::{chain, gz, idx_set, load, only, write};
use swanbench_data::{Places, State, Verdict, fetch, state, verify, vocabulary};
use tempfile::tempdir;

/// An address at which nobody listens.
fn nobody() -> String {
    format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

fn unreachable(cache: &Path) -> Places {
    Places { cache: Some(cache.to_owned()), mirrors: vec![nobody()], ..Places::default() }
}

#[test]
fn every_dataset_is_built_in_or_can_be_fetched() {
    let cache = tempdir().unwrap();
    let places = unreachable(cache.path());
    let megabytes = |name: &str| match state(name, &places).unwrap() {
        State::Missing { put_into, bytes } => {
            assert_eq!(put_into, Some(cache.path().join(name)));
            bytes / 1_000_000
        }
        State::BuiltIn => 0,
        found @ State::Found { .. } => panic!("{found:?} in an empty folder"),
    };
    let sizes: Vec<_> = vocabulary().iter().map(|kind| megabytes(kind.name)).collect();
    // mnist-5k, mnist, fashion-mnist, kmnist, cifar10, cifar100, planted
    assert_eq!(sizes, [0, 11, 30, 21, 170, 168, 0]);
}

#[test]
fn what_is_found_is_not_fetched() {
    let folder = tempdir().unwrap();
    let place = folder.path().join("mnist");
    write(&place, idx_set());
    let places = unreachable(folder.path());
    // 30 images of 784 pixels and 30 labels, with headers of 16 and 8 bytes.
    let found = State::Found { folder: place, bytes: 30 * 785 + 2 * 16 + 2 * 8 };
    assert_eq!(state("mnist", &places).unwrap(), found);
    assert_eq!(fetch("mnist", &places, &mut ()).unwrap(), found);
    assert_eq!(fetch("planted", &places, &mut ()).unwrap(), State::BuiltIn);
}

#[test]
fn without_a_network_the_error_says_what_to_do() {
    let cache = tempdir().unwrap();
    let places = unreachable(cache.path());
    for (name, file) in [
        ("fashion-mnist", "train-images-idx3-ubyte.gz"),
        ("kmnist", "train-images-idx3-ubyte.gz"),
        ("cifar100", "cifar-100-binary.tar.gz"),
    ] {
        let message = chain(&fetch(name, &places, &mut ()).unwrap_err());
        let first = format!("cannot fetch `{file}` of the dataset `{name}`\n  http://127.0.0.1:");
        assert!(message.starts_with(&first), "{message}");
        let folder = cache.path().join(name);
        let put = format!("\n  put it into `{}`, or give the folder", folder.display());
        assert!(message.contains(&put), "{message}");
        let package = "\n  or install the Debian package `dataset-fashion-mnist`";
        assert_eq!(message.ends_with(package), name == "fashion-mnist", "{message}");
    }
}

#[test]
fn an_unknown_dataset_is_an_error_that_names_those_that_there_are() {
    let nowhere = Places::default();
    let expected = "there is no dataset `imagenet`; known are mnist-5k, mnist, fashion-mnist, \
                    kmnist, cifar10, cifar100, planted";
    assert_eq!(state("imagenet", &nowhere).unwrap_err().to_string(), expected);
    assert_eq!(verify("imagenet", &nowhere).unwrap_err().to_string(), expected);
    assert_eq!(fetch("imagenet", &nowhere, &mut ()).unwrap_err().to_string(), expected);
}

#[test]
fn other_content_than_the_published_is_told_apart() {
    let folder = tempdir().unwrap();
    let places = only(folder.path());
    write(folder.path(), idx_set());
    let mnist = verify("mnist", &places).unwrap();
    assert_eq!(mnist.folder.as_deref(), Some(folder.path()));
    assert_eq!(mnist.revision, load("mnist", &places).unwrap().revision);
    assert!(!mnist.is_sound());
    let expected = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db";
    assert_eq!(mnist.files[0].verdict, Verdict::Different { expected });
    assert_eq!(mnist.files[0].path, folder.path().join("train-images-idx3-ubyte"));

    // What KMNIST's files unpack to is not recorded.
    let kmnist = verify("kmnist", &places).unwrap();
    assert!(kmnist.is_sound());
    assert!(kmnist.files.iter().all(|file| file.verdict == Verdict::Unknown));
}

#[test]
fn a_damaged_file_cannot_be_verified() {
    let folder = tempdir().unwrap();
    write(folder.path(), idx_set());
    fs::remove_file(folder.path().join("train-images-idx3-ubyte")).unwrap();
    let packed = gz(&idx_set()[0].1);
    fs::write(folder.path().join("train-images-idx3-ubyte.gz"), &packed[..packed.len() / 2])
        .unwrap();
    let message = chain(&verify("mnist", &only(folder.path())).unwrap_err());
    assert!(message.ends_with("its gzip stream is cut off; fetch the file again"), "{message}");
    assert!(verify("mnist", &Places::default()).is_err(), "there is nothing to verify");
}

#[test]
fn what_has_no_files_is_sound() {
    for name in ["mnist-5k", "planted"] {
        let verified = verify(name, &Places::default()).unwrap();
        assert!(verified.is_sound() && verified.files.is_empty() && verified.folder.is_none());
        assert_eq!(verified.revision, load(name, &Places::default()).unwrap().revision);
    }
}

#[test]
fn the_real_fashion_mnist_verifies() {
    let places = Places { system: vec!["/usr/share/datasets".into()], ..Places::default() };
    if !places.system[0].join("fashion-mnist").is_dir() {
        eprintln!("skipped: no Fashion-MNIST under /usr/share/datasets/fashion-mnist");
        return;
    }
    let verified = verify("fashion-mnist", &places).unwrap();
    let verdicts: Vec<_> = verified.files.iter().map(|file| file.verdict).collect();
    assert_eq!(verdicts, [Verdict::Published; 4]);
}
