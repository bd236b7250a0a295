//! One file for each command.

pub(super) mod explain;
pub(super) mod fingerprint;
pub(super) mod prove;
mod remote;
pub(super) mod rules;
pub(super) mod sweep;
