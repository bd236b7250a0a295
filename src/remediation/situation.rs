//! Which path a finding takes: what it opens, who has it, and in which partition it lives.

use super::case::{Leak, Wishes};

/// What must be done about the key itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situation {
    /// A key that alarms its owner when it is used.
    Canary,
    /// AWS does not accept it any more, or it has expired.
    Dead,
    /// It names an account that is not among the user's.
    Foreign,
    /// A key of the root user.
    Root,
    /// A long-term key of an IAM user.
    UserKey,
    /// A long-term key's ID alone.
    IdAlone,
    /// A secret without its ID.
    SecretAlone,
    /// A temporary key of a role.
    Role,
    /// A temporary key whose role or user is unknown.
    Temporary,
    /// An API key or password of one IAM user for one service.
    ServiceSpecific,
    /// A signed request that opens Bedrock for hours.
    BedrockShortTerm,
    /// An SMTP password, which dies with its access key.
    Smtp,
    /// An API key of `AppSync`.
    AppSync,
    /// A private key of CloudFront.
    CloudFront,
    /// Links and tokens that end by themselves.
    ShortLived,
    /// A token of a service that is no more.
    Mws,
    /// What a user's own rule finds.
    Custom,
}

impl Situation {
    /// All of them.
    pub const ALL: [Situation; 17] = [
        Situation::Canary,
        Situation::Dead,
        Situation::Foreign,
        Situation::Root,
        Situation::UserKey,
        Situation::IdAlone,
        Situation::SecretAlone,
        Situation::Role,
        Situation::Temporary,
        Situation::ServiceSpecific,
        Situation::BedrockShortTerm,
        Situation::Smtp,
        Situation::AppSync,
        Situation::CloudFront,
        Situation::ShortLived,
        Situation::Mws,
        Situation::Custom,
    ];

    /// The name that JSON and the catalogue use.
    pub const fn name(self) -> &'static str {
        match self {
            Situation::Canary => "canary",
            Situation::Dead => "dead",
            Situation::Foreign => "foreign-account",
            Situation::Root => "root-key",
            Situation::UserKey => "user-key",
            Situation::IdAlone => "id-alone",
            Situation::SecretAlone => "secret-alone",
            Situation::Role => "role-session",
            Situation::Temporary => "temporary-key",
            Situation::ServiceSpecific => "service-specific",
            Situation::BedrockShortTerm => "bedrock-short-term",
            Situation::Smtp => "ses-smtp",
            Situation::AppSync => "appsync",
            Situation::CloudFront => "cloudfront",
            Situation::ShortLived => "short-lived",
            Situation::Mws => "mws",
            Situation::Custom => "custom",
        }
    }

    /// Reads it off a finding.
    pub fn of(leak: &Leak, wishes: &Wishes) -> Situation {
        if leak.canary.is_some() {
            return Situation::Canary;
        }
        if is_dead(leak) {
            return Situation::Dead;
        }
        let account = leak.account_id.as_ref();
        if account.is_some_and(|id| !wishes.accounts.is_empty() && !wishes.accounts.contains(id)) {
            return Situation::Foreign;
        }
        let arn = leak.validity.arn.as_deref().unwrap_or_default();
        if arn.ends_with(":root") {
            return Situation::Root;
        }
        if arn.contains(":assumed-role/") {
            return Situation::Role;
        }
        match leak.kind.as_str() {
            "aws-access-key" => Situation::UserKey,
            "aws-access-key-id" => Situation::IdAlone,
            "aws-secret-access-key" => Situation::SecretAlone,
            "aws-temporary-key" | "aws-temporary-key-id" | "aws-session-token" => {
                Situation::Temporary
            }
            "aws-bedrock-api-key" | "aws-cloudwatch-logs-key" | "aws-service-password" => {
                Situation::ServiceSpecific
            }
            "aws-bedrock-short-term-key" => Situation::BedrockShortTerm,
            "aws-ses-smtp-password" => Situation::Smtp,
            "aws-appsync-api-key" => Situation::AppSync,
            "aws-cloudfront-private-key" => Situation::CloudFront,
            "aws-mws-auth-token" => Situation::Mws,
            "aws-console-sign-in" | "aws-ecr-token" | "aws-codeartifact-token" => {
                Situation::ShortLived
            }
            _ => Situation::Custom,
        }
    }

    /// True if something must be made useless.
    pub const fn is_live(self) -> bool {
        !matches!(
            self,
            Situation::Canary | Situation::Dead | Situation::Mws | Situation::Foreign
        )
    }
}

/// AWS does not know it, the owner's listing says that it was deleted, or it has expired.
fn is_dead(leak: &Leak) -> bool {
    let listed = leak.inventory.as_ref().map(|listed| listed.state.as_str());
    // An active answer of AWS goes before what a listing said.
    match leak.validity.state.as_str() {
        "not-valid" | "expired" => true,
        "active" => false,
        _ => listed == Some("deleted") || is_expired(leak),
    }
}

/// A report says so in a remark, or by a date that is over. The date is compared by whoever has a
/// clock: grading does, and writes the remark.
fn is_expired(leak: &Leak) -> bool {
    leak.notes.iter().any(|note| note.contains("has expired"))
}

/// Who has it, as far as a repository can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A remote has it, or had it.
    Pushed,
    /// The repository is bare: others pushed it here.
    Here,
    /// No trace of a push.
    Local,
    /// Nothing tells.
    Unknown,
    /// Only files of the work tree were read.
    WorkTree,
}

impl Reach {
    /// The name that JSON and the catalogue use.
    pub const fn name(self) -> &'static str {
        match self {
            Reach::Pushed => "pushed",
            Reach::Here => "here",
            Reach::Local => "local",
            Reach::Unknown => "unknown",
            Reach::WorkTree => "work-tree",
        }
    }

    /// Reads it off a finding.
    pub fn of(leak: &Leak, selection: &str) -> Reach {
        if selection.starts_with("worktree") {
            return Reach::WorkTree;
        }
        match leak.exposure.pushed.as_deref() {
            Some("yes" | "once") => Reach::Pushed,
            Some("here") => Reach::Here,
            Some("not-seen") => Reach::Local,
            _ => Reach::Unknown,
        }
    }
}

/// A part of AWS with its own accounts and endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    /// The one that most accounts are in.
    Aws,
    /// For agencies of the United States.
    GovCloud,
    /// Beijing and Ningxia.
    China,
}

impl Partition {
    /// The name that ARNs use.
    pub const fn name(self) -> &'static str {
        match self {
            Partition::Aws => "aws",
            Partition::GovCloud => "aws-us-gov",
            Partition::China => "aws-cn",
        }
    }

    /// The region where IAM's events are recorded.
    pub const fn home(self) -> &'static str {
        match self {
            Partition::Aws => "us-east-1",
            Partition::GovCloud => "us-gov-west-1",
            Partition::China => "cn-north-1",
        }
    }

    /// Reads it off a finding: its ARN, else its region.
    pub fn of(leak: &Leak) -> Partition {
        let arn = leak.validity.arn.as_deref().unwrap_or_default();
        let region = leak.region.as_deref().unwrap_or_default();
        if arn.starts_with("arn:aws-us-gov:") || region.starts_with("us-gov-") {
            Partition::GovCloud
        } else if arn.starts_with("arn:aws-cn:") || region.starts_with("cn-") {
            Partition::China
        } else {
            Partition::Aws
        }
    }
}
