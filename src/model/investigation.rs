//! What logs tell of a key: its uses, what it became, what was made with it, what still stands.

use std::sync::Arc;

use super::log_coverage::LogCoverage;

/// A key that was asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The access key ID.
    pub access_key_id: String,
    /// The account that the ID names.
    pub account_id: Option<String>,
    /// The finding it comes from.
    pub fingerprint: Option<String>,
    /// When it came into git, in seconds since 1970.
    pub introduced: Option<i64>,
    /// Whether it was pushed, as the report says it.
    pub pushed: Option<String>,
}

/// What somebody can act as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// A key that was asked about.
    LeakedKey,
    /// A further access key of a user.
    AccessKey,
    /// Temporary credentials: a role, a session, a federated user.
    Session,
    /// A service-specific credential, such as a Bedrock API key.
    ServiceCredential,
    /// A user that was created.
    User,
    /// Sign-in to the console as a user, by a password that was set.
    ConsoleUser,
    /// Sign-in to the console by a link made from a session.
    ConsoleSession,
    /// An instance that acts by its profile.
    Instance,
    /// A function that acts by its role.
    Function,
    /// A role that was created, or opened to another account.
    Role,
    /// An identity provider that was added.
    Provider,
}

impl IdentityKind {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            IdentityKind::LeakedKey => "leaked-key",
            IdentityKind::AccessKey => "access-key",
            IdentityKind::Session => "session",
            IdentityKind::ServiceCredential => "service-credential",
            IdentityKind::User => "user",
            IdentityKind::ConsoleUser => "console-user",
            IdentityKind::ConsoleSession => "console-session",
            IdentityKind::Instance => "instance",
            IdentityKind::Function => "function",
            IdentityKind::Role => "role",
            IdentityKind::Provider => "provider",
        }
    }
}

/// One identity that the key was or became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What it is.
    pub kind: IdentityKind,
    /// Its key ID, credential ID, user name, instance ID or ARN.
    pub id: String,
    /// More about it: the role and session, the user.
    pub name: Option<String>,
    /// Its account.
    pub account: Option<String>,
    /// The identity that made it, as an index.
    pub parent: Option<usize>,
    /// The call that made it, `service:Name`.
    pub made_by: Option<String>,
    /// When.
    pub made: Option<i64>,
    /// The event that says so.
    pub made_event: Option<String>,
    /// Until when it works, if its maker said.
    pub expires: Option<i64>,
    /// Its calls.
    pub events: u64,
    /// Those that were denied.
    pub denied: u64,
    /// Its first and last call.
    pub first: Option<i64>,
    /// The last call.
    pub last: Option<i64>,
}

/// What a call was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Ways to come back.
    Persistence,
    /// What costs money.
    Compute,
    /// Data read, copied, shared or destroyed.
    Data,
    /// Logs and detectors turned off.
    Evasion,
    /// Looking around.
    Reconnaissance,
    /// Credentials made from credentials.
    Credentials,
    /// All else.
    Other,
}

impl Group {
    /// All, in the order in which they are shown.
    pub const ALL: [Group; 7] = [
        Group::Persistence,
        Group::Credentials,
        Group::Evasion,
        Group::Data,
        Group::Compute,
        Group::Other,
        Group::Reconnaissance,
    ];

    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Persistence => "persistence",
            Group::Compute => "compute",
            Group::Data => "data",
            Group::Evasion => "evasion",
            Group::Reconnaissance => "reconnaissance",
            Group::Credentials => "credentials",
            Group::Other => "other",
        }
    }
}

/// One call in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailEvent {
    /// When, in seconds since 1970.
    pub time: i64,
    /// CloudTrail's name for it.
    pub id: String,
    /// Who called, as an index; `None` for others who changed what the identities had made.
    pub identity: Option<usize>,
    /// The caller's ARN or key ID.
    pub caller: Arc<str>,
    /// The account in whose log it is.
    pub account: Arc<str>,
    /// The region.
    pub region: Arc<str>,
    /// The service, such as `iam`.
    pub service: Arc<str>,
    /// The call, such as `CreateUser`.
    pub name: Arc<str>,
    /// What it was for.
    pub group: Group,
    /// Where the call came from.
    pub address: Arc<str>,
    /// The program that called.
    pub agent: Arc<str>,
    /// Why it failed, if it did.
    pub error: Option<Arc<str>>,
    /// True if it was refused for lack of rights.
    pub denied: bool,
    /// What it was about: ids and ARNs.
    pub resources: Vec<String>,
}

/// Calls of one kind by one identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Who.
    pub identity: usize,
    /// What for.
    pub group: Group,
    /// The service.
    pub service: Arc<str>,
    /// The call.
    pub name: Arc<str>,
    /// The region.
    pub region: Arc<str>,
    /// How many times it worked.
    pub succeeded: u64,
    /// How many times it was denied.
    pub denied: u64,
    /// How many times it failed otherwise.
    pub failed: u64,
    /// First and last time.
    pub first: i64,
    /// The last time.
    pub last: i64,
}

/// How a thing stands at the end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It was made, and nothing in the log removes it.
    Stands,
    /// It was there before, and was changed.
    Changed,
    /// It was made, and removed.
    Gone,
}

impl Standing {
    /// The name reports use.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Stands => "stands",
            Standing::Changed => "changed",
            Standing::Gone => "gone",
        }
    }
}

/// What was made or changed, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailResource {
    /// The kind, such as `iam-user`.
    pub kind: String,
    /// The kind in words.
    pub what: String,
    /// What it is for.
    pub group: Group,
    /// Its id: the parts, joined.
    pub id: String,
    /// Its ARN, if the log has it.
    pub arn: Option<String>,
    /// Its account.
    pub account: String,
    /// Its region; `None` for what has none.
    pub region: Option<String>,
    /// Who made or changed it.
    pub identity: usize,
    /// The call.
    pub call: String,
    /// When.
    pub made: i64,
    /// The event that says so.
    pub event: String,
    /// How it stands.
    pub standing: Standing,
    /// When it was removed, or touched by somebody else since.
    pub gone: Option<Ended>,
    /// Commands that show it.
    pub show: Vec<String>,
    /// Commands that remove it.
    pub remove: Vec<String>,
}

/// The end of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub time: i64,
    /// By which call.
    pub call: String,
    /// By whom.
    pub caller: String,
    /// The event that says so.
    pub event: String,
}

/// How a key was used before it leaked, and what is different after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The subject, as an index.
    pub subject: usize,
    /// The time that divides; `None` if nothing says when it leaked: then nothing is compared.
    pub since: Option<i64>,
    /// Calls before.
    pub before: u64,
    /// Calls after.
    pub after: u64,
    /// What was normal.
    pub normal: Traits,
    /// What came only after, with how often.
    pub new: Traits,
}

/// Traits of calls with how often each was seen, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Addresses.
    pub addresses: Vec<(String, u64)>,
    /// Programs, without version.
    pub agents: Vec<(String, u64)>,
    /// Regions.
    pub regions: Vec<(String, u64)>,
    /// Calls.
    pub calls: Vec<(String, u64)>,
}

/// A step in time that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// When.
    pub time: i64,
    /// Closed list: `introduced`, `first-use`, `last-use-before`, `first-use-after`, `last-use`,
    /// `became`, `made`, `changed`, `gone`.
    pub kind: &'static str,
    /// In words.
    pub what: String,
    /// Whose.
    pub identity: Option<usize>,
    /// The event behind it.
    pub event: Option<String>,
}

/// What came of looking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Investigation {
    /// The keys asked about; identities 0 to n-1 are the same.
    pub subjects: Vec<Subject>,
    /// What was looked through.
    pub coverage: LogCoverage,
    /// Every identity; parents come first.
    pub identities: Vec<Identity>,
    /// Every call of them, and of others on what they made, by time.
    pub events: Vec<TrailEvent>,
    /// Calls that only looked and are not listed one by one, since there are too many.
    pub unlisted: u64,
    /// The same, counted.
    pub activity: Vec<Activity>,
    /// What was made or changed.
    pub resources: Vec<TrailResource>,
    /// What is normal, and what is not.
    pub comparisons: Vec<Comparison>,
    /// The course of it.
    pub timeline: Vec<Milestone>,
}

impl Investigation {
    /// True if all files were read to their ends.
    pub fn complete(&self) -> bool {
        self.coverage.gaps.is_empty()
    }

    /// What stands or was changed.
    pub fn standing(&self) -> impl Iterator<Item = &TrailResource> {
        self.resources
            .iter()
            .filter(|resource| resource.standing != Standing::Gone)
    }
}
