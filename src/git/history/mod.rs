//! History of the objects in question: which trees, commits and refs hold them.
//!
//! While every tree is read once, the edges from trees to sub-trees, to objects with hits and to
//! what is missing are collected ([`edges`], [`rows`]). What is missing needs no history, only
//! somebody who needs it: one walk over what is reached ([`needers`]). Objects with hits are
//! traced: commits are visited along first parents ([`tour`]), and from one commit to the next
//! only what differs is looked at ([`changes`], [`presence`]), so that the cost grows with what
//! changed in history, not with objects times commits ([`trace`]). What comes in and goes out with
//! each commit says who introduced it; refs then ask only for those commits ([`reaches`]). Paths
//! come from the same differences ([`paths`]), and how many commits and authors have it from the
//! order of the tour ([`tally`]).

pub(crate) mod changes;
pub(crate) mod edges;
pub(crate) mod needers;
pub(crate) mod order;
pub(crate) mod pace;
pub(crate) mod paths;
pub(crate) mod presence;
pub(crate) mod reaches;
pub(crate) mod relevance;
pub(crate) mod rows;
pub(crate) mod tags;
pub(crate) mod tally;
pub(crate) mod tour;
pub(crate) mod trace;

use crate::git::structure::Structure;
use order::Graph;
use relevance::Targets;
use rows::Edges;

/// What a traced history consists of.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) structure: &'a Structure,
    pub(crate) graph: &'a Graph,
    pub(crate) edges: &'a Edges,
    pub(crate) targets: &'a Targets,
}

impl World<'_> {
    /// The number of a commit's tree.
    pub(crate) fn tree(&self, position: u32) -> u32 {
        self.commit(position).tree
    }

    /// A commit's date in seconds since 1970.
    pub(crate) fn time(&self, position: u32) -> i64 {
        self.commit(position).time
    }

    /// The mark of a commit's author.
    pub(crate) fn author(&self, position: u32) -> u64 {
        self.commit(position).author
    }

    /// A commit's number.
    pub(crate) fn number(&self, position: u32) -> u32 {
        self.commit(position).number
    }

    fn commit(&self, position: u32) -> &crate::git::structure::CommitRow {
        &self.structure.commits[self.graph.rows[position as usize] as usize]
    }
}
