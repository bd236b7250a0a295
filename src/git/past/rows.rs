//! Lists of a past that are made of old and new ones: rows of trees, names of things.

use super::{NO_BASE, Past, Thing, Tree};

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

    /// Adds names of things, which ascend as those that are there do. Each of these is moved once,
    /// from the last to the first.
    pub(super) fn add_names(&mut self, ids: &[u8], things: &[Thing]) {
        let (len, old) = (self.hash.len(), self.things.len());
        let (mut to, mut from) = (old + things.len(), old);
        self.ids.resize(to * len, 0);
        self.things.resize(to, Thing::NOTHING);
        for (id, thing) in ids.chunks_exact(len).zip(things).rev() {
            let at = self.below(id, from);
            let start = to - (from - at);
            self.ids.copy_within(at * len..from * len, start * len);
            self.things.copy_within(at..from, start);
            (from, to) = (at, start - 1);
            self.ids[to * len..start * len].copy_from_slice(id);
            self.things[to] = *thing;
        }
    }

    /// How many of the first names are smaller than another.
    fn below(&self, id: &[u8], count: usize) -> usize {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low.midpoint(high);
            if self.id(middle) < id {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
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
