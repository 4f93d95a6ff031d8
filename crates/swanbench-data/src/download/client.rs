//! The HTTP client, and how patient it is.

use std::time::Duration;

use ureq::Agent;

/// How long to wait, and how often to try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For a name to be resolved, and again for a connection.
    pub(super) connect: Duration,
    /// Without a byte on an open connection.
    pub(super) silence: Duration,
    /// At one address, the first one included.
    pub(super) attempts: u32,
    /// Before the second attempt; it doubles from one attempt to the next.
    pub(super) first_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            silence: Duration::from_secs(30),
            attempts: 5,
            first_pause: Duration::from_secs(1),
        }
    }
}

/// The HTTP client.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) agent: Agent,
    pub(super) patience: Patience,
}

impl Client {
    pub(super) fn new(patience: Patience) -> Self {
        let config = Agent::config_builder()
            // The transfer tells them apart.
            .http_status_as_error(false)
            // The pinned sums are those of the files as they lie on the server.
            .accept_encoding("identity")
            .user_agent(concat!("swanbench/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_per_write(Some(patience.silence))
            .timeout_per_read(Some(patience.silence));
        Self { agent: config.build().new_agent(), patience }
    }
}
