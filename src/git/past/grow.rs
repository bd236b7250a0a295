//! Adds to a past what a sweep read.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use super::bound::Bound;
use super::growth::Growth;
use super::{COMMIT, COUNT_MAX, Commit, DEPTH_MAX, END, End, TAG, TREE, Thing};
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
) -> Result<Growth, Unknown> {
    let mut grower = Grower::new(history, absent, bound);
    grower.list();
    grower.commits()?;
    grower.others()?;
    let Grower {
        growth,
        ids,
        things,
        ..
    } = grower;
    let commit = |stamp: &CommitStamp| {
        let number = history.number(&stamp.commit)?;
        let thing = *things.get(number as usize)?;
        (thing != Thing::NOTHING && thing.kind() == COMMIT).then(|| thing.number() as u32)
    };
    let stamps = stamps.map(|stamp| Some((commit(stamp)?, stamp.clone())));
    let stamps: Vec<_> = stamps.collect::<Option<_>>().ok_or(Unknown)?;
    growth.with(ids, stamps).ok_or(Unknown)
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
    growth: Growth,
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
        let growth = match bound {
            Some(bound) => Growth::of(&bound.past),
            None => Growth::new(store.hash),
        };
        let total = history.total();
        let is_commit = |number: &u32| history.graph.position(history.structure, *number).is_some();
        let hits = history.targets.numbers.iter().copied();
        let hits = hits.filter(|number| !is_commit(number)).map(|number| {
            let (id, absent, kind) = (store.id(number), false, None);
            (number, End { id, absent, kind })
        });
        let missing = absent.rows().into_iter().map(|(number, row)| {
            let (id, absent, kind) = (row.id, true, row.kind);
            (number, End { id, absent, kind })
        });
        let ends: Vec<(u32, End)> = hits.chain(missing).collect();
        let numbers: Vec<u32> = ends.iter().map(|(number, _)| *number).collect();
        let last = numbers.iter().map(|number| number + 1).max();
        let mut grower = Grower {
            targets: Targets::new(numbers, last.unwrap_or(0).max(total as u32)),
            things: vec![Thing::NOTHING; total],
            ends: HashMap::new(),
            relevance: Relevance::new(total),
            rows: history.edges.reader(),
            pace: history.pace(),
            names: vec![NONE; history.edges.names.len()],
            name_numbers: growth.past.names.iter().cloned().zip(0..).collect(),
            new_commits: Vec::new(),
            new_tags: Vec::new(),
            ids: Vec::new(),
            alike: HashMap::new(),
            hashers: (RandomState::new(), RandomState::new()),
            recent: HashMap::new(),
            recent_len: 0,
            edges_max: EDGES_FREE + total * 4,
            growth,
            history,
        };
        if let Some(bound) = bound {
            grower.recognise(bound, absent);
        }
        for (number, end) in ends {
            grower.add_end(number, end);
        }
        grower
    }

    /// Says of everything that is known already which thing it is.
    fn recognise(&mut self, bound: &Bound, absent: &Absent) {
        let past = &bound.past;
        let counts = [past.commits.len(), past.tags.len(), past.trees.len()];
        for (kind, count) in (COMMIT..=TREE).zip(counts) {
            for number in 0..count {
                let thing = Thing::new(kind, number);
                self.things[bound.number(thing) as usize] = thing;
            }
        }
        for (number, tree) in &bound.trees_here {
            self.things[*number as usize] = Thing::new(TREE, *tree);
        }
        let numbers = bound.ends(self.history.store, absent).into_iter().zip(0..);
        let there = numbers.filter(|(number, _)| *number != NONE);
        self.ends
            .extend(there.map(|(number, at)| (number, Thing::new(END, at))));
    }

    fn add_end(&mut self, number: u32, end: End) {
        let ends = &mut self.growth.past.ends;
        let thing = self.ends.entry(number).or_insert_with(|| {
            ends.push(end);
            Thing::new(END, ends.len() - 1)
        });
        // What was absent may have come, and be in question now.
        self.growth.past.ends[thing.number()] = end;
    }

    /// Gives new commits and tags their numbers.
    fn list(&mut self) {
        let history = self.history;
        let graph = &history.graph;
        for (position, row) in graph.rows.iter().zip(0u32..).map(|(row, at)| (at, *row)) {
            let number = history.structure.commits[row as usize].number;
            if self.things[number as usize] == Thing::NOTHING {
                let next = self.growth.before.commits + self.new_commits.len();
                self.name(number, Thing::new(COMMIT, next));
                self.new_commits.push(position);
            }
        }
        for (number, target) in &history.structure.tags {
            if self.things[*number as usize] == Thing::NOTHING {
                let next = self.growth.before.tags + self.new_tags.len();
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
                self.growth.past.parents.push(self.thing(*parent));
            }
            self.growth.past.commits.push(Commit {
                time: commit.time,
                author: commit.author,
                tree: self.thing(commit.tree),
                parents_end: self.growth.parents_end(),
            });
        }
        for target in std::mem::take(&mut self.new_tags) {
            // A tree that a tag names need not be below any commit.
            self.project(target, None, false)?;
            self.growth.past.tags.push(self.thing(target));
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
            let next = self.growth.past.names.len() as u32;
            *known = *self.name_numbers.entry(text.clone()).or_insert(next);
            if *known == next {
                self.growth.past.names.push(text.clone());
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
        let number = self.growth.past.trees.len();
        let base = like.filter(|(like, _)| self.growth.past.depths[*like] < DEPTH_MAX);
        self.growth
            .past
            .push(row, base.as_ref().map(|(base, old)| (*base, &**old)));
        if self.growth.past.edges.len() > self.edges_max || number >= COUNT_MAX {
            return Err(Unknown);
        }
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
        let row: PastRow = self.growth.past.row(tree).into();
        self.remember(tree, Rc::clone(&row));
        row
    }
}
