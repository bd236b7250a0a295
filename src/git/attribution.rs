//! Answers about objects with hits: paths, the commit that introduced them, and what reaches them;
//! and about what is missing or damaged: who needs it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::history::World;
use super::history::needers::{self, Needer};
use super::history::order::Graph;
use super::history::pace::{GaveUp, Pace};
use super::history::paths::{PATH_LEN_MAX, Paths, paths};
use super::history::relevance::Targets;
use super::history::rows::Edges;
use super::history::tags::Tags;
use super::history::trace::{Heads, Items, Trace, Traces, trace};
use super::past::bound::Bound;
use super::remotes::Remotes;
use super::stamps::Stamps;
use super::store::Store;
use super::structure::{Absent, Structure};
use super::tips::{Tip, TipKind, Tips};
use crate::model::{CommitStamp, Control, Held, Location, ObjectId};

/// Steps of work in any repository before history is given up: seconds.
const WORK_FREE: u64 = 1 << 30;
/// Steps for each tree, commit and object in question.
const WORK_EACH: u64 = 1 << 12;

/// A tip with what it leads to.
pub(super) struct Root<'a> {
    pub(super) tip: &'a Tip,
    /// True if the selection is about it.
    in_scope: bool,
    /// The named object.
    pub(super) named: u32,
    /// What that leads to through tags.
    pub(super) end: u32,
    /// The position of the commit that is.
    pub(super) position: Option<u32>,
}

/// What the history of some objects is told from.
pub(crate) struct History<'a> {
    pub(super) store: &'a Store,
    /// What is remembered besides.
    past: Option<&'a Bound>,
    pub(super) structure: &'a Structure,
    pub(super) graph: Graph,
    pub(super) tags: Tags<'a>,
    pub(super) edges: &'a Edges,
    /// Objects with hits.
    pub(super) targets: Targets,
    /// Objects that are there and cannot be read.
    damaged: Targets,
    /// True if nothing is missing.
    is_whole: bool,
    pub(super) roots: Vec<Root<'a>>,
    pub(super) remotes: &'a Remotes,
    pub(super) head: Option<u32>,
    /// By position: whether HEAD has the commit in its history.
    pub(super) leads_to_head: Vec<bool>,
    /// By position: whether a ref, or HEAD of a work tree, has the commit in its history: what
    /// `git log --all` shows.
    is_named: Vec<bool>,
    pub(super) object_size_max: u64,
    pub(super) control: &'a Control,
}

/// What carries a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) enum Carrier {
    /// An object.
    Object(ObjectId),
    /// The name of a ref.
    RefName(String),
    /// A path that only an index has.
    IndexPath,
    /// Something else that is no object.
    Held(Held),
}

/// What a history is made of.
pub(super) struct Parts<'a> {
    pub(super) store: &'a Store,
    pub(super) past: Option<&'a Bound>,
    pub(super) absent: &'a Absent,
    pub(super) structure: &'a Structure,
    pub(super) edges: &'a Edges,
    pub(super) tips: &'a Tips,
    /// Objects with hits.
    pub(super) hits: Vec<u32>,
    /// Objects that are there and cannot be read.
    pub(super) damaged: Vec<u32>,
    pub(super) object_size_max: u64,
    pub(super) control: &'a Control,
}

/// True for the name of a branch, local or followed.
pub(super) fn is_branch(name: &str) -> bool {
    name.starts_with("refs/heads/") || name.starts_with("refs/remotes/")
}

impl<'a> History<'a> {
    pub(super) fn new(parts: Parts<'a>) -> History<'a> {
        let Parts {
            store,
            past,
            absent,
            structure,
            edges,
            tips,
            hits,
            damaged,
            object_size_max,
            control,
        } = parts;
        let graph = Graph::build(|number| raw_id(store, past, number), structure);
        let tags = Tags::new(structure);
        let selected = tips
            .selected
            .as_ref()
            .map(|tips| tips.iter().collect::<BTreeSet<_>>());
        let roots = tips.tips.iter().map(|tip| {
            let named = absent.resolve(store, &tip.id, None);
            let end = tags.end(named);
            Root {
                tip,
                in_scope: selected.as_ref().is_none_or(|tips| tips.contains(tip)),
                named,
                end,
                position: graph.position(structure, end),
            }
        });
        let roots: Vec<Root<'_>> = roots.collect();
        let head = tips
            .head
            .and_then(|id| graph.position(structure, find(store, past, &id)?));
        let leads_to_head = graph.ancestors(head);
        let is_name =
            |root: &&Root<'_>| matches!(root.tip.kind, TipKind::Ref(_) | TipKind::Head { .. });
        let named = roots
            .iter()
            .filter(is_name)
            .filter_map(|root| root.position);
        let is_named = graph.ancestors(named);
        History {
            store,
            past,
            structure,
            graph,
            tags,
            edges,
            targets: Targets::new(hits, store.total()),
            damaged: Targets::new(damaged, store.total()),
            is_whole: absent.is_empty(),
            roots,
            remotes: &tips.remotes,
            head,
            leads_to_head,
            is_named,
            object_size_max,
            control,
        }
    }

    fn world<'h>(&'h self, targets: &'h Targets) -> World<'h> {
        World {
            structure: self.structure,
            graph: &self.graph,
            edges: self.edges,
            targets,
        }
    }

    pub(super) fn pace(&self) -> Pace<'a> {
        let objects = self.edges.len() + self.graph.len() + self.targets.numbers.len();
        Pace::new(self.control, WORK_FREE + WORK_EACH * objects as u64)
    }

    /// How many objects have a number.
    pub(super) fn total(&self) -> usize {
        self.past.map_or(self.store.total(), Bound::end) as usize
    }

    /// Trees that roots name without a commit, each once.
    fn root_trees(&self) -> Vec<u32> {
        let ends = self.roots.iter().map(|root| root.end);
        let mut trees: Vec<u32> = ends.filter(|end| self.edges.has_row(*end)).collect();
        trees.sort_unstable();
        trees.dedup();
        trees
    }

    /// Who needs what is missing or damaged, by number. Absent objects that nobody needs have no
    /// entry.
    pub(crate) fn needers(&self) -> Result<HashMap<u32, Needer>, GaveUp> {
        if self.is_whole && self.damaged.numbers.is_empty() {
            return Ok(HashMap::new());
        }
        let roots = self.roots.iter().map(|root| needers::Root {
            named: root.named,
            position: root.position,
            keeps: root.counts(),
        });
        let roots: Vec<_> = roots.collect();
        let world = self.world(&self.damaged);
        let total = self.total() as u32;
        needers::needers(world, (&roots, &self.tags), total, &mut self.pace())
    }

    /// What a root of [`Needer`] is.
    pub(crate) fn root_kind(&self, root: u32) -> &TipKind {
        &self.roots[root as usize].tip.kind
    }

    /// The name of an object.
    pub(crate) fn object_id(&self, number: u32) -> ObjectId {
        let raw = raw_id(self.store, self.past, number);
        ObjectId::from_bytes(raw).expect("names have the length of their hash")
    }

    /// The number of an object.
    pub(super) fn number(&self, id: &ObjectId) -> Option<u32> {
        find(self.store, self.past, id)
    }

    /// Who made a commit that was not read.
    pub(super) fn known_stamp(&self, number: u32) -> Option<CommitStamp> {
        self.past.and_then(|past| past.stamp(number))
    }

    /// The commit at a position.
    pub(crate) fn commit_id(&self, position: u32) -> ObjectId {
        let row = self.graph.rows[position as usize];
        self.object_id(self.structure.commits[row as usize].number)
    }

    /// Follows items, which are made of the targets, through history.
    pub(super) fn follow(&self, items: &Items, pace: &mut Pace<'_>) -> Result<Traces, GaveUp> {
        let branch = |root: &&Root<'_>| match &root.tip.kind {
            TipKind::Ref(name) => is_branch(name),
            _ => false,
        };
        let branches = self.roots.iter().filter(branch);
        let mut tips: Vec<u32> = branches.filter_map(|root| root.position).collect();
        tips.sort_unstable();
        tips.dedup();
        let heads = Heads {
            tips: &tips,
            head: self.head,
            leads_to_head: &self.leads_to_head,
            is_named: &self.is_named,
        };
        let world = self.world(&self.targets);
        trace(world, items, heads, &self.root_trees(), self.total(), pace)
    }

    /// The location of every object with hits, by number.
    pub(crate) fn locations(&self) -> Result<BTreeMap<u32, Arc<Location>>, GaveUp> {
        if self.targets.numbers.is_empty() {
            return Ok(BTreeMap::new());
        }
        let pace = &mut self.pace();
        let traces = self.follow(&Items::single(self.targets.numbers.len()), pace)?;
        let introducers: Vec<_> = traces
            .items
            .iter()
            .map(|trace| trace.introducer.map(|known| known.position))
            .collect();
        let world = self.world(&self.targets);
        let mut paths = paths(world, &introducers, &self.root_trees(), self.total(), pace)?;
        self.add_index_paths(&mut paths);
        let reachable = self.reachable(&traces);
        let mut stamps = Stamps::new(self);
        let mut locations = BTreeMap::new();
        let each = self.targets.numbers.iter().zip(traces.items).zip(paths);
        for (((number, trace), paths), reachable) in each.zip(reachable) {
            pace.step(64)?;
            let location = location(&mut stamps, &trace, paths, reachable);
            locations.insert(*number, Arc::new(location));
        }
        Ok(locations)
    }

    /// By target: whether anything that git keeps alive leads to it.
    fn reachable(&self, traces: &Traces) -> Vec<bool> {
        let mut reachable = vec![false; self.targets.numbers.len()];
        let kept = || self.roots.iter().filter(|root| root.counts());
        let alive = self
            .graph
            .ancestors(kept().filter_map(|root| root.position));
        for (target, position) in &traces.entries {
            reachable[*target as usize] |= alive[*position as usize];
        }
        let mut named: HashSet<u32> = HashSet::new();
        for root in kept() {
            // What follows something known is known.
            self.tags.walk(root.named, |number| named.insert(number));
        }
        for (target, tree) in &traces.in_trees {
            reachable[*target as usize] |= named.contains(tree);
        }
        for (number, reachable) in self.targets.numbers.iter().zip(&mut reachable) {
            *reachable |= named.contains(number);
        }
        reachable
    }

    /// What is staged and in no tree has the path that the index gives it.
    fn add_index_paths(&self, paths: &mut [Paths]) {
        for root in &self.roots {
            if let TipKind::Index { path, .. } = &root.tip.kind
                && let Some(target) = self.targets.index(root.named)
                && path.len() <= PATH_LEN_MAX as usize
            {
                let known = &mut paths[target as usize];
                if known.count == known.some.len() as u64 && !known.some.contains(path) {
                    known.some.push(path.clone());
                    known.some.sort_unstable();
                    known.count += 1;
                }
            }
        }
    }

    /// True if HEAD's commit was among what was read.
    pub(crate) fn has_head(&self) -> bool {
        self.head.is_some()
    }
}

fn raw_id<'s>(store: &'s Store, past: Option<&'s Bound>, number: u32) -> &'s [u8] {
    let known = past.filter(|_| number >= store.total());
    match known.and_then(|past| past.raw_id(number)) {
        Some(raw) => raw,
        None => store.raw_id(number),
    }
}

fn find(store: &Store, past: Option<&Bound>, id: &ObjectId) -> Option<u32> {
    let here = store.find(id.as_bytes());
    here.or_else(|| past.and_then(|past| past.find(id.as_bytes())))
}

impl Root<'_> {
    /// True if the selection is about it, and git keeps alive what it names.
    fn counts(&self) -> bool {
        self.in_scope && self.tip.kind.keeps_alive()
    }
}

fn location(stamps: &mut Stamps<'_>, trace: &Trace, paths: Paths, reachable: bool) -> Location {
    Location {
        introduced: trace
            .introducer
            .and_then(|known| stamps.get(known.position)),
        introduced_count: trace.introduced_count,
        introduced_path: paths.introduced,
        paths: paths.some,
        path_count: paths.count,
        path_count_at_least: paths.at_least,
        reachable,
    }
}
