//! Everything about git: opening a repository, reading its objects, refs and history.
//!
//! The only module that may name `gix` or `rayon`.

mod alternates;
mod config;
mod discover;
pub(crate) mod file;
mod gather;
mod index;
mod layout;
mod reflog;
mod refs;
mod reftable;
pub mod repo;
#[cfg(test)]
mod repo_tests;
pub mod select;
mod surroundings;
#[cfg(test)]
pub(crate) mod testrepo;
pub mod tips;
#[cfg(test)]
mod tips_damage_tests;
#[cfg(test)]
mod tips_tests;
pub mod worktree;
