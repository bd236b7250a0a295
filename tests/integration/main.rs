//! All integration tests, in one binary: keysweep as a user runs it, with git as the oracle.
#![expect(
    clippy::unwrap_used,
    reason = "a step that fails in a test fails the test"
)]

mod support;

mod accepted;
mod attribution;
mod baseline;
mod cache;
mod cache_examples;
mod cache_files;
mod cache_history;
mod cache_repeats;
mod coverage;
mod coverage_names;
mod coverage_storage;
mod damage;
mod damage_crafted;
mod damage_matrix;
mod determinism;
mod exit_codes;
mod explain;
mod exposure;
mod formats;
mod full_scan;
mod gates_ci;
mod gates_commit;
mod gates_frameworks;
mod gates_install;
mod gates_known;
mod gates_push;
mod gates_range;
mod gates_receive;
mod gates_systems;
mod healthy;
mod hostile;
mod inventory;
mod investigate;
mod known;
mod mirror;
mod offline;
mod patterns;
mod plan;
mod plan_aws;
mod plan_commands;
mod plan_people;
mod plan_rewrite;
mod planted;
mod prove;
mod prove_death;
mod pushed;
mod reach;
mod readme;
mod redaction;
mod report;
mod scope;
mod storage;
mod submodules;
mod sweep;
mod tidy;
mod unread;
mod unseen;
mod verify;
mod verify_accepted;
mod verify_ministack;
mod verify_overlap;
mod verify_report;
mod verify_routing;
mod verify_silence;
