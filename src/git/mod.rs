//! Everything about git: opening a repository, reading its objects, refs and history.
//!
//! The only module that may name `gix` or `rayon`.

mod account;
mod alternates;
pub(crate) mod attribution;
pub mod bare;
pub(crate) mod bits;
mod buffers;
pub(crate) mod commit;
mod config;
pub(crate) mod damage;
mod discover;
mod embedded;
mod family;
pub(crate) mod file;
mod gather;
mod glob;
pub(crate) mod hash;
pub(crate) mod history;
mod index;
pub(crate) mod known;
mod layout;
mod listing;
pub(crate) mod loose;
mod making;
pub(crate) mod messages;
pub(crate) mod objects;
pub(crate) mod opening;
pub(crate) mod pack;
pub(crate) mod partial;
pub(crate) mod past;
pub mod range;
pub(crate) mod reach;
pub(crate) mod reader;
mod recent;
mod reflog;
pub(crate) mod refs;
mod reftable;
pub(crate) mod remotes;
pub mod repo;
pub mod select;
mod single;
mod slots;
pub(crate) mod snapshot;
pub(crate) mod source;
mod split;
mod spread;
mod stamps;
pub(crate) mod store;
mod stream;
pub(crate) mod structure;
pub(crate) mod submodules;
pub(crate) mod surroundings;
pub(crate) mod survey;
pub mod tips;
pub(crate) mod tree;
mod units;
mod visitor;
pub(crate) mod walk;
mod walkdir;
mod work;
pub mod worktree;

#[cfg(test)]
mod attribution_tests;
#[cfg(test)]
mod repo_tests;
#[cfg(test)]
pub(crate) mod testpack;
#[cfg(test)]
pub(crate) mod testrepo;
#[cfg(test)]
mod tips_damage_tests;
#[cfg(test)]
mod tips_reach_tests;
#[cfg(test)]
mod tips_tests;

/// Threads for a sweep.
pub(crate) struct Pool(rayon::ThreadPool);

impl Pool {
    /// A pool of this many threads; the error says why the system gives none.
    pub(crate) fn new(threads: usize) -> Result<Pool, String> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .build();
        pool.map(Pool).map_err(|e| e.to_string())
    }

    /// Runs something that may use all threads.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.0.install(work)
    }
}
