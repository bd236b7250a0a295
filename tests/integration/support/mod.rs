//! What the integration tests share: repositories made by git, keysweep as a child process,
//! seeded keys, and an oracle that knows nothing of keysweep's code.

pub(crate) mod aws;
#[cfg(feature = "verify")]
pub(crate) mod clock;
pub(crate) mod drill;
pub(crate) mod expect;
pub(crate) mod gates;
pub(crate) mod history;
pub(crate) mod incident;
pub(crate) mod json;
pub(crate) mod keysweep;
pub(crate) mod oracle;
pub(crate) mod pack;
pub(crate) mod recorder;
pub(crate) mod repo;
pub(crate) mod schema;
pub(crate) mod seed;
#[cfg(feature = "verify")]
pub(crate) mod sigv4;
#[cfg(feature = "verify")]
#[allow(dead_code, reason = "shared with the unit tests, which use the rest")]
pub(crate) mod sts;
pub(crate) mod tools;
