//! A past is read as it was written, and nothing that is no past upsets the reader.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::git::past::Growth;

/// A name that no other number has.
fn id(number: usize) -> ObjectId {
    let mut raw = [0; 20];
    raw[..4].copy_from_slice(&(number as u32).to_be_bytes());
    ObjectId::from_bytes(&raw).unwrap()
}

/// Takes numbers in turn, each below something.
struct Picks<'p>(std::iter::Cycle<std::slice::Iter<'p, u32>>);

impl Picks<'_> {
    fn pick(&mut self, below: usize) -> usize {
        self.0.next().copied().unwrap_or(0) as usize % below.max(1)
    }
}

fn stamp(commit: usize) -> CommitStamp {
    CommitStamp {
        commit: id(commit),
        author: b"A <a@example.com>".to_vec(),
        date: commit
            .is_multiple_of(2)
            .then(|| "2026-01-01T00:00:00Z".to_owned()),
        time: 1,
    }
}

/// Lets a past grow by so many commits, tags and trees, whose references are taken from `picks`.
fn grow(
    mut growth: Growth,
    (commits, tags, trees): (usize, usize, usize),
    picks: &[u32],
) -> Growth {
    let mut picks = Picks(picks.iter().cycle());
    let before = growth.before;
    let past = &mut growth.past;
    for text in [b"a".as_slice(), b"\xff b"] {
        past.names.push(text.into());
    }
    for number in past.ends.len()..past.ends.len() + 3 {
        past.ends.push(End {
            id: id(1_000_000 + number),
            absent: number % 3 == 1,
            kind: (number % 3 > 0).then_some(ObjectKind::Blob),
        });
    }
    let (names, ends) = (past.names.len(), past.ends.len());
    for tree in before.trees..before.trees + trees {
        let row: Vec<(Thing, u32)> = (0..picks.pick(5))
            .map(|_| match picks.pick(2) {
                0 if tree > 0 => (Thing::new(TREE, picks.pick(tree)), picks.pick(names) as u32),
                _ => (Thing::new(END, picks.pick(ends)), picks.pick(names) as u32),
            })
            .collect();
        let base = (tree > 0 && picks.pick(3) > 0).then(|| picks.pick(tree));
        let base = base.filter(|base| past.depths[*base] < DEPTH_MAX);
        let old = base.map(|base| past.row(base));
        past.push(&row, base.zip(old.as_deref()));
    }
    for commit in before.commits..before.commits + commits {
        for _ in 0..picks.pick(3).min(commit) {
            past.parents.push(Thing::new(COMMIT, picks.pick(commit)));
        }
        let tree = match before.trees + trees {
            0 => Thing::NOTHING,
            all => Thing::new(TREE, picks.pick(all)),
        };
        past.commits.push(Commit {
            time: picks.pick(1 << 30) as i64 - (1 << 29),
            author: picks.pick(9) as u64,
            tree,
            parents_end: (before.parents + past.parents.len()) as u32,
        });
    }
    let targets = (0..tags).map(|_| Thing::new(END, picks.pick(ends)));
    past.tags = targets.collect();
    let came = [
        (COMMIT, before.commits, commits),
        (TAG, before.tags, tags),
        (TREE, before.trees, trees),
    ];
    let things = came
        .into_iter()
        .flat_map(|(kind, first, count)| (first..first + count).map(move |n| Thing::new(kind, n)));
    // Names lie between each other's.
    let named = things.map(|thing| {
        let mixed = (thing.0 as usize).wrapping_mul(0x9e37_79b1) & 0xffff_ffff;
        (id(mixed), thing)
    });
    let named = named.collect();
    let stamps = (before.commits..before.commits + commits.min(2)).map(|n| (n as u32, stamp(n)));
    growth.with(named, stamps.collect()).unwrap()
}

fn past(counts: (usize, usize, usize), picks: &[u32]) -> Past {
    grow(Growth::new(HashKind::Sha1), counts, picks)
        .into_past()
        .measured_again()
}

impl Past {
    /// With the depths that a reader finds out.
    fn measured_again(mut self) -> Past {
        self.depths = self.measured().unwrap();
        self
    }

    fn bytes(&self) -> Vec<u8> {
        self.written(&Counts::default())
    }
}

fn picks() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(any::<u32>(), 1..60)
}

fn counts() -> impl Strategy<Value = (usize, usize, usize)> {
    (0usize..8, 0usize..4, 0usize..12)
}

fn any_past() -> impl Strategy<Value = Past> {
    (counts(), picks()).prop_map(|(counts, picks)| past(counts, &picks))
}

fn parse(bytes: Vec<u8>) -> Option<Past> {
    Past::parse(&[bytes], HashKind::Sha1)
}

proptest! {
    #[test]
    fn what_was_written_is_read(past in any_past()) {
        prop_assert_eq!(parse(past.bytes()), Some(past));
    }

    #[test]
    fn pieces_are_as_good_as_one(steps in proptest::collection::vec((counts(), picks()), 1..5)) {
        let mut pieces: Vec<Vec<u8>> = Vec::new();
        let mut now = Past::new(HashKind::Sha1);
        for (counts, picks) in steps {
            let growth = grow(Growth::of(&Arc::new(now)), counts, &picks);
            pieces.push(growth.news());
            now = growth.into_past();
            prop_assert_eq!(Past::parse(&pieces, HashKind::Sha1), Some(now.clone()));
            prop_assert_eq!(parse(now.bytes()), Some(now.clone()));
        }
        // A piece belongs behind its own, and nowhere else.
        let counts = now.counts();
        if counts != Counts::default() {
            pieces.push(pieces[0].clone());
            prop_assert_eq!(Past::parse(&pieces, HashKind::Sha1), None);
        }
    }

    #[test]
    fn what_is_cut_short_or_goes_on_is_refused(past in any_past(), cut in any::<prop::sample::Index>()) {
        let mut bytes = past.bytes();
        prop_assert_eq!(parse(bytes[..cut.index(bytes.len())].to_vec()), None);
        bytes.push(0);
        prop_assert_eq!(parse(bytes), None);
    }

    #[test]
    fn whatever_is_accepted_refers_to_what_is_there(past in any_past(),
                                                    changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = past.bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(past) = parse(bytes) {
            for tree in 0..past.trees.len() {
                for (thing, name) in past.row(tree) {
                    prop_assert!(thing == Thing::NOTHING || thing.number() < past.trees.len().max(past.ends.len()).max(past.commits.len()).max(past.tags.len()));
                    prop_assert!(past.names.get(name as usize).is_some());
                }
            }
            for commit in 0..past.commits.len() {
                prop_assert!(past.parents(commit).iter().all(|parent| *parent == Thing::NOTHING || parent.kind() != COMMIT || parent.number() < past.commits.len()));
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        Past::parse(std::slice::from_ref(&bytes), HashKind::Sha1);
        Past::parse(&[bytes], HashKind::Sha256);
    }
}
