//! Rows of edges: what each tree leads to, kept as small as the pack keeps the trees themselves.
//!
//! A long row that a delta made from another is kept as pieces of that row and what is new. A
//! folder of thousands of entries that changes with every commit then costs a few bytes a commit,
//! not a few bytes an entry and commit. Each row is at most [`DEPTH_MAX`] rows away from one that
//! is kept whole.

use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use crate::git::store::NONE;

pub(crate) mod add;

/// From a tree to something below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The number of the entry's object.
    pub(crate) child: u32,
    /// The number of the entry's name: in its part first, among all names once parts are joined.
    pub(crate) name: u32,
}

/// Rows up to this length are kept whole: pieces would hardly be smaller.
const FLAT_LEN: usize = 24;
/// The longest way from a row to one that is kept whole.
const DEPTH_MAX: u8 = 32;
/// Bytes of made rows that a reader keeps for the next one that needs them.
const CACHE_BYTES: usize = 16 << 20;

/// Edges in one chunk. Chunks never move: one growing list would be copied again and again, and
/// each copy touches fresh memory.
const CHUNK_LEN: usize = 1 << 16;

/// Edges, one row after the other.
#[derive(Default)]
struct Chunks {
    chunks: Vec<Vec<Edge>>,
    len: usize,
}

impl Chunks {
    /// Makes room for a row; returns where it begins.
    fn begin(&mut self, len: usize) -> u32 {
        let room = self
            .chunks
            .last()
            .map_or(0, |chunk| chunk.capacity() - chunk.len());
        if room < len || self.chunks.is_empty() {
            self.chunks.push(Vec::with_capacity(len.max(CHUNK_LEN)));
        }
        self.len += len;
        let number = self.chunks.len() - 1;
        // A row longer than a chunk has one of its own, from its beginning.
        (number * CHUNK_LEN + self.chunks[number].len()) as u32
    }

    /// Adds to the row that was begun last.
    fn add(&mut self, edges: impl Iterator<Item = Edge>) {
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.extend(edges);
        }
    }

    fn get(&self, start: u32, len: u32) -> &[Edge] {
        let (chunk, at) = (start as usize / CHUNK_LEN, start as usize % CHUNK_LEN);
        self.chunks
            .get(chunk)
            .and_then(|chunk| chunk.get(at..at + len as usize))
            .unwrap_or_default()
    }
}

/// A run of entries that a tree copied from its base, with edges among them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// Numbers of the entries here, the last one excluded.
    pub(super) entries: (u32, u32),
    /// The first of their edges in the base's row.
    pub(super) from: u32,
    /// How many edges they have.
    pub(super) len: u32,
}

/// The base that a row was made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base<'r> {
    /// The base's number.
    pub(super) tree: u32,
    /// How far the base is from a row that is kept whole.
    pub(super) depth: u8,
    pub(super) runs: &'r [Run],
}

/// A piece of a row: `len` edges of the base's row from `from`, or the next own ones.
#[derive(Clone, Copy)]
struct Piece {
    /// [`NONE`] for own edges.
    from: u32,
    len: u32,
}

#[derive(Clone, Copy)]
struct Stored {
    /// Where its own edges begin.
    first: u32,
    /// How many edges it has altogether.
    len: u32,
    /// Where its pieces begin, [`NONE`] if it is kept whole. The first piece is the base's number
    /// and the number of pieces.
    pieces: u32,
}

/// Rows that one worker collected.
#[derive(Default)]
pub(crate) struct Rows {
    trees: Vec<u32>,
    stored: Vec<Stored>,
    own: Chunks,
    pieces: Vec<Piece>,
}

impl Rows {
    /// Edges kept so far.
    pub(super) fn len(&self) -> usize {
        self.own.len + self.pieces.len()
    }

    /// Keeps the row of a tree: edges with the numbers of their entries, ascending. Returns how
    /// far it is from a row that is kept whole.
    pub(super) fn push(&mut self, tree: u32, edges: &[(u32, Edge)], base: Option<Base<'_>>) -> u8 {
        self.trees.push(tree);
        let len = edges.len() as u32;
        if let Some(base) = base.filter(|base| pays(edges.len(), base)) {
            let pieces = self.push_pieces(edges, &base);
            let copied: u32 = base.runs.iter().map(|run| run.len).sum();
            let first = self.own.begin((len - copied) as usize);
            for (range, copied) in parts(edges, base.runs) {
                if copied.is_none() {
                    self.own.add(edges[range].iter().map(|(_, edge)| *edge));
                }
            }
            self.stored.push(Stored { first, len, pieces });
            return base.depth + 1;
        }
        let first = self.own.begin(edges.len());
        self.own.add(edges.iter().map(|(_, edge)| *edge));
        self.stored.push(Stored {
            first,
            len,
            pieces: NONE,
        });
        0
    }

    fn push_pieces(&mut self, edges: &[(u32, Edge)], base: &Base<'_>) -> u32 {
        let start = self.pieces.len();
        self.pieces.push(Piece {
            from: base.tree,
            len: 0,
        });
        for (range, copied) in parts(edges, base.runs) {
            self.pieces.push(Piece {
                from: copied.unwrap_or(NONE),
                len: range.len() as u32,
            });
        }
        self.pieces[start].len = (self.pieces.len() - start - 1) as u32;
        start as u32
    }
}

/// True if a row is smaller in pieces.
fn pays(len: usize, base: &Base<'_>) -> bool {
    let copied: usize = base.runs.iter().map(|run| run.len as usize).sum();
    len > FLAT_LEN && base.depth < DEPTH_MAX && copied > 2 * (2 * base.runs.len() + 2)
}

/// Cuts a row into what was copied (with the place in the base's row) and what is its own.
fn parts(
    edges: &[(u32, Edge)],
    runs: &[Run],
) -> impl Iterator<Item = (std::ops::Range<usize>, Option<u32>)> {
    let mut at = 0;
    let mut runs = runs.iter().peekable();
    std::iter::from_fn(move || {
        let start = at;
        let Some(run) = runs.peek() else {
            at = edges.len();
            return (start < at).then_some((start..at, None));
        };
        let first = start + edges[start..].partition_point(|(entry, _)| *entry < run.entries.0);
        if first > start {
            at = first;
            return Some((start..first, None));
        }
        at = (start + run.len as usize).min(edges.len());
        let from = run.from;
        runs.next();
        Some((start..at, Some(from)))
    })
}

/// Edges of all trees, in the parts that workers collected.
#[derive(Default)]
pub(crate) struct Edges {
    parts: Vec<Rows>,
    /// The number of the first row of each part.
    firsts: Vec<u32>,
    /// From object number to row.
    row_of: Vec<u32>,
    /// All names in the order of their bytes.
    pub(crate) names: Vec<Box<[u8]>>,
    /// True if a bound on the number of edges was hit, and some were left out.
    pub(crate) cut: bool,
    /// Trees that have two numbers: their own, and that under which they are remembered.
    pub(crate) twins: Vec<(u32, u32)>,
}

impl Edges {
    /// Joins rows with the names that their edges use; `total` is the number of objects.
    pub(super) fn join(parts: Vec<(Rows, Vec<Box<[u8]>>)>, total: u32, cut: bool) -> Edges {
        let mut names: Vec<Box<[u8]>> = parts.iter().flat_map(|(_, n)| n.iter().cloned()).collect();
        names.sort_unstable();
        names.dedup();
        let mut edges = Edges {
            row_of: vec![NONE; total as usize],
            names,
            cut,
            ..Edges::default()
        };
        let mut next = 0;
        for (mut rows, own_names) in parts {
            edges.firsts.push(next);
            for tree in std::mem::take(&mut rows.trees) {
                edges.row_of[tree as usize] = next;
                next += 1;
            }
            let known = own_names
                .iter()
                .map(|name| edges.names.binary_search(name).unwrap_or(0) as u32);
            let numbers: Vec<u32> = known.collect();
            for edge in rows.own.chunks.iter_mut().flatten() {
                edge.name = numbers[edge.name as usize];
            }
            edges.parts.push(rows);
        }
        edges
    }

    /// True if a tree has edges.
    pub(crate) fn has_row(&self, number: u32) -> bool {
        self.row_of
            .get(number as usize)
            .is_some_and(|row| *row != NONE)
    }

    /// How many trees have edges.
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.stored.len()).sum()
    }

    /// The trees that have edges, by number.
    pub(crate) fn trees(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.row_of.len() as u32).filter(|number| self.has_row(*number))
    }

    /// True if any tree has an edge to something for which `is` holds.
    pub(crate) fn any_child(&self, mut is: impl FnMut(u32) -> bool) -> bool {
        let chunks = self.parts.iter().flat_map(|part| &part.own.chunks);
        chunks.flatten().any(|edge| is(edge.child))
    }

    fn stored(&self, number: u32) -> Option<(&Rows, Stored)> {
        let row = *self.row_of.get(number as usize)?;
        if row == NONE {
            return None;
        }
        let part = self.firsts.partition_point(|first| *first <= row) - 1;
        let rows = &self.parts[part];
        Some((rows, rows.stored[(row - self.firsts[part]) as usize]))
    }

    /// Something that reads rows.
    pub(crate) fn reader(&self) -> RowReader<'_> {
        RowReader {
            edges: self,
            young: HashMap::new(),
            old: HashMap::new(),
            held: 0,
        }
    }
}

/// The edges of a tree.
#[derive(Clone)]
pub(crate) enum Row<'e> {
    /// As they are kept.
    Kept(&'e [Edge]),
    /// Put together from pieces.
    Made(Rc<[Edge]>),
}

impl Deref for Row<'_> {
    type Target = [Edge];

    fn deref(&self) -> &[Edge] {
        match self {
            Row::Kept(edges) => edges,
            Row::Made(edges) => edges,
        }
    }
}

/// Reads rows, and keeps those it had to put together for a while.
pub(crate) struct RowReader<'e> {
    edges: &'e Edges,
    young: HashMap<u32, Rc<[Edge]>>,
    old: HashMap<u32, Rc<[Edge]>>,
    /// Bytes of the rows in `young`.
    held: usize,
}

impl<'e> RowReader<'e> {
    /// The edges of a tree; none if it has no row.
    pub(crate) fn row(&mut self, number: u32) -> Row<'e> {
        let mut chain = Vec::new();
        let mut at = number;
        let mut row = loop {
            let Some((rows, stored)) = self.edges.stored(at) else {
                break Row::Kept(&[]);
            };
            if stored.pieces == NONE {
                break Row::Kept(rows.own.get(stored.first, stored.len));
            }
            if let Some(made) = self.known(at) {
                break Row::Made(made);
            }
            chain.push((at, rows, stored));
            if chain.len() > usize::from(DEPTH_MAX) + 1 {
                // No chain is that long, unless an object was read in two different states.
                break Row::Kept(&[]);
            }
            at = rows.pieces[stored.pieces as usize].from;
        };
        for (at, rows, stored) in chain.into_iter().rev() {
            let made = compose(rows, stored, &row);
            self.keep(at, &made);
            row = Row::Made(made);
        }
        row
    }

    fn known(&mut self, number: u32) -> Option<Rc<[Edge]>> {
        if let Some(made) = self.young.get(&number) {
            return Some(Rc::clone(made));
        }
        let made = self.old.remove(&number)?;
        self.keep(number, &made);
        Some(made)
    }

    fn keep(&mut self, number: u32, made: &Rc<[Edge]>) {
        self.held += size_of_val::<[Edge]>(made) + 64;
        self.young.insert(number, Rc::clone(made));
        if self.held > CACHE_BYTES / 2 {
            self.held = 0;
            self.old = std::mem::take(&mut self.young);
        }
    }
}

fn compose(rows: &Rows, stored: Stored, base: &[Edge]) -> Rc<[Edge]> {
    let start = stored.pieces as usize + 1;
    let count = rows.pieces[stored.pieces as usize].len as usize;
    let mut edges = Vec::with_capacity(stored.len as usize);
    let mut own = stored.first;
    for piece in &rows.pieces[start..start + count] {
        if piece.from == NONE {
            edges.extend_from_slice(rows.own.get(own, piece.len));
            own += piece.len;
        } else {
            let range = piece.from as usize..(piece.from + piece.len) as usize;
            edges.extend_from_slice(base.get(range).unwrap_or_default());
        }
    }
    edges.into()
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
