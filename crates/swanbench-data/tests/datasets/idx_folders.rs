//! Sets in MNIST's format in folders: the search and the errors.

use std::fs;

use crate::support::{chain, gz, idx, idx_set, load, only, write};
use swanbench_data::{
    DataDirs, DatasetDef, Download, FileSet, IdxDataset, IdxImages, Packed, Pixels,
    UNKNOWN_REVISION, lookup,
};
use swanbench_spec::ComponentConfig;
use tempfile::tempdir;

#[test]
fn plain_packed_and_dotted_files_are_equal() {
    let folder = tempdir().unwrap();
    let root = folder.path();
    write(&root.join("a/mnist"), idx_set());
    write(&root.join("b"), idx_set().map(|(name, bytes)| (format!("{name}.gz"), gz(&bytes))));
    write(&root.join("c/mnist"), idx_set().map(|(name, b)| (name.replace("-idx", ".idx"), b)));
    let plain = load("mnist", &only(&root.join("a"))).unwrap();
    assert_eq!(plain.shape, [1, 28, 28]);
    assert_eq!(plain.train.labels[8..12], [8, 9, 0, 1]);
    let Pixels::Bytes(pixels) = &plain.train.images else { panic!("IDX holds bytes") };
    assert_eq!(pixels[9 * 784..][..784], [90; 784]);
    assert!((plain.mean[0] - 45.0 / 255.0).abs() < 1e-12);
    for other in ["b", "c"] {
        let same = load("mnist", &only(&root.join(other))).unwrap();
        assert_eq!((same.train, same.test), (plain.train.clone(), plain.test.clone()));
        assert_eq!(same.revision, plain.revision);
    }
}

#[test]
fn a_set_of_another_crate_is_read() {
    const PACKED: &[Packed] = &[Packed::new(1, ""); 4];
    let files = FileSet {
        name: "digits",
        subfolders: &["digits"],
        download: Download::Gzip(PACKED),
        ..*lookup("kmnist").unwrap().files().unwrap()
    };
    let digits = IdxDataset { files, images: IdxImages { size: [28, 28], classes: 10 } };
    let folder = tempdir().unwrap();
    write(&folder.path().join("digits"), idx_set());
    let settings = digits.info().settings.defaults();
    let config = ComponentConfig::new("digits", settings);
    let raw = digits.load(&config, &only(folder.path())).unwrap();
    assert_eq!((raw.name, raw.train.labels.len()), ("digits", 20));
    assert_eq!(raw.revision, digits.checksum(&only(folder.path())).unwrap());
}

#[test]
fn the_named_folder_comes_first_then_the_cache() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let dirs = DataDirs {
        data_dir: Some(at("given")),
        cache: Some(at("cache")),
        system: vec![at("system")],
    };
    let mut found = Vec::new();
    for (count, place) in [(10, "system"), (20, "cache"), (30, "given")] {
        let mut set = idx_set();
        set[2].1 = idx(&[count, 28, 28], &vec![0; count as usize * 784]);
        set[3].1 = idx(&[count], &vec![0; count as usize]);
        write(&at(place).join("kmnist"), set);
        found.push(load("kmnist", &dirs).unwrap().test.labels.len());
    }
    assert_eq!(found, [10, 20, 30]);
}

#[test]
fn the_revision_is_the_checksum_of_the_files_found() {
    let folder = tempdir().unwrap();
    write(folder.path(), idx_set());
    let mnist = lookup("mnist").unwrap();
    assert_eq!(mnist.info().revision, UNKNOWN_REVISION);
    let dirs = only(folder.path());
    let first = mnist.checksum(&dirs).unwrap();
    assert_eq!(first, load("mnist", &dirs).unwrap().revision);

    let mut changed = idx_set();
    *changed[0].1.last_mut().unwrap() ^= 1;
    write(folder.path(), changed);
    assert_ne!(mnist.checksum(&dirs).unwrap(), first);
}

#[test]
fn missing_files_are_named_with_the_remedy() {
    let dirs = DataDirs {
        data_dir: Some("/given".into()),
        cache: Some("/home/ada/.cache/swanbench/data".into()),
        system: vec!["/nowhere/datasets".into()],
    };
    assert_eq!(
        chain(&load("fashion-mnist", &dirs).unwrap_err()),
        "no complete copy of the dataset `fashion-mnist` found\n  \
         missing: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, \
         t10k-labels-idx1-ubyte (plain or .gz)\n  \
         searched: /given/fashion-mnist, /given/FashionMNIST/raw, /given, \
         /home/ada/.cache/swanbench/data/fashion-mnist, \
         /home/ada/.cache/swanbench/data/FashionMNIST/raw, /nowhere/datasets/fashion-mnist, \
         /nowhere/datasets/FashionMNIST/raw\n  \
         fetch them with `swanbench data fetch fashion-mnist`\n  \
         put them into `/home/ada/.cache/swanbench/data/fashion-mnist`, or give the folder of the \
         set with --data-dir\n  \
         or install the Debian package `dataset-fashion-mnist`"
    );
}

#[test]
fn an_incomplete_folder_is_named_with_what_it_lacks() {
    let folder = tempdir().unwrap();
    let place = folder.path().join("mnist");
    write(&place, idx_set().into_iter().skip(2));
    let message = chain(&load("mnist", &only(folder.path())).unwrap_err());
    let expected = format!(
        "\n  missing: train-images-idx3-ubyte, train-labels-idx1-ubyte (plain or .gz), in `{}`\n",
        place.display()
    );
    assert!(message.contains(&expected), "{message}");
    assert!(
        message
            .ends_with("\n  put them into a folder, or give the folder of the set with --data-dir")
    );
}

#[test]
fn wrong_content_is_named_with_the_file() {
    let folder = tempdir().unwrap();
    let dirs = only(folder.path());
    let [(_, images), (_, labels), ..] = idx_set();
    let packed = gz(&images);
    for (position, bytes, expected) in [
        (
            0,
            packed[..packed.len() / 2].to_vec(),
            "its gzip stream is cut off; fetch the file again",
        ),
        (0, images[..1000].to_vec(), "it holds 984 bytes of data, but its header announces 15680"),
        (
            0,
            b"<html>404 not found</html>".to_vec(),
            "it starts with 0x3c68746d, expected 0x00000803 (IDX of unsigned bytes, 3 dimensions)",
        ),
        (2, idx(&[1, 2, 2], &[0; 4]), "its images are 2x2 pixels, expected 28x28"),
        (
            3,
            idx(&[10], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10]),
            "its example 9 has label 10, expected 0 to 9",
        ),
        (1, Vec::new(), "it ends after 0 bytes, within its header of 8"),
    ] {
        let mut set = idx_set();
        set[position].1 = bytes;
        let file = folder.path().join(set[position].0);
        write(folder.path(), set);
        let message = chain(&load("mnist", &dirs).unwrap_err());
        let file = file.display();
        assert_eq!(message, format!("`{file}` is not a usable data file: {expected}"));
    }

    let mut set = idx_set();
    set[1].1 = idx(&[19], &labels[8..27]);
    write(folder.path(), set);
    let message = chain(&load("mnist", &dirs).unwrap_err());
    assert_eq!(
        message.replace(&format!("{}/", folder.path().display()), ""),
        "`train-images-idx3-ubyte` holds 20 images, but `train-labels-idx1-ubyte` holds 19 labels; \
         take both from the same set"
    );
}

#[test]
fn a_set_may_refuse_unpublished_files() {
    let folder = tempdir().unwrap();
    write(folder.path(), idx_set());
    let message = chain(&load("fashion-mnist", &only(folder.path())).unwrap_err());
    assert!(
        message.contains("train-images-idx3-ubyte` does not belong to the published"),
        "{message}"
    );
    assert!(
        message.ends_with(
            ", expected c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888; put the \
             published file in its place"
        ),
        "{message}"
    );
}

#[test]
fn the_real_fashion_mnist_is_what_was_published() {
    let dirs = DataDirs { system: vec!["/usr/share/datasets".into()], ..DataDirs::default() };
    if !dirs.system[0].join("fashion-mnist").is_dir() {
        eprintln!("skipped: no Fashion-MNIST under /usr/share/datasets/fashion-mnist");
        return;
    }
    let raw = load("fashion-mnist", &dirs).unwrap();
    for (labels, each) in [(&raw.train.labels, 6_000), (&raw.test.labels, 1_000)] {
        let mut counts = [0; 10];
        for label in labels {
            counts[usize::from(*label)] += 1;
        }
        assert_eq!(counts, [each; 10]);
    }
    // The values in common use for its normalisation.
    assert!((raw.mean[0] - 0.2860).abs() < 5e-5, "{:?}", raw.mean);
    assert!((raw.std[0] - 0.3530).abs() < 5e-5, "{:?}", raw.std);
    assert_eq!(raw.revision, lookup("fashion-mnist").unwrap().info().revision);
}

#[test]
fn a_folder_in_place_of_a_file_is_no_file() {
    let folder = tempdir().unwrap();
    for (name, _) in idx_set() {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let message = chain(&load("mnist", &only(folder.path())).unwrap_err());
    assert!(message.starts_with("no complete copy of the dataset `mnist` found"), "{message}");
}
