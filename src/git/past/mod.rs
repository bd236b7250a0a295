//! What earlier sweeps remember of history: all commits with their parents, and of their trees what
//! leads to objects in question. New commits can then be traced without reading old ones.
//!
//! Trees are kept as they look when everything is left out that leads to nothing in question. Most
//! commits change nothing of that, so most trees look alike and are kept as one. Only what commits
//! lead to is made one: where a tree stands alone, who is above whom counts.
//!
//! A past only ever grows, and is written down in pieces, each with what came since the one before.
//! Things in it refer to each other by [`Thing`]; [`Bound`] gives them numbers in a store, behind the
//! store's own.

pub(crate) mod bound;
mod file;
mod grow;
mod growth;
mod rows;

use std::collections::HashSet;

use super::attribution::History;
use super::objects::Objects;
use crate::model::{CommitStamp, HashKind, ObjectId, ObjectKind};
use bound::Bound;
pub(crate) use growth::Growth;

/// Something in a past: its kind in the two highest bits, then its number among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Thing(u32);

/// Kinds of things.
const COMMIT: u32 = 0;
const TAG: u32 = 1;
const TREE: u32 = 2;
const END: u32 = 3;

/// Most things of one kind.
const COUNT_MAX: usize = (1 << 30) - 2;

impl Thing {
    const NOTHING: Thing = Thing(u32::MAX);

    fn new(kind: u32, number: usize) -> Thing {
        Thing(kind << 30 | number as u32)
    }

    fn kind(self) -> u32 {
        self.0 >> 30
    }

    fn number(self) -> usize {
        (self.0 & (u32::MAX >> 2)) as usize
    }

    /// The number of a tree.
    fn tree(self) -> Option<usize> {
        (self != Thing::NOTHING && self.kind() == TREE).then(|| self.number())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Commit {
    time: i64,
    /// The mark of its author.
    author: u64,
    tree: Thing,
    /// Where its parents end.
    parents_end: u32,
}

/// An object in question, or one that is named and not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    id: ObjectId,
    /// Not there, when it was looked up.
    absent: bool,
    /// What it should be, if it is not there.
    kind: Option<ObjectKind>,
}

/// A tree's row of edges: `before` edges of another one's, its own ones, and `after` of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tree {
    /// Where its own edges begin and end.
    own: (u32, u32),
    /// The other tree, [`NO_BASE`] for none.
    base: u32,
    before: u32,
    after: (u32, u32),
}

const NO_BASE: u32 = u32::MAX;
/// The longest way from a row to one that is kept whole.
const DEPTH_MAX: u8 = 32;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Past {
    hash: HashKind,
    commits: Vec<Commit>,
    parents: Vec<Thing>,
    /// What each tag points to.
    tags: Vec<Thing>,
    trees: Vec<Tree>,
    /// How far each tree's row is from one that is kept whole.
    depths: Vec<u8>,
    /// What trees lead to, and the number of its name.
    edges: Vec<(Thing, u32)>,
    names: Vec<Box<[u8]>>,
    ends: Vec<End>,
    /// Names of commits, tags and trees, ascending; several trees may be one thing.
    ids: Vec<u8>,
    things: Vec<Thing>,
    /// Who made the commits that were asked for, by their number.
    stamps: Vec<(u32, CommitStamp)>,
}

/// How long the lists are that only grow at their ends, and how many things have names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    commits: usize,
    parents: usize,
    tags: usize,
    trees: usize,
    edges: usize,
    names: usize,
    things: usize,
}

impl Past {
    /// Nothing is known yet.
    pub(crate) fn new(hash: HashKind) -> Past {
        Past {
            hash,
            commits: Vec::new(),
            parents: Vec::new(),
            tags: Vec::new(),
            trees: Vec::new(),
            depths: Vec::new(),
            edges: Vec::new(),
            names: Vec::new(),
            ends: Vec::new(),
            ids: Vec::new(),
            things: Vec::new(),
            stamps: Vec::new(),
        }
    }

    fn counts(&self) -> Counts {
        Counts {
            commits: self.commits.len(),
            parents: self.parents.len(),
            tags: self.tags.len(),
            trees: self.trees.len(),
            edges: self.edges.len(),
            names: self.names.len(),
            things: self.things.len(),
        }
    }

    fn parents(&self, commit: usize) -> &[Thing] {
        let start = match commit {
            0 => 0,
            _ => self.commits[commit - 1].parents_end,
        };
        &self.parents[start as usize..self.commits[commit].parents_end as usize]
    }

    fn id(&self, at: usize) -> &[u8] {
        let len = self.hash.len();
        &self.ids[at * len..(at + 1) * len]
    }

    /// The objects in question that trees are kept for.
    pub(crate) fn ends(&self) -> HashSet<ObjectId> {
        let ends = self.ends.iter().filter(|end| !end.absent);
        ends.map(|end| end.id).collect()
    }

    /// All texts that come from the repository.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let authors = self.stamps.iter().map(|(_, stamp)| &stamp.author[..]);
        self.names.iter().map(|name| &name[..]).chain(authors)
    }
}

impl Objects {
    /// What is to be remembered of a history, with the commits that answers were made of. `None` if
    /// it cannot be told apart or is too much.
    pub(crate) fn past_of<'s>(
        &self,
        history: &History<'_>,
        stamps: impl Iterator<Item = &'s CommitStamp>,
    ) -> Option<Growth> {
        grow::grow(history, self.absent(), self.past(), stamps).ok()
    }

    /// True if everything is there that a past takes for granted.
    pub(crate) fn is_bound(&self, past: &Bound) -> bool {
        past.ends(self.store(), self.absent())
            .iter()
            .zip(&past.past.ends)
            .all(|(number, end)| end.absent || *number != super::store::NONE)
    }
}
