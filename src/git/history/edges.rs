//! Edges from trees to sub-trees, to objects that are traced, and to what is missing; collected
//! while every tree is read once.

use std::collections::HashMap;
use std::ops::Range;

use crate::git::bits::Bits;
use crate::git::pack::delta::Trail;
use crate::git::store::{NONE, Store};
use crate::git::structure::Absent;
use crate::git::tree::{self, Bounds, Derived, Entry, EntryKind, Event, Malformed};
use crate::model::ObjectId;

/// Bits of an id that the first test looks at: 128 KiB of table, which stays in the cache.
const FILTER_BITS: u32 = 20;

/// The objects in question: a cheap test on an entry's id that is rarely wrong, then a sure one.
pub(crate) struct Traced {
    /// By number; empty if nothing is traced.
    numbers: Bits,
    filter: Bits,
}

impl Traced {
    /// Nothing is traced.
    pub(crate) fn nothing() -> Traced {
        Traced {
            numbers: Bits::default(),
            filter: Bits::default(),
        }
    }

    /// These objects, by number.
    pub(crate) fn these(store: &Store, objects: impl IntoIterator<Item = u32>) -> Traced {
        let mut traced = Traced::nothing();
        for number in objects {
            if traced.filter.is_empty() {
                traced.numbers = Bits::new(store.total() as usize);
                traced.filter = Bits::new(1 << FILTER_BITS);
            }
            traced.numbers.insert(number);
            traced.filter.insert(filter_bits(store.raw_id(number)));
        }
        traced
    }

    /// True if nothing is traced.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    fn contains(&self, number: u32, id: &[u8]) -> bool {
        self.filter.contains(filter_bits(id)) && self.numbers.contains(number)
    }
}

fn filter_bits(id: &[u8]) -> u32 {
    u32::from_le_bytes([id[0], id[1], id[2], id[3]]) >> (32 - FILTER_BITS)
}

/// From a tree to something below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The number of the entry's object.
    pub(crate) child: u32,
    /// The number of the entry's name in its part.
    pub(crate) name: u32,
}

/// Edges in one chunk. Chunks never move: one growing list would be copied again and again, and
/// each copy touches fresh memory.
const CHUNK_LEN: usize = 1 << 16;

/// Rows of edges, one after the other.
#[derive(Default)]
struct Rows {
    chunks: Vec<Vec<Edge>>,
}

impl Rows {
    /// Adds a row; returns where it begins.
    fn push(&mut self, row: impl ExactSizeIterator<Item = Edge>) -> u32 {
        let room = self
            .chunks
            .last()
            .map_or(0, |chunk| chunk.capacity() - chunk.len());
        if room < row.len() {
            self.chunks
                .push(Vec::with_capacity(row.len().max(CHUNK_LEN)));
        }
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        // A row longer than a chunk has one of its own, from its beginning.
        let start = number * CHUNK_LEN + chunk.len();
        chunk.extend(row);
        start as u32
    }

    fn get(&self, start: u32, len: u32) -> &[Edge] {
        let (chunk, at) = (start as usize / CHUNK_LEN, start as usize % CHUNK_LEN);
        &self.chunks[chunk][at..at + len as usize]
    }
}

/// What one worker collected.
#[derive(Default)]
pub(crate) struct Part {
    /// Tree numbers, each with the start and length of its row.
    trees: Vec<(u32, u32, u32)>,
    rows: Rows,
    names: Names,
}

/// Distinct entry names.
#[derive(Default)]
pub(crate) struct Names {
    numbers: HashMap<Box<[u8]>, u32>,
}

impl Names {
    /// The number of a name.
    pub(crate) fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(name.into(), number);
        number
    }

    /// All names by number.
    pub(crate) fn into_list(self) -> Vec<Box<[u8]>> {
        let mut list = vec![Box::default(); self.numbers.len()];
        for (name, number) in self.numbers {
            list[number as usize] = name;
        }
        list
    }
}

/// Edges of all trees, in the parts that workers collected.
#[derive(Default)]
pub(crate) struct Edges {
    parts: Vec<(Rows, Vec<Box<[u8]>>)>,
    /// For each tree that has edges: part, start and length.
    rows: Vec<(u32, u32, u32)>,
    /// From object number to row.
    row_of: Vec<u32>,
}

impl Edges {
    /// Joins what workers collected; `total` is the number of objects.
    pub(crate) fn join(parts: impl IntoIterator<Item = Part>, total: u32) -> Edges {
        let row_of = vec![NONE; total as usize];
        let mut edges = Edges {
            row_of,
            ..Edges::default()
        };
        for (number, part) in parts.into_iter().enumerate() {
            for (tree, start, len) in part.trees {
                edges.row_of[tree as usize] = edges.rows.len() as u32;
                edges.rows.push((number as u32, start, len));
            }
            edges.parts.push((part.rows, part.names.into_list()));
        }
        edges
    }

    /// The row of a tree, if it has edges.
    pub(crate) fn row_of(&self, number: u32) -> Option<u32> {
        let row = self.row_of.get(number as usize).copied();
        row.filter(|row| *row != NONE)
    }

    /// The edges of a row.
    pub(crate) fn of_row(&self, row: u32) -> &[Edge] {
        let (part, start, len) = self.rows[row as usize];
        self.parts[part as usize].0.get(start, len)
    }

    /// The name of an edge of a row.
    pub(crate) fn name(&self, row: u32, edge: Edge) -> &[u8] {
        &self.parts[self.rows[row as usize].0 as usize].1[edge.name as usize]
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Trees with their rows.
    pub(crate) fn trees(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let rows = self.row_of.iter().zip(0..);
        rows.filter(|(row, _)| **row != NONE)
            .map(|(row, number)| (number, *row))
    }
}

/// What a tree hands on to the trees made from it.
#[derive(Default)]
pub(crate) struct Carry {
    bounds: Bounds,
    /// Its edges, each with the number of its entry.
    edges: Vec<(u32, Edge)>,
}

impl Carry {
    /// Where its entries begin, and where the last one ends.
    pub(crate) fn bounds(&self) -> &[u32] {
        &self.bounds
    }
}

/// Looks up what trees name, and collects their edges. One per worker.
pub(crate) struct Collector<'a> {
    store: &'a Store,
    absent: &'a Absent,
    traced: &'a Traced,
    part: Part,
    /// New entries of the tree at hand.
    fresh: Vec<Fresh>,
    /// Edges of the sparse tree at hand.
    sparse_edges: Vec<(u32, Edge)>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(store: &'a Store, absent: &'a Absent, traced: &'a Traced) -> Collector<'a> {
        Collector {
            store,
            absent,
            traced,
            part: Part::default(),
            fresh: Vec::new(),
            sparse_edges: Vec::new(),
        }
    }

    pub(crate) fn into_part(self) -> Part {
        self.part
    }

    /// Takes in a tree. What it copied from its base is carried over, not looked at again. `new`
    /// is overwritten with the ranges of entries that the base does not have.
    pub(crate) fn tree(
        &mut self,
        number: u32,
        bytes: &[u8],
        base: Option<(&Carry, &Trail)>,
        new: &mut Vec<Range<usize>>,
    ) -> (Carry, Result<(), Malformed>) {
        let mut carry = Carry::default();
        let result = match base {
            Some((base, trail)) => {
                let derived = Derived {
                    bytes,
                    id_len: self.store.hash.len(),
                    base: &base.bounds,
                    copies: &trail.copies,
                    sparse: false,
                };
                let Carry { bounds, edges } = &mut carry;
                let result = self.follow(&derived, &base.edges, Some(bounds), edges);
                self.mark_new(new);
                result
            }
            None => {
                new.clear();
                new.push(0..bytes.len());
                self.split(bytes, &mut carry.bounds)
            }
        };
        self.settle(number, bytes, &mut carry.edges);
        (carry, result)
    }

    /// Splits a tree of which only cut entries were rebuilt, for [`Collector::take_sparse`]. False
    /// if it must be rebuilt as a whole.
    pub(crate) fn split_sparse(
        &mut self,
        bytes: &[u8],
        base: &Carry,
        trail: &Trail,
        new: &mut Vec<Range<usize>>,
    ) -> bool {
        let derived = Derived {
            bytes,
            id_len: self.store.hash.len(),
            base: &base.bounds,
            copies: &trail.copies,
            sparse: true,
        };
        let mut edges = std::mem::take(&mut self.sparse_edges);
        edges.clear();
        let followed = self.follow(&derived, &base.edges, None, &mut edges);
        self.sparse_edges = edges;
        self.mark_new(new);
        followed.is_ok()
    }

    /// Takes in the tree that was split last.
    pub(crate) fn take_sparse(&mut self, number: u32, bytes: &[u8]) {
        let mut edges = std::mem::take(&mut self.sparse_edges);
        self.settle(number, bytes, &mut edges);
        self.sparse_edges = edges;
    }

    /// Finds the new entries of a tree, and the edges that it has from its base.
    fn follow(
        &mut self,
        tree: &Derived<'_>,
        base: &[(u32, Edge)],
        bounds: Option<&mut Bounds>,
        edges: &mut Vec<(u32, Edge)>,
    ) -> Result<(), Malformed> {
        let fresh = &mut self.fresh;
        fresh.clear();
        let mut number = 0;
        tree::follow(tree, bounds, |event| match event {
            Event::New(entry) => {
                fresh.push(Fresh::new(number, &entry));
                number += 1;
            }
            Event::Copied(first, count) => {
                let (first, count) = (first as u32, count as u32);
                let start = base.partition_point(|(n, _)| *n < first);
                let copied = base[start..].iter().take_while(|(n, _)| *n < first + count);
                edges.extend(copied.map(|(n, edge)| (n - first + number, *edge)));
                number += count;
            }
        })
    }

    /// Splits a whole tree: all entries are new.
    fn split(&mut self, bytes: &[u8], bounds: &mut Bounds) -> Result<(), Malformed> {
        let fresh = &mut self.fresh;
        fresh.clear();
        let mut number = 0;
        tree::entries(bytes, self.store.hash.len(), bounds, |entry| {
            fresh.push(Fresh::new(number, &entry));
            number += 1;
        })
    }

    /// Looks up the new entries, and keeps the tree's edges.
    fn settle(&mut self, number: u32, bytes: &[u8], edges: &mut Vec<(u32, Edge)>) {
        self.look_up(bytes, edges);
        if !edges.is_empty() {
            let start = self.part.rows.push(edges.iter().map(|(_, edge)| *edge));
            self.part.trees.push((number, start, edges.len() as u32));
        }
    }

    /// Looks up the new entries, and puts their edges among those that were copied.
    fn look_up(&mut self, bytes: &[u8], edges: &mut Vec<(u32, Edge)>) {
        // First guesses for all entries, then whether they are right, before anything is done with
        // them: these reads do not wait for each other, and nearly all of them miss the cache.
        for fresh in &mut self.fresh {
            fresh.guess = self.store.guess(&bytes[fresh.id_at..]);
        }
        let id_len = self.store.hash.len();
        for fresh in &mut self.fresh {
            let id = &bytes[fresh.id_at..fresh.id_at + id_len];
            fresh.sure = self.store.is_named(fresh.guess, id);
        }
        let copied = edges.len();
        for at in 0..self.fresh.len() {
            let fresh = self.fresh[at];
            let edge = self.edge(bytes, &fresh);
            edges.extend(edge.map(|edge| (fresh.number, edge)));
        }
        if copied > 0 && edges.len() > copied {
            edges.sort_unstable_by_key(|(number, _)| *number);
        }
    }

    /// The ranges of new entries, those that touch made one.
    fn mark_new(&self, new: &mut Vec<Range<usize>>) {
        new.clear();
        let id_len = self.store.hash.len();
        for fresh in &self.fresh {
            let end = fresh.id_at + id_len;
            match new.last_mut() {
                Some(last) if last.end == fresh.at => last.end = end,
                _ => new.push(fresh.at..end),
            }
        }
    }

    /// The edge an entry stands for, if it leads to a tree, a traced object or nowhere.
    fn edge(&mut self, bytes: &[u8], fresh: &Fresh) -> Option<Edge> {
        let kind = fresh.kind.object_kind()?;
        let id = &bytes[fresh.id_at..fresh.id_at + self.store.hash.len()];
        let found = if fresh.sure {
            Some(fresh.guess)
        } else {
            self.store.find(id)
        };
        let child = if let Some(child) = found {
            let leads = fresh.kind == EntryKind::Tree || self.traced.contains(child, id);
            leads.then_some(child)?
        } else {
            let absent = self.absent.number(&ObjectId::from_bytes(id)?, Some(kind));
            Some(absent).filter(|number| *number != NONE)?
        };
        // The name lies between the mode's blank and the NUL before the id.
        let name = &bytes[fresh.name_at..fresh.id_at - 1];
        Some(Edge {
            child,
            name: self.part.names.number(name),
        })
    }
}

/// An entry that the base of its tree does not have.
#[derive(Clone, Copy)]
struct Fresh {
    /// Its place among all entries.
    number: u32,
    kind: EntryKind,
    at: usize,
    name_at: usize,
    id_at: usize,
    /// The number that its id most likely has.
    guess: u32,
    /// Whether it does.
    sure: bool,
}

impl Fresh {
    fn new(number: u32, entry: &Entry<'_>) -> Fresh {
        let id_at = entry.end - entry.id.len();
        Fresh {
            number,
            kind: entry.kind,
            at: entry.at,
            name_at: id_at - 1 - entry.name.len(),
            id_at,
            guess: NONE,
            sure: false,
        }
    }
}
