//! Edges from trees to sub-trees, to objects that are traced, and to what is missing; collected
//! while every tree is read once.

use std::collections::HashMap;
use std::ops::Range;

use super::rows::{Base, Edge, Edges, Rows, Run};
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

/// Edges that one worker may keep in any repository.
const EDGES_FREE: usize = 4 << 20;
/// Bytes of distinct names that one worker may keep in any repository.
const NAME_BYTES_FREE: usize = 16 << 20;

/// What one worker collected.
#[derive(Default)]
pub(crate) struct Part {
    rows: Rows,
    names: Names,
    cut: bool,
}

/// Distinct entry names.
#[derive(Default)]
struct Names {
    numbers: HashMap<Box<[u8]>, u32>,
    bytes: usize,
}

impl Names {
    /// The number of a name; `None` if it is new and there is no room.
    fn number(&mut self, name: &[u8], bytes_max: usize) -> Option<u32> {
        if let Some(number) = self.numbers.get(name) {
            return Some(*number);
        }
        if self.bytes + name.len() > bytes_max {
            return None;
        }
        let number = self.numbers.len() as u32;
        self.bytes += name.len();
        self.numbers.insert(name.into(), number);
        Some(number)
    }

    /// All names by number.
    fn into_list(self) -> Vec<Box<[u8]>> {
        let mut list = vec![Box::default(); self.numbers.len()];
        for (name, number) in self.numbers {
            list[number as usize] = name;
        }
        list
    }
}

/// Joins what workers collected; `total` is the number of objects.
pub(crate) fn join(parts: impl IntoIterator<Item = Part>, total: u32) -> Edges {
    let parts: Vec<Part> = parts.into_iter().collect();
    let cut = parts.iter().any(|part| part.cut);
    let lists = parts.into_iter();
    let lists = lists.map(|part| (part.rows, part.names.into_list()));
    Edges::join(lists.collect(), total, cut)
}

/// What a tree hands on to the trees made from it.
#[derive(Default)]
pub(crate) struct Carry {
    number: u32,
    bounds: Bounds,
    /// Its edges, each with the number of its entry.
    edges: Vec<(u32, Edge)>,
    /// How far its row is from one that is kept whole.
    depth: u8,
}

impl Carry {
    /// About how many bytes it takes.
    pub(crate) fn weight(&self) -> u64 {
        (self.bounds.len() * size_of::<u32>() + self.edges.len() * size_of::<(u32, Edge)>()) as u64
    }

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
    /// What it copied.
    runs: Vec<Run>,
    /// An honest entry brings an id of 20 bytes that no compression makes smaller, so a pack has
    /// fewer entries than this; only a hostile one has more.
    edges_max: usize,
    name_bytes_max: usize,
    /// Edges of the sparse tree at hand.
    sparse_edges: Vec<(u32, Edge)>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(store: &'a Store, absent: &'a Absent, traced: &'a Traced) -> Collector<'a> {
        let bytes = usize::try_from(store.pack_bytes()).unwrap_or(usize::MAX);
        Collector {
            store,
            absent,
            traced,
            part: Part::default(),
            fresh: Vec::new(),
            runs: Vec::new(),
            // Loose trees add to the packed ones: 4 KiB each, which is more than most have.
            edges_max: EDGES_FREE + bytes / 16 + store.loose().len() * 256,
            name_bytes_max: NAME_BYTES_FREE.saturating_add(bytes),
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
        let mut carry = Carry {
            number,
            ..Carry::default()
        };
        let result = if let Some((base, trail)) = base {
            let derived = Derived {
                bytes,
                id_len: self.store.hash.len(),
                base: &base.bounds,
                copies: &trail.copies,
                sparse: false,
            };
            let Carry { bounds, edges, .. } = &mut carry;
            edges.reserve(base.edges.len());
            let result = self.follow(&derived, &base.edges, Some(bounds), edges);
            self.mark_new(new);
            result
        } else {
            new.clear();
            new.push(0..bytes.len());
            self.split(bytes, &mut carry.bounds)
        };
        self.look_up(bytes, &mut carry.edges);
        carry.depth = self.keep(number, &carry.edges, base.map(|(base, _)| base));
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

    /// Takes in the tree that was split last, made from `base`.
    pub(crate) fn take_sparse(&mut self, number: u32, bytes: &[u8], base: &Carry) {
        let mut edges = std::mem::take(&mut self.sparse_edges);
        self.look_up(bytes, &mut edges);
        self.keep(number, &edges, Some(base));
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
        let Collector { fresh, runs, .. } = self;
        fresh.clear();
        runs.clear();
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
                let before = edges.len();
                edges.extend(copied.map(|(n, edge)| (n - first + number, *edge)));
                runs.push(Run {
                    entries: (number, number + count),
                    from: start as u32,
                    len: (edges.len() - before) as u32,
                });
                number += count;
            }
        })
    }

    /// Splits a whole tree: all entries are new.
    fn split(&mut self, bytes: &[u8], bounds: &mut Bounds) -> Result<(), Malformed> {
        let fresh = &mut self.fresh;
        fresh.clear();
        self.runs.clear();
        let mut number = 0;
        tree::entries(bytes, self.store.hash.len(), bounds, |entry| {
            fresh.push(Fresh::new(number, &entry));
            number += 1;
        })
    }

    /// Keeps the row of a tree; gives how far it is from one that is kept whole.
    fn keep(&mut self, number: u32, edges: &[(u32, Edge)], base: Option<&Carry>) -> u8 {
        if edges.is_empty() {
            return 0;
        }
        if self.part.rows.len() + edges.len() > self.edges_max {
            self.part.cut = true;
            return 0;
        }
        self.runs.retain(|run| run.len > 0);
        let base = base.map(|base| Base {
            tree: base.number,
            depth: base.depth,
            runs: &self.runs,
        });
        self.part.rows.push(number, edges, base)
    }

    /// Looks up the new entries, and puts their edges among those that were copied.
    fn look_up(&mut self, bytes: &[u8], edges: &mut Vec<(u32, Edge)>) {
        // For all entries before anything is done with them: these reads do not wait for each other, and
        // nearly all of them miss the cache.
        let id_len = self.store.hash.len();
        for fresh in &mut self.fresh {
            let found = self
                .store
                .look_up(&bytes[fresh.id_at..fresh.id_at + id_len]);
            fresh.found = found.unwrap_or(NONE);
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
        let child = if fresh.found == NONE {
            let absent = self.absent.number(&ObjectId::from_bytes(id)?, Some(kind));
            Some(absent).filter(|number| *number != NONE)?
        } else {
            let leads = fresh.kind == EntryKind::Tree || self.traced.contains(fresh.found, id);
            leads.then_some(fresh.found)?
        };
        // The name lies between the mode's blank and the NUL before the id.
        let name = &bytes[fresh.name_at..fresh.id_at - 1];
        let name = self.part.names.number(name, self.name_bytes_max);
        self.part.cut |= name.is_none();
        Some(Edge { child, name: name? })
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
    /// The number that its id has, or [`NONE`].
    found: u32,
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
            found: NONE,
        }
    }
}
