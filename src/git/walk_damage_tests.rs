//! The decoder on damaged and lying packs: what is read is right, what is not read is named.

use std::collections::{BTreeMap, BTreeSet};

use super::tests::{Contents, Outcome, imported, open, oracle, pack_files, read, repo};
use super::*;
use crate::git::opening::StoreOptions;
use crate::git::repo::{ObjectDir, Repo};
use crate::git::testrepo::TestRepo;
use crate::model::{HashKind, ObjectId};

#[test]
fn an_index_that_lies_is_found_out() {
    let test = imported(&[], 81, 10);
    test.git(&["repack", "-adfq"]);
    let expected = oracle(&test);
    let path = pack_files(&test, "idx").remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    let count = expected.len();
    let offsets = 8 + 256 * 4 + count * (20 + 4);
    // The first two objects change places, and the index says that it is sound.
    for i in 0..4 {
        bytes.swap(offsets + i, offsets + 4 + i);
    }
    let body = bytes.len() - 20;
    let checksum = crate::git::hash::digest(HashKind::Sha1, &bytes[..body]).unwrap();
    bytes[body..].copy_from_slice(&checksum);
    std::fs::write(&path, bytes).unwrap();
    let repo = repo(&test, &[]);
    let outcome = read(&repo);
    assert!(!outcome.damaged.is_empty());
    let store = open(&repo, &mut Vec::new());
    let damaged = outcome
        .damaged
        .keys()
        .map(|id| store.find(id.as_bytes()).unwrap());
    let liars = store.lying_indexes(damaged, &Control::default());
    assert_eq!(liars.len(), 1);
    let options = StoreOptions {
        liars: &liars,
        object_size_max: None,
        partial: None,
        control: &Control::default(),
    };
    let anew = Store::open(&repo, &options, &mut Vec::new());
    assert_eq!(anew.distinct as usize, count);
}

/// Whatever is done to a pack, what is read is right, and what is not read is named.
fn assert_honest(expected: &Contents, outcome: &Outcome) {
    for (id, content) in &outcome.contents {
        assert!(expected.get(id) == Some(content), "{id} was read wrong");
    }
    let complete = outcome.contents.len() == expected.len();
    assert!(
        complete || !outcome.damaged.is_empty() || !outcome.gaps.is_empty(),
        "silently incomplete"
    );
}

#[test]
fn every_damaged_byte_of_a_pack_or_index_is_noticed_or_harmless() {
    let test = imported(&[], 61, 6);
    test.git(&["repack", "-adfq"]);
    let expected = oracle(&test);
    let repo = repo(&test, &[]);
    for ending in ["pack", "idx"] {
        let path = pack_files(&test, ending).remove(0);
        let sound = std::fs::read(&path).unwrap();
        for at in (0..sound.len()).step_by(if ending == "idx" { 5 } else { 3 }) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << (at % 8);
            std::fs::write(&path, &bytes).unwrap();
            assert_honest(&expected, &read(&repo));
        }
        for len in (0..sound.len()).step_by(41) {
            std::fs::write(&path, &sound[..len]).unwrap();
            assert_honest(&expected, &read(&repo));
        }
        std::fs::write(&path, &sound).unwrap();
    }
}

#[test]
fn a_damaged_copy_beside_a_good_one_costs_nothing() {
    let test = imported(&[], 71, 20);
    test.git(&["repack", "-adfq"]);
    let expected = oracle(&test);
    let repo = repo(&test, &[]);
    let pack = pack_files(&test, "pack").remove(0);
    let mut bytes = std::fs::read(&pack).unwrap();
    // All objects once more, loose, from a copy of the pack that git does not see as its own.
    let apart = TestRepo::new(&[]);
    apart.git_stdin(&["unpack-objects", "-q"], &bytes);
    let second = Repo {
        object_dirs: vec![
            repo.object_dirs[0].clone(),
            ObjectDir {
                path: apart.git_dir().join("objects"),
                foreign: false,
            },
        ],
        ..repo
    };
    for at in (40..bytes.len() - 40).step_by(97) {
        bytes[at] ^= 0x55;
    }
    std::fs::write(&pack, &bytes).unwrap();
    let outcome = read(&second);
    assert_eq!(outcome.damaged, BTreeMap::new());
    assert!(outcome.contents == expected);
}

/// Reads a store as a sweep does: contents, trees, and what was mistaken for a tree.
fn swept(repo: &Repo) -> (u64, Vec<(u32, Damage)>) {
    use crate::git::bare::Blind;
    use crate::git::objects::{Objects, Opening};
    use crate::git::tips::Tips;
    let control = Control::default();
    let liars = BTreeSet::new();
    let opening = Opening::everything(&liars);
    let tips = Tips::default();
    let objects = Objects::open(repo, &tips, &opening, &control);
    let mut read = objects.read_contents(&control, Blind::who_wants_all);
    objects.read_trees(&control, &mut read, &BTreeSet::new(), Blind::who_wants_all);
    (read.coverage.read(), read.damaged)
}

#[test]
fn a_wrong_kind_in_a_pack_beside_a_good_copy_hides_nothing() {
    let test = imported(&[], 91, 6);
    test.git(&["repack", "-adfq", "--depth=0", "--window=0"]);
    let count = oracle(&test).len() as u64;
    let own = repo(&test, &[]);
    let pack = pack_files(&test, "pack").remove(0);
    let sound = std::fs::read(&pack).unwrap();
    let apart = TestRepo::new(&[]);
    apart.git_stdin(&["unpack-objects", "-q"], &sound);
    let mut dirs = own.object_dirs.clone();
    dirs.push(ObjectDir {
        path: apart.git_dir().join("objects"),
        foreign: false,
    });
    let both = Repo {
        object_dirs: dirs,
        ..own
    };
    let store = open(&both, &mut Vec::new());
    for offset in &store.packs[0].offsets {
        // Blob becomes tree and tree becomes blob, by one bit.
        let mut bytes = sound.clone();
        bytes[*offset as usize] ^= 0x10;
        std::fs::write(&pack, &bytes).unwrap();
        assert_eq!(swept(&both), (count, Vec::new()), "entry at {offset}");
    }
}

#[test]
fn commits_with_exchanged_names_are_found_out() {
    let test = imported(&[], 101, 8);
    test.git(&["repack", "-adfq", "--window=0"]);
    let list = test.git(&["rev-list", "--all"]);
    let ids: Vec<ObjectId> = list
        .lines()
        .filter_map(|line| ObjectId::from_hex(line.as_bytes()))
        .collect();
    let path = pack_files(&test, "idx").remove(0);
    let mut idx = std::fs::read(&path).unwrap();
    let count = oracle(&test).len();
    let names = 8 + 256 * 4;
    let place = |idx: &[u8], id: &ObjectId| {
        let mut rows = idx[names..names + count * 20].chunks(20);
        rows.position(|row| row == id.as_bytes()).unwrap()
    };
    let (one, other) = (place(&idx, &ids[0]), place(&idx, &ids[1]));
    // Offsets and CRCs change places, so that every checksum is right.
    for table in [names + count * 20, names + count * 24] {
        for byte in 0..4 {
            idx.swap(table + one * 4 + byte, table + other * 4 + byte);
        }
    }
    let body = idx.len() - 20;
    let checksum = crate::git::hash::digest(HashKind::Sha1, &idx[..body]).unwrap();
    idx[body..].copy_from_slice(&checksum);
    std::fs::write(&path, idx).unwrap();
    let outcome = read(&repo(&test, &[]));
    let damaged: Vec<_> = outcome.damaged.into_iter().collect();
    let mut expected = [ids[0], ids[1]].map(|id| (id, Damage::Hash));
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(damaged, expected);
}
