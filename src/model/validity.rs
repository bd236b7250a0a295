//! Whether a credential still works, as far as anybody asked.

/// The verdict, a closed list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValidityState {
    /// Nobody asked.
    #[default]
    NotChecked,
    /// STS accepted it.
    Active,
    /// STS does not know it in the partition that was asked: deleted, inactive, or of another one.
    NotValid,
    /// STS knows the ID, and it is active; the secret is another one.
    IdActive,
    /// It was valid, and its time is over.
    Expired,
    /// The question could not be answered.
    Unknown,
}

impl ValidityState {
    /// All of them.
    pub const ALL: [ValidityState; 6] = [
        ValidityState::NotChecked,
        ValidityState::Active,
        ValidityState::NotValid,
        ValidityState::IdActive,
        ValidityState::Expired,
        ValidityState::Unknown,
    ];

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            ValidityState::NotChecked => "not-checked",
            ValidityState::Active => "active",
            ValidityState::NotValid => "not-valid",
            ValidityState::IdActive => "id-active",
            ValidityState::Expired => "expired",
            ValidityState::Unknown => "unknown",
        }
    }

    /// True if it is known not to work.
    pub const fn is_dead(self) -> bool {
        matches!(self, ValidityState::NotValid | ValidityState::Expired)
    }
}

/// Who somebody is to AWS: what the ARN says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// The account itself. No policy limits it.
    Root,
    /// An IAM user.
    User,
    /// A role that somebody has assumed.
    AssumedRole,
    /// A session that was given out for somebody with another name.
    FederatedUser,
}

impl Principal {
    /// All of them.
    pub const ALL: [Principal; 4] = [
        Principal::Root,
        Principal::User,
        Principal::AssumedRole,
        Principal::FederatedUser,
    ];

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Principal::Root => "root",
            Principal::User => "user",
            Principal::AssumedRole => "assumed-role",
            Principal::FederatedUser => "federated-user",
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
    /// What kind of identity that is.
    pub principal: Option<Principal>,
    /// The account it opens, 12 digits.
    pub account: Option<String>,
    /// Why it is unknown, not valid or not checked.
    pub reason: Option<String>,
}

impl Validity {
    /// A verdict and its reason.
    pub fn because(state: ValidityState, reason: impl Into<String>) -> Validity {
        Validity {
            state,
            reason: Some(reason.into()),
            ..Validity::default()
        }
    }

    /// True for a working key that no policy limits.
    pub fn is_active_root(&self) -> bool {
        self.state == ValidityState::Active && self.principal == Some(Principal::Root)
    }
}
