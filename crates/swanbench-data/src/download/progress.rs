//! Who is told how a download goes on.

use std::time::Duration;

use super::TransferError;

/// Is told how a download goes on. `()` listens to nothing.
pub trait Progress {
    /// `bytes` of the `total` of a file are here; at its beginning, after each piece and at its end.
    /// It may fall, where a server starts anew.
    fn received(&mut self, file: &str, bytes: u64, total: u64);

    /// An attempt failed for a reason that may pass; the next one starts after `pause`.
    fn retrying(&mut self, file: &str, reason: &TransferError, pause: Duration);
}

impl Progress for () {
    fn received(&mut self, _file: &str, _bytes: u64, _total: u64) {}

    fn retrying(&mut self, _file: &str, _reason: &TransferError, _pause: Duration) {}
}
