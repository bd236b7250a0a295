//! keysweep: a git secret scanner for AWS credentials.

pub mod cli;
pub mod git;
pub mod model;
pub mod report;
pub mod sweep;
