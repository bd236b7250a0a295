//! Lists of a past that are made of old and new ones: rows of trees, names of things.

use std::collections::HashMap;

use super::{COUNT_MAX, NO_BASE, Past, Thing, Tree};
use crate::model::{CommitStamp, ObjectId};

impl Past {
    /// Adds the row of a tree, as what it does not have in common with another one's.
    pub(super) fn push(&mut self, row: &[(Thing, u32)], base: Option<(usize, &[(Thing, u32)])>) {
        let start = self.edges.len() as u32;
        let Some((base, old)) = base else {
            self.edges.extend_from_slice(row);
            self.trees.push(Tree {
                own: (start, self.edges.len() as u32),
                base: NO_BASE,
                before: 0,
                after: (0, 0),
            });
            self.depths.push(0);
            return;
        };
        let same = |(a, b): &(&(Thing, u32), &(Thing, u32))| a == b;
        let before = old.iter().zip(row).take_while(same).count();
        let (rest, old_rest) = (&row[before..], &old[before..]);
        let after = rest.iter().rev().zip(old_rest.iter().rev());
        let after = after.take_while(same).count();
        self.edges.extend_from_slice(&rest[..rest.len() - after]);
        self.trees.push(Tree {
            own: (start, self.edges.len() as u32),
            base: base as u32,
            before: before as u32,
            after: ((old.len() - after) as u32, after as u32),
        });
        self.depths.push(self.depths[base] + 1);
    }

    /// The same with more names of things, and with who made some commits. `None` if it is too much.
    pub(super) fn with(
        mut self,
        mut ids: Vec<(ObjectId, Thing)>,
        stamps: Vec<(u32, CommitStamp)>,
    ) -> Option<Past> {
        let counts = [self.commits.len(), self.tags.len(), self.ends.len()];
        if counts.into_iter().any(|count| count > COUNT_MAX) {
            return None;
        }
        ids.sort_unstable_by_key(|(id, _)| *id);
        let old_ids = std::mem::take(&mut self.ids);
        let old_things = std::mem::take(&mut self.things);
        let len = self.hash.len();
        self.ids.reserve_exact(old_ids.len() + ids.len() * len);
        self.things.reserve_exact(old_things.len() + ids.len());
        let mut old = old_ids.chunks_exact(len).zip(old_things).peekable();
        for (id, thing) in ids {
            while let Some((name, known)) = old.next_if(|(name, _)| *name < id.as_bytes()) {
                self.ids.extend_from_slice(name);
                self.things.push(known);
            }
            self.ids.extend_from_slice(id.as_bytes());
            self.things.push(thing);
        }
        for (name, known) in old {
            self.ids.extend_from_slice(name);
            self.things.push(known);
        }
        let known = std::mem::take(&mut self.stamps);
        let known: HashMap<u32, CommitStamp> = known.into_iter().chain(stamps).collect();
        self.stamps = known.into_iter().collect();
        self.stamps.sort_unstable_by_key(|(commit, _)| *commit);
        Some(self)
    }

    /// The row of a tree.
    pub(super) fn row(&self, tree: usize) -> Vec<(Thing, u32)> {
        let mut chain = vec![tree];
        while let Some(last) = chain.last()
            && self.trees[*last].base != NO_BASE
        {
            chain.push(self.trees[*last].base as usize);
        }
        let mut row: Vec<(Thing, u32)> = Vec::new();
        for tree in chain.into_iter().rev().map(|tree| &self.trees[tree]) {
            let own = &self.edges[tree.own.0 as usize..tree.own.1 as usize];
            let after = tree.after.0 as usize..(tree.after.0 + tree.after.1) as usize;
            let end = row.get(after).unwrap_or_default().to_vec();
            row.truncate(tree.before as usize);
            row.extend_from_slice(own);
            row.extend(end);
        }
        row
    }
}
