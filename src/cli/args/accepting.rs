//! Flags that accept findings, and where configuration is read.

use std::path::PathBuf;

use crate::suppression::AllowList;

/// What is accepted, and by what.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct Accepting {
    /// Accept the findings that FILE lists (`keysweep baseline`); repeatable
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "KEYSWEEP_BASELINE",
        hide_env_values = true,
        help_heading = "Accepted findings"
    )]
    pub(in crate::cli) baseline: Vec<PathBuf>,

    /// Accept the finding with this fingerprint, this time; repeatable, comma separated
    #[arg(
        long,
        global = true,
        value_name = "ks1-…",
        value_delimiter = ',',
        help_heading = "Accepted findings"
    )]
    pub(in crate::cli) allow: Vec<String>,

    /// Let comments on a finding's line accept it: keysweep:allow, gitleaks:allow and the like
    #[arg(long, global = true, help_heading = "Accepted findings")]
    pub(in crate::cli) inline_allow: bool,

    /// Read this configuration instead of the user's own
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "KEYSWEEP_CONFIG",
        hide_env_values = true,
        conflicts_with = "no_config",
        help_heading = "Accepted findings"
    )]
    pub(in crate::cli) config: Option<PathBuf>,

    /// Read no configuration
    #[arg(long, global = true, help_heading = "Accepted findings")]
    pub(in crate::cli) no_config: bool,

    /// Which arguments stand on the line or in the environment: they win over any configuration.
    #[arg(skip)]
    pub(in crate::cli) given: Vec<&'static str>,

    /// Values that the user's configuration has the gates look for.
    #[arg(skip)]
    pub(in crate::cli) gates_seek: super::KnownArgs,

    /// What configuration accepts, once it was read.
    #[arg(skip)]
    pub(in crate::cli) lists: Vec<AllowList>,
}
