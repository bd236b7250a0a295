//! Adds to a past what a sweep read.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use super::bound::Bound;
use super::{
    COMMIT, COUNT_MAX, Commit, DEPTH_MAX, END, End, NO_BASE, Past, TAG, TREE, Thing, Tree,
};
use crate::git::attribution::History;
use crate::git::history::pace::{GaveUp, Pace};
use crate::git::history::relevance::{Relevance, Targets};
use crate::git::history::rows::{Row, RowReader};
use crate::git::store::NONE;
use crate::git::structure::Absent;
use crate::model::{CommitStamp, ObjectId};

/// Edges and names of any repository's past.
const EDGES_FREE: usize = 4 << 20;
/// Edges that rows kept for comparison may have.
const CACHED_MAX: usize = 1 << 20;

type PastRow = Rc<[(Thing, u32)]>;

/// Why a past cannot be made.
pub(crate) struct Unknown;

impl From<GaveUp> for Unknown {
    fn from(_: GaveUp) -> Unknown {
        Unknown
    }
}

/// What is remembered of a history, with the commits that answers were made of.
pub(crate) fn grow<'s>(
    history: &History<'_>,
    absent: &Absent,
    bound: Option<&Bound>,
    stamps: impl Iterator<Item = &'s CommitStamp>,
) -> Result<Past, Unknown> {
    let mut grower = Grower::new(history, absent, bound);
    grower.list();
    grower.commits()?;
    grower.others()?;
    grower.finish(stamps)
}

/// A tree whose row is being made.
struct Frame<'e> {
    tree: u32,
    /// What stood in its place before.
    like: Option<usize>,
    row: Row<'e>,
    at: usize,
    made: Vec<(Thing, u32)>,
    /// Its name in the tree above.
    name: u32,
}

struct Grower<'a, 'h> {
    history: &'a History<'h>,
    past: Past,
    /// By number: what it is in the past.
    things: Vec<Thing>,
    ends: HashMap<u32, Thing>,
    /// All ends, and how to find what leads to them.
    targets: Targets,
    relevance: Relevance,
    rows: RowReader<'a>,
    pace: Pace<'h>,
    /// From names of edges to names here.
    names: Vec<u32>,
    name_numbers: HashMap<Box<[u8]>, u32>,
    /// New commits by position, and new tags.
    new_commits: Vec<u32>,
    new_tags: Vec<u32>,
    /// New names of things.
    ids: Vec<(ObjectId, Thing)>,
    /// New trees by a digest of their row.
    alike: HashMap<(u64, u64), usize>,
    hashers: (RandomState, RandomState),
    recent: HashMap<usize, PastRow>,
    recent_len: usize,
    edges_max: usize,
}

impl<'a, 'h> Grower<'a, 'h> {
    fn new(history: &'a History<'h>, absent: &Absent, bound: Option<&Bound>) -> Grower<'a, 'h> {
        let store = history.store;
        let past = bound.map_or_else(|| Past::new(store.hash), |bound| Past::clone(&bound.past));
        let total = history.total();
        let mut things = vec![Thing::NOTHING; total];
        let mut ends = HashMap::new();
        if let Some(bound) = bound {
            let counts = [past.commits.len(), past.tags.len(), past.trees.len()];
            for (kind, count) in (COMMIT..=TREE).zip(counts) {
                for number in 0..count {
                    let thing = Thing::new(kind, number);
                    things[bound.number(thing) as usize] = thing;
                }
            }
            for (number, tree) in &bound.trees_here {
                things[*number as usize] = Thing::new(TREE, *tree);
            }
            let numbers = bound.ends(store, absent).into_iter().zip(0..);
            ends.extend(numbers.map(|(number, at)| (number, Thing::new(END, at))));
        }
        let absent: Vec<(u32, End)> = absent
            .rows()
            .into_iter()
            .map(|(number, row)| {
                let (id, kind) = (row.id, row.kind);
                (
                    number,
                    End {
                        id,
                        absent: true,
                        kind,
                    },
                )
            })
            .collect();
        let is_commit = |number: &u32| history.graph.position(history.structure, *number).is_some();
        let hits = history.targets.numbers.iter().copied();
        let hits: Vec<u32> = hits.filter(|number| !is_commit(number)).collect();
        let last = absent.last().map_or(total as u32, |(number, _)| number + 1);
        let numbers = hits
            .iter()
            .copied()
            .chain(absent.iter().map(|(number, _)| *number));
        let targets = Targets::new(numbers.collect(), last);
        let mut grower = Grower {
            past,
            things,
            ends,
            targets,
            relevance: Relevance::new(total),
            rows: history.edges.reader(),
            pace: history.pace(),
            names: vec![NONE; history.edges.names.len()],
            name_numbers: HashMap::new(),
            new_commits: Vec::new(),
            new_tags: Vec::new(),
            ids: Vec::new(),
            alike: HashMap::new(),
            hashers: (RandomState::new(), RandomState::new()),
            recent: HashMap::new(),
            recent_len: 0,
            edges_max: EDGES_FREE + total * 4,
            history,
        };
        let known = grower.past.names.iter().cloned().zip(0..);
        grower.name_numbers = known.collect();
        for number in hits {
            let (id, kind) = (store.id(number), None);
            grower.add_end(
                number,
                End {
                    id,
                    absent: false,
                    kind,
                },
            );
        }
        for (number, end) in absent {
            grower.add_end(number, end);
        }
        grower
    }

    fn add_end(&mut self, number: u32, end: End) {
        let ends = &mut self.past.ends;
        let thing = self.ends.entry(number).or_insert_with(|| {
            ends.push(end);
            Thing::new(END, ends.len() - 1)
        });
        // What was absent may have come, and be in question now.
        self.past.ends[thing.number()] = end;
    }

    /// Gives new commits and tags their numbers.
    fn list(&mut self) {
        let history = self.history;
        let graph = &history.graph;
        for (position, row) in graph.rows.iter().zip(0u32..).map(|(row, at)| (at, *row)) {
            let number = history.structure.commits[row as usize].number;
            if self.things[number as usize] == Thing::NOTHING {
                let next = self.past.commits.len() + self.new_commits.len();
                self.name(number, Thing::new(COMMIT, next));
                self.new_commits.push(position);
            }
        }
        for (number, target) in &history.structure.tags {
            if self.things[*number as usize] == Thing::NOTHING {
                let next = self.past.tags.len() + self.new_tags.len();
                self.name(*number, Thing::new(TAG, next));
                self.new_tags.push(*target);
            }
        }
    }

    /// Says which thing an object is.
    fn name(&mut self, number: u32, thing: Thing) {
        self.things[number as usize] = thing;
        self.ids.push((self.history.store.id(number), thing));
    }

    fn thing(&self, number: u32) -> Thing {
        let own = self.things.get(number as usize).copied();
        match self.ends.get(&number) {
            Some(end) => *end,
            None => own.unwrap_or(Thing::NOTHING),
        }
    }

    /// Takes over new commits with their trees.
    fn commits(&mut self) -> Result<(), Unknown> {
        let history = self.history;
        for position in std::mem::take(&mut self.new_commits) {
            let row = history.graph.rows[position as usize];
            let commit = &history.structure.commits[row as usize];
            let before = history.graph.parents(position as usize).first();
            let like = before.and_then(|parent| {
                let row = history.graph.rows[*parent as usize];
                let tree = history.structure.commits[row as usize].tree;
                self.things
                    .get(tree as usize)
                    .and_then(|thing| thing.tree())
            });
            self.project(commit.tree, like, true)?;
            for parent in history.structure.parents(commit) {
                self.past.parents.push(self.thing(*parent));
            }
            self.past.commits.push(Commit {
                time: commit.time,
                tree: self.thing(commit.tree),
                parents_end: self.past.parents.len() as u32,
            });
        }
        for target in std::mem::take(&mut self.new_tags) {
            // A tree that a tag names need not be below any commit.
            self.project(target, None, false)?;
            self.past.tags.push(self.thing(target));
        }
        Ok(())
    }

    /// Trees that no commit leads to.
    fn others(&mut self) -> Result<(), Unknown> {
        let edges = self.history.edges;
        for tree in edges.trees() {
            self.project(tree, None, false)?;
        }
        Ok(())
    }

    /// True if a tree is to be remembered, and is not yet.
    fn is_new(&mut self, tree: u32) -> bool {
        let thing = self.things.get(tree as usize).copied();
        thing == Some(Thing::NOTHING)
            && self.history.edges.has_row(tree)
            && self.relevance.leads(tree, &self.targets, &mut self.rows)
    }

    /// Takes over a tree and what is below it, depth-first with an explicit stack.
    fn project(&mut self, tree: u32, like: Option<usize>, is_alike: bool) -> Result<(), Unknown> {
        if !self.is_new(tree) {
            return Ok(());
        }
        let mut stack = Vec::new();
        self.open(tree, like, NONE, &mut stack)?;
        while let Some(frame) = stack.last_mut() {
            let Some(edge) = frame.row.get(frame.at).copied() else {
                let Some(frame) = stack.pop() else { break };
                let thing = self.keep(&frame, is_alike)?;
                self.name(frame.tree, thing);
                if let Some(above) = stack.last_mut() {
                    above.made.push((thing, frame.name));
                }
                continue;
            };
            frame.at += 1;
            let (like, is_end) = (frame.like, self.ends.contains_key(&edge.child));
            if !is_end && self.is_new(edge.child) {
                let name = self.name_number(edge.name);
                let like = like.and_then(|like| {
                    let row = self.row(like);
                    let same = row
                        .iter()
                        .find(|(thing, own)| *own == name && thing.tree().is_some());
                    same.and_then(|(thing, _)| thing.tree())
                });
                if stack.iter().any(|frame| frame.tree == edge.child) {
                    // A tree below itself: these names lie.
                    return Err(Unknown);
                }
                self.open(edge.child, like, name, &mut stack)?;
                continue;
            }
            let thing = self.thing(edge.child);
            if thing.tree().is_some() || is_end {
                let name = self.name_number(edge.name);
                if let Some(frame) = stack.last_mut() {
                    frame.made.push((thing, name));
                }
            }
        }
        Ok(())
    }

    fn open(
        &mut self,
        tree: u32,
        like: Option<usize>,
        name: u32,
        stack: &mut Vec<Frame<'a>>,
    ) -> Result<(), Unknown> {
        let row = self.rows.row(tree);
        self.pace.step(row.len())?;
        let made = Vec::new();
        let at = 0;
        stack.push(Frame {
            tree,
            like,
            row,
            at,
            made,
            name,
        });
        Ok(())
    }

    fn name_number(&mut self, name: u32) -> u32 {
        let known = &mut self.names[name as usize];
        if *known == NONE {
            let text = &self.history.edges.names[name as usize];
            let next = self.past.names.len() as u32;
            *known = *self.name_numbers.entry(text.clone()).or_insert(next);
            if *known == next {
                self.past.names.push(text.clone());
            }
        }
        *known
    }

    /// Keeps a row, if there is none like it; gives its tree.
    fn keep(&mut self, frame: &Frame<'_>, is_alike: bool) -> Result<Thing, Unknown> {
        let row: &[(Thing, u32)] = &frame.made;
        let like = frame.like.map(|like| (like, self.row(like)));
        let digest = (self.hashers.0.hash_one(row), self.hashers.1.hash_one(row));
        if is_alike {
            if let Some((like, old)) = &like
                && **old == *row
            {
                return Ok(Thing::new(TREE, *like));
            }
            if let Some(known) = self.alike.get(&digest) {
                return Ok(Thing::new(TREE, *known));
            }
        }
        let number = self.past.trees.len();
        let start = self.past.edges.len() as u32;
        let base = like.filter(|(like, _)| self.past.depths[*like] < DEPTH_MAX);
        let (tree, depth) = match base {
            Some((base, old)) => {
                let same = |(a, b): &(&(Thing, u32), &(Thing, u32))| a == b;
                let before = old.iter().zip(row).take_while(same).count();
                let (rest, old_rest) = (&row[before..], &old[before..]);
                let after = rest.iter().rev().zip(old_rest.iter().rev());
                let after = after.take_while(same).count();
                self.past
                    .edges
                    .extend_from_slice(&rest[..rest.len() - after]);
                let tree = Tree {
                    own: (start, self.past.edges.len() as u32),
                    base: base as u32,
                    before: before as u32,
                    after: ((old.len() - after) as u32, after as u32),
                };
                (tree, self.past.depths[base] + 1)
            }
            None => {
                self.past.edges.extend_from_slice(row);
                let tree = Tree {
                    own: (start, self.past.edges.len() as u32),
                    base: NO_BASE,
                    before: 0,
                    after: (0, 0),
                };
                (tree, 0)
            }
        };
        if self.past.edges.len() > self.edges_max || number >= COUNT_MAX {
            return Err(Unknown);
        }
        self.past.trees.push(tree);
        self.past.depths.push(depth);
        if is_alike {
            self.alike.insert(digest, number);
        }
        self.remember(number, row.into());
        Ok(Thing::new(TREE, number))
    }

    fn remember(&mut self, tree: usize, row: PastRow) {
        if self.recent_len > CACHED_MAX {
            self.recent.clear();
            self.recent_len = 0;
        }
        self.recent_len += row.len() + 8;
        self.recent.insert(tree, row);
    }

    /// The row of a tree that is kept.
    fn row(&mut self, tree: usize) -> PastRow {
        if let Some(row) = self.recent.get(&tree) {
            return Rc::clone(row);
        }
        let row: PastRow = self.past.row(tree).into();
        self.remember(tree, Rc::clone(&row));
        row
    }

    /// Puts new names among the old ones.
    fn finish<'s>(
        mut self,
        stamps: impl Iterator<Item = &'s CommitStamp>,
    ) -> Result<Past, Unknown> {
        let counts = [
            self.past.commits.len(),
            self.past.tags.len(),
            self.past.ends.len(),
        ];
        if counts.into_iter().any(|count| count > COUNT_MAX) {
            return Err(Unknown);
        }
        self.ids.sort_unstable_by_key(|(id, _)| *id);
        let past = &mut self.past;
        let (old_ids, old_things) = (
            std::mem::take(&mut past.ids),
            std::mem::take(&mut past.things),
        );
        let len = past.hash.len();
        past.ids.reserve_exact(old_ids.len() + self.ids.len() * len);
        past.things.reserve_exact(old_things.len() + self.ids.len());
        let mut old = old_ids.chunks_exact(len).zip(old_things).peekable();
        for (id, thing) in self.ids {
            while let Some((name, known)) = old.next_if(|(name, _)| *name < id.as_bytes()) {
                past.ids.extend_from_slice(name);
                past.things.push(known);
            }
            past.ids.extend_from_slice(id.as_bytes());
            past.things.push(thing);
        }
        for (name, known) in old {
            past.ids.extend_from_slice(name);
            past.things.push(known);
        }
        let mut known: HashMap<u32, CommitStamp> =
            std::mem::take(&mut past.stamps).into_iter().collect();
        for stamp in stamps {
            let number = self.history.number(&stamp.commit);
            let thing = number.and_then(|number| self.things.get(number as usize));
            let thing = thing.filter(|thing| **thing != Thing::NOTHING && thing.kind() == COMMIT);
            let commit = thing.ok_or(Unknown)?.number() as u32;
            known.entry(commit).or_insert_with(|| stamp.clone());
        }
        past.stamps = known.into_iter().collect();
        past.stamps.sort_unstable_by_key(|(commit, _)| *commit);
        Ok(self.past)
    }
}

impl Past {
    /// The row of a tree.
    fn row(&self, tree: usize) -> Vec<(Thing, u32)> {
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
