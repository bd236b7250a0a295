//! One pass over all trees: edges to sub-trees, and to the objects that are traced.

use std::collections::HashMap;

use crate::git::bits::Bits;
use crate::git::store::{NONE, Store};
use crate::git::structure::Absent;
use crate::git::tree::{self, Bounds, Entry, EntryKind, Event};
use crate::git::walk::{self, Origin, Visit, WalkPlan};
use crate::model::{Control, ObjectId, ObjectKind};

/// Bits of an id that the first test looks at: 128 KiB of table, which stays in the cache.
const FILTER_BITS: u32 = 20;

/// The objects in question: a cheap test on an entry's id that is rarely wrong, then a sure one.
pub(crate) struct Traced {
    numbers: Bits,
    filter: Bits,
}

impl Traced {
    /// A set of objects by number and raw id; numbers are below `total`.
    pub(crate) fn new<'i>(
        total: usize,
        objects: impl IntoIterator<Item = (u32, &'i [u8])>,
    ) -> Traced {
        let mut traced = Traced {
            numbers: Bits::new(total),
            filter: Bits::new(1 << FILTER_BITS),
        };
        for (number, id) in objects {
            traced.numbers.insert(number);
            traced.filter.insert(filter_bits(id));
        }
        traced
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

/// What one worker collected.
#[derive(Default)]
pub(crate) struct Part {
    /// Tree numbers, each with where its edges end.
    rows: Vec<(u32, u32)>,
    edges: Vec<Edge>,
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
pub(crate) struct Edges {
    parts: Vec<(Vec<Edge>, Vec<Box<[u8]>>)>,
    /// For each tree that has edges: part, start and end.
    rows: Vec<(u32, u32, u32)>,
    /// From object number to row.
    row_of: Vec<u32>,
}

impl Edges {
    /// Reads all trees.
    pub(crate) fn collect(
        store: &Store,
        absent: &Absent,
        traced: &Traced,
        bounds: walk::Bounds,
        control: &Control,
    ) -> Edges {
        let plan = WalkPlan {
            store,
            only: Some(ObjectKind::Tree),
            wanted: None,
            bounds,
            control,
        };
        let walked = walk::walk(&plan, || Collect {
            store,
            absent,
            traced,
            part: Part::default(),
        });
        let mut edges = Edges {
            parts: Vec::new(),
            rows: Vec::new(),
            row_of: vec![NONE; store.total() as usize],
        };
        for (number, visitor) in walked.visitors.into_iter().enumerate() {
            let part = visitor.part;
            let mut start = 0;
            for (tree, end) in part.rows {
                edges.row_of[tree as usize] = edges.rows.len() as u32;
                edges.rows.push((number as u32, start, end));
                start = end;
            }
            edges.parts.push((part.edges, part.names.into_list()));
        }
        edges
    }

    /// The row of a tree, if it has edges.
    pub(crate) fn row_of(&self, number: u32) -> Option<u32> {
        self.row_of
            .get(number as usize)
            .copied()
            .filter(|row| *row != NONE)
    }

    /// The edges of a row.
    pub(crate) fn of_row(&self, row: u32) -> &[Edge] {
        let (part, start, end) = self.rows[row as usize];
        &self.parts[part as usize].0[start as usize..end as usize]
    }

    /// The name of an edge of a row.
    pub(crate) fn name(&self, row: u32, edge: &Edge) -> &[u8] {
        &self.parts[self.rows[row as usize].0 as usize].1[edge.name as usize]
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Trees with their rows.
    pub(crate) fn trees(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.row_of
            .iter()
            .zip(0..)
            .filter(|(row, _)| **row != NONE)
            .map(|(row, number)| (number, *row))
    }
}

struct Collect<'a> {
    store: &'a Store,
    absent: &'a Absent,
    traced: &'a Traced,
    part: Part,
}

impl Collect<'_> {
    /// The edge an entry stands for, if it leads to a tree or a traced object.
    fn edge(&mut self, entry: &Entry<'_>) -> Option<Edge> {
        let Collect {
            store,
            absent,
            traced,
            part,
        } = self;
        let is_tree = entry.kind == EntryKind::Tree;
        if !is_tree && !traced.filter.contains(filter_bits(entry.id)) {
            return None;
        }
        let kind = entry.kind.object_kind()?;
        let missing = || ObjectId::from_bytes(entry.id).map(|id| absent.number(&id, Some(kind)));
        let child = store.find(entry.id).or_else(missing)?;
        let leads = child != NONE && (is_tree || traced.numbers.contains(child));
        leads.then(|| Edge {
            child,
            name: part.names.number(entry.name),
        })
    }
}

/// What a tree hands on to the trees made from it.
pub(crate) struct Carry {
    bounds: Bounds,
    /// Its edges, each with the number of its entry.
    edges: Vec<(u32, Edge)>,
}

impl Visit for Collect<'_> {
    type Carry = Carry;

    fn object(
        &mut self,
        number: u32,
        _: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, Carry>,
    ) -> Carry {
        let id_len = self.store.hash.len();
        let mut carry = Carry {
            bounds: Bounds::new(),
            edges: Vec::new(),
        };
        let Carry { bounds, edges } = &mut carry;
        let mut entry_number = 0;
        // A malformed tree was reported when it was scanned; its readable entries count.
        match origin {
            Origin::Whole => tree::entries(bytes, id_len, bounds, |entry| {
                edges.extend(self.edge(&entry).map(|edge| (entry_number, edge)));
                entry_number += 1;
            }),
            Origin::Delta { trail, base } => tree::follow(
                bytes,
                id_len,
                &base.bounds,
                &trail.copies,
                bounds,
                |event| match event {
                    Event::New(entry) => {
                        edges.extend(self.edge(&entry).map(|edge| (entry_number, edge)));
                        entry_number += 1;
                    }
                    Event::Copied(first, count) => {
                        let (first, count) = (first as u32, count as u32);
                        let start = base.edges.partition_point(|(n, _)| *n < first);
                        let copied = base.edges[start..]
                            .iter()
                            .take_while(|(n, _)| *n < first + count);
                        edges.extend(copied.map(|(n, edge)| (n - first + entry_number, *edge)));
                        entry_number += count;
                    }
                },
            ),
        }
        .ok();
        if !edges.is_empty() {
            self.part.edges.extend(edges.iter().map(|(_, edge)| *edge));
            self.part.rows.push((number, self.part.edges.len() as u32));
        }
        carry
    }

    fn begin(&mut self, _: u32, _: ObjectKind, _: u64) {}
    fn piece(&mut self, _: &[u8]) {}
    fn end(&mut self, _: bool) {}
}
