//! The delta forest of a pack: which entry is a delta against which, in flat arrays.

use rayon::prelude::*;

use super::header::EntryKind;
use super::{Pack, window::Window};
use crate::model::{ObjectId, ObjectKind};

/// No base: a whole object.
pub(crate) const WHOLE: u32 = u32::MAX;
/// The base is not in this pack, or this entry's header cannot be read.
pub(crate) const FAR: u32 = u32::MAX - 1;

/// Entries whose headers are parsed by one task.
const CHUNK_LEN: usize = 8192;

/// Bases, children and kinds of all entries of a pack.
#[derive(Default)]
pub(crate) struct Forest {
    /// The base of each entry, [`WHOLE`] or [`FAR`].
    pub(crate) bases: Vec<u32>,
    /// Inflated size of each entry's data, cut off at `u32::MAX`.
    pub(crate) sizes: Vec<u32>,
    /// Kind of each object where it is known: a delta has its base's kind.
    kinds: Vec<u8>,
    child_starts: Vec<u32>,
    children: Vec<u32>,
    /// Members of each family that has more than its root, by root, ascending.
    families: Vec<(u32, u32)>,
}

impl Forest {
    /// The entries that are deltas against `entry`, lightest subtree first.
    pub(crate) fn children(&self, entry: u32) -> &[u32] {
        let (start, end) = (
            self.child_starts[entry as usize],
            self.child_starts[entry as usize + 1],
        );
        &self.children[start as usize..end as usize]
    }

    /// The kind of an object, unless its family's root is not in this pack.
    pub(crate) fn kind(&self, entry: u32) -> Option<ObjectKind> {
        match self.kinds[entry as usize] {
            0 => None,
            k => Some(ObjectKind::ALL[usize::from(k) - 1]),
        }
    }

    /// Members of the family of a root, itself included.
    pub(crate) fn family_len(&self, root: u32) -> u32 {
        self.families
            .binary_search_by_key(&root, |(root, _)| *root)
            .map_or(1, |at| self.families[at].1)
    }

    /// Reads all headers of `pack` and links deltas to bases. `lookup` finds the entry of this
    /// pack that holds an object, for deltas that name their base.
    pub(crate) fn build(pack: &Pack, lookup: impl Fn(&ObjectId) -> Option<u32> + Sync) -> Forest {
        let count = pack.offsets.len();
        let mut forest = Forest {
            bases: vec![FAR; count],
            sizes: vec![0; count],
            kinds: vec![0; count],
            ..Forest::default()
        };
        let Forest {
            bases,
            sizes,
            kinds,
            ..
        } = &mut forest;
        (
            bases.par_chunks_mut(CHUNK_LEN),
            sizes.par_chunks_mut(CHUNK_LEN),
            kinds.par_chunks_mut(CHUNK_LEN),
        )
            .into_par_iter()
            .enumerate()
            .for_each(|(chunk, (bases, sizes, kinds))| {
                let mut window = Window::in_order();
                for i in 0..bases.len() {
                    let entry = (chunk * CHUNK_LEN + i) as u32;
                    let Ok(header) = pack.header(entry, &mut window) else {
                        continue;
                    };
                    sizes[i] = u32::try_from(header.size).unwrap_or(u32::MAX);
                    bases[i] = match header.kind {
                        EntryKind::Whole(kind) => {
                            kinds[i] = kind as u8 + 1;
                            WHOLE
                        }
                        EntryKind::OfsDelta(distance) => pack.offsets[entry as usize]
                            .checked_sub(distance)
                            .and_then(|offset| pack.base_at(offset, entry))
                            .unwrap_or(FAR),
                        EntryKind::RefDelta(id) => lookup(&id).unwrap_or(FAR),
                    };
                }
            });
        forest.link();
        forest
    }

    /// A forest with these bases and nothing else.
    #[cfg(test)]
    pub(crate) fn of_bases(bases: Vec<u32>) -> Forest {
        let mut forest = Forest {
            sizes: vec![0; bases.len()],
            kinds: vec![1; bases.len()],
            bases,
            ..Forest::default()
        };
        forest.link();
        forest
    }

    /// Fills the child lists, hands kinds down, and puts the heaviest child last: when it is
    /// reached its parent's buffer is no longer needed, so that a depth-first walk holds at most
    /// log₂(n) buffers.
    fn link(&mut self) {
        let count = self.bases.len();
        let mut starts = vec![0u32; count + 2];
        for base in self.bases.iter().filter(|b| **b < FAR) {
            starts[*base as usize + 2] += 1;
        }
        for i in 2..starts.len() {
            starts[i] += starts[i - 1];
        }
        self.children = vec![0; starts[count + 1] as usize];
        for (entry, base) in self.bases.iter().enumerate().filter(|(_, b)| **b < FAR) {
            let slot = &mut starts[*base as usize + 1];
            self.children[*slot as usize] = entry as u32;
            *slot += 1;
        }
        starts.truncate(count + 1);
        self.child_starts = starts;
        let order = self.top_down();
        for entry in &order {
            let kind = self.kinds[*entry as usize];
            let (start, end) = (
                self.child_starts[*entry as usize],
                self.child_starts[*entry as usize + 1],
            );
            for child in &self.children[start as usize..end as usize] {
                self.kinds[*child as usize] = kind;
            }
        }
        let weights = self.weights(&order, |_| true);
        let roots = (0..count as u32)
            .filter(|e| self.bases[*e as usize] >= FAR && weights[*e as usize] > 1);
        self.families = roots.map(|root| (root, weights[root as usize])).collect();
        for entry in 0..count {
            let (start, end) = (self.child_starts[entry], self.child_starts[entry + 1]);
            self.children[start as usize..end as usize]
                .sort_unstable_by_key(|c| (weights[*c as usize], *c));
        }
    }

    /// All entries that hang on a root, every base before its deltas. Entries of a cycle hang on
    /// none.
    pub(crate) fn top_down(&self) -> Vec<u32> {
        let mut order: Vec<u32> = self
            .bases
            .iter()
            .enumerate()
            .filter(|(_, b)| **b >= FAR)
            .map(|(entry, _)| entry as u32)
            .collect();
        let mut at = 0;
        while at < order.len() {
            let (start, end) = (
                self.child_starts[order[at] as usize],
                self.child_starts[order[at] as usize + 1],
            );
            order.extend_from_slice(&self.children[start as usize..end as usize]);
            at += 1;
        }
        order
    }

    /// How many entries that `wanted` accepts each subtree holds.
    pub(crate) fn weights(&self, top_down: &[u32], wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut weights = vec![0; self.bases.len()];
        for entry in top_down.iter().rev() {
            weights[*entry as usize] += u32::from(wanted(*entry));
            let base = self.bases[*entry as usize];
            if base < FAR {
                weights[base as usize] += weights[*entry as usize];
            }
        }
        weights
    }
}
