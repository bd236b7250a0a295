//! Whether a credential still works, as far as anybody asked.

/// The verdict, a closed list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValidityState {
    /// Nobody asked.
    #[default]
    NotChecked,
    /// STS accepted it.
    Active,
    /// STS does not know it in that partition.
    Inactive,
    /// The question could not be answered.
    Unknown,
}

impl ValidityState {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            ValidityState::NotChecked => "not-checked",
            ValidityState::Active => "active",
            ValidityState::Inactive => "inactive",
            ValidityState::Unknown => "unknown",
        }
    }
}

/// The verdict with what came with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The verdict.
    pub state: ValidityState,
    /// When it was asked, RFC 3339.
    pub checked_at: Option<String>,
    /// Whose it is.
    pub arn: Option<String>,
    /// Why it is unknown or inactive.
    pub reason: Option<String>,
}
