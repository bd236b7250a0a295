//! The vocabulary every stage shares: plain data, no I/O, and no import of any other module.
//!
//! A stage takes what the stage before it made and adds to it. What is not here is a detail of
//! one stage.

mod acceptance;
mod control;
mod coverage;
mod credential;
mod decoded;
mod details;
mod explanation;
mod exposure;
mod finding;
mod gap;
mod hit;
mod inventory;
mod investigation;
mod known;
mod log_coverage;
mod object;
mod proof;
mod recorded;
mod report;
mod secret;
mod shell;
mod validity;
mod verification;

pub use acceptance::Acceptance;
pub use control::{Control, StopCause};
pub use coverage::{Coverage, KindCoverage, RefCoverage};
pub use credential::{
    Confidence, Credential, CredentialKind, DOCUMENTATION_ACCOUNTS, KeyIdKind, Occurrence,
    Severity, account_of, is_old_generation, key_id_kind,
};
pub use decoded::{rfc3339, structure_of, time_of, token_region, utc};
pub use details::{Details, Disclosure, DisclosureKind};
pub use explanation::Explanation;
pub use exposure::{Blind, CommitStamp, Exposure, Held, Location, MAIN, Pushed, Traced};
pub use finding::{Candidate, Distance, Finding, Fingerprint, Suppressed, SuppressionReason};
pub use gap::{Gap, GapKind, Limit, Note};
pub use hit::{
    About, Encoding, Field, Hit, Inner, LocatedHit, Naming, Part, Place, Position, SECTION_HARD,
    Says, Span,
};
pub use inventory::{Listed, ListedState};
pub use investigation::{
    Activity, Comparison, Ended, Group, Identity, IdentityKind, Investigation, Milestone, Standing,
    Subject, TrailEvent, TrailResource, Traits,
};
pub use known::{Alphabet, KNOWN_LEN_MAX, KNOWN_LEN_MIN, KnownValue, Mark, PEM_HEAD};
pub use log_coverage::{LogCoverage, LogGap, RegionCoverage};
pub use object::{Copied, Derivation, HashKind, Margins, Object, ObjectId, ObjectKind};
pub use proof::{
    Actor, Death, HeldPlace, Proof, ProofStep, ProvedKey, ProvedValue, Searched, Verdict,
};
pub use recorded::{Recorded, RecordedFinding, RecordedPlace};
pub use report::{Aside, Report, Scope, Target, ToolInfo, Totals};
pub use secret::{Secret, entropy};
pub use shell::shell_word;
pub use validity::{Principal, Validity, ValidityState};
pub use verification::{Clock, Verification, VerifyPlan};
