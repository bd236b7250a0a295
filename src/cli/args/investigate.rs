//! Arguments of `keysweep investigate` and `keysweep inventory`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `keysweep investigate`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Investigate {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<InvestigateCommand>,

    #[command(flatten)]
    pub(in crate::cli) keys: Keys,

    /// CloudTrail files, or folders of them: trail files from S3 (.json.gz), the output of
    /// lookup-events, tables of Athena or CloudTrail Lake (CSV, JSON); repeatable
    #[arg(long, value_name = "FILE or DIR", num_args = 1..)]
    pub(in crate::cli) events: Vec<PathBuf>,
}

/// Which keys it is about.
#[derive(Debug, Args)]
pub(in crate::cli) struct Keys {
    /// Take the keys, and since when they are in git, from this JSON report of a sweep
    #[arg(long, value_name = "REPORT.json")]
    pub(in crate::cli) report: Option<PathBuf>,

    /// An access key ID; repeatable, comma separated. With --report, only these of it
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = key_id)]
    pub(in crate::cli) key_id: Vec<String>,
}

/// What else `keysweep investigate` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum InvestigateCommand {
    /// Print the commands that fetch what CloudTrail's event history holds of the keys
    #[command(long_about = "\
Prints a script for bash that fetches what CloudTrail's event history holds of the keys, from every enabled
region, within CloudTrail's rate limit, and goes on where it stopped when it is run again. keysweep runs
none of it. Run it with rights of your own, never with the leaked key.")]
    Script(InvestigateScript),
}

/// `keysweep investigate script`
#[derive(Debug, Args)]
pub(in crate::cli) struct InvestigateScript {
    #[command(flatten)]
    pub(in crate::cli) keys: Keys,

    /// Only these regions [default: all that are enabled]
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(in crate::cli) region: Vec<String>,

    /// Folder into which the script puts what it fetches
    #[arg(long, value_name = "DIR", default_value = "keysweep-events")]
    pub(in crate::cli) folder: String,
}

/// `keysweep inventory`
#[derive(Debug, Args)]
pub(in crate::cli) struct Inventory {
    #[command(subcommand)]
    pub(in crate::cli) command: InventoryCommand,
}

/// What `keysweep inventory` does.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum InventoryCommand {
    /// Print the commands that list users, keys and their last uses
    #[command(long_about = "\
Prints a script for bash that lists users, access keys, their last uses and service-specific credentials as
JSON, for `keysweep sweep --inventory`. It only reads, and keysweep runs none of it. Run it with rights of
your own, never with the leaked key.")]
    Script(InventoryScript),

    /// Say what listings tell of a key
    Show(InventoryShow),
}

/// `keysweep inventory script`
#[derive(Debug, Args)]
pub(in crate::cli) struct InventoryScript {
    /// List every account of the organization, through the role of this name in each
    #[arg(long, value_name = "NAME", value_parser = role)]
    pub(in crate::cli) organization_role: Option<String>,
}

/// `keysweep inventory show`
#[derive(Debug, Args)]
pub(in crate::cli) struct InventoryShow {
    /// Files with answers of IAM, or a credential report
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub(in crate::cli) inventory: Vec<PathBuf>,

    /// An access key ID; repeatable, comma separated
    #[arg(long, value_name = "ID", value_delimiter = ',', required = true, value_parser = key_id)]
    pub(in crate::cli) key_id: Vec<String>,
}

/// An access key ID as AWS gives them: 16 to 128 characters of a word.
fn key_id(text: &str) -> Result<String, String> {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if (16..=128).contains(&text.len()) && text.bytes().all(is_word) {
        return Ok(text.to_owned());
    }
    Err("expected an access key ID: AKIA or ASIA and 16 more letters and digits".to_owned())
}

/// A role's name, as IAM allows them, with a path or without.
fn role(text: &str) -> Result<String, String> {
    let is_fine = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&b);
    if (1..=512).contains(&text.len()) && text.bytes().all(is_fine) && !text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err("expected the name of a role, not its ARN: letters, digits and _+=,.@-".to_owned())
}
