//! Two or more trees side by side: which entries are new, and what was in their place.

use std::collections::HashMap;

use crate::git::tree::{self, EntryKind, Malformed};
use crate::model::ObjectId;

/// An entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'t> {
    pub(crate) name: &'t [u8],
    pub(crate) id: ObjectId,
    pub(crate) kind: EntryKind,
    /// Where its name lies in the tree.
    pub(crate) name_at: usize,
}

/// An entry that no other tree has at the same name.
pub(crate) struct New<'t> {
    pub(crate) entry: Entry<'t>,
    /// What others have under its name.
    pub(crate) before: Vec<(ObjectId, EntryKind)>,
}

/// Splits a tree; what cannot be split ends it early.
pub(crate) fn entries(bytes: &[u8], id_len: usize) -> (Vec<Entry<'_>>, Result<(), Malformed>) {
    let mut list = Vec::new();
    let mut from = Rest::from(bytes, id_len, 0);
    let done = gather(&mut from, id_len, &mut list, |_| false);
    (list, done)
}

/// Adds entries until there are no more, or this says that it is enough.
fn gather<'t>(
    from: &mut Rest<'t>,
    id_len: usize,
    list: &mut Vec<Entry<'t>>,
    is_enough: impl Fn(&Rest<'t>) -> bool,
) -> Result<(), Malformed> {
    while !is_enough(from) {
        let Some(entry) = from.step()? else { break };
        list.extend(ObjectId::from_bytes(entry.id).map(|id| Entry {
            name: entry.name,
            id,
            kind: entry.kind,
            name_at: entry.end - id_len - 1 - entry.name.len(),
        }));
    }
    Ok(())
}

/// The entries of a tree and of what was there before, without those at both ends that are the same
/// byte for byte. From a place where an entry begins in both, the same bytes are the same entries,
/// so that nothing new lies there; and what cannot be split there is nothing new either.
pub(crate) fn unlike<'a, 'b>(
    ours: &'a [u8],
    theirs: &'b [u8],
    id_len: usize,
) -> (Vec<Entry<'a>>, Vec<Entry<'b>>, Result<(), Malformed>) {
    let head = common(ours.chunks(BLOCK), theirs.chunks(BLOCK), |a, b| {
        a.iter().zip(b).take_while(|(a, b)| a == b).count()
    });
    let head = last_boundary(ours, id_len, head);
    let tail = common(
        ours[head..].rchunks(BLOCK),
        theirs[head..].rchunks(BLOCK),
        |a, b| {
            let pairs = a.iter().rev().zip(b.iter().rev());
            pairs.take_while(|(a, b)| a == b).count()
        },
    );
    let (mut our_list, mut their_list) = (Vec::new(), Vec::new());
    let mut our_rest = Rest::from(ours, id_len, head);
    let mut their_rest = Rest::from(theirs, id_len, head);
    loop {
        let most = tail.min(their_rest.left());
        let done = gather(&mut our_rest, id_len, &mut our_list, |rest| {
            rest.left() <= most
        });
        if done.is_err() {
            // Of what was there before all that can be told counts.
            gather(&mut their_rest, id_len, &mut their_list, |_| false).ok();
            return (our_list, their_list, done);
        }
        let most = tail.min(our_rest.left());
        let theirs = gather(&mut their_rest, id_len, &mut their_list, |rest| {
            rest.left() <= most
        });
        if theirs.is_err() {
            let done = gather(&mut our_rest, id_len, &mut our_list, |_| false);
            return (our_list, their_list, done);
        }
        if our_rest.left() == their_rest.left() {
            return (our_list, their_list, Ok(()));
        }
    }
}

/// The last place at or before `until` where an entry begins, or the first that cannot be split.
fn last_boundary(bytes: &[u8], id_len: usize, until: usize) -> usize {
    let mut at = 0;
    while at < until {
        match tree::entry(bytes, at, id_len) {
            Some((_, next)) if next <= until => at = next,
            _ => break,
        }
    }
    at
}

/// Splits a tree from a place where an entry begins.
struct Rest<'t> {
    tree: &'t [u8],
    id_len: usize,
    /// Where the next entry begins.
    at: usize,
}

impl<'t> Rest<'t> {
    fn from(tree: &'t [u8], id_len: usize, at: usize) -> Rest<'t> {
        Rest { tree, id_len, at }
    }

    /// Bytes that are left.
    fn left(&self) -> usize {
        self.tree.len() - self.at
    }

    /// The next entry; `None` at the end.
    fn step(&mut self) -> Result<Option<tree::Entry<'t>>, Malformed> {
        if self.at >= self.tree.len() {
            return Ok(None);
        }
        let split = tree::entry(self.tree, self.at, self.id_len);
        let (entry, next) = split.ok_or(Malformed(self.at))?;
        self.at = next;
        Ok(Some(entry))
    }
}

/// Bytes that are compared at once.
const BLOCK: usize = 4096;

/// How many bytes two rows of blocks have in common, from where they begin.
fn common<'a, 'b>(
    ours: impl Iterator<Item = &'a [u8]>,
    theirs: impl Iterator<Item = &'b [u8]>,
    within: impl Fn(&[u8], &[u8]) -> usize,
) -> usize {
    let mut same = 0;
    for (a, b) in ours.zip(theirs) {
        if a != b {
            return same + within(a, b);
        }
        same += a.len();
    }
    same
}

fn same(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    a.id == b.id && a.kind == b.kind && a.name == b.name
}

/// What `entries` has that none of `others` has, and what only these have.
pub(crate) fn compare<'t>(
    entries: Vec<Entry<'t>>,
    others: &[Vec<Entry<'_>>],
) -> (Vec<New<'t>>, Vec<(ObjectId, EntryKind)>) {
    let mut is_known = vec![false; entries.len()];
    let mut before: Vec<Vec<(ObjectId, EntryKind)>> = vec![Vec::new(); entries.len()];
    let mut gone = Vec::new();
    for other in others {
        // Most of a tree is what it was before: the ends are told without a look at names.
        let pairs = || entries.iter().zip(other);
        let head = pairs().take_while(|(a, b)| same(a, b)).count();
        let room = entries.len().min(other.len()) - head;
        let back = entries.iter().rev().zip(other.iter().rev());
        let tail = back.take(room).take_while(|(a, b)| same(a, b)).count();
        let (end, other_end) = (entries.len() - tail, other.len() - tail);
        is_known[..head].fill(true);
        is_known[end..].fill(true);
        let middle = &other[head..other_end];
        let mut by_name: HashMap<&[u8], (&Entry<'_>, bool)> = middle
            .iter()
            .map(|entry| (entry.name, (entry, false)))
            .collect();
        for at in head..end {
            if let Some((old, is_kept)) = by_name.get_mut(entries[at].name) {
                *is_kept = true;
                is_known[at] |= same(&entries[at], old);
                before[at].push((old.id, old.kind));
            }
        }
        let lost = by_name.values().filter(|(_, is_kept)| !is_kept);
        gone.extend(lost.map(|(entry, _)| (entry.id, entry.kind)));
    }
    let new = entries.into_iter().zip(before).zip(is_known);
    let new = new.filter(|(_, is_known)| !is_known);
    let new = new.map(|((entry, before), _)| New { entry, before });
    (new.collect(), gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &'static str, id: u8) -> Entry<'static> {
        Entry {
            name: name.as_bytes(),
            id: ObjectId::from_bytes(&[id; 20]).unwrap(),
            kind: EntryKind::Blob,
            name_at: 0,
        }
    }

    fn list(names: &[(&'static str, u8)]) -> Vec<Entry<'static>> {
        names.iter().map(|(name, id)| entry(name, *id)).collect()
    }

    #[test]
    fn new_is_what_no_other_tree_has() {
        let ours = list(&[("a", 1), ("b", 9), ("c", 3), ("e", 5)]);
        let one = list(&[("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 6)]);
        let two = list(&[("b", 7), ("e", 5)]);
        let names = |new: &[New<'_>]| {
            let names = new.iter().map(|new| new.entry.name[0]);
            names.collect::<Vec<u8>>()
        };
        let (new, gone) = compare(ours.clone(), std::slice::from_ref(&one));
        assert_eq!(names(&new), b"be");
        assert_eq!(new[0].before[0].0, one[1].id);
        assert_eq!(gone, [(one[3].id, EntryKind::Blob)]);
        let (new, _) = compare(ours.clone(), &[one.clone(), two]);
        assert_eq!(
            names(&new),
            b"b",
            "a merge: only what differs from all parents"
        );
        assert_eq!(new[0].before.len(), 2);
        let (new, gone) = compare(ours.clone(), &[]);
        assert_eq!((new.len(), gone.len()), (4, 0));
        let (new, gone) = compare(ours.clone(), &[ours]);
        assert_eq!((new.len(), gone.len()), (0, 0));
        let (new, gone) = compare(Vec::new(), &[one]);
        assert_eq!((new.len(), gone.len()), (0, 5));
    }

    /// A tree's bytes.
    fn written(list: &[(u8, u8)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, id) in list {
            // Names of several lengths, and ids that look like the ends of entries.
            let name = vec![b'a' + name % 8; usize::from(name % 3) + 1];
            bytes.extend_from_slice(b"100644 ");
            bytes.extend_from_slice(&name);
            bytes.push(0);
            bytes.extend_from_slice(&[id % 3; 20]);
        }
        bytes
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        /// Against the plainest way to say it.
        #[test]
        fn agrees_with_a_search_for_each_entry(ours: Vec<(u8, u8)>, theirs: Vec<(u8, u8)>) {
            const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
            let list = |pairs: &[(u8, u8)]| -> Vec<Entry<'static>> {
                let entry = |pair: &(u8, u8)| entry(NAMES[usize::from(pair.0 % 8)], pair.1 % 3);
                pairs.iter().map(entry).collect()
            };
            let mut theirs = list(&theirs);
            theirs.sort_by_key(|entry| entry.name);
            theirs.dedup_by_key(|entry| entry.name);
            let mut ours = list(&ours);
            let check = |ours: &[Entry<'static>]| {
                let plain = ours.iter().filter(|a| !theirs.iter().any(|b| same(a, b))).count();
                let (new, _) = compare(ours.to_vec(), std::slice::from_ref(&theirs));
                (new.len(), plain)
            };
            // Of a malformed tree, with a name twice or in no order, nothing new is passed over.
            let (new, plain) = check(&ours);
            proptest::prop_assert!(new >= plain);
            ours.sort_by_key(|entry| entry.name);
            ours.dedup_by_key(|entry| entry.name);
            let (new, plain) = check(&ours);
            proptest::prop_assert_eq!(new, plain);
        }

        /// What is left out at both ends is in both, and nothing else is left out.
        #[test]
        fn nothing_new_is_left_out(
            head: Vec<(u8, u8)>, ours: Vec<(u8, u8)>, theirs: Vec<(u8, u8)>, tail: Vec<(u8, u8)>,
            cut in 0usize..24,
        ) {
            let ours = written(&[&head[..], &ours, &tail].concat());
            let theirs = written(&[&head[..], &theirs, &tail].concat());
            let ours = &ours[..ours.len().saturating_sub(cut)];
            let (all, whole) = entries(ours, 20);
            let (before, _) = entries(&theirs, 20);
            let (new, gone) = compare(all.clone(), std::slice::from_ref(&before));
            let (list, other, done) = unlike(ours, &theirs, 20);
            proptest::prop_assert_eq!(done, whole);
            proptest::prop_assert!(list.iter().all(|entry| all.contains(entry)));
            let (fast, fast_gone) = compare(list, std::slice::from_ref(&other));
            let plain = |a: &Entry<'_>| before.iter().any(|b| same(a, b));
            for entry in all.iter().filter(|entry| !plain(entry)) {
                proptest::prop_assert!(fast.iter().any(|new| new.entry == *entry));
            }
            proptest::prop_assert_eq!((fast.len(), fast_gone.len()), (new.len(), gone.len()));
        }
    }
}
