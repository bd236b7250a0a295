//! The embedded rule files. A test checks that every file of `patterns/` is here.

/// File names and contents, the most specific rule first.
pub const FILES: &[(&str, &str)] = &[
    (
        "access-key-id.toml",
        include_str!("../../patterns/access-key-id.toml"),
    ),
    (
        "secret-access-key.toml",
        include_str!("../../patterns/secret-access-key.toml"),
    ),
    (
        "generic-secret-key.toml",
        include_str!("../../patterns/generic-secret-key.toml"),
    ),
    (
        "secret-label-near-id.toml",
        include_str!("../../patterns/secret-label-near-id.toml"),
    ),
    (
        "secret-near-id.toml",
        include_str!("../../patterns/secret-near-id.toml"),
    ),
];

/// Not rules, but part of what a sweep decides by, and so of the hash.
pub(super) const PLACEHOLDERS: &str = include_str!("../../patterns/placeholders.toml");
