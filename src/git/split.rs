//! Cuts a giant delta family into parts that several workers read.
//!
//! A part is a run of children of one entry, with everything that hangs on them. Whoever reads it
//! rebuilds that entry first, so parts are kept much larger than what leads to them.

use std::collections::HashMap;
use std::ops::Range;

use super::pack::forest::Forest;

/// Some children of an entry, cut off from its family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The entry whose children they are.
    pub(super) base: u32,
    /// Which of them, by their places among all its children.
    pub(super) children: Range<usize>,
    /// How many entries are in it.
    pub(super) entries: u64,
}

/// A family cut into parts.
#[derive(Debug, Default)]
pub(super) struct Split {
    pub(super) parts: Vec<Part>,
    /// How many children each entry keeps, if it does not keep all.
    pub(super) kept: HashMap<u32, usize>,
}

/// Cuts parts of at most about `entries_max` entries off the family of `root`. What is left with
/// the root is not larger either.
pub(super) fn split(forest: &Forest, root: u32, entries_max: u64) -> Split {
    let mut order = vec![root];
    // Where the children of each entry begin in `order`.
    let mut starts = Vec::new();
    let mut at = 0;
    while at < order.len() {
        starts.push(order.len());
        order.extend_from_slice(forest.children(order[at]));
        at += 1;
    }
    let mut split = Split::default();
    let mut sizes = vec![1u64; order.len()];
    for (at, entry) in order.iter().enumerate().rev() {
        let count = forest.children(*entry).len();
        let children = &sizes[starts[at]..starts[at] + count];
        let mut size = 1 + children.iter().sum::<u64>();
        let mut kept = count;
        // The heaviest children stand last.
        while size > entries_max && kept > 0 {
            let (mut from, mut cut) = (kept, 0);
            while from > 0 && (cut == 0 || cut + children[from - 1] <= entries_max) {
                from -= 1;
                cut += children[from];
            }
            split.parts.push(Part {
                base: *entry,
                children: from..kept,
                entries: cut,
            });
            size -= cut;
            kept = from;
        }
        if kept < count {
            split.kept.insert(*entry, kept);
        }
        sizes[at] = size;
    }
    split
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::git::pack::forest::WHOLE;

    /// Everything below `base`, itself left out, that is reached through these children.
    fn below(forest: &Forest, split: &Split, base: u32, children: Range<usize>) -> Vec<u32> {
        let mut found: Vec<u32> = forest.children(base)[children].to_vec();
        let mut at = 0;
        while at < found.len() {
            let children = forest.children(found[at]);
            let kept = split.kept.get(&found[at]).copied();
            found.extend_from_slice(&children[..kept.unwrap_or(children.len())]);
            at += 1;
        }
        found
    }

    proptest! {
        #[test]
        fn parts_hold_every_entry_once(
            parents in proptest::collection::vec(any::<proptest::sample::Index>(), 0..200),
            shape in 1_usize..200,
            entries_max in 1_u64..50,
        ) {
            // A narrow choice of parents makes chains, a wide one makes stars.
            let bases = parents.iter().enumerate().map(|(at, parent)| {
                let low = (at + 1).saturating_sub(shape);
                (low + parent.index(at + 1 - low)) as u32
            });
            let forest = Forest::of_bases(std::iter::once(WHOLE).chain(bases).collect());
            let split = split(&forest, 0, entries_max);
            let kept = split.kept.get(&0).copied();
            let kept = kept.unwrap_or_else(|| forest.children(0).len());
            let mut all = vec![0];
            all.extend(below(&forest, &split, 0, 0..kept));
            prop_assert!(all.len() as u64 <= entries_max);
            for part in &split.parts {
                let members = below(&forest, &split, part.base, part.children.clone());
                prop_assert_eq!(members.len() as u64, part.entries);
                prop_assert!(part.entries <= entries_max);
                all.extend(members);
            }
            all.sort_unstable();
            prop_assert_eq!(all, (0..=parents.len() as u32).collect::<Vec<_>>());
        }
    }
}
