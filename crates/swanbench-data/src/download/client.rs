//! The HTTP client: one file, from the first mirror that provides it.

use std::{
    error::Error,
    fs::{self, File},
    io::{ErrorKind, Read, Write},
    path::Path,
    thread,
    time::Duration,
};

use ureq::{Agent, Timeout};

use super::store::{keep, part_of};
use crate::{
    DataError, FileSet,
    checksum::sha256_of_file,
    error::{DownloadError, MirrorError, Remedy},
    files::PublishedFile,
};

/// A listener to a download. `()` ignores everything.
pub trait DownloadProgress {
    /// Reports that `bytes` of the `total` of a file were received: at the start of each attempt
    /// and after each piece.
    fn received(&mut self, _file: &str, _bytes: u64, _total: u64) {}

    /// Reports that an attempt failed and that the next one starts after `pause`.
    fn retrying(&mut self, _file: &str, _error: &dyn Error, _pause: Duration) {}
}

impl DownloadProgress for () {}

/// The HTTP client.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    /// At one address, the first one included.
    attempts: u32,
    /// Before the second attempt; it doubles from one attempt to the next.
    first_pause: Duration,
}

impl Client {
    /// Makes a client that leaves a server that sends nothing for `silence`.
    pub(super) fn new(silence: Duration, attempts: u32, first_pause: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // The pinned checksums are those of the files as they are on the server.
            .accept_encoding("identity")
            .user_agent(concat!("swanbench/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(Duration::from_secs(15)))
            .timeout_connect(Some(Duration::from_secs(15)))
            .timeout_per_read(Some(silence));
        Self { agent: config.build().new_agent(), attempts, first_pause }
    }

    /// Downloads one file of a set into `folder`, unless it is there already.
    ///
    /// Returns an error if no mirror provides the file or the folder cannot be written.
    pub(super) fn download(
        &self,
        set: &FileSet,
        file: &PublishedFile,
        folder: &Path,
        progress: &mut dyn DownloadProgress,
    ) -> Result<(), DataError> {
        // Put there by the user, or left by a fetch that did not complete the set.
        if sha256_of_file(&folder.join(&file.name)).is_ok_and(|found| found == file.sha256) {
            return Ok(());
        }
        let mut failures = Vec::new();
        for mirror in set.mirrors {
            let address = format!("{mirror}{}", file.name);
            let mut pause = self.first_pause;
            let mut result = self.attempt(&address, file, folder, progress);
            for _ in 1..self.attempts {
                let Some(error) = result.as_ref().err().filter(|e| e.is_transient()) else { break };
                progress.retrying(&file.name, error, pause);
                thread::sleep(pause);
                pause *= 2;
                result = self.attempt(&address, file, folder, progress);
            }
            match result {
                Ok(()) => return Ok(()),
                Err(MirrorError::Disk { path, source }) => {
                    return Err(DataError::Unwritable { path, source });
                }
                Err(error) => failures.push((address, error)),
            }
        }
        let put_into = Some(folder.to_owned());
        let remedy = Remedy { put_into, debian_package: set.debian_package };
        let (dataset, file) = (set.name, file.name.clone());
        Err(DataError::Download(Box::new(DownloadError { dataset, file, failures, remedy })))
    }

    fn attempt(
        &self,
        address: &str,
        file: &PublishedFile,
        folder: &Path,
        progress: &mut dyn DownloadProgress,
    ) -> Result<(), MirrorError> {
        let expected = file.bytes;
        let part = part_of(folder, &file.name);
        let disk = |source| MirrorError::Disk { path: part.clone(), source };
        let mut out = File::create(&part).map_err(disk)?;
        let mut body = self.request(address, expected)?;
        let mut piece = vec![0; 1 << 16];
        let mut received = 0;
        loop {
            progress.received(&file.name, received, expected);
            let interrupted = |source| MirrorError::Interrupted { received, expected, source };
            match body.read(&mut piece).map_err(interrupted)? as u64 {
                0 if received < expected => {
                    return Err(interrupted(ErrorKind::UnexpectedEof.into()));
                }
                0 => break,
                count if received + count > expected => {
                    return Err(MirrorError::Size { found: received + count, expected });
                }
                count => {
                    out.write_all(&piece[..count as usize]).map_err(disk)?;
                    received += count;
                }
            }
        }
        let found = sha256_of_file(&part).map_err(disk)?;
        if found != file.sha256 {
            fs::remove_file(&part).map_err(disk)?;
            return Err(MirrorError::Checksum { found, expected: file.sha256 });
        }
        keep(folder, &file.name).map_err(disk)
    }

    /// Requests a file of `expected` bytes.
    fn request(&self, address: &str, expected: u64) -> Result<impl Read, MirrorError> {
        let response =
            self.agent.get(address).call().map_err(|error| no_answer(error, expected))?;
        if response.status() != 200 {
            return Err(MirrorError::Status(response.status().as_u16()));
        }
        match response.body().content_length() {
            Some(found) if found != expected => Err(MirrorError::Size { found, expected }),
            _ => Ok(response.into_body().into_reader()),
        }
    }
}

/// Distinguishes a server that cannot be reached from one that ended the connection.
fn no_answer(error: ureq::Error, expected: u64) -> MirrorError {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let reached = match &error {
        ureq::Error::Timeout(timeout) => !matches!(timeout, Timeout::Resolve | Timeout::Connect),
        ureq::Error::Io(cause) => {
            matches!(cause.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
        }
        _ => false,
    };
    match (reached, error.into_io()) {
        (true, source) => MirrorError::Interrupted { received: 0, expected, source },
        (false, source) => MirrorError::NoConnection(source),
    }
}
