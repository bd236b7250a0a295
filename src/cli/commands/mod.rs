//! One file for each command.

pub(super) mod baseline;
pub(super) mod ci;
pub(super) mod doctor;
pub(super) mod explain;
pub(super) mod fingerprint;
pub(super) mod hook;
pub(super) mod inventory;
pub(super) mod investigate;
pub(super) mod manual;
pub(super) mod plan;
pub(super) mod prove;
mod remote;
pub(super) mod rules;
pub(super) mod sweep;
pub(super) mod verify;
