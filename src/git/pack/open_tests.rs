//! Which index is believed, and what a pack without one costs.

use super::*;
use crate::git::damage::Damage;
use crate::git::pack::header::EntryKind;
use crate::git::testpack::{TestPack, appending, blob_id, deflate, made_up};
use crate::git::testrepo::TestRepo;
use crate::git::work::Work;
use crate::model::StopCause;

fn how<'h, 'w, 'c>(effort: &'h mut Effort<'w, 'c>) -> How<'h, 'w, 'c> {
    How {
        number: 0,
        hash: HashKind::Sha1,
        keep: true,
        trust_index: true,
        effort,
    }
}

fn open_within(path: &Path, size_max: u64, work: &mut Work<'_>) -> (Opened, Vec<Gap>) {
    let mut gaps = Vec::new();
    let mut effort = Effort { size_max, work };
    let opened = open(path, &mut how(&mut effort), &mut gaps).unwrap();
    (opened, gaps)
}

fn names(opened: &Opened) -> Vec<ObjectId> {
    let names = opened.ids.chunks(20).filter_map(ObjectId::from_bytes);
    names.collect()
}

#[test]
fn an_index_of_another_pack_is_not_believed() {
    let test = TestRepo::new(&["--bare"]);
    let mut pack = TestPack::new();
    let (one, other) = (blob_id(b"one"), blob_id(b"other"));
    // The names are exchanged, everything else in the index is right.
    let blob = EntryKind::Whole(crate::model::ObjectKind::Blob);
    pack.entry(other, blob, b"one");
    pack.entry(one, blob, b"other");
    let path = pack.write(&test.git_dir());
    let idx = path.with_extension("idx");
    let read = || open_within(&path, 1 << 20, &mut Work::new(1 << 20, None));
    let (believed, _) = read();
    assert_eq!(names(&believed), [other, one]);
    let mut bytes = std::fs::read(&idx).unwrap();
    let body = bytes.len() - 20;
    bytes[body - 1] ^= 1;
    let checksum = crate::git::hash::digest(HashKind::Sha1, &bytes[..body]).unwrap();
    bytes[body..].copy_from_slice(&checksum);
    std::fs::write(&idx, bytes).unwrap();
    let (rebuilt, gaps) = read();
    assert_eq!((names(&rebuilt), gaps), (vec![one, other], Vec::new()));
}

/// A pack without index: a chain of deltas, and one that is much larger than it looks.
fn without_index(test: &TestRepo) -> (std::path::PathBuf, Vec<ObjectId>) {
    let mut pack = TestPack::new();
    let mut content = b"base".to_vec();
    let mut ids = vec![pack.blob(&content)];
    for _ in 0..300 {
        let delta = appending(content.len(), b"0123456789");
        content.extend(b"0123456789");
        let base = EntryKind::RefDelta(ids[ids.len() - 1]);
        ids.push(blob_id(&content));
        pack.entry(ids[ids.len() - 1], base, &delta);
    }
    let path = pack.write(&test.git_dir());
    std::fs::remove_file(path.with_extension("idx")).unwrap();
    (path, ids)
}

#[test]
fn indexing_is_bounded_and_can_be_stopped() {
    let test = TestRepo::new(&["--bare"]);
    let (path, ids) = without_index(&test);
    let (opened, gaps) = open_within(&path, 1 << 20, &mut Work::new(1 << 20, None));
    assert_eq!((names(&opened), gaps), (ids, Vec::new()));
    assert_eq!(opened.pack.crcs.len(), 301);

    let (_, gaps) = open_within(&path, 1 << 20, &mut Work::new(200_000, None));
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].kind, GapKind::TooLarge);
    assert!(gaps[0].detail.contains("200000"), "{}", gaps[0].detail);

    let control = Control::default();
    control.stop(StopCause::Interrupt);
    let mut work = Work::new(u64::MAX, Some(&control));
    let (opened, gaps) = open_within(&path, 1 << 20, &mut work);
    assert_eq!((opened.pack.len(), gaps), (0, Vec::new()));
}

#[test]
fn wide_families_of_large_objects_are_named_in_bounded_memory() {
    // Each object has two deltas against it; all would be held at once without a bound.
    let test = TestRepo::new(&["--bare"]);
    let len = 48 << 20;
    let content = vec![b'a'; len];
    let mut pack = TestPack::new();
    let mut ids = vec![pack.blob(&content)];
    let copy = |tail: u8| {
        let size = [
            (len & 0x7f) as u8 | 0x80,
            (len >> 7 & 0x7f) as u8 | 0x80,
            (len >> 14 & 0x7f) as u8 | 0x80,
            (len >> 21) as u8,
        ];
        let mut delta = [size, size].concat();
        // Three pieces of 16 MiB less one byte, and what is missing.
        for _ in 0..3 {
            delta.extend([0xf0, 0xff, 0xff, 0xff]);
        }
        delta.extend([3, tail, tail, tail]);
        delta
    };
    let mut parent = ids[0];
    for n in 1..=3 {
        for tail in [b'A' + n, b'a' + n] {
            let mut derived = content.clone();
            derived[len - 3..].fill(tail);
            let id = blob_id(&derived);
            pack.entry(id, EntryKind::RefDelta(parent), &copy(tail));
            ids.push(id);
        }
        parent = ids[ids.len() - 2];
    }
    let path = pack.write(&test.git_dir());
    std::fs::remove_file(path.with_extension("idx")).unwrap();
    let (opened, gaps) = open_within(&path, 64 << 20, &mut Work::new(1 << 30, None));
    assert_eq!((names(&opened), gaps), (ids, Vec::new()));
}

#[test]
fn holes_of_any_size_take_no_time() {
    let test = TestRepo::new(&["--bare"]);
    let mut pack = TestPack::new();
    pack.blob(b"one");
    let path = pack.write(&test.git_dir());
    let enlarge = |path: &Path| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(40 << 30).unwrap();
    };
    enlarge(&path);
    let (opened, _) = open_within(&path, 1 << 20, &mut Work::new(1 << 20, None));
    assert_eq!(opened.pack.len(), 1);
    assert!(!is_intact(&opened.pack, &Control::default()).unwrap());
    // The index as well, and both agree that there are a billion objects.
    for (path, at) in [(&path, 8), (&path.with_extension("idx"), 8 + 1020)] {
        use std::os::unix::fs::FileExt;
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.write_all_at(&(1u32 << 30).to_be_bytes(), at).unwrap();
    }
    enlarge(&path.with_extension("idx"));
    let (opened, gaps) = open_within(&path, 1 << 20, &mut Work::new(1 << 20, None));
    assert_eq!((opened.pack.len(), gaps.len()), (1, 1));
}

#[test]
fn a_bomb_is_not_inflated_to_its_end() {
    let test = TestRepo::new(&["--bare"]);
    let mut pack = TestPack::new();
    let zeros = vec![0; 8 << 20];
    let blob = EntryKind::Whole(crate::model::ObjectKind::Blob);
    pack.raw_entry(made_up(1), blob, 8 << 20, &deflate(&zeros));
    let path = pack.write(&test.git_dir());
    std::fs::remove_file(path.with_extension("idx")).unwrap();
    let mut work = Work::new(1 << 20, None);
    let (opened, gaps) = open_within(&path, 1 << 20, &mut work);
    assert_eq!(opened.pack.len(), 0);
    assert!(gaps[0].detail.contains("bound on work"), "{gaps:?}");
    assert!(work.done() < 2 << 20);
    let work = Damage::Work(1 << 20);
    assert_eq!(gaps[0].kind, work.gap_kind());
}

#[test]
fn a_stop_ends_indexing() {
    let test = TestRepo::new(&["--bare"]);
    let mut pack = TestPack::new();
    pack.blob(&vec![0; 8 << 20]);
    let path = pack.write(&test.git_dir());
    std::fs::remove_file(path.with_extension("idx")).unwrap();
    let control = Control::default();
    control.stop(StopCause::Interrupt);
    let mut work = Work::new(u64::MAX, Some(&control));
    let (opened, gaps) = open_within(&path, 1 << 30, &mut work);
    assert_eq!(opened.pack.len(), 0);
    assert!(work.done() < 1 << 20);
    // The stop itself is told by who looks at all of the sweep.
    assert!(gaps.is_empty());
}
