//! Unpacking of files that may be packed with gzip.

use std::{
    borrow::Cow,
    io::{ErrorKind, Read},
};

use flate2::bufread::GzDecoder;

use super::FormatError;

/// Size limit of a data file in bytes, packed or unpacked: the largest one, CIFAR-100's training
/// file, has 154 million.
pub(crate) const LARGEST: u64 = 256 << 20;

/// The first two bytes of a packed file.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Returns the unpacked content. Packed files are recognised by their first two bytes, not by their
/// name: no plain data file starts with them. They may hold several streams; like gzip, this ignores
/// what follows the last.
///
/// Returns an error if the file is damaged or larger than [`LARGEST`].
pub(crate) fn unpack(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>, FormatError> {
    let too_large = || Err(FormatError::TooLarge { limit: LARGEST });
    if bytes.len() as u64 > LARGEST {
        return too_large();
    }
    if !bytes.starts_with(&MAGIC) {
        return Ok(bytes);
    }
    let (mut plain, mut rest) = (Vec::new(), bytes.as_ref());
    while rest.starts_with(&MAGIC) {
        let room = LARGEST + 1 - plain.len() as u64;
        let mut stream = GzDecoder::new(rest).take(room);
        match stream.read_to_end(&mut plain) {
            Ok(_) if plain.len() as u64 > LARGEST => return too_large(),
            Ok(_) => rest = stream.into_inner().into_inner(),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(FormatError::GzipCutOff);
            }
            Err(error) => return Err(FormatError::GzipDamaged(error)),
        }
    }
    Ok(Cow::Owned(plain))
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
    fn what_gzip_reads_is_read() {
        let two = [gz(b"some labels"), gz(b", some more")].concat();
        assert_eq!(unpack(two.as_slice().into()).unwrap(), b"some labels, some more".as_slice());
        for tail in [&[0; 512][..], b"no stream"] {
            let padded = [two.as_slice(), tail].concat();
            assert_eq!(unpack(padded.into()).unwrap(), b"some labels, some more".as_slice());
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
