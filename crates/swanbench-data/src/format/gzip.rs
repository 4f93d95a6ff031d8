//! Unpacking of files that may be packed with gzip.

use std::{
    borrow::Cow,
    io::{ErrorKind, Read},
};

use flate2::read::MultiGzDecoder;

use super::FormatError;

/// Size limit of a data file in bytes, packed or unpacked: the largest one, CIFAR-100's training
/// file, has 154 million.
pub(crate) const LARGEST: u64 = 256 << 20;

/// Returns the unpacked content. Packed files are recognised by their first two bytes, not by their
/// name: no plain data file starts with them.
///
/// Returns an error if the file is damaged or larger than [`LARGEST`].
pub(crate) fn unpack(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>, FormatError> {
    let too_large = || Err(FormatError::TooLarge { limit: LARGEST });
    if bytes.len() as u64 > LARGEST {
        return too_large();
    }
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let unpacked = MultiGzDecoder::new(bytes.as_ref()).take(LARGEST + 1).read_to_end(&mut plain);
    match unpacked {
        Ok(count) if count as u64 > LARGEST => too_large(),
        Ok(_) => Ok(Cow::Owned(plain)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(FormatError::GzipCutOff),
        Err(error) => Err(FormatError::GzipDamaged(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::gz;

    #[test]
    fn plain_and_packed_content_read_the_same() {
        let plain = b"\0\0\x08\x01 digits";
        assert_eq!(unpack(plain.as_slice().into()).unwrap(), plain.as_slice());
        assert_eq!(unpack(gz(plain).into()).unwrap(), plain.as_slice());
    }

    #[test]
    fn every_cut_of_a_packed_file_is_an_error() {
        let whole = gz(b"some labels, some more labels");
        for length in 2..whole.len() {
            let error = unpack(whole[..length].into()).unwrap_err();
            assert!(matches!(error, FormatError::GzipCutOff), "at {length}: {error:?}");
        }
    }

    #[test]
    fn a_flipped_bit_fails_the_checksum_of_the_stream() {
        let mut damaged = gz(b"some labels, some more labels");
        let body = damaged.len() - 12;
        damaged[body] ^= 0x10;
        let error = unpack(damaged.into()).unwrap_err();
        assert_eq!(error.to_string(), "its gzip stream is damaged; fetch the file again");
    }

    #[test]
    fn content_that_is_too_large_is_refused() {
        let plain = vec![0; 257 << 20];
        for bytes in [gz(&plain), plain] {
            let error = unpack(bytes.into()).unwrap_err();
            assert!(matches!(error, FormatError::TooLarge { .. }), "{error:?}");
        }
    }
}
