//! One published file from the first mirror that has it, checked and in its place.

use std::{fs, path::Path};

use super::{
    DownloadFailed, Progress, TransferError,
    client::Client,
    store::{keep, part_of, sha256_of},
    transfer::transfer,
};
use crate::{
    DataError,
    files::{FileSet, PublishedFile},
};

/// Brings one file of a set into `folder`, unless it is there already.
///
/// # Errors
/// Where no mirror has it, or the folder cannot be written to.
pub(super) fn obtain(
    client: &Client,
    mirrors: &[String],
    set: &FileSet,
    file: &PublishedFile,
    folder: &Path,
    progress: &mut dyn Progress,
) -> Result<(), DataError> {
    // Put there by hand, or left by a fetch that ended before the whole set was there.
    if sha256_of(&folder.join(file.name)).is_ok_and(|found| found == file.sha256) {
        return Ok(());
    }
    let mut tried = Vec::new();
    for mirror in mirrors {
        let address = format!("{mirror}{}", file.name);
        match from_address(client, &address, file, folder, progress) {
            Ok(()) => return Ok(()),
            Err(TransferError::Disk { path, source }) => {
                return Err(DataError::Unwritable { path, source });
            }
            Err(error) => tried.push((address, error)),
        }
    }
    Err(DataError::Download(Box::new(DownloadFailed {
        dataset: set.name,
        file: file.name,
        tried,
        put_into: folder.to_owned(),
        debian_package: set.debian_package,
    })))
}

fn from_address(
    client: &Client,
    address: &str,
    file: &PublishedFile,
    folder: &Path,
    progress: &mut dyn Progress,
) -> Result<(), TransferError> {
    let part = part_of(folder, file.name);
    let goes_on = fs::metadata(&part).is_ok_and(|part| part.len() > 0);
    let mut once = || {
        transfer(client, address, file, &part, progress)?;
        accept(file, &part, folder)
    };
    match once() {
        // The damage may lie in what an earlier fetch left behind.
        Err(TransferError::Checksum { .. }) if goes_on => once(),
        outcome => outcome,
    }
}

/// Gives a file of the right size its name if it has the right content, and removes it if not.
fn accept(file: &PublishedFile, part: &Path, folder: &Path) -> Result<(), TransferError> {
    let disk = |source| TransferError::Disk { path: part.to_owned(), source };
    let found = sha256_of(part).map_err(disk)?;
    if found == file.sha256 {
        return keep(part, folder, file.name).map_err(disk);
    }
    fs::remove_file(part).map_err(disk)?;
    Err(TransferError::Checksum { found, expected: file.sha256 })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tempfile::{TempDir, tempdir};

    use super::*;
    use crate::{
        download::loopback::{Answer, Server, client, content, nobody, publish},
        files::{Packing, Published},
    };

    const BODY: &[u8] = b"labels, labels and more labels";

    fn set() -> FileSet {
        FileSet {
            name: "labels",
            summary: "",
            source: "",
            subfolders: &["labels"],
            debian_package: Some("dataset-labels"),
            members: &[],
            only_published: false,
            published: Published { mirrors: &[], files: &[], packing: Packing::Gzip },
        }
    }

    fn run(folder: &TempDir, mirrors: &[&str]) -> Result<(), DataError> {
        let mirrors: Vec<_> = mirrors.iter().map(|&mirror| mirror.to_owned()).collect();
        let client = client(Duration::from_secs(10));
        obtain(&client, &mirrors, &set(), &publish("labels.gz", BODY), folder.path(), &mut ())
    }

    fn files(folder: &TempDir) -> Vec<String> {
        let names = fs::read_dir(folder.path()).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn mirrors_are_tried_in_order_and_share_what_came() {
        let folder = tempdir().unwrap();
        let missing = Server::start(vec![Answer::Status(404)]);
        let cut_off = Server::start(vec![Answer::CutOff(BODY.to_vec(), 5)]);
        let good = Server::start(vec![Answer::File(BODY.to_vec())]);
        run(&folder, &[&nobody(), &missing.mirror, &cut_off.mirror, &good.mirror]).unwrap();
        assert_eq!(fs::read(folder.path().join("labels.gz")).unwrap(), BODY);
        assert_eq!(files(&folder), ["labels.gz"]);
        let after = ["/labels.gz", "/labels.gz bytes=5-", "/labels.gz bytes=10-"];
        assert_eq!(cut_off.requests(), after);
        assert_eq!(good.requests(), ["/labels.gz bytes=15-"]);
    }

    #[test]
    fn a_file_that_is_there_is_not_fetched() {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("labels.gz"), BODY).unwrap();
        run(&folder, &[&nobody()]).unwrap();
        fs::write(folder.path().join("labels.gz"), b"something else").unwrap();
        let server = Server::start(vec![Answer::File(BODY.to_vec())]);
        run(&folder, &[&server.mirror]).unwrap();
        assert_eq!(fs::read(folder.path().join("labels.gz")).unwrap(), BODY);
    }

    #[test]
    fn a_wrong_checksum_removes_the_file_and_names_both_sums() {
        let folder = tempdir().unwrap();
        let server = Server::start(vec![Answer::File(content(BODY.len()))]);
        let DataError::Download(error) = run(&folder, &[&server.mirror]).unwrap_err() else {
            panic!("the download fails")
        };
        let [(_, TransferError::Checksum { found, expected })] = &error.tried[..] else {
            panic!("for its checksum: {error}")
        };
        assert_eq!(*found, publish("", &content(BODY.len())).sha256);
        assert_eq!(*expected, publish("", BODY).sha256);
        assert!(error.to_string().contains(found.as_str()) && error.to_string().contains(expected));
        assert_eq!(files(&folder), [""; 0]);
        assert_eq!(server.requests().len(), 1);
    }

    #[test]
    fn a_damaged_part_of_an_earlier_fetch_is_fetched_anew() {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("labels.gz.part"), b"damage").unwrap();
        let server = Server::start(vec![Answer::File(BODY.to_vec())]);
        run(&folder, &[&server.mirror]).unwrap();
        assert_eq!(fs::read(folder.path().join("labels.gz")).unwrap(), BODY);
        assert_eq!(server.requests(), ["/labels.gz bytes=6-", "/labels.gz"]);
    }

    #[test]
    fn a_failure_names_file_addresses_reasons_folder_and_package() {
        let folder = tempdir().unwrap();
        let (missing, nobody) = (Server::start(vec![Answer::Status(404)]), nobody());
        let message = run(&folder, &[&missing.mirror, &nobody]).unwrap_err().to_string();
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
}
