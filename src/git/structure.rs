//! What objects name: commits their trees and parents, tags their targets, trees their entries.
//!
//! Collected while a sweep reads every object anyway. Each id is looked up at once; what is
//! nowhere gets a number of its own behind all real ones, and history decides later whether
//! anything reachable needs it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::commit::{self, Commit};
use super::hash;
use super::past::bound::Bound;
use super::store::{NONE, Store};
use super::tree::Malformed;
use crate::model::{ObjectId, ObjectKind};

/// Ids that something names and no pack or loose file holds.
pub(crate) struct Absent {
    first: u32,
    /// Most ids that are kept. An honest tree that names one has its 20 bytes in a pack, which no
    /// compression makes smaller, so only a hostile repository has more.
    len_max: usize,
    table: Mutex<AbsentTable>,
    /// Ids that are known to be there although the store does not have them.
    elsewhere: Option<Elsewhere>,
    /// What is remembered of history; its numbers come between the store's and ours.
    past: Option<Arc<Bound>>,
    /// Ids that git knows without storing them: the empty tree and the empty blob.
    built_in: [Option<ObjectId>; 2],
}

/// Knows objects that were not opened.
pub(crate) type Elsewhere = Arc<dyn Fn(&ObjectId) -> bool + Send + Sync>;

#[derive(Default)]
struct AbsentTable {
    numbers: HashMap<ObjectId, u32>,
    rows: Vec<AbsentRow>,
    /// True if there were more ids than are kept.
    cut: bool,
}

/// Parents that are kept in any repository.
const PARENTS_FREE: usize = 1 << 22;

/// Absent ids that are kept in any repository.
const ABSENT_FREE: usize = 1 << 20;

/// One absent id.
#[derive(Clone, Debug)]
pub(crate) struct AbsentRow {
    pub(crate) id: ObjectId,
    /// What it should be.
    pub(crate) kind: Option<ObjectKind>,
}

impl Absent {
    pub(crate) fn new(store: &Store) -> Absent {
        let built_in =
            [ObjectKind::Tree, ObjectKind::Blob].map(|kind| hash::object_id(store.hash, kind, b""));
        let room = (NONE - store.total()) as usize;
        let bytes = usize::try_from(store.pack_bytes()).unwrap_or(usize::MAX);
        Absent {
            first: store.total(),
            len_max: room.min(ABSENT_FREE + bytes / 16 + store.loose().len() * 256),
            table: Mutex::default(),
            elsewhere: None,
            past: None,
            built_in,
        }
    }

    /// The same, where what `elsewhere` knows is not absent.
    pub(crate) fn but(self, elsewhere: Option<Elsewhere>) -> Absent {
        Absent { elsewhere, ..self }
    }

    /// The same, where what a past has is not absent.
    pub(crate) fn after(self, past: Option<Arc<Bound>>) -> Absent {
        let first = past.as_ref().map_or(self.first, |past| past.end());
        let len_max = self.len_max.min((NONE - first) as usize);
        Absent {
            first,
            len_max,
            past,
            ..self
        }
    }

    /// The number of an absent id; [`NONE`] for what git does not need to store, and for more ids
    /// than are kept.
    pub(crate) fn number(&self, id: &ObjectId, kind: Option<ObjectKind>) -> u32 {
        let is_elsewhere = |elsewhere: &Elsewhere| elsewhere(id);
        if let Some(past) = &self.past
            && let Some(number) = past.find(id.as_bytes())
        {
            return number;
        }
        if self.built_in.contains(&Some(*id)) || self.elsewhere.as_ref().is_some_and(is_elsewhere) {
            return NONE;
        }
        let mut table = self
            .table
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let AbsentTable { numbers, rows, cut } = &mut *table;
        if rows.len() >= self.len_max && !numbers.contains_key(id) {
            *cut = true;
            return NONE;
        }
        let number = *numbers.entry(*id).or_insert_with(|| {
            rows.push(AbsentRow { id: *id, kind });
            self.first + rows.len() as u32 - 1
        });
        // Whoever names it first, of several kinds the same one is kept.
        let known = &mut rows[(number - self.first) as usize].kind;
        *known = match (*known, kind) {
            (Some(known), Some(kind)) => Some(known.min(kind)),
            (known, kind) => known.or(kind),
        };
        number
    }

    /// True if nothing is absent.
    pub(crate) fn is_empty(&self) -> bool {
        let table = self
            .table
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        table.rows.is_empty()
    }

    /// How many ids are kept, if there were more.
    pub(crate) fn cut(&self) -> Option<usize> {
        let table = self
            .table
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        table.cut.then_some(table.rows.len())
    }

    /// The number of an id, whether it is there or not.
    pub(crate) fn resolve(&self, store: &Store, id: &ObjectId, kind: Option<ObjectKind>) -> u32 {
        store
            .look_up(id.as_bytes())
            .unwrap_or_else(|| self.number(id, kind))
    }

    /// All absent ids with their numbers.
    pub(crate) fn rows(&self) -> Vec<(u32, AbsentRow)> {
        let table = self
            .table
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        (self.first..).zip(table.rows.iter().cloned()).collect()
    }
}

/// A commit in the graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommitRow {
    /// Its number in the store.
    pub(crate) number: u32,
    /// The number of its tree, [`NONE`] for the empty tree or a malformed commit.
    pub(crate) tree: u32,
    /// Committer date in seconds since 1970.
    pub(crate) time: i64,
    /// The mark of its author: see [`Commit::author_mark`].
    pub(crate) author: u64,
    parents: (u32, u32),
}

/// A commit that is known without having been read.
pub(crate) struct Known<P> {
    pub(crate) number: u32,
    pub(crate) tree: u32,
    pub(crate) time: i64,
    pub(crate) author: u64,
    pub(crate) parents: P,
}

/// Why what an object names cannot be followed, or not all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Tree(Malformed),
    Commit(&'static str),
    Tag(&'static str),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, why) = match self {
            Fault::Tree(Malformed(at)) => {
                return write!(
                    f,
                    "the tree is malformed at byte {at}: its entries from there on cannot be followed"
                );
            }
            Fault::Commit(why) => (ObjectKind::Commit, why),
            Fault::Tag(why) => (ObjectKind::Tag, why),
        };
        write!(f, "the {kind} is malformed: {why}, so git cannot follow it")
    }
}

/// Commits and tags, in compact rows.
#[derive(Default)]
pub(crate) struct Structure {
    pub(crate) commits: Vec<CommitRow>,
    /// Numbers of the parents of all commits, one list after the other.
    parents: Vec<u32>,
    /// Tags: their number and that of their target.
    pub(crate) tags: Vec<(u32, u32)>,
    /// Objects whose content cannot be followed.
    pub(crate) malformed: Vec<(u32, Fault)>,
}

impl Structure {
    /// The parents of a commit.
    pub(crate) fn parents(&self, commit: &CommitRow) -> &[u32] {
        &self.parents[commit.parents.0 as usize..commit.parents.1 as usize]
    }

    /// Joins what the workers collected; the result does not depend on who read what.
    pub(crate) fn merge(parts: impl IntoIterator<Item = Structure>) -> Structure {
        let mut all = Structure::default();
        for part in parts {
            let shift = all.parents.len() as u32;
            let shifted = |row: CommitRow| CommitRow {
                parents: (row.parents.0 + shift, row.parents.1 + shift),
                ..row
            };
            all.commits.extend(part.commits.into_iter().map(shifted));
            all.parents.extend(part.parents);
            all.tags.extend(part.tags);
            all.malformed.extend(part.malformed);
        }
        all.commits.sort_unstable_by_key(|row| row.number);
        // An object whose unit panicked half-way was read again.
        all.commits.dedup_by_key(|row| row.number);
        all.tags.sort_unstable();
        all.tags.dedup();
        all.malformed.sort_unstable_by_key(|(number, _)| *number);
        all.malformed.dedup_by_key(|(number, _)| *number);
        all
    }

    /// Adds commits and tags that were not read.
    pub(crate) fn add<P: Iterator<Item = u32>>(
        &mut self,
        commits: impl Iterator<Item = Known<P>>,
        tags: impl Iterator<Item = (u32, u32)>,
    ) {
        for known in commits {
            let start = self.parents.len() as u32;
            self.parents
                .extend(known.parents.filter(|parent| *parent != NONE));
            self.commits.push(CommitRow {
                number: known.number,
                tree: known.tree,
                time: known.time,
                author: known.author,
                parents: (start, self.parents.len() as u32),
            });
        }
        // These are nearly in order.
        self.commits.sort_by_key(|row| row.number);
        self.tags.extend(tags);
        self.tags.sort_unstable();
    }

    /// The row of the commit with this number.
    pub(crate) fn row_of(&self, number: u32) -> Option<u32> {
        // Remembered commits have numbers one after the other, behind all others.
        let before_last = self.commits.last()?.number.checked_sub(number)?;
        let guess = (self.commits.len() - 1).checked_sub(before_last as usize);
        if let Some(guess) = guess
            && self.commits[guess].number == number
        {
            return Some(guess as u32);
        }
        self.commits
            .binary_search_by_key(&number, |row| row.number)
            .ok()
            .map(|row| row as u32)
    }
}

/// Collects what commits and tags name, one per worker.
pub(crate) struct Collector<'a> {
    pub(crate) store: &'a Store,
    pub(crate) absent: &'a Absent,
    /// Commits whose parents a shallow clone leaves out.
    pub(crate) shallow: &'a HashSet<u32>,
    pub(crate) structure: Structure,
}

impl Collector<'_> {
    /// Looks up what a commit or tag names.
    pub(crate) fn object(&mut self, number: u32, kind: ObjectKind, bytes: &[u8]) {
        match kind {
            ObjectKind::Commit => self.commit(number, bytes),
            ObjectKind::Tag => {
                if let Some(why) = commit::tag_fault(bytes, self.store.hash.hex_len()) {
                    self.structure.malformed.push((number, Fault::Tag(why)));
                }
                if let Some((id, kind)) = commit::tag_target(bytes)
                    && id.as_bytes().len() == self.store.hash.len()
                {
                    let target = self.absent.resolve(self.store, &id, Some(kind));
                    self.structure.tags.push((number, target));
                }
            }
            ObjectKind::Blob | ObjectKind::Tree => {}
        }
    }

    /// Most parents that one worker keeps. Honest commits have one or two, and a few have many.
    fn parents_max(&self) -> usize {
        PARENTS_FREE.max(self.store.total() as usize * 4)
    }

    fn commit(&mut self, number: u32, bytes: &[u8]) {
        let (commit, fault) = Commit::read(bytes, self.store.hash.hex_len());
        if let Some(why) = fault {
            self.structure.malformed.push((number, Fault::Commit(why)));
        }
        // An id of the other hash names nothing here.
        let is_ours = |id: &ObjectId| id.as_bytes().len() == self.store.hash.len();
        let tree = commit.tree.filter(is_ours).map_or(NONE, |id| {
            self.absent.resolve(self.store, &id, Some(ObjectKind::Tree))
        });
        let start = self.structure.parents.len() as u32;
        let is_boundary = self.shallow.contains(&number);
        let mut followed = commit.parents.iter().filter(|id| is_ours(id));
        // Of a commit at the boundary those parents are there that the clone did not leave out.
        while let Some(parent) =
            followed.find(|id| !is_boundary || self.store.find(id.as_bytes()).is_some())
        {
            if self.structure.parents.len() >= self.parents_max() {
                let why = "with all others it has more parents than any history";
                self.structure.malformed.push((number, Fault::Commit(why)));
                break;
            }
            let kind = Some(ObjectKind::Commit);
            let parent = self.absent.resolve(self.store, parent, kind);
            self.structure.parents.push(parent);
        }
        let parents = (start, self.structure.parents.len() as u32);
        self.structure.commits.push(CommitRow {
            number,
            tree,
            time: commit.time(),
            author: commit.author_mark(),
            parents,
        });
    }
}
