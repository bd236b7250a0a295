//! The steps of each phase.

pub(super) mod aws;
pub(super) mod contain;
pub(super) mod investigate;
pub(super) mod local;
pub(super) mod prevent;
pub(super) mod rewrite;
pub(super) mod rotate;
mod services;
mod sessions;
