//! Unpacks gzip where a file is packed, and takes it as it is where it is not.

use std::{
    borrow::Cow,
    io::{ErrorKind, Read},
};

use flate2::read::MultiGzDecoder;

use super::FormatError;

/// The most bytes that a data file may hold, packed or unpacked: CIFAR-100's training file, the
/// largest one, has 154 million.
pub(crate) const LARGEST: u64 = 256 << 20;

/// The unpacked content. Packed files are told by their first two bytes, not by their name: no
/// plain data file starts with them.
pub(crate) fn unpack(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>, FormatError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let unpacked = MultiGzDecoder::new(bytes.as_ref()).take(LARGEST + 1).read_to_end(&mut plain);
    match unpacked {
        Ok(count) if count as u64 > LARGEST => Err(FormatError::TooLarge { limit: LARGEST }),
        Ok(_) => Ok(Cow::Owned(plain)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(FormatError::GzipCutOff),
        Err(error) => Err(FormatError::GzipDamaged(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_packed_content_read_the_same() {
        let plain = b"\0\0\x08\x01 digits";
        assert_eq!(unpack(plain.as_slice().into()).unwrap(), plain.as_slice());
        assert_eq!(unpack(packed(plain).into()).unwrap(), plain.as_slice());
    }

    #[test]
    fn every_cut_of_a_packed_file_is_an_error() {
        let whole = packed(b"some labels, some more labels");
        for length in 2..whole.len() {
            let error = unpack(whole[..length].into()).unwrap_err();
            assert!(matches!(error, FormatError::GzipCutOff), "at {length}: {error:?}");
        }
    }

    #[test]
    fn a_flipped_bit_fails_the_checksum_of_the_stream() {
        let mut damaged = packed(b"some labels, some more labels");
        let body = damaged.len() - 12;
        damaged[body] ^= 0x10;
        let error = unpack(damaged.into()).unwrap_err();
        assert_eq!(error.to_string(), "its gzip stream is damaged; fetch the file again");
    }

    #[test]
    fn a_stream_that_unpacks_without_end_is_stopped() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let block = vec![0; 1 << 20];
        for _ in 0..257 {
            encoder.write_all(&block).unwrap();
        }
        let error = unpack(encoder.finish().unwrap().into()).unwrap_err();
        assert!(matches!(error, FormatError::TooLarge { .. }), "{error:?}");
    }
}
