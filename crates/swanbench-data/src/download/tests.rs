//! Downloads from a server on loopback that misbehaves as it is told.

use std::{
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use tar::EntryType;
use tempfile::tempdir;

use super::{DownloadProgress, client::Client, fetch_files};
use crate::{
    DataDirs, DataError, Download, FileSet, Packed,
    checksum::sha256,
    test_support::{files_of, gz, tar_gz},
};

const LENGTH: usize = 300_000;
const PATIENT: Duration = Duration::from_secs(10);

/// An answer to one request: a head, then a body in pieces with a pause before each.
#[derive(Debug, Clone)]
struct Answer {
    head: String,
    body: Vec<u8>,
    pieces: usize,
    pause: Duration,
    /// Whether the connection stays open after the last piece.
    silent: bool,
}

fn answer(head: &str, body: &[u8]) -> Answer {
    let (head, body) = (head.to_owned(), body.to_vec());
    Answer { head, body, pieces: 1, pause: Duration::ZERO, silent: false }
}

fn file(body: &[u8]) -> Answer {
    answer(&format!("200 OK\r\nContent-Length: {}", body.len()), body)
}

fn status(status: u16) -> Answer {
    answer(&format!("{status} As told\r\nContent-Length: 0"), b"")
}

/// A server that sends one answer per connection; the last one to all further connections.
struct Server {
    mirror: &'static str,
    /// Paths of all requests so far.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mirror = format!("http://{}/", listener.local_addr().unwrap()).leak();
        let requests = Arc::default();
        let seen = Arc::clone(&requests);
        // It ends with the tests.
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                let answer = answers[connection.min(answers.len() - 1)].clone();
                let seen = Arc::clone(&seen);
                // A client that has given up makes writing fail, which does not matter here.
                thread::spawn(move || serve(&stream.unwrap(), &answer, &seen));
            }
        });
        Self { mirror, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut stream: &TcpStream, answer: &Answer, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    seen.lock().unwrap().push(head[0].split(' ').nth(1).unwrap().to_owned());
    stream
        .write_all(format!("HTTP/1.1 {}\r\nConnection: close\r\n\r\n", answer.head).as_bytes())?;
    for piece in answer.body.chunks(answer.body.len().div_ceil(answer.pieces).max(1)) {
        thread::sleep(answer.pause);
        stream.write_all(piece)?;
    }
    if answer.silent {
        thread::sleep(Duration::from_mins(1));
    }
    Ok(())
}

/// Returns an address at which nobody listens.
fn nobody() -> &'static str {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap()).leak()
}

/// Makes bytes in which no part equals another.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 251 + 7 * at) as u8).collect()
}

fn packed(bytes: &[u8]) -> Packed {
    Packed::new(bytes.len() as u64, sha256(bytes).leak())
}

/// Makes a set whose packed files have these contents.
fn set(files: &'static [&'static str], contents: &[&[u8]], mirrors: &[&'static str]) -> FileSet {
    let contents: Vec<_> = contents.iter().map(|bytes| packed(bytes)).collect();
    FileSet {
        name: "labels",
        summary: "",
        source: "",
        subfolders: &["labels"],
        debian_package: Some("dataset-labels"),
        files,
        sha256: None,
        only_published: false,
        mirrors: mirrors.to_vec().leak(),
        download: Download::Gzip(contents.leak()),
    }
}

#[derive(Default)]
struct Heard {
    received: Vec<u64>,
    errors: Vec<String>,
}

impl DownloadProgress for Heard {
    fn received(&mut self, _file: &str, bytes: u64, _total: u64) {
        self.received.push(bytes);
    }

    fn retrying(&mut self, _file: &str, error: &dyn Error, _pause: Duration) {
        self.errors.push(error.to_string());
    }
}

/// Downloads one file of `LENGTH` bytes in up to three attempts; returns the errors of attempts.
fn download(
    mirrors: &[&'static str],
    silence: Duration,
    folder: &Path,
) -> (Result<(), String>, Vec<String>) {
    let set = set(&["labels"], &[&content(LENGTH)], mirrors);
    let mut heard = Heard::default();
    let client = Client::new(silence, 3, Duration::from_millis(1));
    let result = client.download(&set, &set.published()[0], folder, &mut heard);
    let complete = files_of(folder) == [("labels.gz".to_owned(), content(LENGTH))].into();
    assert_eq!(result.is_ok(), complete);
    if let (true, [first, .., last]) = (complete, &heard.received[..]) {
        assert_eq!((*first, *last), (0, LENGTH as u64));
    }
    (result.map_err(|error| error.to_string()), heard.errors)
}

#[test]
fn transient_errors_are_retried() {
    let body = content(LENGTH);
    let (soon, pause) = (Duration::from_millis(500), Duration::from_millis(250));
    let cut_off = Answer { body: body[..1000].to_vec(), ..file(&body) };
    let silent = Answer { silent: true, ..cut_off.clone() };
    let slow = Answer { pieces: 8, pause, ..file(&body) };
    let stopped = "the transfer stopped after 1000 of 300000 bytes";
    let (e500, e503) = ("the server answers with status 500", "the server answers with status 503");
    for (answers, silence, errors) in [
        (vec![file(&body)], PATIENT, vec![]),
        (vec![answer("200 OK", &body)], PATIENT, vec![]),
        // Two seconds in all, but never silent for long.
        (vec![slow], 6 * pause, vec![]),
        (vec![cut_off, file(&body)], PATIENT, vec![stopped]),
        (vec![silent, file(&body)], soon, vec![stopped]),
        (vec![status(500), status(503), file(&body)], PATIENT, vec![e500, e503]),
    ] {
        let server = Server::start(answers);
        let (result, heard) = download(&[server.mirror], silence, tempdir().unwrap().path());
        result.unwrap();
        assert_eq!(heard, errors);
        assert_eq!(server.requests().len(), errors.len() + 1);
    }
}

#[test]
fn lasting_errors_are_reported() {
    let (body, longer, other) = (content(LENGTH), content(LENGTH + 1), vec![7; LENGTH]);
    let sums =
        format!("it has sha256 {} there, expected {}; the file", sha256(&other), sha256(&body));
    for (answer, requests, expected) in [
        (status(502), 3, "the server answers with status 502"),
        (status(404), 1, "the server answers with status 404"),
        (file(&longer), 1, "it has 300001 bytes there, expected 300000"),
        (answer("200 OK", &longer), 1, "it has 300001 bytes there, expected 300000"),
        (file(&body[..20]), 1, "it has 20 bytes there, expected 300000"),
        (file(&other), 1, &sums),
    ] {
        let server = Server::start(vec![answer]);
        let (result, _) = download(&[server.mirror], PATIENT, tempdir().unwrap().path());
        assert!(result.unwrap_err().contains(expected), "{expected}");
        assert_eq!(server.requests().len(), requests, "{expected}");
    }
}

#[test]
fn a_server_out_of_reach_is_tried_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let without_tls = format!("https://{}/", listener.local_addr().unwrap()).leak();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    for mirror in [nobody(), without_tls] {
        let (result, heard) = download(&[mirror], PATIENT, tempdir().unwrap().path());
        let message = result.unwrap_err();
        assert!(message.contains("labels.gz: no connection: "), "{message}");
        assert_eq!(heard, [""; 0]);
    }
}

#[test]
fn mirrors_are_tried_in_order() {
    let body = content(LENGTH);
    let missing = Server::start(vec![status(404)]);
    let cut_off = Server::start(vec![Answer { body: body[..5].to_vec(), ..file(&body) }]);
    let good = Server::start(vec![file(&body)]);
    let mirrors = [nobody(), missing.mirror, cut_off.mirror, good.mirror];
    download(&mirrors, PATIENT, tempdir().unwrap().path()).0.unwrap();
    let requests = [&missing, &cut_off, &good].map(|server| server.requests().len());
    assert_eq!(requests, [1, 3, 1]);
}

#[test]
fn only_a_file_of_other_content_is_replaced() {
    let folder = tempdir().unwrap();
    let server = Server::start(vec![file(&content(LENGTH))]);
    for (there, requests) in [(content(LENGTH), 0), (vec![7], 1)] {
        fs::write(folder.path().join("labels.gz"), there).unwrap();
        download(&[server.mirror], PATIENT, folder.path()).0.unwrap();
        assert_eq!(server.requests().len(), requests);
    }
}

#[test]
fn a_failure_names_addresses_reasons_and_remedies() {
    let (missing, nobody) = (Server::start(vec![status(404)]), nobody());
    let folder = tempdir().unwrap();
    let message = download(&[missing.mirror, nobody], PATIENT, folder.path()).0.unwrap_err();
    let refused = message.lines().nth(2).unwrap();
    assert!(refused.starts_with(&format!("  {nobody}labels.gz: no connection: ")), "{message}");
    let expected = format!(
        "cannot fetch `labels.gz` of the dataset `labels`\n  \
         {}labels.gz: the server answers with status 404\n{refused}\n  \
         put it into `{}`, or give the folder of the set with --data-dir\n  \
         or install the Debian package `dataset-labels`",
        missing.mirror,
        folder.path().display()
    );
    assert_eq!(message, expected);
}

const NAMES: &[&str] = &["one.bin", "two.bin"];

fn fetch(set: &FileSet, cache: Option<&Path>) -> Result<(), DataError> {
    let dirs = DataDirs { cache: cache.map(Path::to_owned), ..DataDirs::default() };
    fetch_files(set, &dirs, &Client::new(PATIENT, 1, Duration::ZERO), &mut ())
}

#[test]
fn an_archive_is_unpacked_and_fetched_once() {
    let entries: [(&str, EntryType, &[u8]); 2] = [
        ("inner/one.bin", EntryType::Regular, b"first"),
        ("inner/two.bin", EntryType::Regular, b"second"),
    ];
    let archive = tar_gz(&entries);
    let server = Server::start(vec![file(&archive)]);
    let download =
        Download::TarGzip { name: "set.tar.gz", folder: "inner", packed: packed(&archive) };
    let set = FileSet { download, ..set(NAMES, &[], &[server.mirror]) };
    let cache = tempdir().unwrap();
    for _ in 0..2 {
        fetch(&set, Some(&cache.path().join("deep/below"))).unwrap();
    }
    let files = files_of(&cache.path().join("deep/below/labels"));
    let content = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let expected = [("fetch.lock", &b""[..]), ("one.bin", b"first"), ("two.bin", b"second")];
    assert!(content.eq(expected), "{files:?}");
    assert_eq!(server.requests(), ["/set.tar.gz"]);
}

#[test]
fn the_next_fetch_downloads_only_what_is_missing() {
    let (one, two) = (gz(b"first"), gz(b"second"));
    let server = Server::start(vec![file(&one), status(404), file(&two)]);
    let set = set(NAMES, &[&one, &two], &[server.mirror]);
    let cache = tempdir().unwrap();
    assert!(matches!(fetch(&set, Some(cache.path())), Err(DataError::Download(_))));
    fetch(&set, Some(cache.path())).unwrap();
    assert_eq!(server.requests(), ["/one.bin.gz", "/two.bin.gz", "/two.bin.gz"]);
}

#[test]
fn two_fetches_at_once_download_once() {
    let (one, two) = (gz(b"first"), gz(b"second"));
    let slow = |body: &[u8]| Answer { pieces: 4, pause: Duration::from_millis(50), ..file(body) };
    let server = Server::start(vec![slow(&one), slow(&two)]);
    let set = set(NAMES, &[&one, &two], &[server.mirror]);
    let cache = tempdir().unwrap();
    thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| fetch(&set, Some(cache.path()))));
        for one in both {
            one.join().unwrap().unwrap();
        }
    });
    assert_eq!(server.requests(), ["/one.bin.gz", "/two.bin.gz"]);
}

#[test]
fn a_fetch_needs_a_cache_that_can_be_written() {
    let set = set(&["labels"], &[b""], &[nobody()]);
    assert_eq!(
        fetch(&set, None).unwrap_err().to_string(),
        "no cache folder is known to fetch the dataset `labels` into; set HOME or XDG_CACHE_HOME"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    let message = fetch(&set, Some(file.path())).unwrap_err().to_string();
    assert_eq!(message, format!("cannot write `{}/labels`", file.path().display()));
}
