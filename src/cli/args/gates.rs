//! The arguments of the gates: hooks, CI, and what looks after them.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::KnownArgs;

/// `keysweep hook`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Hook {
    #[command(subcommand)]
    pub(in crate::cli) command: HookCommand,
}

/// The hooks, and what manages them.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum HookCommand {
    /// Stop a push that would send a credential; git calls this
    PrePush(PrePush),
    /// Stop a commit whose staged content holds a credential; git calls this
    PreCommit(PreCommit),
    /// Stop a commit whose message holds a credential; git calls this
    CommitMsg(CommitMsg),
    /// Refuse pushes that bring a credential, on a server; git calls this
    PreReceive(PreReceive),
    /// Write the hooks into a repository; one that is there already runs first, as before
    Install(Install),
    /// Take our hooks out again, and put back what was there
    Uninstall(Uninstall),
    /// Say which hooks run
    Status(Status),
}

/// `keysweep hook pre-push`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PrePush {
    /// The remote's name, or its URL if it has none
    pub(in crate::cli) remote: Option<String>,

    /// The remote's URL
    pub(in crate::cli) url: Option<String>,

    /// What else a framework hands on
    #[arg(hide = true)]
    pub(in crate::cli) more: Vec<String>,

    /// Standard input is git's own: if it is empty, nothing is pushed. Without this all branches and
    /// tags are looked at then, since frameworks hand nothing on
    #[arg(long)]
    pub(in crate::cli) stdin_is_gits: bool,

    #[command(flatten)]
    pub(in crate::cli) known: KnownArgs,
}

/// `keysweep hook pre-commit`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PreCommit {
    /// What a framework hands on; everything staged is looked at all the same
    #[arg(hide = true)]
    pub(in crate::cli) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(in crate::cli) known: KnownArgs,
}

/// `keysweep hook commit-msg`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CommitMsg {
    /// The file that holds the message
    pub(in crate::cli) file: PathBuf,

    #[command(flatten)]
    pub(in crate::cli) known: KnownArgs,
}

/// `keysweep hook pre-receive`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PreReceive {
    #[command(flatten)]
    pub(in crate::cli) known: KnownArgs,
}

/// A hook that can be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum HookName {
    /// Before a push
    PrePush,
    /// Before a commit
    PreCommit,
    /// Before a commit, its message
    CommitMsg,
    /// Before a server takes a push
    PreReceive,
}

impl HookName {
    /// All of them.
    pub(in crate::cli) const ALL: [HookName; 4] = [
        HookName::PrePush,
        HookName::PreCommit,
        HookName::CommitMsg,
        HookName::PreReceive,
    ];

    /// As git names it.
    pub(in crate::cli) const fn name(self) -> &'static str {
        match self {
            HookName::PrePush => "pre-push",
            HookName::PreCommit => "pre-commit",
            HookName::CommitMsg => "commit-msg",
            HookName::PreReceive => "pre-receive",
        }
    }
}

/// `keysweep hook install`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Install {
    /// Which hooks [default: pre-push, pre-commit and commit-msg; pre-receive in a bare repository]
    #[arg(value_enum)]
    pub(in crate::cli) hooks: Vec<HookName>,

    /// For all repositories of this user: in the global configuration
    #[arg(long)]
    pub(in crate::cli) global: bool,

    /// Only print what would be written
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

/// `keysweep hook uninstall`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Uninstall {
    /// Which hooks [default: all of ours]
    #[arg(value_enum)]
    pub(in crate::cli) hooks: Vec<HookName>,

    /// Those of the global configuration
    #[arg(long)]
    pub(in crate::cli) global: bool,
}

/// `keysweep hook status`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Status {}

/// `keysweep ci`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Ci {
    /// What the change is held against: a branch or a commit [default: what the CI system says]
    #[arg(long, value_name = "REV")]
    pub(in crate::cli) base: Option<String>,

    /// The change [default: HEAD]
    #[arg(long, value_name = "REV")]
    pub(in crate::cli) head: Option<String>,

    /// Read all of the repository, as scheduled runs do
    #[arg(long, conflicts_with_all = ["base", "head"])]
    pub(in crate::cli) full: bool,

    /// Say what would be read, and read nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,

    #[command(flatten)]
    pub(in crate::cli) known: KnownArgs,
}

/// `keysweep doctor`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Doctor {
    /// Repository, or a folder inside one [default: the current folder]
    pub(in crate::cli) path: Option<PathBuf>,
}

/// `keysweep completions`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(in crate::cli) shell: clap_complete::Shell,
}

/// `keysweep man`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Man {
    /// Write a page for each command into this folder, instead of one to stdout
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) dir: Option<PathBuf>,
}
