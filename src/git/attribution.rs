//! Answers about traced objects: paths, the commit that introduced them, and what reaches them.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::commit;
use super::history::lineage::Lineage;
use super::history::masks::{Masks, World, bits};
use super::history::order::Graph;
use super::history::paths::{Paths, Walker};
use super::remotes::{Remotes, Sightings};
use super::stamps::Stamps;
use super::store::{NONE, Store};
use super::structure::{Absent, Structure};
use super::tips::{Tip, TipKind, Tips};
use crate::model::{Exposure, Held, Location, ObjectId};

/// Refs listed for one credential; the count tells of the rest.
const REFS_LISTED_MAX: usize = 50;

/// A tip with what it leads to.
struct Root<'a> {
    tip: &'a Tip,
    /// True if the selection is about it.
    in_scope: bool,
    /// The named object, and what it points to through tags; [`NONE`]-free.
    chain: Vec<u32>,
    /// The position of the commit at the end of the chain.
    position: Option<usize>,
}

/// The history of some objects.
pub(crate) struct History<'a> {
    pub(super) store: &'a Store,
    pub(super) structure: &'a Structure,
    pub(super) graph: Graph,
    lineage: Lineage,
    targets: Vec<u32>,
    roots: Vec<Root<'a>>,
    remotes: &'a Remotes,
    head: Option<usize>,
    /// By position: whether HEAD has the commit in its history.
    leads_to_head: Vec<bool>,
    pub(super) object_size_max: u64,
}

/// What carries a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// What is known of one traced object after all passes.
#[derive(Clone, Default)]
struct Trace {
    introducer: Option<usize>,
    introduced_count: u64,
    reachable: bool,
}

impl<'a> History<'a> {
    pub(crate) fn new(
        store: &'a Store,
        absent: &Absent,
        structure: &'a Structure,
        tips: &'a Tips,
        (lineage, targets): (Lineage, Vec<u32>),
        object_size_max: u64,
    ) -> History<'a> {
        let graph = Graph::build(store, structure);
        let selected = tips
            .selected
            .as_ref()
            .map(|tips| tips.iter().collect::<BTreeSet<_>>());
        let roots = tips.tips.iter().map(|tip| {
            let mut chain = vec![absent.resolve(store, &tip.id, None)];
            // Tags of tags; a circle is impossible for honest ids.
            while chain.len() <= structure.tags.len()
                && let Some(last) = chain.last()
                && let Ok(at) = structure.tags.binary_search_by_key(last, |(tag, _)| *tag)
            {
                chain.push(structure.tags[at].1);
            }
            chain.retain(|number| *number != NONE);
            let position = chain
                .last()
                .and_then(|number| graph.position(structure, *number));
            Root {
                tip,
                in_scope: selected.as_ref().is_none_or(|tips| tips.contains(tip)),
                chain,
                position,
            }
        });
        let roots = roots.collect();
        let head = tips
            .head
            .and_then(|id| graph.position(structure, store.find(id.as_bytes())?));
        let leads_to_head = graph.ancestors(head);
        History {
            store,
            structure,
            graph,
            lineage,
            targets,
            roots,
            remotes: &tips.remotes,
            head,
            leads_to_head,
            object_size_max,
        }
    }

    fn world(&self) -> World<'_> {
        World {
            structure: self.structure,
            graph: &self.graph,
            lineage: &self.lineage,
        }
    }

    fn time(&self, position: usize) -> i64 {
        self.structure.commits[self.graph.rows[position] as usize].time
    }

    /// What a tip reaches.
    fn of_root(&self, masks: &Masks, root: &Root<'_>) -> u64 {
        let direct = root.chain.iter().fold(0, |mask, number| {
            mask | masks.of_object(&self.lineage, *number)
        });
        direct | root.position.map_or(0, |position| masks.reaches[position])
    }

    /// The location of every traced object, by number.
    pub(crate) fn locations(&self) -> BTreeMap<u32, Location> {
        let count = self.targets.len();
        let traces: Vec<Trace> = (0..count.div_ceil(64))
            .into_par_iter()
            .flat_map_iter(|batch| self.trace_batch(batch * 64, (count - batch * 64).min(64)))
            .collect();
        let introducers: Vec<_> = traces.iter().map(|trace| trace.introducer).collect();
        let trees: Vec<u32> = self
            .roots
            .iter()
            .filter_map(|root| root.chain.last().copied())
            .collect();
        let paths = Walker::walk(self.world(), count, &introducers, &trees);
        let mut paths = paths;
        self.add_index_paths(&mut paths);
        let mut stamps = Stamps::new(self);
        let each = self.targets.iter().zip(traces).zip(paths);
        each.map(|((number, trace), paths)| (*number, location(&mut stamps, &trace, paths)))
            .collect()
    }

    /// What is staged and in no tree has the path that the index gives it.
    fn add_index_paths(&self, paths: &mut [Paths]) {
        for root in &self.roots {
            if let (TipKind::Index { path, .. }, Some(number)) =
                (&root.tip.kind, root.chain.first())
                && let Some(target) = self.lineage.target(*number)
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

    fn trace_batch(&self, first: usize, len: usize) -> Vec<Trace> {
        let mut targets = vec![0; self.targets.len()];
        for bit in 0..len {
            targets[first + bit] = 1 << bit;
        }
        let masks = Masks::carry(self.world(), targets);
        let mut traces = vec![Trace::default(); len];
        for position in 0..self.graph.len() {
            for bit in bits(masks.introduced(&self.graph, position)) {
                let trace = &mut traces[bit];
                trace.introduced_count += 1;
                // Positions ascend by generation, so of equal dates the ancestor stays.
                if trace
                    .introducer
                    .is_none_or(|known| self.time(position) < self.time(known))
                {
                    trace.introducer = Some(position);
                }
            }
        }
        let counts = |root: &&Root<'_>| root.in_scope && root.tip.kind.keeps_alive();
        let reached = self.roots.iter().filter(counts);
        let reached = reached.fold(0, |mask, root| mask | self.of_root(&masks, root));
        for bit in bits(reached) {
            traces[bit].reachable = true;
        }
        traces
    }

    /// How far each credential has spread, by the things that carry it.
    pub(crate) fn exposures(&self, credentials: &[Vec<Carrier>]) -> Vec<Exposure> {
        let batches: Vec<&[Vec<Carrier>]> = credentials.chunks(64).collect();
        let found: Vec<Vec<Spread>> = batches
            .par_iter()
            .map(|batch| self.spread_batch(batch))
            .collect();
        let mut stamps = Stamps::new(self);
        found
            .into_iter()
            .flatten()
            .map(|spread| spread.into_exposure(&mut stamps, self.remotes))
            .collect()
    }

    fn spread_batch(&self, credentials: &[Vec<Carrier>]) -> Vec<Spread> {
        let mut targets = vec![0; self.targets.len()];
        let mut spreads = vec![Spread::default(); credentials.len()];
        for (bit, carriers) in credentials.iter().enumerate() {
            for carrier in carriers {
                match carrier {
                    Carrier::Object(id) => {
                        let target = self
                            .store
                            .find(id.as_bytes())
                            .and_then(|number| self.lineage.target(number));
                        if let Some(target) = target {
                            targets[target as usize] |= 1 << bit;
                        }
                    }
                    Carrier::RefName(name) => {
                        let sighting = self.remotes.sighting_of_name(name);
                        spreads[bit].sightings.extend(sighting);
                        spreads[bit].refs.insert(name.clone());
                    }
                    Carrier::Held(held) => {
                        spreads[bit].held.insert(held.clone());
                    }
                    Carrier::IndexPath => {
                        spreads[bit]
                            .held
                            .insert(Held::Index("a worktree".to_owned()));
                    }
                }
            }
        }
        let masks = Masks::carry(self.world(), targets);
        self.find_commits(&masks, &mut spreads);
        for root in &self.roots {
            let sighting = self.remotes.sighting(root.tip);
            for bit in bits(self.of_root(&masks, root)) {
                spreads[bit].reached_from(&root.tip.kind);
                if let Some(sighting) = &sighting {
                    spreads[bit].sightings.add(sighting);
                }
            }
        }
        if let Some(head) = self.head {
            for bit in bits(masks.holds[head]) {
                spreads[bit].at_head = true;
            }
        }
        self.mark_messages(credentials, &mut spreads);
        spreads
    }

    /// What a commit itself carries, its message above all, stays as long as HEAD has the commit.
    fn mark_messages(&self, credentials: &[Vec<Carrier>], spreads: &mut [Spread]) {
        for (spread, carriers) in spreads.iter_mut().zip(credentials) {
            spread.at_head |= carriers.iter().any(|carrier| match carrier {
                Carrier::Object(id) => self
                    .store
                    .find(id.as_bytes())
                    .and_then(|number| self.graph.position(self.structure, number))
                    .is_some_and(|position| self.leads_to_head[position]),
                _ => false,
            });
        }
    }

    /// Where the credentials came in and went, and when they were there.
    fn find_commits(&self, masks: &Masks, spreads: &mut [Spread]) {
        for position in 0..self.graph.len() {
            let time = self.time(position);
            for bit in bits(masks.holds[position]) {
                let seen = spreads[bit].seen.get_or_insert((time, time));
                *seen = (seen.0.min(time), seen.1.max(time));
            }
            for bit in bits(masks.introduced(&self.graph, position)) {
                let known = &mut spreads[bit].introducer;
                if known.is_none_or(|known| time < self.time(known)) {
                    *known = Some(position);
                }
            }
            let removed = masks.removed(&self.graph, position);
            // What other branches did says nothing of HEAD's.
            let dropped = if self.leads_to_head[position] {
                masks.dropped(&self.graph, position)
            } else {
                0
            };
            for bit in bits(dropped) {
                // A merge that only takes over a removal says less than the commit that made it.
                let rank = (removed >> bit & 1 == 1, time, position);
                let known = &mut spreads[bit].remover;
                if known.is_none_or(|known| known < rank) {
                    *known = Some(rank);
                }
            }
        }
    }

    /// True if HEAD's commit was among what was read.
    pub(crate) fn has_head(&self) -> bool {
        self.head.is_some()
    }

    /// The names of refs and the like that name this object itself.
    pub(crate) fn named_by(&self, number: u32) -> Option<&TipKind> {
        self.roots
            .iter()
            .find(|root| root.in_scope && root.chain.first() == Some(&number))
            .map(|root| &root.tip.kind)
    }
}

fn location(stamps: &mut Stamps<'_>, trace: &Trace, paths: Paths) -> Location {
    Location {
        introduced: trace.introducer.and_then(|position| stamps.get(position)),
        introduced_count: trace.introduced_count,
        introduced_path: paths.introduced,
        paths: paths.some,
        path_count: paths.count,
        reachable: trace.reachable,
    }
}

/// What is known of one credential after a batch.
#[derive(Clone, Default)]
struct Spread {
    introducer: Option<usize>,
    /// Whether all parents held it, the date, the position.
    remover: Option<(bool, i64, usize)>,
    seen: Option<(i64, i64)>,
    at_head: bool,
    refs: BTreeSet<String>,
    held: BTreeSet<Held>,
    sightings: Sightings,
}

impl Spread {
    fn reached_from(&mut self, kind: &TipKind) {
        match (kind, kind.holder()) {
            (TipKind::Ref(name), _) => {
                self.refs.insert(name.clone());
            }
            (_, held) => self.held.extend(held),
        }
    }

    fn into_exposure(mut self, stamps: &mut Stamps<'_>, remotes: &Remotes) -> Exposure {
        let reachable = !self.refs.is_empty();
        if reachable {
            // A HEAD on a branch says nothing that the branch does not.
            let is_more = |held: &Held| !matches!(held, Held::Worktree(_) | Held::PseudoRef(_));
            self.held.retain(is_more);
        }
        if !reachable && self.held.is_empty() {
            self.held.insert(Held::Dangling);
        }
        let pushed = remotes.verdict(&self.sightings, &self.refs, &self.held);
        Exposure {
            introduced: self.introducer.and_then(|position| stamps.get(position)),
            removed: self
                .remover
                .filter(|_| !self.at_head)
                .and_then(|(_, _, position)| stamps.get(position)),
            at_head: self.at_head,
            ref_count: self.refs.len() as u64,
            refs: self.refs.into_iter().take(REFS_LISTED_MAX).collect(),
            pushed,
            pushed_to: self.sightings.remotes.into_iter().collect(),
            reachable,
            held_by: self.held.into_iter().collect(),
            first_seen: self.seen.and_then(|(first, _)| commit::rfc3339_utc(first)),
            last_seen: self.seen.and_then(|(_, last)| commit::rfc3339_utc(last)),
            ..Exposure::default()
        }
    }
}
