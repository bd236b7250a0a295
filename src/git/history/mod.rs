//! History of a few objects: which trees, commits and refs hold them.
//!
//! Runs only if there is something to trace. One pass over all trees collects the edges from
//! trees to sub-trees and to the objects in question ([`edges`]); what cannot lead to one of them
//! is dropped ([`lineage`]). What remains is small, and commits then carry sets of up to 64
//! objects as bits, parents before children ([`masks`]), so that thousands of objects cost a few
//! dozen passes over the commits, not thousands. Paths come from differences between commits and
//! their first parents ([`paths`]).

pub(crate) mod edges;
pub(crate) mod lineage;
pub(crate) mod masks;
pub(crate) mod order;
pub(crate) mod paths;
