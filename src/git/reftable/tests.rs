//! Tests of the reftable reader: git writes the tables, git says what is in them.

use std::path::Path;
use std::sync::OnceLock;

use super::super::refs::{RefValue, Stored};
use super::super::testrepo::TestRepo;
use super::{Merged, read, table};
use crate::model::{GapKind, HashKind};

/// A repository with one table of many blocks of refs and logs, and the table.
fn one_table() -> &'static (TestRepo, Vec<u8>) {
    static TABLE: OnceLock<(TestRepo, Vec<u8>)> = OnceLock::new();
    TABLE.get_or_init(|| {
        let repo = TestRepo::new(&["--ref-format=reftable"]);
        let id = repo.commit("a", "a", "a");
        repo.git(&["tag", "-a", "-m", "x", "heavy"]);
        repo.git(&["symbolic-ref", "refs/remotes/o/HEAD", "refs/heads/main"]);
        let lines: Vec<_> = (0..200)
            .map(|n| format!("create refs/tags/{n:03} {id}\n"))
            .collect();
        repo.git(&["config", "core.logAllRefUpdates", "always"]);
        repo.git(&["config", "reftable.blockSize", "1024"]);
        repo.git_stdin(&["update-ref", "--stdin"], lines.concat().as_bytes());
        repo.git(&["pack-refs", "--all"]);
        let tables = tables(&repo);
        assert_eq!(tables.len(), 1, "pack-refs leaves one table");
        let bytes = std::fs::read(repo.git_dir().join("reftable").join(&tables[0])).unwrap();
        (repo, bytes)
    })
}

fn tables(repo: &TestRepo) -> Vec<String> {
    let list = repo.git_dir().join("reftable/tables.list");
    let list = std::fs::read_to_string(list).unwrap();
    list.lines().map(str::to_owned).collect()
}

/// Runs git so that it adds a table, and leaves the others as they are.
fn append(repo: &TestRepo, args: &[&str]) {
    let mut command = repo.command(repo.path());
    command.env("GIT_TEST_REFTABLE_AUTOCOMPACTION", "false");
    assert!(command.args(args).status().unwrap().success());
}

fn stored(repo: &TestRepo) -> Stored {
    let mut stored = Stored::default();
    read(&repo.git_dir(), Path::new(""), HashKind::Sha1, &mut stored);
    stored
}

fn decode(bytes: &[u8]) -> (Merged, Result<(), String>) {
    let mut merged = Merged::default();
    let done = table::read(bytes, HashKind::Sha1, &mut merged);
    (merged, done)
}

/// Makes the footer's checksum right again, so that damage gets behind it.
fn seal(bytes: &mut [u8]) {
    let end = bytes.len() - 4;
    let crc = crc32fast::hash(&bytes[end - 64..end]);
    bytes[end..].copy_from_slice(&crc.to_be_bytes());
}

#[test]
fn a_table_holds_every_kind_of_value() {
    let (repo, bytes) = one_table();
    let (merged, done) = decode(bytes);
    assert_eq!(done, Ok(()));
    assert!(bytes.len() > 8 * 1024, "several blocks");
    let value = |name: &str| merged.refs[name.as_bytes()].clone().into_value().unwrap();
    let heavy = repo.git(&["rev-parse", "heavy"]);
    assert!(matches!(value("refs/tags/heavy"), RefValue::Id(id) if id.to_string() == heavy));
    let main = RefValue::Symbolic(b"refs/heads/main".to_vec());
    assert_eq!(value("HEAD"), main);
    assert_eq!(value("refs/remotes/o/HEAD"), main);
    assert_eq!(merged.refs.len(), 204);
    assert_eq!(merged.logs[&b"refs/tags/150"[..]].len(), 1);
    let logs: Vec<_> = merged
        .logs
        .keys()
        .map(|name| String::from_utf8_lossy(name))
        .collect();
    assert_eq!(logs.join("\n"), repo.git(&["reflog", "list"]));
    assert!(logs.len() > 200);
}

#[test]
fn newer_tables_win_and_delete() {
    let repo = TestRepo::new(&["--ref-format=reftable"]);
    let one = repo.commit("a", "a", "a");
    repo.git(&["branch", "moved"]);
    repo.git(&["branch", "gone"]);
    repo.git(&["pack-refs"]);
    let two = repo.git(&["commit-tree", "-p", "HEAD", "-m", "b", "HEAD^{tree}"]);
    append(&repo, &["update-ref", "refs/heads/moved", &two]);
    append(&repo, &["branch", "-D", "--quiet", "gone"]);
    assert_eq!(tables(&repo).len(), 3);
    let stored = stored(&repo);
    let id = |name: &str| {
        let found = stored.refs.iter().find(|(n, _)| n == name.as_bytes())?;
        match &found.1 {
            RefValue::Id(id) => Some(id.to_string()),
            RefValue::Symbolic(_) => None,
        }
    };
    assert_eq!(id("refs/heads/moved"), Some(two.clone()));
    assert_eq!(id("refs/heads/gone"), None);
    let log = stored
        .logs
        .iter()
        .find(|log| log.name == b"refs/heads/moved");
    let news: Vec<_> = log
        .unwrap()
        .entries
        .iter()
        .map(|entry| entry.new.to_string())
        .collect();
    assert_eq!(news, [one, two]);
    assert!(stored.logs.iter().all(|log| log.name != b"refs/heads/gone"));
}

#[test]
fn a_broken_table_or_list_is_named_and_the_rest_is_read() {
    let repo = TestRepo::new(&["--ref-format=reftable"]);
    repo.commit("a", "a", "a");
    repo.git(&["pack-refs"]);
    append(&repo, &["branch", "later"]);
    let names = tables(&repo);
    let list = repo.git_dir().join("reftable/tables.list");
    let text = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, format!("{text}../HEAD\nnot-there.ref\n")).unwrap();
    let newest = repo.git_dir().join("reftable").join(names.last().unwrap());
    let mut bytes = std::fs::read(&newest).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    repo.write(&newest, &bytes);
    let stored = stored(&repo);
    assert!(
        stored
            .refs
            .iter()
            .any(|(name, _)| name == b"refs/heads/main")
    );
    let gaps: Vec<_> = stored
        .gaps
        .iter()
        .map(|gap| String::from_utf8(gap.path.clone().unwrap()).unwrap())
        .collect();
    let first = format!("reftable/{}", names.last().unwrap());
    assert_eq!(
        gaps,
        [&first, "reftable/tables.list", "reftable/not-there.ref"]
    );
    assert!(stored.gaps.iter().all(|gap| gap.kind == GapKind::Metadata));

    std::fs::remove_file(&list).unwrap();
    assert_eq!(super::tests::stored(&repo).gaps.len(), 1);
}

#[test]
fn a_table_of_the_other_hash_is_refused() {
    let (_, bytes) = one_table();
    let done = table::read(bytes, HashKind::Sha256, &mut Merged::default());
    assert_eq!(done, Err("its ids are sha1".to_owned()));
}

#[test]
fn every_cut_is_noticed() {
    let (_, bytes) = one_table();
    for end in 0..bytes.len() {
        assert!(decode(&bytes[..end]).1.is_err(), "cut at {end}");
    }
}

#[test]
fn damage_of_the_refs_does_not_cost_the_logs() {
    let (_, bytes) = one_table();
    let mut bytes = bytes.clone();
    // The type of the first block, right behind the header.
    for kind in [b'x', b'g', b'i', 0] {
        bytes[24] = kind;
        let (merged, done) = decode(&bytes);
        assert!(done.is_err(), "{kind}");
        assert!(merged.refs.is_empty());
        assert!(merged.logs.len() > 200);
    }
}

/// A number as the format writes it.
fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    while value > 0x7f {
        value = (value >> 7) - 1;
        bytes.insert(0, 0x80 | (value & 0x7f) as u8);
    }
    bytes
}

#[test]
fn names_cannot_unfold_without_end() {
    let mut bytes = b"REFT\x01\0\0\0".to_vec();
    bytes.extend([0; 16]);
    bytes.extend(b"r\0\0\0");
    // One long name, then deletions of refs whose names repeat most of it.
    let mut record = |prefix: u64, suffix: &[u8]| {
        bytes.extend(varint(prefix));
        bytes.extend(varint((suffix.len() as u64) << 3));
        bytes.extend(suffix);
        bytes.push(0);
    };
    record(0, &vec![b'a'; 60_000]);
    for number in 0..100_000_u32 {
        record(60_000, &number.to_be_bytes());
    }
    bytes.extend([0, 0]);
    let len = (bytes.len() as u32).to_be_bytes();
    bytes[25..28].copy_from_slice(&len[1..]);
    let header = bytes[..24].to_vec();
    bytes.extend(header);
    bytes.extend([0; 44]);
    seal(&mut bytes);
    let (merged, done) = decode(&bytes);
    assert_eq!(
        done,
        Err("its names are out of proportion to its size".to_owned())
    );
    let held: usize = merged.refs.keys().map(Vec::len).sum();
    assert!((1 << 20..64 << 20).contains(&held), "{held}");
}

proptest::proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        changes in proptest::collection::vec((proptest::num::usize::ANY, proptest::num::u8::ANY), 1..8),
        sealed: bool,
    ) {
        let mut bytes = one_table().1.clone();
        let len = bytes.len();
        for (at, value) in changes {
            bytes[at % len] = value;
        }
        if sealed {
            // Header and footer must agree as well.
            let (start, end) = (bytes.len() - 68, bytes.len() - 44);
            let header = bytes[..24].to_vec();
            bytes[start..end].copy_from_slice(&header);
            seal(&mut bytes);
        }
        let (merged, done) = decode(&bytes);
        assert!(merged.refs.len() <= 1000);
        assert!(done.is_ok() || !done.unwrap_err().is_empty());
    }

    #[test]
    fn no_bytes_make_it_panic(tail: Vec<u8>, version in 0..4_u8) {
        let mut bytes = b"REFT".to_vec();
        bytes.push(version);
        bytes.extend(tail);
        decode(&bytes).1.ok();
    }
}
