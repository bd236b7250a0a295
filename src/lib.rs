//! keysweep: a git secret scanner for AWS credentials.

pub mod cli;
pub mod git;
pub mod grading;
pub mod model;
pub mod pairing;
pub mod placeholders;
pub mod report;
pub mod rules;
pub mod scan;
pub mod sweep;

#[cfg(test)]
#[path = "../tests/integration/support/keys.rs"]
#[allow(
    dead_code,
    reason = "shared with the integration tests, which use all of it"
)]
mod testkeys;
