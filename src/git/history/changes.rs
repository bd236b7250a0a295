//! What differs between two rows of edges.

use super::rows::Edge;
use crate::git::store::NONE;

/// An entry that two trees do not have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The entry's name.
    pub(crate) name: u32,
    /// What the old tree has there, or [`NONE`].
    pub(crate) old: u32,
    /// What the new tree has there, or [`NONE`].
    pub(crate) new: u32,
}

/// Compares rows; keeps its lists for the next ones.
#[derive(Default)]
pub(crate) struct Comparer {
    old: Vec<Edge>,
    new: Vec<Edge>,
}

impl Comparer {
    /// Adds to `into` every entry of one row that the other does not have.
    ///
    /// Trees are mostly equal but for an entry, so what is equal at both ends is skipped; only
    /// what is left between is put in order. Entries are matched by name; the same name twice in
    /// one tree, which git never writes, is matched in the order it stands there.
    pub(crate) fn compare(&mut self, old: &[Edge], new: &[Edge], into: &mut Vec<Change>) {
        let same = |(a, b): &(&Edge, &Edge)| a == b;
        let before = old.iter().zip(new).take_while(same).count();
        let (old, new) = (&old[before..], &new[before..]);
        let after = old
            .iter()
            .rev()
            .zip(new.iter().rev())
            .take_while(same)
            .count();
        let (old, new) = (&old[..old.len() - after], &new[..new.len() - after]);
        self.old.clear();
        self.old.extend_from_slice(old);
        self.old.sort_by_key(|edge| edge.name);
        self.new.clear();
        self.new.extend_from_slice(new);
        self.new.sort_by_key(|edge| edge.name);
        let (mut a, mut b) = (self.old.iter().peekable(), self.new.iter().peekable());
        loop {
            let (left, right) = (a.peek().map(|e| e.name), b.peek().map(|e| e.name));
            let first = match (left, right) {
                (Some(left), Some(right)) => left.min(right),
                (Some(name), None) | (None, Some(name)) => name,
                (None, None) => return,
            };
            let old = a
                .next_if(|edge| edge.name == first)
                .map_or(NONE, |e| e.child);
            let new = b
                .next_if(|edge| edge.name == first)
                .map_or(NONE, |e| e.child);
            if old != new {
                into.push(Change {
                    name: first,
                    old,
                    new,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn changes_lead_from_old_to_new(old in rows(), new in rows()) {
            let mut changes = Vec::new();
            Comparer::default().compare(&old, &new, &mut changes);
            // As multisets of (name, child): old without what went, with what came, is new.
            let mut counts: BTreeMap<(u32, u32), i32> = BTreeMap::new();
            for edge in &old {
                *counts.entry((edge.name, edge.child)).or_default() += 1;
            }
            for change in &changes {
                prop_assert!(change.old != change.new);
                if change.old != NONE {
                    *counts.entry((change.name, change.old)).or_default() -= 1;
                }
                if change.new != NONE {
                    *counts.entry((change.name, change.new)).or_default() += 1;
                }
            }
            for edge in &new {
                *counts.entry((edge.name, edge.child)).or_default() -= 1;
            }
            prop_assert!(counts.values().all(|count| *count == 0));
        }

        #[test]
        fn equal_entries_of_honest_trees_are_no_change(row in rows(), at in 0usize..8) {
            let mut old = row;
            old.sort_by_key(|edge| edge.name);
            old.dedup_by_key(|edge| edge.name);
            let mut new = old.clone();
            if new.is_empty() {
                return Ok(());
            }
            let at = at % new.len();
            new[at].child += 100;
            let mut changes = Vec::new();
            Comparer::default().compare(&old, &new, &mut changes);
            let change = Change { name: old[at].name, old: old[at].child, new: new[at].child };
            prop_assert_eq!(changes, vec![change]);
        }
    }

    fn rows() -> impl Strategy<Value = Vec<Edge>> {
        let edge = (0u32..9, 0u32..6).prop_map(|(name, child)| Edge { child, name });
        proptest::collection::vec(edge, 0..12)
    }
}
