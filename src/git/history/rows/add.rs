//! Rows that were not read but are remembered.

use super::{Edge, Edges, NONE, Piece, Rows, Stored};

/// A row as parts of another one and what lies between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    /// The tree whose row it is made from.
    pub(crate) base: u32,
    /// How many edges of that it begins with.
    pub(crate) before: u32,
    /// Which edges of that it ends with: the first one, and how many.
    pub(crate) after: (u32, u32),
}

impl Rows {
    /// Keeps the row of a tree as it was kept before: whole, or made from another.
    pub(crate) fn push_known(
        &mut self,
        tree: u32,
        own: impl ExactSizeIterator<Item = Edge>,
        made: Option<Made>,
    ) {
        let own_len = own.len() as u32;
        let first = self.own.begin(own.len());
        self.own.add(own);
        let (len, pieces) = match made {
            None => (own_len, NONE),
            Some(made) => {
                let at = self.pieces.len() as u32;
                let piece = |from, len| Piece { from, len };
                self.pieces.extend([
                    piece(made.base, 3),
                    piece(0, made.before),
                    piece(NONE, own_len),
                    piece(made.after.0, made.after.1),
                ]);
                (made.before + own_len + made.after.1, at)
            }
        };
        self.trees.push(tree);
        self.stored.push(Stored { first, len, pieces });
    }
}

impl Edges {
    /// Adds rows with the names that their edges use; `total` is the number of objects with them.
    pub(crate) fn add(&mut self, mut rows: Rows, names: &[Box<[u8]>], total: u32) {
        let old = std::mem::take(&mut self.names);
        let mut all: Vec<Box<[u8]>> = old.iter().chain(names).cloned().collect();
        all.sort_unstable();
        all.dedup();
        let place = |name: &[u8]| all.binary_search_by(|own| (**own).cmp(name)).unwrap_or(0) as u32;
        let renumber = |rows: &mut Rows, names: &[Box<[u8]>]| {
            let numbers: Vec<u32> = names.iter().map(|name| place(name)).collect();
            for edge in rows.own.chunks.iter_mut().flatten() {
                edge.name = numbers[edge.name as usize];
            }
        };
        if all.len() > old.len() {
            for part in &mut self.parts {
                renumber(part, &old);
            }
        }
        renumber(&mut rows, names);
        self.row_of.resize(total as usize, NONE);
        let first = self.len() as u32;
        self.firsts.push(first);
        for (tree, row) in std::mem::take(&mut rows.trees).into_iter().zip(first..) {
            self.row_of[tree as usize] = row;
        }
        self.parts.push(rows);
        self.names = all;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::history::rows::Base;

    #[test]
    fn rows_are_what_they_were_under_other_names() {
        let edge = |child, name| Edge { child, name };
        let mut read = Rows::default();
        read.push(0, &[(0, edge(1, 0)), (1, edge(2, 1))], None::<Base<'_>>);
        let names = |names: &[&str]| names.iter().map(|n| Box::from(n.as_bytes())).collect();
        let mut edges = Edges::join(vec![(read, names(&["b", "d"]))], 3, false);
        let mut known = Rows::default();
        known.push_known(3, [edge(5, 0), edge(6, 1), edge(7, 2)].into_iter(), None);
        let made = Made {
            base: 3,
            before: 1,
            after: (2, 1),
        };
        known.push_known(4, [edge(8, 0)].into_iter(), Some(made));
        let known_names: Vec<Box<[u8]>> = names(&["c", "a", "d"]);
        edges.add(known, &known_names, 5);
        assert_eq!(edges.names, names(&["a", "b", "c", "d"]) as Vec<Box<[u8]>>);
        let mut reader = edges.reader();
        assert_eq!(*reader.row(0), [edge(1, 1), edge(2, 3)]);
        assert_eq!(*reader.row(3), [edge(5, 2), edge(6, 0), edge(7, 3)]);
        assert_eq!(*reader.row(4), [edge(5, 2), edge(8, 2), edge(7, 3)]);
        assert!(edges.has_row(4) && !edges.has_row(1));
    }
}
