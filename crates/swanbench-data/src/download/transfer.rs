//! One file from one address, in as many attempts as it takes.

use std::{path::Path, thread};

use super::{Progress, TransferError, attempt::Attempt, client::Client};
use crate::files::PublishedFile;

/// Brings the whole of `file` into `part`; what is there already is taken for its beginning. The
/// content is not checked, only its size.
///
/// # Errors
/// What the last attempt ended with; `part` keeps what came, for the next time.
pub(super) fn transfer(
    client: &Client,
    address: &str,
    file: &PublishedFile,
    part: &Path,
    progress: &mut dyn Progress,
) -> Result<(), TransferError> {
    let mut pause = client.patience.first_pause;
    let mut attempt = 1;
    loop {
        match Attempt::open(part, file)?.run(client, address, progress) {
            Err(error) if error.may_pass() && attempt < client.patience.attempts => {
                progress.retrying(file.name, &error, pause);
                thread::sleep(pause);
                pause *= 2;
                attempt += 1;
            }
            last => return last,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write, net::TcpListener, time::Duration};

    use tempfile::{TempDir, tempdir};

    use super::*;
    use crate::download::loopback::{Answer, Server, client, content, nobody, publish};

    const PATIENT: Duration = Duration::from_secs(10);
    const LENGTH: usize = 300_000;

    /// What came of a transfer, and what is in the part.
    struct Outcome {
        result: Result<(), TransferError>,
        bytes: Vec<u8>,
        requests: Vec<String>,
        heard: Heard,
    }

    #[derive(Default)]
    struct Heard {
        received: Vec<u64>,
        reasons: Vec<String>,
    }

    impl Progress for Heard {
        fn received(&mut self, file: &str, bytes: u64, total: u64) {
            assert_eq!((file, total), ("file", LENGTH as u64));
            self.received.push(bytes);
        }

        fn retrying(&mut self, file: &str, reason: &TransferError, _pause: Duration) {
            assert_eq!(file, "file");
            self.reasons.push(reason.to_string());
        }
    }

    /// A transfer that begins with `there` in the part.
    fn run(answers: Vec<Answer>, there: &[u8], silence: Duration) -> Outcome {
        let server = Server::start(answers);
        let folder: TempDir = tempdir().unwrap();
        let part = folder.path().join("file.part");
        fs::write(&part, there).unwrap();
        let file = publish("file", &content(LENGTH));
        let address = format!("{}file", server.mirror);
        let mut heard = Heard::default();
        let result = transfer(&client(silence), &address, &file, &part, &mut heard);
        Outcome { result, bytes: fs::read(&part).unwrap(), requests: server.requests(), heard }
    }

    fn whole(outcome: &Outcome) {
        outcome.result.as_ref().unwrap();
        assert!(outcome.bytes == content(LENGTH), "the whole content");
        assert_eq!(outcome.heard.received.last(), Some(&(LENGTH as u64)));
    }

    #[test]
    fn a_whole_file_comes_in_one_attempt() {
        let outcome = run(vec![Answer::File(content(LENGTH))], b"", PATIENT);
        whole(&outcome);
        assert_eq!(outcome.requests, ["/file"]);
        assert_eq!(outcome.heard.received[0], 0);
        assert!(outcome.heard.received.is_sorted());
    }

    #[test]
    fn a_file_of_unannounced_size_comes_too() {
        whole(&run(vec![Answer::Unannounced(content(LENGTH))], b"", PATIENT));
    }

    #[test]
    fn a_slow_server_is_waited_for_as_long_as_it_sends() {
        let (silence, pause) = (Duration::from_millis(1500), Duration::from_millis(250));
        let outcome = run(vec![Answer::Slow(content(LENGTH), 8, pause)], b"", silence);
        whole(&outcome);
        assert_eq!(outcome.requests, ["/file"], "two seconds in all, but never silent for long");
    }

    #[test]
    fn a_cut_off_transfer_goes_on_where_it_ended() {
        let answers = vec![Answer::CutOff(content(LENGTH), 1000), Answer::File(content(LENGTH))];
        let outcome = run(answers, b"", PATIENT);
        whole(&outcome);
        assert_eq!(outcome.requests, ["/file", "/file bytes=1000-"]);
        assert_eq!(
            outcome.heard.reasons,
            ["the connection was cut off after 1000 of 300000 bytes"]
        );
    }

    #[test]
    fn a_silent_server_is_left_and_the_transfer_goes_on() {
        let answers =
            vec![Answer::FallsSilent(content(LENGTH), 500), Answer::File(content(LENGTH))];
        let outcome = run(answers, b"", Duration::from_millis(500));
        whole(&outcome);
        assert_eq!(outcome.requests[1], "/file bytes=500-");
        assert_eq!(outcome.heard.reasons[0], "the server fell silent after 500 of 300000 bytes");
    }

    #[test]
    fn an_earlier_part_is_not_fetched_again() {
        let outcome = run(vec![Answer::File(content(LENGTH))], &content(LENGTH)[..70_000], PATIENT);
        whole(&outcome);
        assert_eq!(outcome.requests, ["/file bytes=70000-"]);
        assert_eq!(outcome.heard.received[0], 70_000);

        let outcome = run(vec![Answer::Status(500)], &content(LENGTH), PATIENT);
        whole(&outcome);
        assert!(outcome.requests.is_empty(), "all of it was there");
    }

    #[test]
    fn a_server_without_ranges_begins_anew() {
        let answers = vec![Answer::IgnoresRange(content(LENGTH))];
        let outcome = run(answers, &content(LENGTH)[..70_000], PATIENT);
        whole(&outcome);
        assert_eq!(outcome.requests, ["/file bytes=70000-"]);
    }

    #[test]
    fn another_part_than_was_asked_for_is_not_appended() {
        let answers = vec![Answer::WrongPart(content(LENGTH)), Answer::File(content(LENGTH))];
        let outcome = run(answers, &content(LENGTH)[..70_000], PATIENT);
        whole(&outcome);
        assert_eq!(outcome.requests, ["/file bytes=70000-", "/file"]);
    }

    #[test]
    fn a_part_longer_than_the_file_is_thrown_away() {
        let outcome = run(vec![Answer::File(content(LENGTH))], &vec![9; LENGTH + 1], PATIENT);
        whole(&outcome);
        assert_eq!(outcome.requests, ["/file"]);
    }

    #[test]
    fn errors_of_the_server_pass_but_not_for_ever() {
        let answers = vec![Answer::Status(500), Answer::Status(503), Answer::File(content(LENGTH))];
        let outcome = run(answers, b"", PATIENT);
        whole(&outcome);
        assert_eq!(
            outcome.heard.reasons,
            ["the server answers with status 500", "the server answers with status 503"]
        );

        let outcome = run(vec![Answer::Status(502)], b"", PATIENT);
        assert!(matches!(outcome.result, Err(TransferError::Status { status: 502 })));
        assert_eq!(outcome.requests.len(), 3, "as often as the client has patience");
    }

    #[test]
    fn a_file_that_is_not_there_is_asked_for_once() {
        let outcome = run(vec![Answer::Status(404)], b"", PATIENT);
        assert!(matches!(outcome.result, Err(TransferError::Status { status: 404 })));
        assert_eq!(outcome.requests, ["/file"]);
    }

    #[test]
    fn a_file_of_another_size_is_refused_before_it_comes() {
        for (length, unannounced) in [(LENGTH + 1, false), (20, false), (LENGTH + 1, true)] {
            let bytes = content(length);
            let answer = if unannounced { Answer::Unannounced(bytes) } else { Answer::File(bytes) };
            let outcome = run(vec![answer], b"", PATIENT);
            let error = outcome.result.unwrap_err();
            assert!(
                matches!(error, TransferError::WrongSize { found, .. } if found == length as u64),
                "{error}"
            );
            assert_eq!((outcome.bytes.len(), outcome.requests.len()), (0, 1));
        }
    }

    #[test]
    fn where_nobody_listens_nothing_is_tried_twice() {
        let folder = tempdir().unwrap();
        let file = publish("file", &content(LENGTH));
        let mut heard = Heard::default();
        let part = folder.path().join("file.part");
        let error = transfer(&client(PATIENT), &nobody(), &file, &part, &mut heard).unwrap_err();
        assert!(matches!(error, TransferError::NoConnection(_)), "{error:?}");
        assert!(heard.reasons.is_empty());
    }

    #[test]
    fn a_server_that_does_not_speak_tls_is_no_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://{}/file", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        });
        let folder = tempdir().unwrap();
        let part = folder.path().join("file.part");
        let file = publish("file", b"x");
        let error = transfer(&client(PATIENT), &address, &file, &part, &mut ()).unwrap_err();
        assert!(matches!(error, TransferError::NoConnection(_)), "{error:?}");
    }

    #[test]
    fn a_folder_that_cannot_be_written_to_is_named() {
        let folder = tempdir().unwrap();
        let part = folder.path().join("no-such-folder").join("file.part");
        let file = publish("file", b"x");
        let error = transfer(&client(PATIENT), &nobody(), &file, &part, &mut ()).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write `{}`", part.display()));
    }
}
