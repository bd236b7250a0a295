//! Paths at which history holds the traced objects.
//!
//! Whatever a commit holds at a path, its first parent holds there too, or the difference between
//! the two adds it. So the additions of all first-parent differences are all paths there ever
//! were. Only relevant trees are compared, and equal ones are skipped.

use std::collections::{HashMap, HashSet};

use super::lineage::Lineage;
use super::masks::World;
use crate::git::store::NONE;

/// Steps taken before paths are counted no further: a few trees can describe 10^10 paths.
const STEPS_MAX: u64 = 4_000_000;
/// Paths listed for one object.
const LISTED_MAX: usize = 16;

/// Paths of one traced object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    /// Some of them, sorted.
    pub(crate) some: Vec<Vec<u8>>,
    /// How many there are.
    pub(crate) count: u64,
    /// The first one in the commit that introduced the object.
    pub(crate) introduced: Option<Vec<u8>>,
}

/// A path as a chain: the name of its last part, and the path before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Link {
    before: u32,
    name: u32,
}

/// Collects the paths of all targets.
pub(crate) struct Walker<'a> {
    lineage: &'a Lineage,
    links: Vec<Link>,
    link_of: HashMap<Link, u32>,
    seen: HashSet<(u32, u32)>,
    by_target: Vec<Vec<u32>>,
    introduced: Vec<Option<u32>>,
    steps: u64,
}

/// The empty path.
const TOP: u32 = NONE;

impl<'a> Walker<'a> {
    fn new(lineage: &'a Lineage, targets: usize) -> Walker<'a> {
        Walker {
            lineage,
            links: Vec::new(),
            link_of: HashMap::new(),
            seen: HashSet::new(),
            by_target: vec![Vec::new(); targets],
            introduced: vec![None; targets],
            steps: 0,
        }
    }

    /// Walks all commits. `introducer` tells, by target, the position of the commit that
    /// introduced it. `roots` are trees that no commit holds but something else does.
    pub(crate) fn walk(
        world: World<'_>,
        targets: usize,
        introducer: &[Option<usize>],
        roots: &[u32],
    ) -> Vec<Paths> {
        let World {
            structure,
            graph,
            lineage,
        } = world;
        let mut walker = Walker::new(lineage, targets);
        let tree = |position: usize| structure.commits[graph.rows[position] as usize].tree;
        for position in 0..graph.len() {
            let before = graph
                .parents(position)
                .first()
                .map_or(NONE, |parent| tree(*parent as usize));
            walker.difference(tree(position), before, |target| {
                introducer[target as usize] == Some(position)
            });
        }
        // Of what is named without a path only trees have paths below them.
        for root in roots.iter().filter(|root| lineage.node(**root).is_some()) {
            walker.difference(*root, NONE, |_| false);
        }
        let loose = walker.unrooted(targets);
        for root in loose {
            walker.difference(root, NONE, |_| false);
        }
        walker.finish()
    }

    /// Records what tree `after` holds at paths where tree `before` does not.
    fn difference(&mut self, after: u32, before: u32, introduces: impl Fn(u32) -> bool) {
        if after == before || after == NONE {
            return;
        }
        if let Some(target) = self.lineage.target(after) {
            self.add(target, TOP, &introduces);
        }
        let Some(node) = self.lineage.node(after) else {
            return;
        };
        let mut stack = vec![(node, self.lineage.node(before).unwrap_or(NONE), TOP)];
        while let Some((node, before, path)) = stack.pop() {
            let old_steps = if before == NONE {
                &[][..]
            } else {
                self.lineage.steps(before)
            };
            for step in self.lineage.steps(node) {
                let old = old_steps
                    .binary_search_by_key(&step.name, |old| old.name)
                    .ok()
                    .map(|at| old_steps[at]);
                if old == Some(*step) {
                    continue;
                }
                self.steps += 1;
                if self.steps > STEPS_MAX {
                    return;
                }
                let path = self.link(path, step.name);
                if step.target != NONE && old.is_none_or(|old| old.target != step.target) {
                    self.add(step.target, path, &introduces);
                }
                if step.node != NONE && old.is_none_or(|old| old.node != step.node) {
                    stack.push((step.node, old.map_or(NONE, |old| old.node), path));
                }
            }
        }
    }

    fn link(&mut self, before: u32, name: u32) -> u32 {
        let link = Link { before, name };
        *self.link_of.entry(link).or_insert_with(|| {
            self.links.push(link);
            self.links.len() as u32 - 1
        })
    }

    fn add(&mut self, target: u32, path: u32, introduces: &impl Fn(u32) -> bool) {
        if self.seen.insert((target, path)) {
            self.by_target[target as usize].push(path);
        }
        if introduces(target) {
            let known = self.introduced[target as usize];
            if known.is_none_or(|known| self.text(path) < self.text(known)) {
                self.introduced[target as usize] = Some(path);
            }
        }
    }

    /// Top-most relevant trees above objects that have no path yet: what dangles has no commit,
    /// but often a tree.
    fn unrooted(&self, targets: usize) -> Vec<u32> {
        let wanted: Vec<bool> = self.by_target[..targets]
            .iter()
            .map(Vec::is_empty)
            .collect();
        let count = self.lineage.len() as usize;
        let mut above = vec![false; count];
        let mut has_parent = vec![false; count];
        for node in 0..count as u32 {
            for step in self.lineage.steps(node) {
                let direct = step.target != NONE && wanted[step.target as usize];
                above[node as usize] |= direct || (step.node != NONE && above[step.node as usize]);
                if step.node != NONE {
                    has_parent[step.node as usize] = true;
                }
            }
        }
        let nodes = (0..count).filter(|node| above[*node] && !has_parent[*node]);
        nodes.map(|node| self.lineage.trees[node]).collect()
    }

    fn text(&self, path: u32) -> Vec<u8> {
        let mut parts = Vec::new();
        let mut at = path;
        while at != TOP {
            let link = self.links[at as usize];
            parts.push(&*self.lineage.names[link.name as usize]);
            at = link.before;
        }
        parts.reverse();
        parts.join(&b'/')
    }

    fn finish(self) -> Vec<Paths> {
        let one = |(paths, introduced): (&Vec<u32>, &Option<u32>)| {
            let mut some: Vec<Vec<u8>> = paths.iter().map(|path| self.text(*path)).collect();
            some.sort_unstable();
            some.truncate(LISTED_MAX);
            Paths {
                some,
                count: paths.len() as u64,
                introduced: introduced.map(|path| self.text(path)),
            }
        };
        self.by_target
            .iter()
            .zip(&self.introduced)
            .map(one)
            .collect()
    }
}
