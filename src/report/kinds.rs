//! What each kind of credential is called, and what to do about it, without anything of a finding.

use crate::model::CredentialKind;

/// What formats with rules say of a kind.
pub(super) struct KindText {
    /// A name, the same for all findings of the kind.
    pub(super) title: &'static str,
    /// What it opens.
    pub(super) what: &'static str,
    /// What to do, in order.
    pub(super) steps: &'static [&'static str],
    /// How bad it is at worst, from 0 to 10, for sorting in a dashboard.
    pub(super) score: &'static str,
}

const LONG_TERM: &[&str] = &[
    "Deactivate the key: `aws iam update-access-key --status Inactive --access-key-id ID --user-name USER`. \
     `aws iam get-access-key-last-used --access-key-id ID` prints the user.",
    "Look in CloudTrail, in every region, for what was done with it.",
    "Deny sessions that were made with it: attach a policy with `aws:TokenIssueTime` to the user.",
    "Make a new key where one is needed, and delete the old one.",
    "Then take it out of history. That alone does not help: whoever has a copy has the key.",
];

const ID_ALONE: &[&str] = &[
    "Look for the secret near the place: where an ID was written down, its secret often was.",
    "If the secret leaked as well, deactivate the key first.",
];

const TEMPORARY: &[&str] = &[
    "Unless it has expired, revoke the sessions of its role or user.",
    "Find the program that wrote it down, since it will do so again.",
];

const SERVICE: &[&str] = &[
    "Revoke it at its service, as an administrator of the account.",
    "Make a new one where it is needed.",
    "Then take it out of history.",
];

/// What is said of a kind.
pub(super) fn text(kind: CredentialKind) -> KindText {
    use CredentialKind as Kind;
    let (title, what, steps, score) = match kind {
        Kind::AccessKey => (
            "AWS access key with its secret",
            "A long-term key of an IAM user or of root, complete: whoever reads it can use it.",
            LONG_TERM,
            "9.8",
        ),
        Kind::AccessKeyId => (
            "AWS access key ID",
            "The ID of a long-term key, without its secret.",
            ID_ALONE,
            "5.3",
        ),
        Kind::TemporaryKey => (
            "Temporary AWS access key with its secret",
            "A key from STS, good for 36 hours at most.",
            TEMPORARY,
            "9.1",
        ),
        Kind::TemporaryKeyId => (
            "Temporary AWS access key ID",
            "The ID of a key from STS, without its secret.",
            ID_ALONE,
            "2.0",
        ),
        Kind::SecretAccessKey => (
            "AWS secret access key",
            "A secret without the ID it belongs to, which is no secret.",
            LONG_TERM,
            "8.2",
        ),
        Kind::SessionToken => (
            "AWS session token",
            "One of three parts of a temporary key.",
            TEMPORARY,
            "5.0",
        ),
        Kind::AppSyncApiKey => (
            "AWS AppSync API key",
            "Calls the GraphQL API it was made for.",
            SERVICE,
            "5.0",
        ),
        Kind::MwsAuthToken => (
            "Amazon MWS auth token",
            "The service it was for is no more.",
            SERVICE,
            "2.0",
        ),
        kind => (
            service_title(kind),
            "Works alone, for one service.",
            SERVICE,
            "9.0",
        ),
    };
    KindText {
        title,
        what,
        steps,
        score,
    }
}

const fn service_title(kind: CredentialKind) -> &'static str {
    use CredentialKind as Kind;
    match kind {
        Kind::BedrockApiKey => "Amazon Bedrock API key",
        Kind::BedrockShortTermKey => "Short-term Amazon Bedrock API key",
        Kind::CloudWatchLogsKey => "CloudWatch Logs API key",
        Kind::SesSmtpPassword => "Amazon SES SMTP password",
        Kind::ServicePassword => "AWS service-specific password",
        Kind::CloudFrontPrivateKey => "CloudFront private key",
        Kind::ConsoleSignIn => "AWS console sign-in link",
        Kind::EcrToken => "Amazon ECR registry token",
        Kind::CodeArtifactToken => "AWS CodeArtifact token",
        _ => "Key that a rule of your own finds",
    }
}
