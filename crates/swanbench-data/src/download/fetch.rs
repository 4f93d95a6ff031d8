//! All published files of a dataset, into the cache.

use std::fs;

use super::{
    Progress,
    archive::unpack,
    client::{Client, Patience},
    obtain::obtain,
    store::lock,
};
use crate::{
    DataError, Places, State,
    entry::known,
    files::{FileSet, Packing},
    state,
};

/// Makes sure that a dataset is on the machine: where its files are not found in any of `places`,
/// they are downloaded into the cache. A download that was interrupted goes on where it ended; two
/// processes that fetch the same dataset wait for each other.
///
/// # Errors
/// Where there is no such dataset, no cache, no mirror that has the files, or no room for them.
pub fn fetch(name: &str, places: &Places, progress: &mut dyn Progress) -> Result<State, DataError> {
    if let Some(set) = known(name)?.files {
        fetch_set(set, places, &Client::new(Patience::default()), progress)?;
    }
    state(name, places)
}

fn fetch_set(
    set: &FileSet,
    places: &Places,
    client: &Client,
    progress: &mut dyn Progress,
) -> Result<(), DataError> {
    if set.find(places).is_ok() {
        return Ok(());
    }
    let folder = set.put_into(places).ok_or(DataError::NoCache { dataset: set.name })?;
    let refused = |source| DataError::Unwritable { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(refused)?;
    let _lock = lock(&folder).map_err(refused)?;
    // Another process may have fetched it while this one waited.
    if set.find(places).is_ok() {
        return Ok(());
    }
    let mirrors = places.mirrors_of(set.published.mirrors);
    for file in set.published.files {
        obtain(client, &mirrors, set, file, &folder, progress)?;
    }
    if let Packing::TarGzip { folder: inner } = set.published.packing {
        for file in set.published.files {
            let archive = folder.join(file.name);
            unpack(&archive, inner, set.members, &folder)?;
            fs::remove_file(&archive).map_err(refused)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{io::Write, thread, time::Duration};

    use flate2::{Compression, write::GzEncoder};
    use tempfile::tempdir;

    use super::*;
    use crate::{
        download::loopback::{Answer, Server, client, nobody, publish},
        files::{Member, Published, PublishedFile},
    };

    const MEMBERS: &[Member] =
        &[Member { name: "one.bin", sha256: None }, Member { name: "two.bin", sha256: None }];

    fn set(files: Vec<PublishedFile>, packing: Packing) -> FileSet {
        FileSet {
            name: "numbers",
            summary: "",
            source: "",
            subfolders: &["numbers"],
            debian_package: None,
            members: MEMBERS,
            only_published: false,
            published: Published { mirrors: &[], files: files.leak(), packing },
        }
    }

    fn gzipped(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn places(cache: &std::path::Path, mirror: &str) -> Places {
        let (cache, mirrors) = (Some(cache.to_owned()), vec![mirror.to_owned()]);
        Places { cache, mirrors, ..Places::default() }
    }

    fn run(set: &FileSet, places: &Places) -> Result<(), DataError> {
        fetch_set(set, places, &client(Duration::from_secs(10)), &mut ())
    }

    #[test]
    fn an_archive_becomes_its_members() {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in [("one.bin", b"first".as_slice()), ("two.bin", b"second")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            builder.append_data(&mut header, format!("inner/{name}"), bytes).unwrap();
        }
        let archive = gzipped(&builder.into_inner().unwrap());
        let packing = Packing::TarGzip { folder: "inner" };
        let set = set(vec![publish("set.tar.gz", &archive)], packing);
        let server = Server::start(vec![Answer::File(archive)]);
        let cache = tempdir().unwrap();
        let places = places(&cache.path().join("deep/below"), &server.mirror);
        run(&set, &places).unwrap();
        let (folder, paths) = set.find(&places).unwrap();
        assert_eq!(folder, cache.path().join("deep/below/numbers"));
        assert_eq!(
            [&paths[0], &paths[1]].map(|path| fs::read(path).unwrap()),
            [b"first".to_vec(), b"second".into()]
        );
        assert!(!folder.join("set.tar.gz").exists());

        run(&set, &places).unwrap();
        assert_eq!(server.requests(), ["/set.tar.gz"], "what is there is not fetched again");
    }

    #[test]
    fn a_fetch_that_failed_half_way_brings_only_the_rest_next_time() {
        let (one, two) = (gzipped(b"first"), gzipped(b"second"));
        let files = vec![publish("one.bin.gz", &one), publish("two.bin.gz", &two)];
        let set = set(files, Packing::Gzip);
        let server = Server::start(vec![Answer::File(one), Answer::Status(404), Answer::File(two)]);
        let cache = tempdir().unwrap();
        let places = places(cache.path(), &server.mirror);
        assert!(matches!(run(&set, &places), Err(DataError::Download(_))));
        assert!(set.find(&places).is_err());
        run(&set, &places).unwrap();
        assert!(set.find(&places).is_ok());
        assert_eq!(server.requests(), ["/one.bin.gz", "/two.bin.gz", "/two.bin.gz"]);
    }

    #[test]
    fn two_fetches_at_once_download_once() {
        let (one, two) = (gzipped(b"first"), gzipped(b"second"));
        let files = vec![publish("one.bin.gz", &one), publish("two.bin.gz", &two)];
        let set = set(files, Packing::Gzip);
        let pause = Duration::from_millis(50);
        let server = Server::start(vec![Answer::Slow(one, 4, pause), Answer::Slow(two, 4, pause)]);
        let cache = tempdir().unwrap();
        let places = places(cache.path(), &server.mirror);
        thread::scope(|scope| {
            let both = [(); 2].map(|()| scope.spawn(|| run(&set, &places)));
            for one in both {
                one.join().unwrap().unwrap();
            }
        });
        assert_eq!(server.requests(), ["/one.bin.gz", "/two.bin.gz"]);
    }

    #[test]
    fn without_a_cache_nothing_is_fetched() {
        let set = set(vec![publish("one.bin.gz", b"")], Packing::Gzip);
        let places = Places { mirrors: vec![nobody()], ..Places::default() };
        assert_eq!(
            run(&set, &places).unwrap_err().to_string(),
            "no cache folder is known to fetch the dataset `numbers` into; set HOME or XDG_CACHE_HOME"
        );
    }
}
