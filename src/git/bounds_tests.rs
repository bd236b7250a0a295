//! What hostile packs can make the decoder do: nothing without bounds, and no healthy object is lost
//! to them.

use super::tests::{open, read, repo};
use super::*;
use crate::git::pack::chain::Chain;
use crate::git::pack::header::EntryKind;
use crate::git::store::Copy;
use crate::git::structure::{Absent, Collector, Fault, Structure};
use crate::git::testpack::{TestPack, blob_id, deflate, made_up, varint};
use crate::git::testrepo::TestRepo;
use crate::git::work::Work;
use crate::model::ObjectId;

const BLOB: EntryKind = EntryKind::Whole(ObjectKind::Blob);

#[test]
fn a_size_that_no_data_can_have_is_refused_unallocated() {
    let test = TestRepo::new(&[]);
    let mut pack = TestPack::new();
    let good = pack.blob(b"good");
    let data = deflate(&[0; 1000]);
    let most = data.len() as u64 * 258 * 4;
    let beyond = made_up(1);
    pack.raw_entry(beyond, EntryKind::Whole(ObjectKind::Tree), most + 1, &data);
    pack.write(&test.git_dir());
    let outcome = read(&repo(&test, &[]));
    let refused = Damage::Inflate("it is shorter than declared");
    assert_eq!(outcome.damaged[&beyond], refused);
    assert!(outcome.contents.contains_key(&good));
}

#[test]
fn what_is_too_large_to_hold_is_streamed_from_its_deltas() {
    let test = TestRepo::new(&[]);
    let mut pack = TestPack::new();
    let base: Vec<u8> = (0..20_u32 << 20).map(|n| (n >> 9) as u8).collect();
    let base_id = pack.blob(&base);
    // The second half first, what is new, then the first half: the base is gone back in.
    let half = base.len() / 2;
    let mut delta = varint(base.len() as u64);
    delta.extend(varint((base.len() + 3) as u64));
    delta.extend(copies(half, base.len() - half));
    delta.extend(b"\x03new");
    delta.extend(copies(0, half));
    let made = [&base[half..], b"new", &base[..half]].concat();
    let made_id = blob_id(&made);
    pack.entry(made_id, EntryKind::RefDelta(base_id), &delta);
    // And one more that is made from that one.
    let mut delta = varint(made.len() as u64);
    delta.extend(varint((made.len() - 1) as u64));
    delta.extend(copies(1, made.len() - 1));
    let last_id = blob_id(&made[1..]);
    pack.entry(last_id, EntryKind::RefDelta(made_id), &delta);
    // The same once more, under a name that is not its own.
    let lie = made_up(2);
    pack.entry(lie, EntryKind::RefDelta(made_id), &delta);
    pack.write(&test.git_dir());
    let repo = repo(&test, &[]);
    let store = open(&repo, &mut Vec::new());
    let control = Control::default();
    let plan = WalkPlan {
        store: &store,
        kinds: Kinds(u8::MAX),
        aside: None,
        wanted: None,
        bounds: Bounds {
            object_size_max: 17 << 20,
            ..Bounds::for_store(&store, None)
        },
        part_cost_min: units::PART_BYTES_MIN,
        control: &control,
    };
    let walked = walk(&plan, Lengths::default);
    let mut lengths: Vec<(ObjectId, usize)> = walked
        .visitors
        .into_iter()
        .flat_map(|visitor| visitor.whole)
        .map(|(number, len)| (store.id(number), len))
        .collect();
    lengths.sort();
    let mut expected = vec![
        (base_id, base.len()),
        (made_id, made.len()),
        (last_id, made.len() - 1),
    ];
    expected.sort();
    assert_eq!(lengths, expected);
    let damaged: Vec<_> = walked.damaged.into_iter().collect();
    let lie = store.find(lie.as_bytes()).unwrap();
    assert_eq!(damaged, [(lie, Damage::Hash)]);

    let pack = &store.packs[0];
    let Copy::Packed { entry, .. } = store.copy(store.find(last_id.as_bytes()).unwrap()) else {
        panic!("it is packed");
    };
    let mut chain = Chain::open(pack, entry).unwrap().unwrap();
    let mut work = Work::new(1 << 30, None);
    for at in [0, 7 << 20, 1, made.len() - 100, half - 50] {
        let mut piece = [0; 99];
        chain.read(at as u64, &mut piece, &mut work).unwrap();
        assert_eq!(piece, made[at + 1..at + 100], "at {at}");
    }
    let mut work = Work::new(1 << 20, None);
    let mut chain = Chain::open(pack, entry).unwrap().unwrap();
    let result = chain.read((made.len() - 10) as u64, &mut [0; 9], &mut work);
    assert_eq!(result, Err(Damage::Work(1 << 20)));
}

/// Copies so much from there.
fn copies(mut from: usize, mut len: usize) -> Vec<u8> {
    let mut delta = Vec::new();
    while len > 0 {
        let now = len.min(0xff_ffff);
        delta.push(0xff);
        delta.extend(&(from as u32).to_le_bytes());
        delta.extend(&(now as u32).to_le_bytes()[..3]);
        (from, len) = (from + now, len - now);
    }
    delta
}

/// How long each object is.
#[derive(Default)]
struct Lengths {
    whole: Vec<(u32, usize)>,
    streaming: (u32, usize),
}

impl Visit for Lengths {
    type Carry = ();
    fn object(&mut self, number: u32, _: ObjectKind, bytes: &[u8], _: Origin<'_, ()>) {
        self.whole.push((number, bytes.len()));
    }
    fn begin(&mut self, number: u32, _: ObjectKind, _: u64) {
        self.streaming = (number, 0);
    }
    fn piece(&mut self, bytes: &[u8]) {
        self.streaming.1 += bytes.len();
    }
    fn end(&mut self, whole: bool) {
        self.whole.extend(whole.then_some(self.streaming));
    }
}

/// A visitor to which looking at objects is hard work, and which hands on a lot.
#[derive(Default)]
struct Weighty(Vec<u32>);

impl Visit for Weighty {
    type Carry = ();
    fn object(&mut self, number: u32, _: ObjectKind, _: &[u8], _: Origin<'_, ()>) {
        self.0.push(number);
    }
    fn weight((): &()) -> u64 {
        48 << 20
    }
    fn take_toll(&mut self) -> u64 {
        1 << 20
    }
    fn begin(&mut self, _: u32, _: ObjectKind, _: u64) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) {}
}

#[test]
fn what_visitors_hand_on_and_do_counts() {
    let test = TestRepo::new(&[]);
    let mut pack = TestPack::new();
    // Two deltas against each, of which one goes on: everything waits for its second one.
    let mut ids = vec![pack.blob(b"0123456789")];
    let mut content = b"0123456789".to_vec();
    for n in 0..20_u8 {
        let base = *ids.last().unwrap();
        let aside = crate::git::testpack::appending(content.len(), &[b'a', n]);
        pack.entry(
            blob_id(&[&content[..], &[b'a', n]].concat()),
            EntryKind::RefDelta(base),
            &aside,
        );
        let on = crate::git::testpack::appending(content.len(), &[b'b', n]);
        content.extend([b'b', n]);
        ids.push(blob_id(&content));
        pack.entry(*ids.last().unwrap(), EntryKind::RefDelta(base), &on);
    }
    pack.write(&test.git_dir());
    let repo = repo(&test, &[]);
    let store = open(&repo, &mut Vec::new());
    let control = Control::default();
    let walk_within = |work_max: u64| {
        let plan = WalkPlan {
            store: &store,
            kinds: Kinds(u8::MAX),
            aside: None,
            wanted: None,
            bounds: Bounds {
                work_max,
                ..Bounds::for_store(&store, None)
            },
            part_cost_min: units::PART_BYTES_MIN,
            control: &control,
        };
        let walked = walk(&plan, Weighty::default);
        let read: usize = walked.visitors.iter().map(|visitor| visitor.0.len()).sum();
        (read, walked.damaged)
    };
    // What does not fit the stack is read later, and everything once.
    assert_eq!(walk_within(1 << 40), (41, Vec::new()));
    let (read, damaged) = walk_within(10 << 20);
    assert!(
        read < 41,
        "the toll of ten objects is all that may be spent"
    );
    assert!(
        damaged
            .iter()
            .all(|(_, damage)| *damage == Damage::Work(10 << 20))
    );
}

#[test]
fn parents_beyond_any_history_are_a_fault() {
    let test = TestRepo::new(&[]);
    let repo = repo(&test, &[]);
    let store = open(&repo, &mut Vec::new());
    let absent = Absent::new(&store);
    let shallow = std::collections::HashSet::new();
    let mut collector = Collector {
        store: &store,
        absent: &absent,
        shallow: &shallow,
        structure: Structure::default(),
    };
    let person = "A <a@b> 1 +0000";
    let parents = format!("parent {}\n", "1".repeat(40)).repeat(1 << 19);
    let commit = format!(
        "tree {}\n{parents}author {person}\ncommitter {person}\n\nx\n",
        "2".repeat(40)
    );
    for number in 0..10 {
        collector.object(number, ObjectKind::Commit, commit.as_bytes());
    }
    let faults = &collector.structure.malformed;
    assert_eq!(faults.len(), 2, "eight times half a million are the most");
    assert!(matches!(faults[0], (8, Fault::Commit(why)) if why.contains("parents")));
}

#[test]
fn names_made_up_to_look_alike_are_told_apart() {
    const COUNT: u32 = 20_000;
    let test = TestRepo::new(&[]);
    let mut pack = TestPack::new();
    let data = deflate(b"");
    for n in 0..COUNT {
        // The same but for the last bytes: any part of a name may be made up.
        pack.raw_entry(made_up(n), BLOB, 0, &data);
    }
    pack.write(&test.git_dir());
    let store = open(&repo(&test, &[]), &mut Vec::new());
    assert_eq!(store.distinct, COUNT);
    for n in 0..COUNT {
        let found = store.look_up(made_up(n).as_bytes());
        assert!(found.is_some());
        assert_eq!(found, store.find(made_up(n).as_bytes()));
        assert_eq!(store.look_up(made_up(COUNT + n).as_bytes()), None);
    }
}

#[test]
fn bounds_grow_with_what_is_there() {
    let small = Bounds::of(9_999_999, None);
    // An object, its base and a worker's stack: within what is promised.
    assert!(2 * small.object_size_max + (64 << 20) <= 256 << 20);
    let large = Bounds::of(10_000_000, None);
    assert_eq!(
        large.object_size_max,
        512 << 20,
        "git makes no deltas above"
    );
    assert!(Bounds::of(1 << 30, None).work_max >= 4 << 40);
    assert_eq!(Bounds::of(0, Some(7)).object_size_max, 7);
}

#[test]
fn parents_that_a_shallow_clone_left_out_are_not_missed() {
    let test = TestRepo::new(&[]);
    let mut pack = TestPack::new();
    let here = pack.blob(b"stands for a commit that is there");
    pack.write(&test.git_dir());
    let store = open(&repo(&test, &[]), &mut Vec::new());
    let person = "A <a@b> 1 +0000";
    let commit = format!(
        "tree {here}\nparent {}\nparent {here}\nauthor {person}\ncommitter {person}\n\nx\n",
        made_up(1)
    );
    let number = store.find(here.as_bytes()).unwrap();
    for (is_boundary, parents) in [(false, 2), (true, 1)] {
        let absent = Absent::new(&store);
        let shallow = is_boundary.then_some(number).into_iter().collect();
        let mut collector = Collector {
            store: &store,
            absent: &absent,
            shallow: &shallow,
            structure: Structure::default(),
        };
        collector.object(number, ObjectKind::Commit, commit.as_bytes());
        let structure = &collector.structure;
        let named = structure.parents(&structure.commits[0]);
        assert_eq!(named.len(), parents);
        assert_eq!(named.last(), Some(&number));
        assert_eq!(absent.is_empty(), is_boundary);
    }
}
