//! What the owner's own listing says of a key.

/// What a listing says of a key ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListedState {
    /// Listed, and active.
    Active,
    /// Listed, and inactive.
    Inactive,
    /// Its account is listed to the end, and it is not among its keys: deleted.
    Deleted,
    /// Not listed, and its account is not, or not wholly, or not known: deleted or somebody else's.
    NotListed,
}

impl ListedState {
    /// All states.
    pub const ALL: [ListedState; 4] = [
        ListedState::Active,
        ListedState::Inactive,
        ListedState::Deleted,
        ListedState::NotListed,
    ];

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            ListedState::Active => "active",
            ListedState::Inactive => "inactive",
            ListedState::Deleted => "deleted",
            ListedState::NotListed => "not-listed",
        }
    }
}

/// The listing's answer for one key, with what it knows besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What it says.
    pub state: ListedState,
    /// Whose key it is.
    pub user: Option<String>,
    /// In which account.
    pub account: Option<String>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// When it was last used, RFC 3339; `None` if never, or not known.
    pub last_used: Option<String>,
    /// For which service it was last used.
    pub last_service: Option<String>,
    /// In which region it was last used.
    pub last_region: Option<String>,
}

impl Listed {
    /// An answer that knows nothing else.
    pub const fn bare(state: ListedState) -> Listed {
        Listed {
            state,
            user: None,
            account: None,
            created: None,
            last_used: None,
            last_service: None,
            last_region: None,
        }
    }
}
