//! What a person must act on: an access key ID, with its secret and token where they were found.

use serde::{Deserialize, Serialize};

use super::{Encoding, Field, LocatedHit, ObjectId, ObjectKind, Part, Position, Secret, Span};

/// What kind of credential it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialKind {
    /// An access key ID (AKIA) without a secret.
    AccessKeyId,
    /// A long-term access key: ID and secret access key.
    AccessKey,
    /// A temporary key's ID (ASIA) without a secret.
    TemporaryKeyId,
    /// A temporary key: ID and secret, perhaps with its session token.
    TemporaryKey,
    /// A secret access key in AWS context, without an ID.
    SecretAccessKey,
    /// A session token without its ID.
    SessionToken,
    /// A long-term API key of Amazon Bedrock.
    BedrockApiKey,
    /// A short-term API key of Amazon Bedrock: a signed request.
    BedrockShortTermKey,
    /// An API key of `CloudWatch` Logs.
    CloudWatchLogsKey,
    /// An SMTP password of Amazon SES; its user is the access key ID.
    SesSmtpPassword,
    /// A password of one IAM user for one service: CodeCommit, Keyspaces.
    ServicePassword,
    /// An authorisation token of Amazon MWS, which is no more.
    MwsAuthToken,
    /// An API key of AWS `AppSync`.
    AppSyncApiKey,
    /// The private key of a CloudFront key pair.
    CloudFrontPrivateKey,
    /// A link that signs in to the console.
    ConsoleSignIn,
    /// A password for a container registry.
    EcrToken,
    /// A bearer token for a package repository.
    CodeArtifactToken,
    /// What a user's own rule finds.
    CustomKey,
}

impl CredentialKind {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            CredentialKind::AccessKeyId => "aws-access-key-id",
            CredentialKind::AccessKey => "aws-access-key",
            CredentialKind::TemporaryKeyId => "aws-temporary-key-id",
            CredentialKind::TemporaryKey => "aws-temporary-key",
            CredentialKind::SecretAccessKey => "aws-secret-access-key",
            CredentialKind::SessionToken => "aws-session-token",
            CredentialKind::BedrockApiKey => "aws-bedrock-api-key",
            CredentialKind::BedrockShortTermKey => "aws-bedrock-short-term-key",
            CredentialKind::CloudWatchLogsKey => "aws-cloudwatch-logs-key",
            CredentialKind::SesSmtpPassword => "aws-ses-smtp-password",
            CredentialKind::ServicePassword => "aws-service-password",
            CredentialKind::MwsAuthToken => "aws-mws-auth-token",
            CredentialKind::AppSyncApiKey => "aws-appsync-api-key",
            CredentialKind::CloudFrontPrivateKey => "aws-cloudfront-private-key",
            CredentialKind::ConsoleSignIn => "aws-console-sign-in",
            CredentialKind::EcrToken => "aws-ecr-token",
            CredentialKind::CodeArtifactToken => "aws-codeartifact-token",
            CredentialKind::CustomKey => "custom-key",
        }
    }

    /// Keys of single services.
    pub const SERVICE_KEYS: [CredentialKind; 12] = [
        CredentialKind::BedrockApiKey,
        CredentialKind::BedrockShortTermKey,
        CredentialKind::CloudWatchLogsKey,
        CredentialKind::SesSmtpPassword,
        CredentialKind::ServicePassword,
        CredentialKind::MwsAuthToken,
        CredentialKind::AppSyncApiKey,
        CredentialKind::CloudFrontPrivateKey,
        CredentialKind::ConsoleSignIn,
        CredentialKind::EcrToken,
        CredentialKind::CodeArtifactToken,
        CredentialKind::CustomKey,
    ];

    /// All kinds.
    pub fn all() -> impl Iterator<Item = CredentialKind> {
        let keys = [
            CredentialKind::AccessKeyId,
            CredentialKind::AccessKey,
            CredentialKind::TemporaryKeyId,
            CredentialKind::TemporaryKey,
            CredentialKind::SecretAccessKey,
            CredentialKind::SessionToken,
        ];
        keys.into_iter().chain(CredentialKind::SERVICE_KEYS)
    }

    /// True for the key of a single service, which needs no other part.
    pub fn is_service_key(self) -> bool {
        CredentialKind::SERVICE_KEYS.contains(&self)
    }

    /// True for what never lives long: 36 hours at most.
    pub const fn is_temporary(self) -> bool {
        matches!(
            self,
            CredentialKind::TemporaryKeyId
                | CredentialKind::TemporaryKey
                | CredentialKind::SessionToken
                | CredentialKind::BedrockShortTermKey
                | CredentialKind::ConsoleSignIn
                | CredentialKind::EcrToken
                | CredentialKind::CodeArtifactToken
        )
    }
}

/// How sure keysweep is that something is a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Confidence {
    /// Has the shape, but something speaks against it.
    Low,
    /// Likely, without proof from its surroundings.
    Medium,
    /// A plausible key ID, or a secret that its label or an ID beside it names.
    High,
}

impl Confidence {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// What a credential can do to its owner: validity × kind × exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Cannot be used as it stands, or dead by age.
    Low,
    /// Useless alone.
    Medium,
    /// Usable by whoever reads it.
    High,
    /// Verified active, or pushed as a whole.
    Critical,
}

impl Severity {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// What an access key ID's prefix says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyIdKind {
    /// `AKIA`: long-term key of an IAM user or of root.
    LongTerm,
    /// `ASIA`: temporary key from STS.
    Temporary,
}

/// Reads the prefix of an access key ID.
///
/// Source: IAM User Guide, "Understanding unique ID prefixes".
pub fn key_id_kind(id: &[u8]) -> Option<KeyIdKind> {
    match id.get(..4)? {
        b"AKIA" => Some(KeyIdKind::LongTerm),
        b"ASIA" => Some(KeyIdKind::Temporary),
        _ => None,
    }
}

/// The account number inside an access key ID of the new generation, 12 digits.
///
/// The first 6 of the 10 bytes that characters 5 to 20 encode in base32 hold it, shifted by
/// 7 bits. Only IDs whose fifth character is in `Q-Z2-7` carry one (bit 20 is set); nobody knows
/// how to decode older ones, and a number above 999,999,999,999 is no account: both are `None`.
/// Source: `WithSecure` Labs' bitwise analysis of key IDs.
pub fn account_of(id: &[u8]) -> Option<String> {
    // IDs from before 2010 have no prefix, and hold nothing.
    let [b'A', _, _, b'A', body @ ..] = id else {
        return None;
    };
    let body: &[u8; 16] = body.try_into().ok()?;
    let raw = data_encoding::BASE32.decode(body).ok()?;
    let mut word = [0; 8];
    word[2..].copy_from_slice(raw.get(..6)?);
    let bits = u64::from_be_bytes(word);
    if bits >> 47 == 0 {
        return None;
    }
    let account = (bits & 0x7fff_ffff_ff80) >> 7;
    (account <= 999_999_999_999).then(|| format!("{account:012}"))
}

/// Accounts that AWS's documentation and emulators use: a key ID that names one of these is most
/// likely a fake. It is demoted, never dropped.
pub const DOCUMENTATION_ACCOUNTS: [&str; 5] = [
    "123456789012",
    "111122223333",
    "444455556666",
    "000000000000",
    "999999999999",
];

/// True if an access key ID is of the old generation (or malformed), which names no account.
pub fn is_old_generation(id: &[u8]) -> bool {
    id.get(4).is_some_and(|c| (b'A'..=b'P').contains(c))
}

/// Where one part of a credential stands, ready to be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Which part.
    pub part: Part,
    /// Which field.
    pub field: Field,
    /// The object, absent for ref names, index paths and work tree files.
    pub object: Option<ObjectId>,
    /// Its kind.
    pub object_kind: Option<ObjectKind>,
    /// One path of it: where its introducing commit holds it; the name itself for ref names.
    pub path: Option<Vec<u8>>,
    /// Some further paths at which history holds the same object, sorted.
    pub more_paths: Vec<Vec<u8>>,
    /// All paths, counted.
    pub path_count: u64,
    /// True if there may be more paths than were counted.
    pub path_count_at_least: bool,
    /// The commit that introduced the object.
    pub commit: Option<ObjectId>,
    /// Where it begins, for people.
    pub position: Position,
    /// The exact bytes of the object's content.
    pub span: Span,
    /// From the outermost encoding to the innermost.
    pub encodings: Vec<Encoding>,
}

/// One thing a person must act on, with every place that holds a part of it.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Its kind.
    pub kind: CredentialKind,
    /// The access key ID, if known.
    pub access_key_id: Option<String>,
    /// The secret access key, if found.
    pub secret: Option<Secret>,
    /// The session token, if found.
    pub token: Option<Secret>,
    /// The rule behind its leading part.
    pub rule: &'static str,
    /// How sure.
    pub confidence: Confidence,
    /// Every place of every part; empty once the credential is graded.
    pub hits: Vec<LocatedHit>,
    /// Secrets that might be this ID's as well, best first, by hash.
    pub candidates: Vec<super::Candidate>,
    /// Why it is no credential, if its value says so.
    pub placeholder: Option<super::SuppressionReason>,
    /// Who accepted it, if anybody did.
    pub accepted: Option<super::Acceptance>,
    /// What its values and what stands beside them say of it.
    pub details: super::Details,
}

#[cfg(test)]
mod tests {
    use super::*;

    // Published vectors: LocalStack's documentation and Tal Be'ery's article.
    #[test]
    fn decodes_published_account_vectors() {
        assert_eq!(
            account_of(b"AKIARZPUZDIKGB2VALC4").as_deref(),
            Some("123456789012")
        );
        assert_eq!(
            account_of(b"ASIAQNZGKIQY56JQ7WML").as_deref(),
            Some("029608264753")
        );
        assert_eq!(
            account_of(b"ASIAY34FZKBOKMUTVV7A").as_deref(),
            Some("609629065308")
        );
    }

    #[test]
    fn old_generation_and_malformed_ids_have_no_account() {
        assert_eq!(
            account_of(b"AKIAIOSFODNN7EXAMPLE"),
            None,
            "fifth character I: old generation"
        );
        assert_eq!(account_of(b"AKIA111111111EXAMPLE"), None, "1 is not base32");
        assert_eq!(account_of(b"AKIAIEXAMPLE"), None, "too short");
        assert_eq!(account_of(b"0KIARZPUZDIKGB2VALC4"), None, "no prefix");
    }
}
