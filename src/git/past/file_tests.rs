//! A past is read as it was written, and nothing that is no past upsets the reader.

use proptest::prelude::*;

use super::*;

/// A name that no other number has.
fn id(number: usize) -> ObjectId {
    let mut raw = [0; 20];
    raw[..4].copy_from_slice(&(number as u32).to_be_bytes());
    ObjectId::from_bytes(&raw).unwrap()
}

/// A past with so many commits, tags and trees, whose references are taken from `picks`.
fn past(commits: usize, tags: usize, trees: usize, picks: &[u32]) -> Past {
    let mut picks = picks.iter().copied().cycle();
    let mut pick = |below: usize| picks.next().unwrap_or(0) as usize % below.max(1);
    let mut past = Past::new(HashKind::Sha1);
    past.names = vec![b"a".as_slice().into(), b"\xff b".as_slice().into()];
    past.ends = (0..3)
        .map(|number| End {
            id: id(1000 + number),
            absent: number == 1,
            kind: (number > 0).then_some(ObjectKind::Blob),
        })
        .collect();
    for tree in 0..trees {
        let row: Vec<(Thing, u32)> = (0..pick(5))
            .map(|_| match pick(2) {
                0 if tree > 0 => (Thing::new(TREE, pick(tree)), pick(2) as u32),
                _ => (Thing::new(END, pick(3)), pick(2) as u32),
            })
            .collect();
        let base = (tree > 0 && pick(3) > 0).then(|| pick(tree));
        let base = base.filter(|base| past.depths[*base] < DEPTH_MAX);
        let old = base.map(|base| past.row(base));
        past.push(&row, base.zip(old.as_deref()));
    }
    for commit in 0..commits {
        for _ in 0..pick(3).min(commit) {
            past.parents.push(Thing::new(COMMIT, pick(commit)));
        }
        past.commits.push(Commit {
            time: pick(1 << 30) as i64 - (1 << 29),
            author: pick(9) as u64,
            tree: match trees {
                0 => Thing::NOTHING,
                _ => Thing::new(TREE, pick(trees)),
            },
            parents_end: past.parents.len() as u32,
        });
    }
    past.tags = (0..tags)
        .map(|_| Thing::new(END, pick(past.ends.len())))
        .collect();
    let kinds = [(COMMIT, commits), (TAG, tags), (TREE, trees)];
    let things = kinds.map(|(kind, count)| (0..count).map(move |n| Thing::new(kind, n)));
    let names = things.into_iter().flatten().enumerate();
    let names = names.map(|(at, thing)| (id(at), thing)).collect();
    let stamp = |commit: usize| CommitStamp {
        commit: id(commit),
        author: b"A <a@example.com>".to_vec(),
        date: commit
            .is_multiple_of(2)
            .then(|| "2026-01-01T00:00:00Z".to_owned()),
        time: 1,
    };
    let stamps = (0..commits.min(2)).map(|commit| (commit as u32, stamp(commit)));
    past.with(names, stamps.collect()).unwrap()
}

fn any_past() -> impl Strategy<Value = Past> {
    let picks = proptest::collection::vec(any::<u32>(), 1..60);
    (0usize..8, 0usize..4, 0usize..12, picks)
        .prop_map(|(commits, tags, trees, picks)| past(commits, tags, trees, &picks))
}

proptest! {
    #[test]
    fn what_was_written_is_read(past in any_past()) {
        prop_assert_eq!(Past::parse(&past.bytes(), HashKind::Sha1), Some(past));
    }

    #[test]
    fn what_is_cut_short_or_goes_on_is_refused(past in any_past(), cut in any::<prop::sample::Index>()) {
        let mut bytes = past.bytes();
        prop_assert_eq!(Past::parse(&bytes[..cut.index(bytes.len())], HashKind::Sha1), None);
        bytes.push(0);
        prop_assert_eq!(Past::parse(&bytes, HashKind::Sha1), None);
    }

    #[test]
    fn whatever_is_accepted_refers_to_what_is_there(past in any_past(),
                                                    changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = past.bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(past) = Past::parse(&bytes, HashKind::Sha1) {
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
        Past::parse(&bytes, HashKind::Sha1);
        Past::parse(&bytes, HashKind::Sha256);
    }
}
