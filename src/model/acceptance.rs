//! That somebody decided to live with a finding.

use super::SuppressionReason;

/// Who accepted a credential, why, until when, and where that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// What kind of list or mark says so.
    pub reason: SuppressionReason,
    /// Why, in the words of whoever accepted it.
    pub why: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day it counts, `2027-01-31`; `None` for ever.
    pub expires: Option<String>,
    /// Where it is written: the name of a file, a flag, a place in a file.
    pub source: String,
    /// True if that day is over: then it suppresses nothing.
    pub has_lapsed: bool,
}
