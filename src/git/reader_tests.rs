//! Chains that hostile or damaged packs describe: each is followed once, and what is damaged
//! names the reason.

use std::collections::BTreeSet;

use super::*;
use crate::git::opening::StoreOptions;
use crate::git::repo::{ObjectDir, Repo};
use crate::git::testpack::{TestPack, appending, blob_id, made_up};
use crate::git::testrepo::TestRepo;
use crate::git::walk::{Kinds, Origin, Visit, WalkPlan, walk};
use crate::model::HashKind;

pub(super) fn store(test: &TestRepo) -> Store {
    let repo = Repo {
        remotes: crate::git::remotes::Remotes::default(),
        git_dir: test.git_dir(),
        common_dir: test.git_dir(),
        hash: HashKind::Sha1,
        reftable: false,
        promisor: false,
        worktrees: Vec::new(),
        object_dirs: vec![ObjectDir {
            path: test.git_dir().join("objects"),
            foreign: false,
        }],
        gaps: Vec::new(),
        notes: Vec::new(),
    };
    let options = StoreOptions {
        liars: &BTreeSet::new(),
        object_size_max: None,
        partial: None,
        control: &Control::default(),
    };
    Store::open(&repo, &options, &mut Vec::new())
}

/// Counts what it sees.
#[derive(Default)]
struct Count(BTreeSet<u32>);

impl Visit for Count {
    type Carry = ();
    fn object(&mut self, number: u32, _: ObjectKind, _: &[u8], _: Origin<'_, ()>) {
        assert!(self.0.insert(number), "shown once");
    }
    fn begin(&mut self, _: u32, _: ObjectKind, _: u64) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) {}
}

/// Walks a store, with so much work allowed; gives how many objects were shown, and the damage.
fn walked(store: &Store, work_max: u64) -> (usize, Vec<(u32, Damage)>) {
    let control = Control::default();
    let plan = WalkPlan {
        store,
        kinds: Kinds::CONTENTS,
        aside: None,
        wanted: None,
        bounds: Bounds {
            object_size_max: 1 << 20,
            work_max,
        },
        part_cost_min: crate::git::units::PART_BYTES_MIN,
        control: &control,
    };
    let walked = walk(&plan, Count::default);
    let shown = walked.visitors.iter().map(|count| count.0.len()).sum();
    (shown, walked.damaged)
}

const LONG: u32 = 5000;
/// Following every chain of `LONG` entries from each of its members takes a thousand times more.
const LINEAR: u64 = LONG as u64 * 2048;

#[test]
fn a_circle_is_followed_once() {
    let test = TestRepo::new(&["--bare"]);
    let mut pack = TestPack::new();
    let delta = appending(5, b"x");
    for n in 0..LONG {
        let base = made_up((n + 1) % LONG);
        pack.entry(made_up(n), EntryKind::RefDelta(base), &delta);
        // A branch that leads into the circle.
        pack.entry(
            made_up(LONG + n),
            EntryKind::RefDelta(made_up(n / 2)),
            &delta,
        );
    }
    pack.write(&test.git_dir());
    let (shown, damaged) = walked(&store(&test), LINEAR);
    assert_eq!(shown, 0);
    assert_eq!(damaged.len(), 2 * LONG as usize);
    assert!(damaged.iter().all(|(_, damage)| *damage == Damage::Cycle));
}

#[test]
fn a_chain_without_its_base_is_followed_once() {
    for reversed in [false, true] {
        let test = TestRepo::new(&["--bare"]);
        let mut pack = TestPack::new();
        let delta = appending(5, b"x");
        let mut order: Vec<u32> = (0..LONG).collect();
        if reversed {
            order.reverse();
        }
        for n in order {
            pack.entry(made_up(n), EntryKind::RefDelta(made_up(n + 1)), &delta);
        }
        pack.write(&test.git_dir());
        let (shown, damaged) = walked(&store(&test), LINEAR);
        assert_eq!((shown, damaged.len()), (0, LONG as usize));
        let missing = Damage::BaseMissing(made_up(LONG));
        assert!(damaged.iter().all(|(_, damage)| *damage == missing));
    }
}

/// Adds a chain of deltas to `base`, each a byte longer; gives all names.
fn chain(pack: &mut TestPack, base: &[u8], reversed: bool, count: u32) -> Vec<ObjectId> {
    let contents: Vec<Vec<u8>> = (0..=count as usize)
        .map(|n| [base, &b"y".repeat(n)].concat())
        .collect();
    let mut steps: Vec<usize> = (0..count as usize).collect();
    if reversed {
        steps.reverse();
    }
    for n in steps {
        let delta = appending(contents[n].len(), b"y");
        let base = EntryKind::RefDelta(blob_id(&contents[n]));
        pack.entry(blob_id(&contents[n + 1]), base, &delta);
    }
    contents.iter().map(|content| blob_id(content)).collect()
}

#[test]
fn a_chain_with_its_base_elsewhere_is_read_along_with_it() {
    for reversed in [false, true] {
        let test = TestRepo::new(&["--bare"]);
        test.git_stdin(&["hash-object", "-w", "--stdin"], b"base");
        let mut pack = TestPack::new();
        chain(&mut pack, b"base", reversed, 2000);
        pack.write(&test.git_dir());
        let content = 2000 * 2000 / 2;
        let (shown, damaged) = walked(&store(&test), 3 * content);
        assert_eq!((shown, damaged), (2001, Vec::new()));
    }
}

#[test]
fn what_needs_a_damaged_base_names_it() {
    let test = TestRepo::new(&["--bare"]);
    let mut pack = TestPack::new();
    let root = pack.blob(b"root");
    let wrong = made_up(1);
    pack.entry(wrong, EntryKind::RefDelta(root), &appending(400, b"z"));
    pack.entry(
        made_up(2),
        EntryKind::RefDelta(wrong),
        &appending(401, b"z"),
    );
    pack.entry(
        made_up(3),
        EntryKind::RefDelta(made_up(2)),
        &appending(402, b"z"),
    );
    pack.write(&test.git_dir());
    let store = store(&test);
    let (shown, damaged) = walked(&store, LINEAR);
    assert_eq!(shown, 1);
    let of = |n: u32| {
        let number = store.find(made_up(n).as_bytes()).unwrap();
        let found = damaged.iter().find(|(other, _)| *other == number);
        found.unwrap().1.clone()
    };
    let own = Damage::Delta("it was made for a base of another size");
    assert_eq!(of(1), own);
    for n in [2, 3] {
        assert_eq!(of(n), own.of_base(wrong));
        let shown = of(n).to_string();
        assert!(
            shown.contains(&format!("its delta base {wrong} is damaged: its delta")),
            "{shown}"
        );
    }
}

#[test]
fn work_is_bounded_bases_included() {
    let test = TestRepo::new(&["--bare"]);
    let mut pack = TestPack::new();
    pack.blob(b"base");
    let ids = chain(&mut pack, b"base", false, 2000);
    pack.write(&test.git_dir());
    let store = store(&test);
    let control = Control::default();
    let mut reader = ObjectReader::new(&store, 1 << 20).under(100_000, &control);
    let last = ids.last().unwrap();
    assert_eq!(
        reader.read_id(last).unwrap(),
        Err(Damage::Work(100_000)),
        "two million bytes lie below it"
    );
    let mut reader = ObjectReader::new(&store, 1 << 20).under(1 << 30, &control);
    assert_eq!(reader.read_id(last).unwrap().unwrap().1.len(), 2004);
    control.stop(crate::model::StopCause::Interrupt);
    assert_eq!(reader.read_id(last).unwrap(), Err(Damage::Stopped));
}

#[test]
fn a_good_copy_beside_a_circle_is_found() {
    // In one pack A needs B, B needs C and C needs A; one of them is there on its own, too.
    let (a, b, c) = (b"12345a".to_vec(), b"12345ab".to_vec(), b"1234".to_vec());
    let ids = [&a, &b, &c].map(|content| blob_id(content));
    let cut = |from: usize, to: usize| vec![from as u8, to as u8, 0x90, to as u8];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        for good in [&a, &b, &c] {
            let test = TestRepo::new(&["--bare"]);
            // Before the pack: git writes nothing that is there already.
            test.git_stdin(&["hash-object", "-w", "--stdin"], good);
            let mut pack = TestPack::new();
            pack.entry(ids[0], EntryKind::RefDelta(ids[1]), &cut(7, 6));
            let c_and_more = [&[4u8, 7, 0x90, 4, 3][..], b"5ab"].concat();
            pack.entry(ids[1], EntryKind::RefDelta(ids[2]), &c_and_more);
            pack.entry(ids[2], EntryKind::RefDelta(ids[0]), &cut(6, 4));
            pack.write(&test.git_dir());
            let store = store(&test);
            let mut reader = ObjectReader::new(&store, 1 << 20);
            for at in order {
                let read = reader.read_id(&ids[at]).unwrap();
                let content = [&a, &b, &c][at].clone();
                assert_eq!(read, Ok((ObjectKind::Blob, content)), "{order:?}");
            }
            assert_eq!(walked(&store, LINEAR), (3, Vec::new()));
        }
    }
}

#[test]
fn what_git_packs_meanwhile_is_read_all_the_same() {
    let test = TestRepo::new(&[]);
    for n in 0..5 {
        test.commit("a", format!("content {n}\n"), "commit");
    }
    let first = store(&test);
    test.git(&["repack", "-adq"]);
    assert!(
        test.git_dir()
            .join("objects/pack")
            .read_dir()
            .unwrap()
            .count()
            > 0
    );
    let commit = test.git(&["rev-parse", "HEAD"]);
    let commit = ObjectId::from_hex(commit.as_bytes()).unwrap();
    assert!(!crate::git::loose::path(&test.git_dir().join("objects"), &commit).exists());
    let (shown, damaged) = walked(&first, LINEAR);
    assert_eq!((shown, damaged), (10, Vec::new()), "trees come later");
    let mut reader = ObjectReader::new(&first, 1 << 20);
    assert!(reader.read_id(&commit).unwrap().is_ok());
}

#[test]
fn what_git_prunes_meanwhile_has_vanished() {
    let test = TestRepo::new(&[]);
    test.commit("a", "content\n", "commit");
    let lost = test.git_stdin(&["hash-object", "-w", "--stdin"], b"lost");
    let lost = ObjectId::from_hex(lost.trim_ascii()).unwrap();
    let first = store(&test);
    test.git(&["prune", "--expire=now"]);
    let (shown, damaged) = walked(&first, LINEAR);
    let number = first.find(lost.as_bytes()).unwrap();
    assert_eq!((shown, damaged), (2, vec![(number, Damage::Vanished)]));
}
