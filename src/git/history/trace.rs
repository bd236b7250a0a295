//! What comes in and goes out with each commit, for anything that is made of targets: single
//! objects, or credentials that several objects hold.

use super::World;
use super::pace::{GaveUp, Pace};
use super::presence::Presence;
use super::tally::Tally;
use super::tour::{Times, Tour};
use crate::git::store::NONE;

/// Most introducing commits that are kept for all items together; refs then are asked for fewer.
const ENTRIES_MAX: usize = 2 << 20;

/// Most pairs of an item and a tip that are looked at.
const TIPS_MAX: usize = 4 << 20;

/// Which items each target belongs to. An item is held as long as any of its targets is.
pub(crate) struct Items {
    /// Where the items of each target end in `list`.
    ends: Vec<u32>,
    list: Vec<u32>,
    count: usize,
}

impl Items {
    /// Each of so many targets by itself.
    pub(crate) fn single(targets: usize) -> Items {
        Items {
            ends: (1..=targets as u32).collect(),
            list: (0..targets as u32).collect(),
            count: targets,
        }
    }

    /// Items by their targets.
    pub(crate) fn groups(groups: &[Vec<u32>], targets: usize) -> Items {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (group, item) in groups.iter().zip(0..) {
            pairs.extend(group.iter().map(|target| (*target, item)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let ends = (0..targets as u32)
            .map(|target| pairs.partition_point(|(other, _)| *other <= target) as u32);
        Items {
            ends: ends.collect(),
            list: pairs.iter().map(|(_, item)| *item).collect(),
            count: groups.len(),
        }
    }

    fn of(&self, target: u32) -> &[u32] {
        let start = match target {
            0 => 0,
            _ => self.ends[target as usize - 1],
        };
        &self.list[start as usize..self.ends[target as usize] as usize]
    }
}

/// What is known of one item after a tour.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trace {
    /// The commit that introduced it first.
    pub(crate) introducer: Option<Introducer>,
    /// How many introduced it; if refs lead to any of them, how many of those.
    pub(crate) introduced_count: u64,
    /// The commit in HEAD's history that last took it out: whether all its parents held it, its
    /// date and its position.
    pub(crate) remover: Option<(bool, i64, u32)>,
    /// The dates of the first and last commit that hold it.
    pub(crate) seen: Option<(i64, i64)>,
    /// True if HEAD's commit or its tree holds it.
    pub(crate) at_head: bool,
    /// How many named commits hold it.
    pub(crate) commit_count: u64,
}

/// A commit that introduced an item. Of several the smallest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Introducer {
    /// True if no ref and no HEAD leads to it: it was amended or dropped, other clones need not have
    /// it, and `git gc` will take it away.
    hidden: bool,
    time: i64,
    pub(crate) position: u32,
}

/// What is known of all items.
pub(crate) struct Traces {
    pub(crate) items: Vec<Trace>,
    /// Items with commits that introduced them: those that every commit that holds the item has in
    /// its history. Sorted.
    pub(crate) entries: Vec<(u32, u32)>,
    /// Items with the trees among `trees` that hold them. Sorted.
    pub(crate) in_trees: Vec<(u32, u32)>,
    /// Items with the tips that hold them, by position; `None` if there were too many to look at.
    /// Sorted.
    pub(crate) at_tips: Option<Vec<(u32, u32)>>,
    /// True if there were too many of either to keep.
    pub(crate) cut: bool,
    /// Counts authors.
    pub(crate) tally: Tally,
}

/// HEAD and refs as positions see them.
#[derive(Clone, Copy)]
pub(crate) struct Heads<'a> {
    /// The commit HEAD points to.
    pub(crate) head: Option<u32>,
    /// By position: whether HEAD has the commit in its history.
    pub(crate) leads_to_head: &'a [bool],
    /// By position: whether any ref, or HEAD of any work tree, has it in its history.
    pub(crate) is_named: &'a [bool],
    /// Positions of the tips of branches, sorted, each once.
    pub(crate) tips: &'a [u32],
}

/// Follows items through all commits, and through `trees` that something else than a commit names.
pub(crate) fn trace(
    world: World<'_>,
    items: &Items,
    heads: Heads<'_>,
    trees: &[u32],
    total: usize,
    pace: &mut Pace<'_>,
) -> Result<Traces, GaveUp> {
    let tour = Tour::new(world.graph);
    let times = Times::new(&world, &tour);
    let mut tracer = Tracer {
        world,
        items,
        heads,
        presence: Presence::new(world, total),
        held: vec![(0, 0); items.count],
        entered: Vec::new(),
        left: Vec::new(),
        votes: vec![(0, 0); items.count],
        last_entry: vec![NONE; items.count],
        traces: Traces {
            items: vec![Trace::default(); items.count],
            entries: Vec::new(),
            in_trees: Vec::new(),
            at_tips: (heads.tips.len().saturating_mul(items.count) <= TIPS_MAX).then(Vec::new),
            cut: false,
            tally: Tally::new(items.count),
        },
        at: NONE,
        states: 0,
        tour: &tour,
        times: &times,
    };
    for position in &tour.order {
        tracer.commit(*position, pace)?;
    }
    for tree in trees {
        tracer.tree(*tree, pace)?;
    }
    tracer.go(NONE, pace)?;
    let mut result = tracer.traces;
    result.entries.sort_unstable();
    result.in_trees.sort_unstable();
    if let Some(at_tips) = &mut result.at_tips {
        at_tips.sort_unstable();
    }
    Ok(result)
}

struct Tracer<'a> {
    world: World<'a>,
    items: &'a Items,
    heads: Heads<'a>,
    presence: Presence<'a>,
    /// By item: how many of its targets are present, and the state since which any is.
    held: Vec<(u32, u32)>,
    /// Items that the last move brought.
    entered: Vec<u32>,
    /// Items that the last move took away.
    left: Vec<u32>,
    /// By item: how many parents of the commit at hand lack it, and how many alone have it.
    votes: Vec<(u32, u32)>,
    /// By item: the last commit among `traces.entries`.
    last_entry: Vec<u32>,
    traces: Traces,
    at: u32,
    /// How many states there were, this one included.
    states: usize,
    tour: &'a Tour,
    times: &'a Times,
}

impl Tracer<'_> {
    /// Moves to a commit, or to nothing.
    fn go(&mut self, position: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        self.entered.clear();
        self.left.clear();
        if position == self.at {
            return Ok(());
        }
        self.states += 1;
        self.at = position;
        let (tree, commit) = match position {
            NONE => (NONE, NONE),
            _ => (self.world.tree(position), self.world.number(position)),
        };
        self.turn(tree, commit, pace)
    }

    /// Moves, and tells which items came and went.
    fn turn(&mut self, tree: u32, commit: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        self.entered.clear();
        self.left.clear();
        let turned = self.presence.go(tree, commit, pace)?;
        // The number of this state; before the first there was nothing to take away.
        let state = self.states.saturating_sub(1);
        for target in &turned.entered {
            let items = self.items.of(*target);
            pace.step(items.len())?;
            for item in items {
                let held = &mut self.held[*item as usize];
                if held.0 == 0 {
                    self.entered.push(*item);
                }
                held.0 += 1;
            }
        }
        for target in &turned.left {
            let items = self.items.of(*target);
            pace.step(items.len())?;
            for item in items {
                let held = &mut self.held[*item as usize];
                held.0 -= 1;
                if held.0 == 0 {
                    self.left.push(*item);
                }
            }
        }
        // A target of an item may have come while another went: then nothing happened to it. Since
        // all that comes is counted first, an item that came cannot also have gone.
        for item in &self.entered {
            self.held[*item as usize].1 = state as u32;
            self.traces.tally.came(*item);
        }
        for item in &self.left {
            let at = *item as usize;
            self.traces.items[at].commit_count += self.traces.tally.went(*item);
            let since = self.held[*item as usize].1 as usize;
            let end = state.min(self.times.len());
            if since < end {
                let (first, last) = self.times.range(since, end);
                let seen = &mut self.traces.items[*item as usize].seen;
                let known = seen.get_or_insert((first, last));
                *known = (known.0.min(first), known.1.max(last));
            }
        }
        Ok(())
    }

    /// Visits a commit: what do its parents lack, and what have they alone?
    fn commit(&mut self, position: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        let world = self.world;
        let parents = world.graph.parents(position as usize);
        match parents {
            [] => {
                self.go(NONE, pace)?;
                self.go(position, pace)?;
                self.introduce_entered(position);
            }
            [parent] => {
                self.go(*parent, pace)?;
                self.go(position, pace)?;
                self.introduce_entered(position);
                for item in std::mem::take(&mut self.left) {
                    self.removed(item, true, position);
                }
            }
            _ => self.merge(position, parents, pace)?,
        }
        if self.heads.is_named[position as usize] {
            self.traces.tally.visit(world.author(position));
        }
        if let Some(at_tips) = &mut self.traces.at_tips
            && self.heads.tips.binary_search(&position).is_ok()
        {
            pace.step(self.held.len())?;
            let held = self.held.iter().zip(0..).filter(|(held, _)| held.0 > 0);
            at_tips.extend(held.map(|(_, item)| (item, position)));
        }
        if self.heads.head == Some(position) {
            for (trace, held) in self.traces.items.iter_mut().zip(&self.held) {
                trace.at_head = held.0 > 0;
            }
        }
        Ok(())
    }

    fn merge(&mut self, position: u32, parents: &[u32], pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        let mut touched = Vec::new();
        for parent in parents {
            self.go(*parent, pace)?;
            self.go(position, pace)?;
            for item in &self.entered {
                self.votes[*item as usize].0 += 1;
            }
            for item in &self.left {
                self.votes[*item as usize].1 += 1;
            }
            touched.append(&mut self.entered);
            touched.append(&mut self.left);
        }
        let all = parents.len() as u32;
        for item in touched {
            let (lack, alone) = std::mem::take(&mut self.votes[item as usize]);
            if lack == all {
                self.introduced(item, position);
            }
            if alone > 0 {
                // A merge that only takes over a removal says less than the commit that made it.
                self.removed(item, alone == all, position);
            }
        }
        Ok(())
    }

    fn introduce_entered(&mut self, position: u32) {
        for item in std::mem::take(&mut self.entered) {
            self.introduced(item, position);
        }
    }

    fn introduced(&mut self, item: u32, position: u32) {
        let trace = &mut self.traces.items[item as usize];
        // Positions ascend by generation, so of equal dates the ancestor comes first.
        let this = Introducer {
            hidden: !self.heads.is_named[position as usize],
            time: self.world.time(position),
            position,
        };
        match trace.introducer {
            Some(known) if known.hidden == this.hidden => {
                trace.introduced_count += 1;
                trace.introducer = Some(known.min(this));
            }
            // One that refs reach counts, and one that they do not beside it does not.
            Some(_) if this.hidden => {}
            Some(_) | None => {
                trace.introduced_count = 1;
                trace.introducer = Some(this);
            }
        }
        // What has an earlier entry in its line of first parents leads to it anyway. The tour
        // leaves what lies below a commit only once, so the last entry is the only candidate.
        let last = &mut self.last_entry[item as usize];
        if *last == NONE || !self.tour.is_below(*last, position) {
            *last = position;
            self.keep_entry(item, position);
        }
    }

    fn keep_entry(&mut self, item: u32, position: u32) {
        if self.traces.entries.len() < ENTRIES_MAX {
            self.traces.entries.push((item, position));
        } else {
            self.traces.cut = true;
        }
    }

    /// What other branches did says nothing of HEAD's.
    fn removed(&mut self, item: u32, by_all: bool, position: u32) {
        if !self.heads.leads_to_head[position as usize] {
            return;
        }
        let rank = (by_all, self.world.time(position), position);
        let known = &mut self.traces.items[item as usize].remover;
        if known.is_none_or(|known| known < rank) {
            *known = Some(rank);
        }
    }

    /// Finds what a tree holds that no commit need have.
    fn tree(&mut self, tree: u32, pace: &mut Pace<'_>) -> Result<(), GaveUp> {
        self.go(NONE, pace)?;
        self.turn(tree, NONE, pace)?;
        for item in std::mem::take(&mut self.entered) {
            if self.traces.in_trees.len() < ENTRIES_MAX {
                self.traces.in_trees.push((item, tree));
            } else {
                self.traces.cut = true;
            }
        }
        self.turn(NONE, NONE, pace)?;
        self.left.clear();
        Ok(())
    }
}
