//! The embedded rule files. A test checks that every file of `patterns/` is here.

/// File names and contents, the most specific rule first.
pub const FILES: &[(&str, &str)] = &[
    (
        "session-token.toml",
        include_str!("../../patterns/session-token.toml"),
    ),
    (
        "bedrock-short-term-key.toml",
        include_str!("../../patterns/bedrock-short-term-key.toml"),
    ),
    (
        "bedrock-api-key.toml",
        include_str!("../../patterns/bedrock-api-key.toml"),
    ),
    (
        "cloudwatch-logs-key.toml",
        include_str!("../../patterns/cloudwatch-logs-key.toml"),
    ),
    (
        "ecr-token.toml",
        include_str!("../../patterns/ecr-token.toml"),
    ),
    (
        "codeartifact-token.toml",
        include_str!("../../patterns/codeartifact-token.toml"),
    ),
    (
        "console-sign-in.toml",
        include_str!("../../patterns/console-sign-in.toml"),
    ),
    (
        "cloudfront-private-key.toml",
        include_str!("../../patterns/cloudfront-private-key.toml"),
    ),
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
    (
        "ses-smtp-password.toml",
        include_str!("../../patterns/ses-smtp-password.toml"),
    ),
    (
        "ses-smtp-host.toml",
        include_str!("../../patterns/ses-smtp-host.toml"),
    ),
    (
        "ses-smtp-password-near-host.toml",
        include_str!("../../patterns/ses-smtp-password-near-host.toml"),
    ),
    (
        "service-user.toml",
        include_str!("../../patterns/service-user.toml"),
    ),
    (
        "service-password.toml",
        include_str!("../../patterns/service-password.toml"),
    ),
    (
        "mws-auth-token.toml",
        include_str!("../../patterns/mws-auth-token.toml"),
    ),
    (
        "appsync-api-key.toml",
        include_str!("../../patterns/appsync-api-key.toml"),
    ),
    (
        "cloudfront-key-pair-id.toml",
        include_str!("../../patterns/cloudfront-key-pair-id.toml"),
    ),
    (
        "bare-key-id.toml",
        include_str!("../../patterns/bare-key-id.toml"),
    ),
];

/// Not rules, but part of what a sweep decides by, and so of the hash.
pub(super) const PLACEHOLDERS: &str = include_str!("../../patterns/placeholders.toml");
/// The same.
pub(super) const CANARIES: &str = include_str!("../../patterns/canaries.toml");
