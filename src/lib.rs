//! keysweep: a git secret scanner for AWS credentials. This page is the map of the code.
//!
//! # Bird's eye view
//!
//! A sweep reads every object of a repository once, looks for pieces of credentials, asks history
//! where the objects with pieces came from, and reports one finding for each credential:
//!
//! ```text
//! Selection → git::source → Object → scan → Hit → placeholders → git::attribution → LocatedHit
//!           → pairing → Credential → verification (if wanted) → suppression → grading → Finding
//!           → Report → report → exit code
//! ```
//!
//! [`sweep::sweep`] is that line as code. Each stage takes what the one before it made and adds to
//! it; nothing goes back, and no stage knows another: what they share is in [`model`].
//!
//! # Code map, in reading order
//!
//! - [`model`]: the vocabulary. Plain data, no I/O.
//! - [`sweep`]: the main flow, and the only file that knows the order of the stages.
//! - [`git`]: everything about git. Packs are decoded here: `git::pack` (index, headers, forest of
//!   deltas, inflating, applying deltas), `git::walk` (families of deltas as work units on all
//!   threads), `git::source` (one pass over all contents, one over all trees), `git::reader` (one
//!   object at a time), `git::history` (which commits and refs hold an object), `git::tips` (refs,
//!   reflogs, stashes, indexes, worktrees), `git::range` (what a push, a change or the index brings,
//!   and nothing else: lookups one by one).
//! - `cache`: files that remember what earlier sweeps read: sets of object names, and a record for
//!   each repository. Knows nothing of git. `sweep::memory` decides what may be left out because of
//!   them; `git::snapshot`, `git::partial` and `git::known` tell what changed, and leave it out.
//! - [`rules`]: what is looked for, as data; `patterns/*.toml` is compiled into the program.
//! - [`scan`]: from bytes to hits. Pure, one scanner a thread. `scan::layers` looks into what is
//!   encoded or packed, where cheap signs say that it may hold something.
//! - [`placeholders`]: values that are published or say themselves that they are examples;
//!   [`canaries`]: accounts whose keys were put there to be found.
//! - [`pairing`]: which secret belongs to which ID. Pure.
//! - [`suppression`]: what somebody accepted, by fingerprint or by a comment. Pure: whoever calls says
//!   which bytes count.
//! - `verification` (feature `verify`): asks STS which keys work. The only network, and only if the
//!   user asks for it; on a thread of its own, whose runtime ends with it.
//! - [`grading`]: confidence, severity, fingerprints, and what is shown. Pure.
//! - [`explain`]: what a key or an ID says of itself. Pure.
//! - [`remediation`]: from a report to a plan as Markdown, JSON and a script. Pure.
//! - [`investigation`]: what was done with a key, from CloudTrail's files; [`inventory`]: what the owner's
//!   own listing says of it. Both read files that the owner made, and ask nobody.
//! - [`known`]: values that somebody names, from reports, files of hashes, the user's own settings;
//!   `scan::known` looks for them. [`prove`]: from what was found of them to a proof. Both pure.
//! - [`mirror`]: a temporary copy of a remote by the user's own git, the only child process.
//! - [`report`]: every format, from text for people to SARIF and HTML. Pure over `io::Write`.
//! - [`cli`]: arguments, terminal, signals, files, exit codes. The only module with a clock, but for the
//!   age of files in `cache` and `git::snapshot`, and for the pace of `verification`.
//!
//! # Who may import whom
//!
//! A test (`tests/integration/tidy.rs`) holds the source against this table.
//!
//! | module | may import | crates that are its own |
//! |---|---|---|
//! | `model` | nothing | |
//! | `rules` | `model` | `regex` and `aho-corasick` (with `scan`), `toml` (with `placeholders`, `canaries` and `suppression`) |
//! | `scan` | `model`, `rules` | `bzip2`, `lzma-rust2`, `ruzstd` |
//! | `placeholders`, `canaries`, `pairing`, `grading`, `suppression`, `known`, `prove`, `mirror` | `model` | |
//! | `explain` | `model`, `placeholders`, `canaries` | |
//! | `verification` | `model` | `aws_sdk_sts`, `aws_smithy_http_client`, `aws_smithy_types`, `http_body_util`, `tokio` |
//! | `git` | `model` | `gix`, `rayon`, `libdeflater`, `flate2` (with `scan`), `ignore` |
//! | `cache` | `model` | |
//! | `remediation` | `model` | `serde_json`, `toml` |
//! | `inventory` | `model` | `serde_json` |
//! | `investigation` | `model` | `rayon` and `flate2` (with `git`), `serde_json`, `toml` |
//! | `report` | `model` | `serde_json` |
//! | `sweep` | all of the above but `report`, `remediation`, `known`, `prove`, `mirror` and the last two | |
//! | `cli` | everything | `clap`, `clap_complete`, `clap_mangen`, `indicatif`, `ctrlc` |
//!
//! # Invariants
//!
//! - What could not be read is a [`model::Gap`], and with a gap no sweep is complete: nothing is
//!   skipped without one.
//! - A raw value lives in [`model::Secret`], which masks itself. It leaves through `report` alone,
//!   and only if the user asked for it; in `verification` it goes into a signature, and no further.
//! - Only STS itself says that a key is dead: trouble on the way there is unknown.
//! - Sizes and offsets that come from files are not believed: nothing is allocated from them beyond
//!   a bound, nothing recurses along input, and every circle ends.
//! - Looking only at what a delta changes gives the same hits as looking at everything.
//! - A sweep that remembers gives the report of one that does not; only `read`, `cached` and
//!   `bytes` differ. What is remembered holds names, never a value that was found.
//! - The same objects give the same report, whatever the number of threads and the packing.
//! - Nothing below the repository is written, none of its programs run, and no network is used but to
//!   verify, if the user asks for that; `hook install` writes hooks, and that, `doctor`, a URL and a remote
//!   take the user's git.
//! - What a gate checks has no say in whether it passes.

pub mod model;
pub mod sweep;

pub mod git;
pub mod rules;
pub mod scan;

pub mod canaries;
pub mod explain;
pub mod grading;
pub mod inventory;
pub mod investigation;
pub mod known;
pub mod pairing;
pub mod placeholders;
pub mod prove;
pub mod suppression;
#[cfg(feature = "verify")]
pub mod verification;

pub mod remediation;

pub mod report;

pub(crate) mod cache;
pub mod cli;
pub mod mirror;

#[cfg(test)]
#[path = "../tests/integration/support/keys.rs"]
#[allow(
    dead_code,
    reason = "shared with the integration tests, which use all of it"
)]
mod testkeys;
