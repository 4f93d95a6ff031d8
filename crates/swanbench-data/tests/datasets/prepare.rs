//! Datasets on a device: the split, the normalisation, the minibatches.

use std::thread;

use crate::support::{idx_set, load, only, write};
use swanbench_data::{DataDirs, Dataset, Split};
use tch::{Device, Kind, Tensor};

fn mnist_5k(share: f64, limit: Option<u64>) -> Dataset {
    let raw = load("mnist-5k", &DataDirs::default()).unwrap();
    Dataset::prepare(&raw, share, limit, Device::Cpu).unwrap()
}

fn labels(split: &Split) -> Vec<i64> {
    Vec::try_from(&split.labels).unwrap()
}

fn each_class(split: &Split) -> Vec<usize> {
    (0..10).map(|class| labels(split).iter().filter(|label| **label == class).count()).collect()
}

/// Returns the bits of the pixels of every image.
fn images(split: &Split) -> Vec<Vec<u32>> {
    let flat: Vec<f32> = Vec::try_from(split.images.flatten(0, -1)).unwrap();
    flat.chunks(784).map(|image| image.iter().map(|pixel| pixel.to_bits()).collect()).collect()
}

#[test]
fn a_tenth_of_each_class_is_held_out() {
    let data = mnist_5k(0.1, None);
    assert_eq!(each_class(&data.train), [360; 10]);
    assert_eq!(each_class(&data.validation), [40; 10]);
    assert_eq!(each_class(&data.test), [100; 10]);
    assert_eq!((data.shape, data.classes), ([1, 28, 28], 10));
    assert_eq!(data.train.images.size(), [3600, 1, 28, 28]);
    assert_eq!((data.train.images.kind(), data.train.labels.kind()), (Kind::Float, Kind::Int64));

    let raw = load("mnist-5k", &DataDirs::default()).unwrap();
    let undivided = Dataset::prepare(&raw, 0.5, None, Device::Cpu).unwrap();
    let all = |data: &Dataset| {
        let mut all = [images(&data.train), images(&data.validation)].concat();
        all.sort_unstable();
        all
    };
    assert_eq!(all(&data), all(&undivided));
}

#[test]
fn the_split_is_the_same_every_time() {
    let (first, second) = (mnist_5k(0.1, None), mnist_5k(0.1, None));
    assert_eq!(images(&first.validation), images(&second.validation));
    assert_eq!(labels(&first.train), labels(&second.train));
}

#[test]
fn the_normalisation_is_that_of_all_of_train() {
    let data = mnist_5k(0.1, None);
    let both = Tensor::cat(&[&data.train.images, &data.validation.images], 0).to_kind(Kind::Double);
    assert!(both.mean(Kind::Double).double_value(&[]).abs() < 1e-5);
    assert!((both.std(false).double_value(&[]) - 1.0).abs() < 1e-5);
    // A black pixel: (0 - 0.13086) / 0.30802.
    let darkest = data.test.images.min().double_value(&[]);
    assert!((darkest - -0.42484).abs() < 5e-5, "{darkest}");
}

#[test]
fn black_is_a_normalised_0() {
    let data = mnist_5k(0.1, None);
    assert_eq!(
        Vec::<f32>::try_from(&data.black).unwrap(),
        [data.test.images.min().double_value(&[]) as f32]
    );
    let augmentation = data.augmentation(2, true);
    assert_eq!((augmentation.crop_padding, augmentation.flip), (2, true));
    assert_eq!(augmentation.black, data.black);
}

#[test]
fn a_limit_keeps_the_first_examples() {
    let data = mnist_5k(0.1, Some(200));
    assert_eq!(each_class(&data.train), [18; 10]);
    assert_eq!(each_class(&data.validation), [2; 10]);
    assert_eq!(each_class(&data.test), [20; 10]);
    let whole = mnist_5k(0.1, None);
    assert_eq!(images(&data.test), images(&whole.test)[..200]);
    assert_eq!(mnist_5k(0.1, Some(1_000_000)).train.len(), 3600);
}

#[test]
fn a_limit_of_one_example_per_class_is_refused() {
    let raw = load("mnist-5k", &DataDirs::default()).unwrap();
    let error = Dataset::prepare(&raw, 0.1, Some(19), Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("has 1 of the 19 training examples in use"), "{error}");
    assert!(error.ends_with("raise `limit`"), "{error}");
}

#[test]
fn pixels_labels_and_positions_stay_together() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), idx_set());
    let raw = load("mnist", &only(folder.path())).unwrap();
    let data = Dataset::prepare(&raw, 0.5, None, Device::Cpu).unwrap();
    for split in [&data.train, &data.validation, &data.test] {
        assert_eq!(split.len(), 10);
        for example in 0..10 {
            // Every pixel is ten times the label.
            let pixel = split.images.double_value(&[example, 0, 14, 14]);
            let byte = (pixel * raw.std[0] + raw.mean[0]) * 255.0;
            let label = split.labels.int64_value(&[example]);
            assert!((byte - 10.0 * label as f64).abs() < 1e-3, "{byte} for {label}");
        }
    }
}

#[test]
fn batches_follow_the_order() {
    let split = Split {
        images: Tensor::arange(7, (Kind::Float, Device::Cpu)).view([7, 1, 1, 1]),
        labels: Tensor::arange(7, (Kind::Int64, Device::Cpu)) * 10,
    };
    let order = Tensor::from_slice(&[6_i64, 0, 5, 1, 4, 2, 3]);
    let batches = split.batches(&order, 3);
    assert_eq!(batches.len(), 3);
    let seen: Vec<(Vec<f32>, Vec<i64>)> = batches
        .map(|(images, labels)| {
            (Vec::try_from(images.flatten(0, -1)).unwrap(), Vec::try_from(labels).unwrap())
        })
        .collect();
    let expected = [
        (vec![6.0, 0.0, 5.0], vec![60, 0, 50]),
        (vec![1.0, 4.0, 2.0], vec![10, 40, 20]),
        (vec![3.0], vec![30]),
    ];
    assert_eq!(seen, expected);

    let in_order: Vec<i64> = split
        .batches_in_order(4)
        .flat_map(|(_, labels)| Vec::<i64>::try_from(labels).unwrap())
        .collect();
    assert_eq!(in_order, [0, 10, 20, 30, 40, 50, 60]);
    let sizes: Vec<i64> = split.batches_in_order(4).map(|(images, _)| images.size()[0]).collect();
    assert_eq!(sizes, [4, 3]);
}

#[test]
fn threads_share_the_same_memory() {
    let data = mnist_5k(0.1, Some(100));
    let shared = data.share();
    let address = data.train.images.data_ptr() as usize;
    let theirs = thread::spawn(move || shared.train.images.data_ptr() as usize).join().unwrap();
    assert_eq!(theirs, address);
}
