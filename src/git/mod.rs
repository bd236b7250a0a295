//! Everything about git: opening a repository, reading its objects, refs and history.
//!
//! The only module that may name `gix` or `rayon`.

mod config;
pub(crate) mod file;
pub mod repo;
#[cfg(test)]
pub(crate) mod testrepo;
pub mod tips;
