//! CIFAR's binary batches: an error or one label and one image per record, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

// In a module with the path of the sources, so that the parsers find their own files.
#[path = "../../src"]
mod sources {
    #[allow(dead_code, reason = "one parser of several")]
    pub(crate) mod format;
}

use sources::format::cifar::{RecordFormat, append};

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (records, bytes) = input;
    for (label_bytes, classes) in [(1, 10), (2, 100)] {
        let format = RecordFormat { label_bytes, classes };
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        let records = usize::from(records);
        if append(&bytes, format, records, &mut images, &mut labels).is_ok() {
            assert_eq!((labels.len(), images.len()), (records, records * 3072));
            assert!(labels.iter().all(|label| usize::from(*label) < classes));
        }
    }
});
