//! What tags lead to. Tags of tags may be long chains, and thousands of refs may name each of their
//! links: nothing here takes the length of a chain for each ref.

use std::collections::HashMap;

use crate::git::store::NONE;
use crate::git::structure::Structure;

/// All tags with what they lead to.
pub(crate) struct Tags<'s> {
    /// Tags with their targets, by number.
    rows: &'s [(u32, u32)],
    /// By row: what is at the end.
    ends: Vec<u32>,
}

impl<'s> Tags<'s> {
    pub(crate) fn new(structure: &'s Structure) -> Tags<'s> {
        let mut tags = Tags {
            rows: &structure.tags,
            ends: vec![NONE; structure.tags.len()],
        };
        let mut behind = Vec::new();
        for row in 0..tags.rows.len() {
            let mut end = tags.rows[row].0;
            let mut at = Some(row);
            // Only a repository that lies about its ids can have a circle.
            while let Some(row) = at.filter(|_| behind.len() <= tags.rows.len()) {
                if tags.ends[row] != NONE {
                    end = tags.ends[row];
                    break;
                }
                behind.push(row);
                let (tag, target) = tags.rows[row];
                end = if target == NONE { tag } else { target };
                at = tags.row(target);
            }
            for row in behind.drain(..) {
                tags.ends[row] = end;
            }
        }
        tags
    }

    fn row(&self, number: u32) -> Option<usize> {
        self.rows
            .binary_search_by_key(&number, |(tag, _)| *tag)
            .ok()
    }

    /// What a tag points to; `None` for what is no tag, and for a tag that points to nothing.
    fn target(&self, number: u32) -> Option<u32> {
        let target = self.rows[self.row(number)?].1;
        (target != NONE).then_some(target)
    }

    /// What an object leads to in the end: itself, if it is no tag.
    pub(crate) fn end(&self, number: u32) -> u32 {
        self.row(number).map_or(number, |row| self.ends[row])
    }

    /// Visits an object and what it leads to, one after the other, until it is told to stop.
    pub(crate) fn walk(&self, first: u32, mut goes_on: impl FnMut(u32) -> bool) {
        let mut next = Some(first);
        let mut left = self.rows.len() + 1;
        while let Some(number) = next.filter(|number| *number != NONE && left > 0) {
            if !goes_on(number) {
                return;
            }
            left -= 1;
            next = self.target(number);
        }
    }

    /// A way along all chains that leaves out what does not matter.
    pub(crate) fn shortcuts(&self, matters: impl Fn(u32) -> bool) -> Shortcuts {
        let mut next: HashMap<u32, u32> = HashMap::new();
        let mut behind = Vec::new();
        for (tag, _) in self.rows {
            let mut found = NONE;
            self.walk(*tag, |number| {
                if number != *tag && matters(number) {
                    found = number;
                } else if let Some(known) = next.get(&number) {
                    found = *known;
                } else {
                    behind.push(number);
                    return true;
                }
                false
            });
            for number in behind.drain(..) {
                next.insert(number, found);
            }
        }
        Shortcuts { next }
    }
}

/// See [`Tags::shortcuts`].
pub(crate) struct Shortcuts {
    /// From each tag to the next object that matters.
    next: HashMap<u32, u32>,
}

impl Shortcuts {
    /// The next object behind this one that matters.
    pub(crate) fn next(&self, number: u32) -> Option<u32> {
        self.next.get(&number).copied().filter(|next| *next != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structure(tags: &[(u32, u32)]) -> Structure {
        let mut structure = Structure::default();
        structure.tags = tags.to_vec();
        structure
    }

    fn walked(tags: &Tags<'_>, first: u32) -> Vec<u32> {
        let mut seen = Vec::new();
        tags.walk(first, |number| {
            seen.push(number);
            true
        });
        seen
    }

    #[test]
    fn chains_are_followed_to_their_ends() {
        let structure = structure(&[(1, 2), (2, 5), (3, 1), (4, NONE)]);
        let tags = Tags::new(&structure);
        let ends: Vec<u32> = (1..=5).map(|number| tags.end(number)).collect();
        assert_eq!(ends, [5, 5, 5, 4, 5]);
        assert_eq!(walked(&tags, 3), [3, 1, 2, 5]);
        assert_eq!(walked(&tags, 4), [4]);
        let shortcuts = tags.shortcuts(|number| number == 1 || number == 5);
        let next: Vec<_> = (1..=5).map(|number| shortcuts.next(number)).collect();
        assert_eq!(next, [Some(5), Some(5), Some(1), None, None]);
    }

    #[test]
    fn a_circle_has_an_end() {
        let structure = structure(&[(1, 2), (2, 3), (3, 1)]);
        let tags = Tags::new(&structure);
        assert!(walked(&tags, 1).len() <= 4);
        tags.end(1);
        tags.shortcuts(|_| false);
    }

    #[test]
    fn a_long_chain_costs_no_more_than_its_length() {
        // A hundred thousand tags of tags: with the square of that this would take hours.
        const LEN: u32 = 100_000;
        let rows: Vec<(u32, u32)> = (0..LEN).map(|tag| (tag, tag + 1)).collect();
        let structure = structure(&rows);
        let tags = Tags::new(&structure);
        assert!((0..LEN).all(|tag| tags.end(tag) == LEN));
        let shortcuts = tags.shortcuts(|number| number == LEN);
        assert!((0..LEN).all(|tag| shortcuts.next(tag) == Some(LEN)));
    }
}
