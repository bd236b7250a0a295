//! keysweep: a git secret scanner for AWS credentials.

pub mod git;
pub mod grading;
pub mod model;
pub mod pairing;
pub mod placeholders;
pub mod rules;
pub mod scan;
pub mod sweep;

#[cfg(test)]
#[path = "../tests/integration/support/keys.rs"]
mod testkeys;
