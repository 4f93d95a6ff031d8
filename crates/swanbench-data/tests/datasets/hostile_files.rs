//! Damaged files lead to an error or a smaller dataset, never to a panic.

use proptest::prelude::*;
use swanbench_data::Pixels;
use tempfile::tempdir;

use crate::support::{gz, idx_set, load, only, write};

/// Changed bytes: the position as a share of the file, and the new value.
fn changes() -> impl Strategy<Value = Vec<(f64, u8)>> {
    prop::collection::vec((0.0..1.0, any::<u8>()), 0..4)
}

fn change(bytes: &mut [u8], changes: &[(f64, u8)], first_bytes_only: bool) {
    let reach = if first_bytes_only { bytes.len().min(16) } else { bytes.len() };
    for (place, value) in changes {
        bytes[(place * reach as f64) as usize] = *value;
    }
}

proptest! {
    #[test]
    fn damaged_files_never_panic(
        file in 0_usize..4,
        inside in changes(),
        header_only in any::<bool>(),
        packed in any::<bool>(),
        outside in changes(),
        kept in 0.9..1.1,
    ) {
        let mut set = idx_set();
        let bytes = &mut set[file].1;
        change(bytes, &inside, header_only);
        if packed {
            *bytes = gz(bytes);
            change(bytes, &outside, header_only);
        }
        bytes.truncate((bytes.len() as f64 * kept) as usize);
        let folder = tempdir().unwrap();
        write(folder.path(), set);
        if let Ok(raw) = load("mnist", &only(folder.path())) {
            for split in [raw.train, raw.test] {
                let Pixels::Bytes(pixels) = split.images else { panic!("IDX holds bytes") };
                prop_assert_eq!(pixels.len(), split.labels.len() * 784);
                prop_assert!(split.labels.iter().all(|label| *label < 10));
            }
        }
    }

    #[test]
    fn arbitrary_bytes_are_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        packed in any::<bool>(),
    ) {
        let folder = tempdir().unwrap();
        let mut set = idx_set();
        set[0].1 = if packed { gz(&bytes) } else { bytes };
        write(folder.path(), set);
        prop_assert!(load("mnist", &only(folder.path())).is_err());
    }
}
