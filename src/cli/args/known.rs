//! Arguments of what looks for values that somebody names: `prove`, `fingerprint`, and two flags of
//! `sweep`, `ci` and the hooks.

use std::path::PathBuf;

use super::verification::Verify;
use crate::model::CredentialKind;

/// Values that are looked for whatever they look like.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct KnownArgs {
    /// Also look for exactly your own keys: those of your AWS credentials file and environment. Only
    /// their hashes are kept, in memory
    #[arg(long, help_heading = "Known values")]
    pub(in crate::cli) own_keys: bool,

    /// Also look for the values whose hashes stand in FILE, as `keysweep fingerprint` writes them;
    /// repeatable
    #[arg(long, value_name = "FILE", help_heading = "Known values")]
    pub(in crate::cli) known: Vec<PathBuf>,
}

impl KnownArgs {
    /// What either of the two names.
    pub(in crate::cli) fn and(&self, other: &KnownArgs) -> KnownArgs {
        KnownArgs {
            own_keys: self.own_keys || other.own_keys,
            known: [&self.known[..], &other.known[..]].concat(),
        }
    }
}

/// `keysweep prove`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Prove {
    /// Repository, or a folder inside one [default: the current folder]
    pub(in crate::cli) path: Option<PathBuf>,

    /// The report that names what must be gone: json or ndjson of an earlier sweep, or `-`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) report: Option<PathBuf>,

    /// Also look for the values whose hashes stand in FILE; repeatable
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) known: Vec<PathBuf>,

    /// Only findings with this fingerprint; repeatable
    #[arg(long, value_name = "ks1-…", requires = "report")]
    pub(in crate::cli) fingerprint: Vec<String>,

    /// Leave access key IDs aside: they are public, and may stay
    #[arg(long)]
    pub(in crate::cli) secrets_only: bool,

    /// Also search a fresh mirror of this remote, by its name or URL, pull requests included;
    /// repeatable. The only thing here that uses the network
    #[arg(long, value_name = "NAME|URL")]
    pub(in crate::cli) remote: Vec<String>,

    /// Say of each key what your own listing of IAM says, and prove only if that is inactive or
    /// deleted; `keysweep inventory script` makes one. Repeatable
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(in crate::cli) inventory: Vec<PathBuf>,

    #[command(flatten)]
    pub(in crate::cli) verify: Verify,

    /// With --verify: take the secret from this file, this old clone, or standard input (`-`). Of
    /// what stands there only what the report names is used; repeatable
    #[arg(long, value_name = "FILE|REPO|-", help_heading = "Verification")]
    pub(in crate::cli) secret_from: Vec<PathBuf>,

    /// Search the repositories of submodules as well
    #[arg(long)]
    pub(in crate::cli) recurse_submodules: bool,

    /// Search every object whole, not only what its delta changes: slower, with the same result
    #[arg(long)]
    pub(in crate::cli) full_scan: bool,
}

/// `keysweep fingerprint`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Fingerprint {
    /// What the secret is, where it does not say so itself: a kind of finding, such as
    /// aws-ses-smtp-password
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub(in crate::cli) kind: Option<CredentialKind>,

    /// How people call it, for reports that meet it; no secret
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) label: Option<String>,
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = CredentialKind> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    let names: Vec<&'static str> = CredentialKind::all().map(CredentialKind::name).collect();
    PossibleValuesParser::new(names).try_map(|word| {
        let found = CredentialKind::all().find(|kind| kind.name() == word);
        found.ok_or("unknown kind")
    })
}
