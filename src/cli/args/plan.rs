//! The arguments of `keysweep plan`.

use std::path::PathBuf;

use crate::remediation::{Language, Progress};

/// `keysweep plan`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Plan {
    /// Repository to sweep, or a report of a sweep in JSON [default: the current folder]
    #[arg(value_name = "PATH or REPORT.json")]
    pub(in crate::cli) subject: Option<PathBuf>,

    /// Write plan.md, plan.json, plan.sh and the report into DIR, instead of the plan to stdout
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: Option<PathBuf>,

    /// Language of the plan
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = languages())]
    pub(in crate::cli) lang: Language,

    /// Only for this finding; repeatable
    #[arg(long, value_name = "FINGERPRINT")]
    pub(in crate::cli) fingerprint: Vec<String>,

    /// One of your own accounts, 12 digits; keys of others then count as foreign. Repeatable
    #[arg(long, value_name = "ACCOUNT")]
    pub(in crate::cli) account: Vec<String>,

    /// Say of each key what your own listing of IAM says, as `keysweep sweep --inventory` does.
    /// Repeatable
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(in crate::cli) inventory: Vec<PathBuf>,

    /// Turn what `keysweep investigate -f json` found standing into steps
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) investigation: Option<PathBuf>,

    /// Write rules for `git filter-repo` into FILE: they hold the secrets. Mode 0600, never inside
    /// the repository; FILE.blobs and FILE.commits name objects only
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "mark"])]
    pub(in crate::cli) write_rules: Option<PathBuf>,

    /// Remember that the findings named by --fingerprint have come so far
    #[arg(long, value_name = "STATE", conflicts_with = "out", requires = "fingerprint",
        value_parser = states())]
    pub(in crate::cli) mark: Option<Progress>,
}

fn languages() -> impl clap::builder::TypedValueParser<Value = Language> {
    super::values::named(Language::ALL, Language::name)
}

fn states() -> impl clap::builder::TypedValueParser<Value = Progress> {
    super::values::named(Progress::ALL, Progress::name)
}
