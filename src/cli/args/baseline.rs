//! `keysweep baseline`

use std::path::PathBuf;

use clap::Subcommand;

/// `keysweep baseline`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Baseline {
    #[command(subcommand)]
    pub(in crate::cli) command: BaselineCommand,
}

/// What to do with a baseline.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BaselineCommand {
    /// Sweep PATH, and write a new FILE that accepts what is found
    Create {
        #[command(flatten)]
        files: Files,
        #[command(flatten)]
        why: Why,
        /// Accept only what this report of gitleaks, trufflehog or kingfisher, or this
        /// .gitleaksignore, names as well; repeatable
        #[arg(long, value_name = "FILE")]
        import: Vec<PathBuf>,
        /// Replace FILE if it is there
        #[arg(long)]
        force: bool,
    },
    /// Sweep PATH, and add to FILE what is found and not in it; what is in it stays as it is
    Update {
        #[command(flatten)]
        files: Files,
        #[command(flatten)]
        why: Why,
        /// Add only what this report or ignore file of another scanner names as well; repeatable
        #[arg(long, value_name = "FILE")]
        import: Vec<PathBuf>,
    },
    /// Sweep PATH: exit 1 if something is found that FILE does not accept, or if an entry is over
    /// or fits nothing any more
    Check {
        #[command(flatten)]
        files: Files,
    },
    /// Sweep PATH, and take out of FILE what is over or fits nothing any more
    Prune {
        #[command(flatten)]
        files: Files,
    },
}

/// The baseline, and what it is about.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Files {
    /// The baseline, such as keysweep-baseline.toml
    pub(in crate::cli) file: PathBuf,
    /// Repository, or a folder inside one [default: the current folder]
    pub(in crate::cli) path: Option<PathBuf>,
}

/// What new entries say.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Why {
    /// Why these findings are accepted
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
    /// Who answers for it: a person or a team
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) owner: String,
    /// The last day it counts: 2027-01-31, or 90d for days from now, or never
    #[arg(long, value_name = "DAY", default_value = "90d")]
    pub(in crate::cli) expires: String,
}
