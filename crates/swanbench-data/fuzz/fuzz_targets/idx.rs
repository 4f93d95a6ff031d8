//! IDX files, packed and plain: an error or exactly what the header announces, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sources::format;

// In a module with the path of the sources, so that the parsers find their own files.
#[path = "../../src"]
mod sources {
    #[allow(dead_code, reason = "one parser of several")]
    pub(crate) mod format;
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(plain) = format::unpack(bytes.into()) else { return };
    if let Ok(pixels) = format::idx::images(&plain, [2, 3]) {
        assert_eq!(pixels.len() % 6, 0);
    }
    if let Ok(labels) = format::idx::labels(&plain, 10) {
        assert!(labels.iter().all(|label| *label < 10));
    }
});
