//! CIFAR's binary batches in folders.

use std::{fs::File, os::unix::fs::FileExt, path::Path};

use crate::support::{chain, load, only};
use swanbench_data::Pixels;
use tempfile::tempdir;

/// Writes a sparse file of `records` black records with label 0, of which some bytes are set.
fn batch(path: &Path, records: u64, record: u64, set: &[(u64, u8)]) {
    let file = File::create(path).unwrap();
    file.set_len(records * record).unwrap();
    for (position, value) in set {
        file.write_all_at(&[*value], *position).unwrap();
    }
}

fn cifar10(folder: &Path) {
    for number in 1..=5 {
        // Record 1 of each batch: its number as label, its first green pixel set.
        let set = [(3073, number), (3074 + 1024, 10 * number)];
        batch(&folder.join(format!("data_batch_{number}.bin")), 10_000, 3073, &set);
    }
    batch(&folder.join("test_batch.bin"), 10_000, 3073, &[(0, 9)]);
}

#[test]
fn cifar10_joins_its_batches_in_order() {
    let folder = tempdir().unwrap();
    let place = folder.path().join("cifar-10-batches-bin");
    std::fs::create_dir(&place).unwrap();
    cifar10(&place);
    let raw = load("cifar10", &only(folder.path())).unwrap();
    assert_eq!((raw.shape, raw.classes), ([3, 32, 32], 10));
    let Pixels::Bytes(pixels) = &raw.train.images else { panic!("batches hold bytes") };
    for batch in 0..5_u8 {
        let example = usize::from(batch) * 10_000 + 1;
        assert_eq!(raw.train.labels[example], batch + 1);
        assert_eq!(pixels[example * 3072 + 1024], 10 * (batch + 1));
    }
    assert_eq!((raw.train.labels.len(), raw.test.labels.len()), (50_000, 10_000));
    assert_eq!(raw.test.labels[0], 9);
    // Green: 150 over 50,000 x 1,024 pixels; red and blue: constant.
    assert!((raw.mean[1] * 255.0 - 150.0 / 51_200_000.0).abs() < 1e-12);
    assert_eq!((raw.mean[0], raw.std[0], raw.std[2]), (0.0, 1.0, 1.0));
}

#[test]
fn cifar100_takes_the_fine_labels() {
    let folder = tempdir().unwrap();
    batch(&folder.path().join("train.bin"), 50_000, 3074, &[(0, 19), (1, 99)]);
    batch(&folder.path().join("test.bin"), 10_000, 3074, &[(3074, 5), (3075, 42)]);
    let raw = load("cifar100", &only(folder.path())).unwrap();
    assert_eq!((raw.train.labels[0], raw.test.labels[1]), (99, 42));
}

#[test]
fn wrong_batches_are_named() {
    let folder = tempdir().unwrap();
    cifar10(folder.path());
    let message = || {
        let message = chain(&load("cifar10", &only(folder.path())).unwrap_err());
        message.replace(&format!("{}/", folder.path().display()), "")
    };
    batch(&folder.path().join("data_batch_2.bin"), 9_999, 3073, &[]);
    assert_eq!(
        message(),
        "`data_batch_2.bin` is not a usable data file: it holds 30726927 bytes, expected 30730000 \
         (10000 records of 3073 bytes)"
    );
    batch(&folder.path().join("data_batch_2.bin"), 10_000, 3073, &[(2 * 3073, 10)]);
    assert_eq!(
        message(),
        "`data_batch_2.bin` is not a usable data file: its example 2 has label 10, expected 0 to 9"
    );
}
