//! A past beside a store: everything in it gets a number, the store's own if the store has it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{COMMIT, END, NO_BASE, Past, TAG, TREE, Thing};
use crate::git::bits::Bits;
use crate::git::history::rows::add::Made;
use crate::git::history::rows::{Edge, Edges, Rows};
use crate::git::store::{NONE, Store};
use crate::git::structure::{Absent, Known, Structure};
use crate::model::CommitStamp;

/// A past with numbers.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(super) past: Arc<Past>,
    /// The numbers of the first commit, the first tag, the first tree, and of what comes after.
    firsts: [u32; 4],
    /// Where the name of each commit and tag lies.
    names: Vec<u32>,
    /// Commits and tags that the store has.
    pub(super) here: HashMap<Thing, u32>,
    /// Trees that the store has, with their row here.
    pub(super) trees_here: Vec<(u32, usize)>,
    /// Where the names begin that begin with each two bytes.
    fanout: Vec<u32>,
    stamps: HashMap<u32, CommitStamp>,
    /// True once something was asked that is not remembered.
    lacks: AtomicBool,
}

impl Bound {
    pub(crate) fn new(past: Arc<Past>, store: &Store) -> Option<Bound> {
        let counts = [past.commits.len(), past.tags.len(), past.trees.len()];
        let mut firsts = [store.total(); 4];
        for (at, count) in counts.into_iter().enumerate() {
            firsts[at + 1] = firsts[at].checked_add(u32::try_from(count).ok()?)?;
        }
        if past.hash != store.hash || firsts[3] >= NONE / 2 {
            return None;
        }
        let (mut here, mut trees_here) = (HashMap::new(), Vec::new());
        let mut names = vec![NONE; counts[0] + counts[1]];
        let mut fanout = vec![0u32; (1 << 16) + 1];
        for (thing, at) in past.things.iter().zip(0u32..) {
            let id = past.id(at as usize);
            fanout[prefix(id) + 1] += 1;
            match thing.kind() {
                COMMIT => names[thing.number()] = at,
                TAG => names[counts[0] + thing.number()] = at,
                _ => {}
            }
            if let Some(number) = store.find(id) {
                match thing.tree() {
                    Some(tree) => trees_here.push((number, tree)),
                    None => drop(here.insert(*thing, number)),
                }
            }
        }
        for at in 1..fanout.len() {
            fanout[at] += fanout[at - 1];
        }
        Some(Bound {
            firsts,
            names,
            here,
            trees_here,
            fanout,
            stamps: past.stamps.iter().cloned().collect(),
            lacks: AtomicBool::new(false),
            past,
        })
    }

    /// The number after all that are in use.
    pub(crate) fn end(&self) -> u32 {
        self.firsts[3]
    }

    /// The number of a commit, a tag or a tree that the store does not have.
    pub(crate) fn find(&self, id: &[u8]) -> Option<u32> {
        let past = &self.past;
        let first = prefix(id);
        let (mut low, mut high) = (self.fanout[first] as usize, self.fanout[first + 1] as usize);
        while low < high {
            let middle = low.midpoint(high);
            match past.id(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(self.behind(past.things[middle])),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The number that a commit, tag or tree has behind the store's.
    fn behind(&self, thing: Thing) -> u32 {
        self.firsts[thing.kind() as usize] + thing.number() as u32
    }

    /// The number of anything but an end.
    pub(super) fn number(&self, thing: Thing) -> u32 {
        let known = self.here.get(&thing).copied();
        known.unwrap_or_else(|| self.behind(thing))
    }

    /// The raw name of a commit or tag behind the store's own numbers; none for others.
    pub(crate) fn raw_id(&self, number: u32) -> Option<&[u8]> {
        let at = number.checked_sub(self.firsts[0])?;
        let place = *self.names.get(at as usize)?;
        (place != NONE).then(|| self.past.id(place as usize))
    }

    /// Who made a commit that is not in the store.
    pub(crate) fn stamp(&self, number: u32) -> Option<CommitStamp> {
        let commit = number.checked_sub(self.firsts[0])?;
        let stamp = self.stamps.get(&commit).cloned();
        if stamp.is_none() {
            self.lacks.store(true, Ordering::Relaxed);
        }
        stamp
    }

    /// True if something was asked that is not remembered.
    pub(crate) fn lacks(&self) -> bool {
        self.lacks.load(Ordering::Relaxed)
    }

    /// The number of each end; [`NONE`] for one that must be there and is not.
    pub(super) fn ends(&self, store: &Store, absent: &Absent) -> Vec<u32> {
        let ends = self.past.ends.iter();
        let number = |end: &super::End| match store.find(end.id.as_bytes()) {
            Some(number) => number,
            None if end.absent => absent.number(&end.id, end.kind),
            None => NONE,
        };
        ends.map(number).collect()
    }

    /// Adds what is remembered to what was read: `is_read` are the numbers of the latter.
    pub(crate) fn add_to(
        &self,
        (structure, edges): (&mut Structure, &mut Edges),
        (store, absent): (&Store, &Absent),
        is_read: &Bits,
    ) {
        let past = &*self.past;
        let ends = self.ends(store, absent);
        let number = |thing: Thing| match thing {
            Thing::NOTHING => NONE,
            end if end.kind() == END => ends[end.number()],
            other => self.number(other),
        };
        let commits = past.commits.iter().enumerate().filter_map(|(at, commit)| {
            let own = self.number(Thing::new(COMMIT, at));
            (!is_read.contains(own)).then(|| Known {
                number: own,
                tree: number(commit.tree),
                time: commit.time,
                author: commit.author,
                parents: past.parents(at).iter().map(|parent| number(*parent)),
            })
        });
        let tags = past.tags.iter().enumerate();
        let tags = tags.map(|(at, target)| (self.number(Thing::new(TAG, at)), number(*target)));
        structure.add(commits, tags.filter(|(own, _)| !is_read.contains(*own)));
        let mut rows = Rows::default();
        let first = self.firsts[TREE as usize];
        let mut push = |own: u32, at: usize| {
            let tree = &past.trees[at];
            let edges = &past.edges[tree.own.0 as usize..tree.own.1 as usize];
            let edges = edges.iter().map(|(thing, name)| Edge {
                child: number(*thing),
                name: *name,
            });
            let made = (tree.base != NO_BASE).then(|| Made {
                base: first + tree.base,
                before: tree.before,
                after: tree.after,
            });
            rows.push_known(own, edges, made);
        };
        for at in 0..past.trees.len() {
            push(first + at as u32, at);
        }
        for (own, at) in &self.trees_here {
            if !is_read.contains(*own) {
                push(*own, *at);
            }
        }
        edges.add(rows, &past.names, self.end());
        let twins = self.trees_here.iter();
        edges.twins = twins.map(|(own, at)| (*own, first + *at as u32)).collect();
    }
}

fn prefix(id: &[u8]) -> usize {
    usize::from(id[0]) << 8 | usize::from(id[1])
}
