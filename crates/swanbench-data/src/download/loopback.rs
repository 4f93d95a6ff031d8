//! A server on loopback that misbehaves as it is told, for the tests of downloads.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use sha2::{Digest, Sha256};

use super::client::{Client, Patience};
use crate::files::PublishedFile;

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// The file, or the part of it that was asked for.
    File(Vec<u8>),
    /// The whole file, whatever was asked for.
    IgnoresRange(Vec<u8>),
    /// What `File` would answer, but the connection ends after this many bytes of it.
    CutOff(Vec<u8>, usize),
    /// The same, but the connection stays open.
    FallsSilent(Vec<u8>, usize),
    /// What `File` would answer, in this many pieces with a pause before each.
    Slow(Vec<u8>, usize, Duration),
    /// The file from its beginning, in the guise of the part that was asked for.
    WrongPart(Vec<u8>),
    /// The file without an announcement of its size.
    Unannounced(Vec<u8>),
    /// No file.
    Status(u16),
}

/// A server that gives one answer a connection; the last one to all further connections.
pub(super) struct Server {
    /// The address of its only folder, with a slash at its end.
    pub(super) mirror: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mirror = format!("http://{}/", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        // It ends with the tests.
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                let answer = answers[connection.min(answers.len() - 1)].clone();
                let seen = Arc::clone(&seen);
                // A client that has given up makes writing fail, which is no concern of the server.
                thread::spawn(move || serve(&stream.unwrap(), answer, &seen));
            }
        });
        Self { mirror, requests }
    }

    /// Path and range of every request so far, such as `/file bytes=10-`.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut stream: &TcpStream, answer: Answer, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap()?;
    let path = first.split(' ').nth(1).unwrap();
    let mut range = None;
    for line in lines {
        let line = line?.to_lowercase();
        if line.is_empty() {
            break;
        }
        range = range.or(line.strip_prefix("range: ").map(str::to_owned));
    }
    let start = range.as_deref().map_or(0, |range| {
        range.strip_prefix("bytes=").unwrap().trim_end_matches('-').parse().unwrap()
    });
    let request = range.map_or(path.to_owned(), |range| format!("{path} {range}"));
    seen.lock().unwrap().push(request);

    let head =
        |status: &str, more: &str| format!("HTTP/1.1 {status}\r\nConnection: close\r\n{more}\r\n");
    let part = |bytes: &[u8]| {
        let length = format!("Content-Length: {}\r\n", bytes.len() - start);
        if start == 0 {
            return head("200 OK", &length);
        }
        let range = format!("Content-Range: bytes {start}-{}/{}\r\n", bytes.len() - 1, bytes.len());
        head("206 Partial Content", &(length + &range))
    };
    match answer {
        Answer::File(bytes) => {
            stream.write_all(part(&bytes).as_bytes())?;
            stream.write_all(&bytes[start..])
        }
        Answer::IgnoresRange(bytes) => {
            let length = format!("Content-Length: {}\r\n", bytes.len());
            stream.write_all(head("200 OK", &length).as_bytes())?;
            stream.write_all(&bytes)
        }
        Answer::CutOff(bytes, after) => {
            stream.write_all(part(&bytes).as_bytes())?;
            stream.write_all(&bytes[start..][..after])
        }
        Answer::FallsSilent(bytes, after) => {
            stream.write_all(part(&bytes).as_bytes())?;
            stream.write_all(&bytes[start..][..after])?;
            thread::sleep(Duration::from_mins(1));
            Ok(())
        }
        Answer::Slow(bytes, pieces, pause) => {
            stream.write_all(part(&bytes).as_bytes())?;
            for piece in bytes[start..].chunks(bytes.len().div_ceil(pieces)) {
                thread::sleep(pause);
                stream.write_all(piece)?;
            }
            Ok(())
        }
        Answer::WrongPart(bytes) => {
            let more = format!(
                "Content-Length: {}\r\nContent-Range: bytes 0-{}/{}\r\n",
                bytes.len(),
                bytes.len() - 1,
                bytes.len()
            );
            stream.write_all(head("206 Partial Content", &more).as_bytes())?;
            stream.write_all(&bytes)
        }
        Answer::Unannounced(bytes) => {
            stream.write_all(head("200 OK", "").as_bytes())?;
            stream.write_all(&bytes)
        }
        Answer::Status(status) => {
            stream.write_all(head(&format!("{status} As told"), "Content-Length: 0\r\n").as_bytes())
        }
    }
}

/// A client that waits for little; patient enough for a busy machine all the same.
pub(super) fn client(silence: Duration) -> Client {
    let first_pause = Duration::from_millis(1);
    Client::new(Patience { connect: Duration::from_secs(5), silence, attempts: 3, first_pause })
}

/// A file whose published content is `bytes`.
pub(super) fn publish(name: &'static str, bytes: &[u8]) -> PublishedFile {
    // A test's few bytes may stay until it ends.
    let sha256 = format!("{:x}", Sha256::digest(bytes)).leak();
    PublishedFile { name, bytes: bytes.len() as u64, sha256 }
}

/// An address at which nobody listens.
pub(super) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// Bytes in which no part equals another.
pub(super) fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 251 + 7 * at) as u8).collect()
}
