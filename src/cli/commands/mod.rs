//! One file for each command.

pub(super) mod explain;
pub(super) mod plan;
pub(super) mod rules;
pub(super) mod sweep;
