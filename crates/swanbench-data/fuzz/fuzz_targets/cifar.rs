//! CIFAR's binary batches: an error or one label and one image a record, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "one parser of several")]
#[path = "../../src/format/mod.rs"]
mod format;

use format::cifar::{Layout, append};

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (records, bytes) = input;
    for layout in [Layout { label_bytes: 1, classes: 10 }, Layout { label_bytes: 2, classes: 100 }]
    {
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        let records = usize::from(records);
        if append(&bytes, layout, records, &mut images, &mut labels).is_ok() {
            assert_eq!((labels.len(), images.len()), (records, records * 3072));
            assert!(labels.iter().all(|label| usize::from(*label) < layout.classes));
        }
    }
});
