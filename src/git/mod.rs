//! Everything about git: opening a repository, reading its objects, refs and history.
//!
//! The only module that may name `gix` or `rayon`.

mod alternates;
mod config;
mod discover;
pub(crate) mod file;
mod layout;
mod reflog;
mod refs;
mod reftable;
pub mod repo;
#[cfg(test)]
mod repo_tests;
#[cfg(test)]
pub(crate) mod testrepo;
pub mod tips;
