//! What a credential can do, and whether its time is over.

use crate::model::{Confidence, Credential, CredentialKind, Exposure, Severity, ValidityState};

/// Longest life of a temporary key, in seconds: 36 hours, for what `GetSessionToken` and
/// `GetFederationToken` give out; a role's key lives 12 hours at most, and so do the tokens of
/// single services. Source: STS API reference, `DurationSeconds` of these and of `AssumeRole`.
const TEMPORARY_LIFE: i64 = 36 * 3600;

/// How it is known that a credential works no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expired {
    /// It says so itself, or the request that shows it does; in seconds since 1970.
    AtItsTime(i64),
    /// It was committed longer ago than any of its kind can live.
    ByAge,
}

/// Whether it has expired at `now`. A temporary key that was never committed has no date, and may
/// be new.
pub(super) fn has_expired(
    credential: &Credential,
    exposure: &Exposure,
    now: Option<i64>,
) -> Option<Expired> {
    let now = now?;
    let told = credential.details.expires;
    if let Some(expires) = told {
        return (now >= expires).then_some(Expired::AtItsTime(expires));
    }
    let introduced = exposure.introduced.as_ref()?;
    let old = now.saturating_sub(introduced.time) > TEMPORARY_LIFE;
    (credential.kind.is_temporary() && old).then_some(Expired::ByAge)
}

pub(super) fn severity(
    credential: &Credential,
    exposure: &Exposure,
    state: ValidityState,
    expired: bool,
) -> Severity {
    let unverified = unverified(credential, exposure.pushed.is_known(), expired);
    match state {
        ValidityState::Active => Severity::Critical,
        ValidityState::NotValid | ValidityState::Expired => Severity::Low,
        ValidityState::IdActive => Severity::Medium,
        ValidityState::NotChecked | ValidityState::Unknown
            if credential.confidence == Confidence::Low =>
        {
            match unverified {
                Severity::Critical => Severity::High,
                Severity::High => Severity::Medium,
                Severity::Medium | Severity::Low => Severity::Low,
            }
        }
        ValidityState::NotChecked | ValidityState::Unknown => unverified,
    }
}

/// As the table at the top of `grading` has it.
fn unverified(credential: &Credential, pushed: bool, expired: bool) -> Severity {
    use CredentialKind as Kind;
    let details = &credential.details;
    if expired || details.canary.is_some() || details.disclosure.is_some() {
        return Severity::Low;
    }
    let (here, gone) = match credential.kind {
        Kind::AccessKey
        | Kind::TemporaryKey
        | Kind::BedrockApiKey
        | Kind::BedrockShortTermKey
        | Kind::CloudWatchLogsKey
        | Kind::SesSmtpPassword
        | Kind::ServicePassword
        | Kind::CloudFrontPrivateKey
        | Kind::CustomKey => (Severity::High, Severity::Critical),
        Kind::ConsoleSignIn | Kind::EcrToken | Kind::CodeArtifactToken => {
            (Severity::High, Severity::High)
        }
        Kind::SecretAccessKey => (Severity::Medium, Severity::High),
        Kind::AccessKeyId => (Severity::Medium, Severity::Medium),
        Kind::AppSyncApiKey | Kind::SessionToken => (Severity::Low, Severity::Medium),
        Kind::TemporaryKeyId | Kind::MwsAuthToken => (Severity::Low, Severity::Low),
    };
    if pushed { gone } else { here }
}
