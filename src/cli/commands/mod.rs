//! One file for each command.

pub(super) mod baseline;
pub(super) mod explain;
pub(super) mod rules;
pub(super) mod sweep;
