//! Tests of the index reader against `git ls-files`.

use std::path::Path;

use super::{Entry, Index, read};
use crate::git::testrepo::TestRepo;
use crate::model::{Control, HashKind};

fn index(repo: &TestRepo) -> Index {
    let hash = match repo.git(&["rev-parse", "--show-object-format"]).as_str() {
        "sha256" => HashKind::Sha256,
        _ => HashKind::Sha1,
    };
    read(&repo.git_dir(), Path::new(""), (hash, &Control::default()))
}

fn sha1(repo: &TestRepo) -> Index {
    read(
        &repo.git_dir(),
        Path::new(""),
        (HashKind::Sha1, &Control::default()),
    )
}

/// Mode, id and path, as `git ls-files` prints them.
fn lines(entries: &[Entry]) -> Vec<String> {
    let mut lines: Vec<_> = entries
        .iter()
        .map(|entry| {
            let path = String::from_utf8_lossy(&entry.path);
            format!("{:06o} {} {path}", entry.mode, entry.id)
        })
        .collect();
    lines.sort();
    lines
}

fn expected(repo: &TestRepo, more: &[&str]) -> Vec<String> {
    let mut args = vec!["ls-files", "--format=%(objectmode) %(objectname) %(path)"];
    args.extend_from_slice(more);
    let mut lines: Vec<_> = repo.git(&args).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn check(repo: &TestRepo) -> Index {
    let index = index(repo);
    assert_eq!(index.gaps, []);
    assert_eq!(lines(&index.entries), expected(repo, &[]));
    index
}

#[test]
fn every_version_is_read() {
    for format in ["sha1", "sha256"] {
        let repo = TestRepo::new(&[&format!("--object-format={format}")]);
        assert!(check(&repo).entries.is_empty());
        for number in 0..70 {
            repo.write(
                format!("dir{}/some/file{number}", number % 3),
                "x".repeat(number),
            );
        }
        repo.write("n".repeat(200), "long");
        repo.git(&["add", "."]);
        for version in ["2", "3", "4"] {
            repo.git(&["update-index", "--index-version", version]);
            assert_eq!(check(&repo).entries.len(), 71);
        }
        repo.write("later", "x");
        repo.git(&["add", "--intent-to-add", "later"]);
        let index = check(&repo);
        let later = index
            .entries
            .iter()
            .find(|entry| entry.path == b"later")
            .unwrap();
        assert!(later.intent_to_add);
        assert_eq!(later.object(), None);
    }
}

#[test]
fn a_split_index_is_put_together() {
    let repo = TestRepo::new(&[]);
    for number in 0..200 {
        repo.write(format!("file{number:03}"), number.to_string());
    }
    repo.git(&["add", "."]);
    repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
    repo.git(&["update-index", "--split-index"]);
    check(&repo);
    repo.write("file000", "other");
    repo.write("file150", "other too");
    repo.write("file0405", "new");
    repo.git(&["add", "."]);
    repo.git(&["rm", "--quiet", "--cached", "file007", "file199"]);
    check(&repo);

    let shared = std::fs::read_dir(repo.git_dir())
        .unwrap()
        .find_map(|entry| {
            let path = entry.unwrap().path();
            path.to_string_lossy()
                .contains("sharedindex")
                .then_some(path)
        });
    std::fs::remove_file(shared.unwrap()).unwrap();
    let index = index(&repo);
    assert_eq!(index.gaps.len(), 1);
    assert!(index.entries.iter().any(|entry| entry.path == b"file0405"));
}

#[test]
fn a_sparse_index_names_its_folders() {
    let repo = TestRepo::new(&[]);
    for path in ["in/a", "out/b", "out/deep/c", "top"] {
        repo.write(path, path);
    }
    repo.git(&["add", "."]);
    repo.git(&["commit", "--quiet", "-m", "all"]);
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let index = index(&repo);
    assert_eq!(index.gaps, []);
    assert_eq!(lines(&index.entries), expected(&repo, &["--sparse"]));
    let folder = index
        .entries
        .iter()
        .find(|entry| entry.path == b"out/")
        .unwrap();
    assert_eq!(
        folder.object().unwrap().to_string(),
        repo.git(&["rev-parse", "HEAD:out"])
    );
}

#[test]
fn conflicts_count_before_and_after_they_are_resolved() {
    let repo = TestRepo::new(&[]);
    repo.commit("f", "base\n", "base");
    repo.git(&["checkout", "--quiet", "-b", "side"]);
    repo.commit("f", "theirs\n", "theirs");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("f", "ours\n", "ours");
    assert!(!repo.try_git(&["merge", "side"]).status.success());
    assert_eq!(check(&repo).entries.len(), 3);
    repo.write("f", "both\n");
    repo.git(&["add", "f"]);
    let index = check(&repo);
    let resolved = repo.git(&["ls-files", "--resolve-undo"]);
    assert_eq!(index.resolved.len(), 3);
    for entry in &index.resolved {
        assert!(resolved.contains(&entry.id.to_string()), "{resolved}");
    }
}

#[test]
fn submodules_have_a_path_and_no_object() {
    let repo = TestRepo::new(&[]);
    let id = "1".repeat(40);
    repo.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{id},sub"),
    ]);
    let index = check(&repo);
    assert_eq!(index.entries[0].path, b"sub");
    assert_eq!(index.entries[0].object(), None);
}

#[test]
fn damage_is_named_and_costs_only_what_follows() {
    let repo = TestRepo::new(&[]);
    for number in 0..20 {
        repo.write(format!("file{number:02}"), number.to_string());
    }
    repo.git(&["add", "."]);
    let path = repo.git_dir().join("index");
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        std::fs::write(&path, &bytes).unwrap();
        assert!(!sha1(&repo).gaps.is_empty(), "byte {at}");
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(!sha1(&repo).gaps.is_empty(), "length {at}");
    }
    // 12 bytes of header, then 72 for each entry.
    std::fs::write(&path, &whole[..12 + 10 * 72 + 30]).unwrap();
    assert!(index(&repo).entries.len() >= 9);
}

#[test]
fn no_flip_in_a_split_index_makes_it_panic() {
    let repo = TestRepo::new(&[]);
    for number in 0..70 {
        repo.write(format!("file{number:03}"), number.to_string());
    }
    repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
    repo.git(&["add", "."]);
    repo.git(&["update-index", "--index-version", "4", "--split-index"]);
    repo.write("file003", "other");
    repo.write("file0005", "new");
    repo.git(&["add", "."]);
    repo.git(&["rm", "--quiet", "--cached", "file007"]);
    check(&repo);
    let path = repo.git_dir().join("index");
    let mut bytes = std::fs::read(&path).unwrap();
    // Without a checksum nothing stops a flip early.
    let content_len = bytes.len() - 20;
    bytes[content_len..].fill(0);
    let mut odd = 0;
    for at in 0..content_len {
        for flip in [0x01, 0x80, 0xff] {
            bytes[at] ^= flip;
            std::fs::write(&path, &bytes).unwrap();
            odd += usize::from(!sha1(&repo).gaps.is_empty());
            bytes[at] ^= flip;
        }
    }
    assert!(odd > 10, "{odd}");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(version in 0..6_u8, count: u8, tail: Vec<u8>) {
        let mut bytes = b"DIRC\0\0\0".to_vec();
        bytes.extend([version, 0, 0, 0, count]);
        bytes.extend(tail);
        for hash in [HashKind::Sha1, HashKind::Sha256] {
            let decoded = super::decode::decode(&bytes, hash, &Control::default());
            let shared = decoded.entries.clone();
            if let Some(link) = decoded.link {
                super::decode::join(shared, decoded.entries, &link).ok();
            }
        }
    }
}
