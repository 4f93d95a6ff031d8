//! One request for a file, and what of the answer goes to the disk.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use ureq::{
    Body,
    http::{Response, StatusCode, header},
};

use super::{Progress, TransferError, client::Client};
use crate::files::PublishedFile;

/// One request and what comes of it.
pub(super) struct Attempt<'a> {
    file: &'a PublishedFile,
    path: &'a Path,
    part: File,
    /// Bytes that are in `part`.
    received: u64,
}

impl<'a> Attempt<'a> {
    /// Opens `path`, whose content is taken for the beginning of the file.
    pub(super) fn open(path: &'a Path, file: &'a PublishedFile) -> Result<Self, TransferError> {
        let part = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let part = part.map_err(|source| refused(path, source))?;
        let received = part.metadata().map_err(|source| refused(path, source))?.len();
        let mut attempt = Self { file, path, part, received };
        attempt.go_on_from(if received > file.bytes { 0 } else { received })?;
        Ok(attempt)
    }

    /// Asks for what is missing and adds it to the part.
    pub(super) fn run(
        mut self,
        client: &Client,
        address: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), TransferError> {
        progress.received(self.file.name, self.received, self.file.bytes);
        if self.received == self.file.bytes {
            return Ok(());
        }
        let mut request = client.agent.get(address);
        if self.received > 0 {
            request = request.header(header::RANGE, format!("bytes={}-", self.received));
        }
        let response = request.call().map_err(|error| self.interrupted(error))?;
        self.place(&response)?;
        if let Some(announced) = response.body().content_length() {
            self.check_size(self.received + announced)?;
        }
        self.copy(&mut response.into_body().into_reader(), progress)?;
        self.check_size(self.received)
    }

    /// Makes `part` end where the answer begins.
    fn place(&mut self, response: &Response<Body>) -> Result<(), TransferError> {
        match response.status() {
            // A server that knows no ranges begins at the beginning.
            StatusCode::OK => self.go_on_from(0),
            StatusCode::PARTIAL_CONTENT if first_byte(response) == Some(self.received) => Ok(()),
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                self.go_on_from(0)?;
                Err(TransferError::WrongRange)
            }
            status => Err(TransferError::Status { status: status.as_u16() }),
        }
    }

    fn copy(
        &mut self,
        body: &mut dyn Read,
        progress: &mut dyn Progress,
    ) -> Result<(), TransferError> {
        let mut piece = vec![0; 1 << 16];
        loop {
            let count = match body.read(&mut piece) {
                Ok(0) if self.received < self.file.bytes => {
                    let end = io::Error::from(io::ErrorKind::UnexpectedEof);
                    return Err(self.interrupted(end.into()));
                }
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.interrupted(error.into())),
            };
            // More than the whole file never reaches the disk.
            if self.received + count as u64 > self.file.bytes {
                let found = self.received + count as u64;
                self.go_on_from(0)?;
                return self.check_size(found);
            }
            self.part.write_all(&piece[..count]).map_err(|source| refused(self.path, source))?;
            self.received += count as u64;
            progress.received(self.file.name, self.received, self.file.bytes);
        }
    }

    fn go_on_from(&mut self, start: u64) -> Result<(), TransferError> {
        let place = |part: &mut File| part.set_len(start).and(part.seek(SeekFrom::Start(start)));
        place(&mut self.part).map_err(|source| refused(self.path, source))?;
        self.received = start;
        Ok(())
    }

    fn check_size(&self, found: u64) -> Result<(), TransferError> {
        let expected = self.file.bytes;
        if found == expected { Ok(()) } else { Err(TransferError::WrongSize { found, expected }) }
    }

    fn interrupted(&self, error: ureq::Error) -> TransferError {
        TransferError::on_the_way(error, self.received, self.file.bytes)
    }
}

/// Where the answer begins in the file: `Content-Range: bytes FIRST-LAST/TOTAL`.
fn first_byte(response: &Response<Body>) -> Option<u64> {
    let range = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

fn refused(path: &Path, source: io::Error) -> TransferError {
    TransferError::Disk { path: path.to_owned(), source }
}
