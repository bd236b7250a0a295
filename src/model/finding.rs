//! A finding: a credential, graded, with its exposure, ready to be reported.

use std::fmt;
use std::sync::Arc;

use super::{
    Confidence, Credential, CredentialKind, Exposure, Listed, Occurrence, Severity, Validity,
};

/// The stable name of a finding: `ks1-` and 32 hexadecimal digits of SHA-256 over kind, ID and
/// secret. It survives rebases, renames and moves, since no commit, path or line goes into it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A ranked partner of an ambiguous pair.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Lower-case hexadecimal SHA-256 of the secret.
    pub secret_sha256: String,
    /// How far it stands from the ID where they are closest.
    pub distance: Distance,
    /// Where it stands; gone once the credential is graded.
    pub hit: Option<Box<super::LocatedHit>>,
}

/// How far a candidate stands from an ID. Nearer comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// In the same place, so many bytes away.
    Bytes(u64),
    /// In another place that has something in common with the ID's: 0 has most.
    Elsewhere(u8),
}

/// A credential that somebody must look at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its stable name.
    pub fingerprint: Fingerprint,
    /// The credential, secrets included; reports mask them.
    pub credential: Credential,
    /// What it can do.
    pub severity: Severity,
    /// The account the ID names, 12 digits, where it can be read offline.
    pub account_id: Option<String>,
    /// Whether it works.
    pub validity: Validity,
    /// What the owner's listing says of it, if one was given.
    pub inventory: Option<Listed>,
    /// True for what works no more, by its own words or by age.
    pub expired: bool,
    /// How far it has spread; findings in the same places share it.
    pub exposure: Arc<Exposure>,
    /// The submodule in whose repository it lies, if it is not the one that was named.
    pub submodule: Option<String>,
    /// Every place, sorted.
    pub occurrences: Vec<Occurrence>,
    /// What a reader should know besides, one sentence each.
    pub notes: Vec<String>,
}

impl Finding {
    /// True if both an ID and a secret are known.
    pub fn is_pair(&self) -> bool {
        self.credential.access_key_id.is_some() && self.credential.secret.is_some()
    }

    /// True if what was found opens something without any other part.
    pub fn is_usable(&self) -> bool {
        use CredentialKind as Kind;
        let whole = match self.credential.kind {
            Kind::AppSyncApiKey | Kind::MwsAuthToken => false,
            kind => self.is_pair() || kind.is_service_key(),
        };
        whole && !self.expired
    }

    /// True if somebody named a value of it: whatever list it stands on, it is never set aside.
    pub fn is_named(&self) -> bool {
        self.credential.details.known.is_some()
    }

    /// How sure keysweep is.
    pub fn confidence(&self) -> Confidence {
        self.credential.confidence
    }
}

/// Why a finding is not shown, a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionReason {
    /// A value printed in AWS's documentation or an SDK's tests.
    Documentation,
    /// The value says itself that it is an example: `EXAMPLE`, a run, a sequence.
    Placeholder,
    /// Below `--min-confidence`.
    LowConfidence,
    /// Of a range: every part of it stood already in what the range replaces or takes out.
    AlreadyThere,
    /// A baseline accepts it.
    Baseline,
    /// An allow-list or a flag accepts it.
    AllowList,
    /// A comment beside it accepts it.
    Inline,
}

impl SuppressionReason {
    /// All of them, in the order reports use.
    pub const ALL: [SuppressionReason; 7] = [
        SuppressionReason::Documentation,
        SuppressionReason::Placeholder,
        SuppressionReason::LowConfidence,
        SuppressionReason::AlreadyThere,
        SuppressionReason::Baseline,
        SuppressionReason::AllowList,
        SuppressionReason::Inline,
    ];

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            SuppressionReason::Documentation => "documentation",
            SuppressionReason::Placeholder => "placeholder",
            SuppressionReason::LowConfidence => "low-confidence",
            SuppressionReason::AlreadyThere => "already-there",
            SuppressionReason::Baseline => "baseline",
            SuppressionReason::AllowList => "allow-list",
            SuppressionReason::Inline => "inline-comment",
        }
    }
}

/// A finding that is counted but not shown, with the reason.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why it is not shown.
    pub reason: SuppressionReason,
}
