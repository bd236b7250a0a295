//! One file for each command.

pub(super) mod explain;
pub(super) mod inventory;
pub(super) mod investigate;
pub(super) mod rules;
pub(super) mod sweep;
