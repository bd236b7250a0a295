//! The proof that values are nowhere left, or what still holds them.

use super::{KnownValue, Part, Report, ToolInfo, Validity};

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
    /// Whether the key works, if somebody asked. Nobody does yet.
    pub validity: Validity,
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

    /// True if every value is gone, everything was read, and there was something to look for.
    pub fn holds(&self) -> bool {
        self.complete_enough() && self.count(Verdict::Gone) == self.values.len()
    }
}
