//! What an identifier or key says of itself, for `keysweep explain`.

use super::Details;

/// Everything that can be told without asking anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The identifier, if it is public; keys and tokens are never repeated.
    pub shown: Option<String>,
    /// Stable name of what it is: a kind of finding, or the name of an entity.
    pub kind: &'static str,
    /// The same in words.
    pub what: &'static str,
    /// True if findings are made of such.
    pub is_credential: bool,
    /// `new` or `old`, for access key IDs.
    pub generation: Option<&'static str>,
    /// Why the account is not known, where one might expect it.
    pub account_unknown: Option<&'static str>,
    /// Account, user, region, expiry, canary.
    pub details: Details,
    /// Why its value says that it is no credential: `documentation` or `placeholder`.
    pub example: Option<&'static str>,
    /// What it can do, a sentence each.
    pub can: Vec<String>,
    /// What to do next, a sentence or command each.
    pub next: Vec<String>,
}
