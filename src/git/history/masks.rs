//! Up to 64 questions at a time, carried through history as bits: which commits hold something,
//! which commits reach it, where it came in and where it went.

use super::lineage::Lineage;
use super::order::Graph;
use crate::git::store::NONE;
use crate::git::structure::Structure;

/// What a traced history consists of.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) structure: &'a Structure,
    pub(crate) graph: &'a Graph,
    pub(crate) lineage: &'a Lineage,
}

/// Bits for nodes and commits.
pub(crate) struct Masks {
    /// By node: what the tree holds.
    nodes: Vec<u64>,
    /// By position: what the commit itself, its tree or an id it names is.
    pub(crate) holds: Vec<u64>,
    /// By position: what the commit or one of its ancestors holds.
    pub(crate) reaches: Vec<u64>,
    /// The bits of each target.
    targets: Vec<u64>,
}

impl Masks {
    /// Carries the bits that each target stands for.
    pub(crate) fn carry(world: World<'_>, targets: Vec<u64>) -> Masks {
        let World {
            structure,
            graph,
            lineage,
        } = world;
        let mut nodes = vec![0u64; lineage.len() as usize];
        let bit = |target: u32| {
            if target == NONE {
                0
            } else {
                targets[target as usize]
            }
        };
        for node in 0..lineage.len() {
            let below = |n: u32| if n == NONE { 0 } else { nodes[n as usize] };
            nodes[node as usize] = lineage
                .steps(node)
                .iter()
                .fold(0, |mask, step| mask | bit(step.target) | below(step.node));
        }
        let mut masks = Masks {
            nodes,
            holds: vec![0; graph.len()],
            reaches: vec![0; graph.len()],
            targets,
        };
        for position in 0..graph.len() {
            let commit = &structure.commits[graph.rows[position] as usize];
            let mut holds =
                masks.of_object(lineage, commit.number) | masks.of_object(lineage, commit.tree);
            // A parent that is a commit of this repository answers for itself.
            for parent in structure.parents(commit) {
                if structure.row_of(*parent).is_none() {
                    holds |= masks.of_object(lineage, *parent);
                }
            }
            masks.holds[position] = holds;
            masks.reaches[position] = graph
                .parents(position)
                .iter()
                .fold(holds, |mask, parent| mask | masks.reaches[*parent as usize]);
        }
        masks
    }

    /// What an object that is no commit holds: itself, and what lies below it.
    pub(crate) fn of_object(&self, lineage: &Lineage, number: u32) -> u64 {
        if number == NONE {
            return 0;
        }
        let own = lineage
            .target(number)
            .map_or(0, |target| self.targets[target as usize]);
        own | lineage
            .node(number)
            .map_or(0, |node| self.nodes[node as usize])
    }

    /// What comes in with a commit: it holds it, and no parent does.
    pub(crate) fn introduced(&self, graph: &Graph, position: usize) -> u64 {
        graph
            .parents(position)
            .iter()
            .fold(self.holds[position], |mask, parent| {
                mask & !self.holds[*parent as usize]
            })
    }

    /// What a commit takes out: all its parents hold it, and it does not.
    pub(crate) fn removed(&self, graph: &Graph, position: usize) -> u64 {
        let parents = graph.parents(position);
        if parents.is_empty() {
            return 0;
        }
        parents.iter().fold(!self.holds[position], |mask, parent| {
            mask & self.holds[*parent as usize]
        })
    }

    /// What a merge drops that only some of its parents hold.
    pub(crate) fn dropped(&self, graph: &Graph, position: usize) -> u64 {
        graph
            .parents(position)
            .iter()
            .fold(0, |mask, parent| mask | self.holds[*parent as usize])
            & !self.holds[position]
    }
}

/// The bits set in a mask.
pub(crate) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (mask != 0).then(|| {
            let bit = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            bit
        })
    })
}
