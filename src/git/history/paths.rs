//! Paths at which history holds the objects in question.
//!
//! Whatever a commit holds at a path, its first parent holds there too, or the difference between
//! the two adds it. So the additions of all first-parent differences are all paths there ever
//! were. Only what leads to a target is compared, and a tree that was seen at a path is not looked
//! at again there.

use std::collections::{HashMap, HashSet};

use super::World;
use super::changes::{Change, Comparer};
use super::pace::{GaveUp, Pace};
use super::relevance::{Relevance, Targets};
use super::rows::RowReader;
use crate::git::bits::Bits;
use crate::git::store::NONE;

/// Steps taken in any repository before paths are counted no further: a few trees can describe
/// 10^10 paths.
const STEPS_FREE: u64 = 1 << 20;
/// Steps for each tree that has edges; histories that people made need about one.
const STEPS_PER_TREE: u64 = 8;
/// Paths listed for one object.
const LISTED_MAX: usize = 16;
/// Bytes of all paths listed for one object.
const LISTED_BYTES_MAX: usize = 4096;
/// Longer paths are counted and not listed: no system that git runs on can check them out.
pub(crate) const PATH_LEN_MAX: u32 = 4096;

/// Paths of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    /// Some of them, sorted.
    pub(crate) some: Vec<Vec<u8>>,
    /// How many there are.
    pub(crate) count: u64,
    /// True if there may be more than were counted.
    pub(crate) at_least: bool,
    /// The first one in the commit that introduced the object.
    pub(crate) introduced: Option<Vec<u8>>,
}

/// A path as a chain: the name of its last part, and the path before it.
#[derive(Clone, Copy)]
struct Link {
    before: u32,
    name: u32,
    /// Length of the whole text in bytes.
    len: u32,
}

/// What is known of one target's paths.
#[derive(Clone, Default)]
struct Known {
    /// The first ones in the order of their texts.
    first: Vec<u32>,
    count: u64,
    introduced: Option<u32>,
}

/// Collects the paths of all targets.
struct Walker<'a> {
    world: World<'a>,
    rows: RowReader<'a>,
    relevance: Relevance,
    comparer: Comparer,
    links: Vec<Link>,
    link_of: HashMap<(u32, u32), u32>,
    /// Trees with paths at which they were looked at.
    done: HashSet<(u32, u32)>,
    /// Targets with their paths.
    seen: HashSet<(u32, u32)>,
    known: Vec<Known>,
    steps_left: u64,
    at_least: bool,
}

/// The empty path.
const TOP: u32 = NONE;

/// Finds the paths of all targets. `introducer` tells, by target, the position of the commit that
/// introduced it. `trees` are trees that something else than a commit names; `total` is the number
/// of objects.
pub(crate) fn paths(
    world: World<'_>,
    introducer: &[Option<u32>],
    trees: &[u32],
    total: usize,
    pace: &mut Pace<'_>,
) -> Result<Vec<Paths>, GaveUp> {
    let steps = STEPS_FREE + STEPS_PER_TREE * world.edges.len() as u64;
    let mut walker = Walker {
        world,
        rows: world.edges.reader(),
        relevance: Relevance::new(total),
        comparer: Comparer::default(),
        links: Vec::new(),
        link_of: HashMap::new(),
        done: HashSet::new(),
        seen: HashSet::new(),
        known: vec![Known::default(); world.targets.numbers.len()],
        steps_left: steps,
        at_least: false,
    };
    for position in 0..world.graph.len() as u32 {
        walker.difference(world.tree(position), walker.before(position), None, pace)?;
    }
    for tree in trees {
        walker.difference(*tree, NONE, None, pace)?;
    }
    for tree in walker.dangling(total, pace)? {
        walker.difference(tree, NONE, None, pace)?;
    }
    walker.at_least = walker.steps_left == 0;
    walker.steps_left = steps;
    walker.find_introduced(introducer, pace)?;
    Ok(walker.finish())
}

impl Walker<'_> {
    /// The tree of a commit's first parent.
    fn before(&self, position: u32) -> u32 {
        let parents = self.world.graph.parents(position as usize);
        parents
            .first()
            .map_or(NONE, |parent| self.world.tree(*parent))
    }

    /// Records what tree `after` holds at paths where tree `before` does not. With `only`, for
    /// targets that this commit introduced, looks for the first path of each instead.
    fn difference(
        &mut self,
        after: u32,
        before: u32,
        only: Option<(u32, &[Option<u32>])>,
        pace: &mut Pace<'_>,
    ) -> Result<(), GaveUp> {
        if after == before || after == NONE {
            return Ok(());
        }
        if let Some(target) = self.world.targets.index(after) {
            self.add(target, TOP, only);
        }
        let mut changes: Vec<Change> = Vec::new();
        let mut stack = vec![(after, before, TOP)];
        while let Some((tree, before, path)) = stack.pop() {
            let targets = self.world.targets;
            if !self.relevance.leads(tree, targets, &mut self.rows)
                || (only.is_none() && !self.done.insert((tree, path)))
            {
                continue;
            }
            let (old, new) = (self.rows.row(before), self.rows.row(tree));
            pace.step(old.len() + new.len())?;
            self.comparer.compare(&old, &new, &mut changes);
            // What comes first is taken from the stack first.
            for change in changes.drain(..).rev().filter(|change| change.new != NONE) {
                let target = targets.index(change.new);
                let leads = self.relevance.leads(change.new, targets, &mut self.rows);
                if target.is_none() && !leads {
                    continue;
                }
                let Some(steps_left) = self.steps_left.checked_sub(1) else {
                    return Ok(());
                };
                self.steps_left = steps_left;
                let path = self.link(path, change.name);
                if let Some(target) = target {
                    self.add(target, path, only);
                }
                if leads {
                    stack.push((change.new, change.old, path));
                }
            }
        }
        Ok(())
    }

    fn link(&mut self, before: u32, name: u32) -> u32 {
        let len = self.world.edges.names[name as usize].len() as u32;
        let len = match before {
            TOP => len,
            _ => self.links[before as usize].len.saturating_add(1 + len),
        };
        *self.link_of.entry((before, name)).or_insert_with(|| {
            self.links.push(Link { before, name, len });
            self.links.len() as u32 - 1
        })
    }

    fn add(&mut self, target: u32, path: u32, only: Option<(u32, &[Option<u32>])>) {
        let at = target as usize;
        if let Some((position, introducer)) = only {
            if introducer[at] == Some(position) && self.fits(path) {
                let known = self.known[at].introduced;
                if known.is_none_or(|known| self.text(path) < self.text(known)) {
                    self.known[at].introduced = Some(path);
                }
            }
        } else if self.seen.insert((target, path)) {
            self.known[at].count += 1;
            if self.fits(path) {
                self.list(at, path);
            }
        }
    }

    /// Puts a path in its place among the first ones, if it is one of them.
    fn list(&mut self, at: usize, path: u32) {
        let text = self.text(path);
        let first = &self.known[at].first;
        let full = first.len() == LISTED_MAX;
        if full && first.last().is_some_and(|last| self.text(*last) < text) {
            return;
        }
        let place = first.partition_point(|known| self.text(*known) < text);
        let first = &mut self.known[at].first;
        first.insert(place, path);
        first.truncate(LISTED_MAX);
    }

    /// The first path of each target in the commit that introduced it. No parent of that commit
    /// holds the target, so all its paths there are additions.
    fn find_introduced(
        &mut self,
        introducer: &[Option<u32>],
        pace: &mut Pace<'_>,
    ) -> Result<(), GaveUp> {
        let mut commits = Vec::new();
        for (known, introducer) in self.known.iter_mut().zip(introducer) {
            if let Some(position) = introducer {
                // With only one path there is nothing to look for.
                match known.first[..] {
                    [path] if known.count == 1 && !self.at_least => known.introduced = Some(path),
                    _ => commits.push(*position),
                }
            }
        }
        commits.sort_unstable();
        commits.dedup();
        for position in commits {
            let only = Some((position, introducer));
            self.difference(self.world.tree(position), self.before(position), only, pace)?;
        }
        Ok(())
    }

    /// Top-most trees above targets that have no path yet: what dangles has no commit, but often a
    /// tree.
    fn dangling(&mut self, total: usize, pace: &mut Pace<'_>) -> Result<Vec<u32>, GaveUp> {
        let numbers = self.world.targets.numbers.iter().zip(&self.known);
        let pathless = numbers.filter(|(_, known)| known.count == 0);
        let pathless: Vec<u32> = pathless.map(|(number, _)| *number).collect();
        let edges = self.world.edges;
        let targets = Targets::new(pathless, total as u32);
        if targets.numbers.is_empty() || !edges.any_child(|child| targets.contains(child)) {
            return Ok(Vec::new());
        }
        let mut relevance = Relevance::new(total);
        let mut has_parent = Bits::new(total);
        let mut above = Vec::new();
        for tree in edges.trees() {
            if relevance.leads(tree, &targets, &mut self.rows) {
                above.push(tree);
                let row = self.rows.row(tree);
                pace.step(row.len())?;
                for edge in row.iter().filter(|edge| (edge.child as usize) < total) {
                    has_parent.insert(edge.child);
                }
            }
        }
        // Whoever is above a tree names it by either of its numbers. Two trees that are remembered
        // as one both lie in commits, and above what has no path there is none of these.
        for (own, remembered) in &edges.twins {
            if has_parent.contains(*own) {
                has_parent.insert(*remembered);
            }
        }
        for (own, remembered) in &edges.twins {
            if has_parent.contains(*remembered) {
                has_parent.insert(*own);
            }
        }
        above.retain(|tree| !has_parent.contains(*tree));
        Ok(above)
    }

    fn fits(&self, path: u32) -> bool {
        path == TOP || self.links[path as usize].len <= PATH_LEN_MAX
    }

    fn text(&self, path: u32) -> Vec<u8> {
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut at = path;
        while at != TOP {
            let link = self.links[at as usize];
            parts.push(&self.world.edges.names[link.name as usize]);
            at = link.before;
        }
        parts.reverse();
        parts.join(&b'/')
    }

    fn finish(self) -> Vec<Paths> {
        let one = |known: &Known| {
            let mut some: Vec<Vec<u8>> = Vec::new();
            let mut bytes = 0;
            for path in &known.first {
                let text = self.text(*path);
                bytes += text.len();
                if bytes > LISTED_BYTES_MAX {
                    break;
                }
                some.push(text);
            }
            Paths {
                some,
                count: known.count,
                at_least: self.at_least,
                introduced: known.introduced.map(|path| self.text(path)),
            }
        };
        self.known.iter().map(one).collect()
    }
}
