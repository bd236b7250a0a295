//! The proof that values are nowhere left, or what still holds them.

use super::{
    CredentialKind, KnownValue, Listed, ListedState, Part, Report, ToolInfo, Validity,
    ValidityState, Verification,
};

/// Where values were looked for.
#[derive(Clone, Debug)]
pub struct Searched {
    /// What people call it: a path, a URL without what is secret in it.
    pub name: String,
    /// True for a fresh copy of a remote.
    pub is_remote: bool,
    /// What was read, what was not, and every place that holds a value: one finding a place.
    pub report: Report,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// Whoever reads this.
    You,
    /// Whoever runs the server that has it.
    Host,
}

impl Actor {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Actor::You => "you",
            Actor::Host => "host",
        }
    }
}

/// What takes a value out of one of its places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProofStep {
    /// Who.
    pub actor: Actor,
    /// What to do, one sentence without a full stop.
    pub what: String,
    /// The command for it, quoted for a shell; absent where there is none.
    pub command: Option<String>,
}

/// One place that still holds a value.
#[derive(Clone, Debug)]
pub struct HeldPlace {
    /// Number of the place among [`Proof::searched`].
    pub searched: usize,
    /// Number of the finding in its report.
    pub finding: usize,
    /// Where the object lies on disk; absent for what is no object.
    pub stored: Option<String>,
    /// What takes it out, in order.
    pub steps: Vec<ProofStep>,
}

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nowhere, and everything was read.
    Gone,
    /// Nowhere, but not everything was read.
    NotFound,
    /// Not looked for: its length is not known.
    NotSought,
    /// Somewhere.
    Held,
}

impl Verdict {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Gone => "gone",
            Verdict::NotFound => "not-found",
            Verdict::NotSought => "not-sought",
            Verdict::Held => "held",
        }
    }
}

/// One value and what became of it.
#[derive(Clone, Debug)]
pub struct ProvedValue {
    /// The fingerprint of the finding it belongs to.
    pub label: String,
    /// Which part of it.
    pub part: Part,
    /// The value, if it could be looked for.
    pub value: Option<KnownValue>,
    /// Its hash; absent for IDs.
    pub sha256: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
    /// Every place that holds it.
    pub held: Vec<HeldPlace>,
    /// Whether the key it belongs to works, if somebody asked.
    pub validity: Validity,
}

/// Whether a key is dead, as far as anybody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Death {
    /// AWS does not accept it, or its account's listing calls it inactive or deleted.
    Dead,
    /// It opens something, or its ID does with another secret.
    Works,
    /// Nobody can say.
    Unknown,
    /// A canary: it opens nothing, and asking would alarm its owner.
    Canary,
}

impl Death {
    /// What an answer of AWS and a listing say together: the answer goes before the listing.
    pub fn of(validity: &Validity, listed: Option<&Listed>) -> Death {
        match validity.state {
            ValidityState::NotValid | ValidityState::Expired => return Death::Dead,
            ValidityState::Active | ValidityState::IdActive => return Death::Works,
            ValidityState::NotChecked | ValidityState::Unknown => {}
        }
        match listed.map(|listed| listed.state) {
            Some(ListedState::Inactive | ListedState::Deleted) => Death::Dead,
            Some(ListedState::Active) => Death::Works,
            Some(ListedState::NotListed) | None => Death::Unknown,
        }
    }

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Death::Dead => "dead",
            Death::Works => "works",
            Death::Unknown => "unknown",
            Death::Canary => "canary",
        }
    }
}

/// A key of the old report, and whether it is dead.
#[derive(Clone, Debug)]
pub struct ProvedKey {
    /// The fingerprint of its finding.
    pub label: String,
    /// What it is.
    pub kind: CredentialKind,
    /// Its ID, if it has one.
    pub access_key_id: Option<String>,
    /// What AWS answered.
    pub validity: Validity,
    /// What the owner's listing says.
    pub listed: Option<Listed>,
    /// Both together.
    pub death: Death,
}

/// The whole proof.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Which keysweep.
    pub tool: ToolInfo,
    /// When it was made, in seconds since 1970; `None` if times are left out.
    pub made_at: Option<i64>,
    /// SHA-256 of the report that names the values, in lower-case hexadecimal, and its name.
    pub of: (String, String),
    /// Where values were looked for.
    pub searched: Vec<Searched>,
    /// Every value.
    pub values: Vec<ProvedValue>,
    /// Every key, if the proof is also of their death.
    pub keys: Vec<ProvedKey>,
    /// What was asked of AWS, if anything was to be.
    pub verification: Option<Verification>,
}

impl Proof {
    /// True if everything was read, but for gaps that the user accepted.
    pub fn complete_enough(&self) -> bool {
        self.searched.iter().all(|one| one.report.complete_enough())
    }

    /// How many values have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        let is = |value: &&ProvedValue| value.verdict == verdict;
        self.values.iter().filter(is).count()
    }

    /// How many keys are in this state.
    pub fn count_keys(&self, death: Death) -> usize {
        self.keys.iter().filter(|key| key.death == death).count()
    }

    /// True if every value is gone, everything was read, and no key that was asked about may live.
    pub fn holds(&self) -> bool {
        self.complete_enough()
            && self.count(Verdict::Gone) == self.values.len()
            && self.count_keys(Death::Works) + self.count_keys(Death::Unknown) == 0
    }
}
