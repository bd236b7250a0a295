//! The arguments as they are typed. `plan.rs` turns them into what they mean.

pub(super) mod accepting;
pub(super) mod baseline;
pub(super) mod gates;
pub(super) mod investigate;
mod known;
mod plan;
pub(super) mod verification;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

pub(super) use plan::Plan;

use super::commands::verify::VerifyReport;
use super::exit::{FINDINGS, FailOn};
use super::help;
use super::values::{self, OutputArg};
use crate::model::{Confidence, GapKind};
use crate::report::Format;
pub(super) use known::{Fingerprint, KnownArgs, Prove};

/// Find AWS credentials in git repositories: every object, read once, never silently clean
#[derive(Debug, Parser)]
#[command(
    name = "keysweep",
    version,
    long_about = help::ABOUT,
    after_help = help::SHORT,
    after_long_help = help::TOP,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100,
)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) general: General,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read every object of a repository once, and report the credentials in it
    #[command(
        visible_alias = "scan",
        long_about = help::SWEEP_ABOUT,
        after_help = help::SHORT,
        after_long_help = help::SWEEP,
    )]
    Sweep(Sweep),

    /// Prove from hashes alone that removed secrets are nowhere left, here and at a remote
    #[command(long_about = help::PROVE_ABOUT, after_long_help = help::PROVE)]
    Prove(Prove),

    /// Read a secret from standard input, and print its hash and fingerprint, never the secret
    #[command(long_about = help::FINGERPRINT_ABOUT, after_long_help = help::FINGERPRINT)]
    Fingerprint(Fingerprint),
    /// Ask AWS which keys of an earlier report work; nothing else about it is new
    #[command(long_about = help::VERIFY_ABOUT, after_long_help = help::VERIFY)]
    Verify(VerifyReport),

    /// Say what a key, an ID or a token is: kind, account, canary, what to do; asks nobody
    #[command(long_about = help::EXPLAIN_ABOUT, after_long_help = help::EXPLAIN)]
    Explain(Explain),

    /// Accept findings by fingerprint, with reason, owner and last day
    #[command(long_about = help::BASELINE_ABOUT, after_long_help = help::BASELINE)]
    Baseline(baseline::Baseline),

    /// Write the plan that ends a leak: contain, investigate, rotate, rewrite, prove, prevent
    #[command(long_about = help::PLAN_ABOUT, after_long_help = help::PLAN)]
    Plan(Plan),

    /// List the rules, show one, or check a file of your own
    #[command(long_about = help::RULES_ABOUT)]
    Rules(Rules),

    /// Stop leaks inside git: run as a hook, install hooks, take them out again
    #[command(long_about = help::HOOK_ABOUT, arg_required_else_help = true)]
    Hook(gates::Hook),

    /// Stop leaks in CI: finds the change by itself, and fails if it brings a credential
    #[command(long_about = help::CI_ABOUT, after_long_help = help::CI)]
    Ci(gates::Ci),

    /// Try whether the hooks fire, and say what would go unseen
    #[command(long_about = help::DOCTOR_ABOUT)]
    Doctor(gates::Doctor),

    /// Print completions for a shell
    Completions(gates::Completions),

    /// Print the manual page
    Man(gates::Man),

    /// Say what was done with a key, what it became and what still stands, from CloudTrail's files
    #[command(long_about = help::INVESTIGATE_ABOUT, after_long_help = help::INVESTIGATE)]
    Investigate(investigate::Investigate),

    /// Look keys up in a listing of your own keys, and print the commands that make one
    #[command(long_about = help::INVENTORY_ABOUT)]
    Inventory(investigate::Inventory),
}

/// `keysweep explain`
#[derive(clap::Args)]
pub(super) struct Explain {
    /// An ID (AKIA…, ASIA…, AIDA…, AROA…), or `-` to read an ID or a key from standard input
    #[arg(value_name = "KEY-ID")]
    pub(super) key: String,
}

impl std::fmt::Debug for Explain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It may be a secret.
        f.write_str("Explain")
    }
}

/// `keysweep rules`
#[derive(Debug, clap::Args)]
pub(super) struct Rules {
    #[command(subcommand)]
    pub(super) command: Option<RulesCommand>,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Name all rules, with the confidence of what they find
    List,
    /// Print a rule as its file has it, examples included
    Show {
        /// The rule's id
        id: String,
    },
    /// Check a file for --rules, and run its examples
    Check {
        /// The file, in TOML
        file: PathBuf,
    },
}

/// `keysweep sweep`
#[derive(Debug, Default, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Sweep {
    /// Repository, a folder inside one, or a URL, which your git clones into a temporary mirror
    /// [default: the current folder]
    #[arg(value_name = "PATH|URL", allow_hyphen_values = false)]
    pub(super) path: Option<PathBuf>,

    #[command(flatten)]
    pub(super) known: KnownArgs,

    /// Read only what these refs reach: names or globs, repeatable, comma separated. Says nothing
    /// about the rest of the repository
    #[arg(
        long,
        value_name = "REF",
        value_delimiter = ',',
        help_heading = "What to read"
    )]
    pub(super) refs: Vec<String>,

    /// Read only the work tree's files as they are on disk, ignored and untracked ones too. Says
    /// nothing about history
    #[arg(long, conflicts_with = "refs", help_heading = "What to read")]
    pub(super) worktree: bool,

    /// Read only what is staged and not in the last commit
    #[arg(long, conflicts_with_all = ["refs", "worktree"], help_heading = "What to read")]
    pub(super) staged: bool,

    /// Read only what commits bring that B reaches and A does not. Either may be left out, and is
    /// HEAD then
    #[arg(long, value_name = "A..B", conflicts_with_all = ["refs", "worktree", "staged"],
        help_heading = "What to read")]
    pub(super) range: Option<String>,

    /// Sweep the repositories of submodules as well
    #[arg(long, conflicts_with_all = ["refs", "worktree", "staged", "range"],
        help_heading = "What to read")]
    pub(super) recurse_submodules: bool,

    /// Leave out what .gitignore names
    #[arg(long, requires = "worktree", help_heading = "What to read")]
    pub(super) respect_gitignore: bool,

    /// Look for what the rules in FILE describe as well; `keysweep rules check FILE` tests them
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,

    /// Say of each key what your own listing of IAM says; `keysweep inventory script` makes one.
    /// Repeatable
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) inventory: Vec<PathBuf>,

    /// Scan every object whole, not only what its delta changes: slower, with the same findings
    #[arg(long, conflicts_with_all = ["worktree", "staged", "range"])]
    pub(super) full_scan: bool,

    /// Remember what was read in DIR [default: keysweep in the user's cache folder]. Repositories
    /// swept with the same DIR share what they know: use it for forks and clones, and in CI
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "no_cache",
        help_heading = "Cache"
    )]
    pub(super) cache_dir: Option<PathBuf>,

    /// Read everything again, and remember nothing
    #[arg(long, help_heading = "Cache")]
    pub(super) no_cache: bool,

    #[command(flatten)]
    pub(super) verify: verification::Verify,
}

/// Flags that every command takes.
#[derive(Clone, Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct General {
    /// Format of the report on stdout
    #[arg(short, long, global = true, value_name = "FORMAT", default_value = "human",
        value_parser = values::formats(), help_heading = "Report")]
    pub(super) format: Format,

    /// Also write a report to FILE, in the format of its ending (.txt, .json, .sarif …); repeatable
    #[arg(short, long, global = true, value_name = "[FORMAT=]FILE",
        value_parser = values::output, help_heading = "Report")]
    pub(super) output: Vec<OutputArg>,

    /// Show findings of at least this confidence
    #[arg(long, global = true, value_name = "LEVEL", default_value = "medium",
        env = "KEYSWEEP_MIN_CONFIDENCE", hide_env_values = true,
        value_parser = values::confidences(), help_heading = "Report")]
    pub(super) min_confidence: Confidence,

    /// List suppressed findings with the reason, instead of counting them
    #[arg(long, global = true, help_heading = "Report")]
    pub(super) show_suppressed: bool,

    /// Show raw secrets; only on a terminal or in a file
    #[arg(long, global = true, help_heading = "Report")]
    pub(super) reveal: bool,

    /// Leave out all that depends on the clock: equal repositories give equal reports. Any
    /// temporary key then counts as one that may still work
    #[arg(long, global = true, help_heading = "Report")]
    pub(super) no_timings: bool,

    #[command(flatten)]
    pub(super) accepting: accepting::Accepting,

    /// Exit 1 from which findings on; each level is a subset of the one before
    #[arg(long, global = true, value_name = "LEVEL", value_enum, default_value_t = FailOn::High,
        env = "KEYSWEEP_FAIL_ON", hide_env_values = true, help_heading = "Exit code")]
    pub(super) fail_on: FailOn,

    /// Exit code for findings, in place of 1; 0 reports them without failing
    #[arg(long, global = true, value_name = "N", default_value_t = FINDINGS,
        value_parser = values::exit_code, help_heading = "Exit code")]
    pub(super) exit_code: u8,

    /// Gaps that do not make the sweep incomplete; they stay in the report
    #[arg(long, global = true, value_name = "KIND,…", value_delimiter = ',',
        value_parser = values::gap_kinds(), help_heading = "Exit code")]
    pub(super) allow_incomplete: Vec<GapKind>,

    /// Count limits (LFS pointers, bounds inside an object) as gaps
    #[arg(long, global = true, help_heading = "Exit code")]
    pub(super) strict: bool,

    /// Worker threads [default: one for each CPU]
    #[arg(short = 'j', long, global = true, value_name = "N", env = "KEYSWEEP_THREADS",
        hide_env_values = true, value_parser = clap::value_parser!(u16).range(1..=1024),
        help_heading = "Bounds")]
    pub(super) threads: Option<u16>,

    /// Stop after this time and report what was found: 90, 90s, 5m, 1h
    #[arg(long, global = true, value_name = "TIME", env = "KEYSWEEP_MAX_TIME",
        hide_env_values = true, value_parser = values::duration, help_heading = "Bounds")]
    pub(super) max_time: Option<Duration>,

    /// Largest object held in memory as a whole, such as 512m or 2g [default: by what is there]
    #[arg(long, global = true, value_name = "SIZE", value_parser = values::size,
        help_heading = "Bounds")]
    pub(super) max_object_size: Option<u64>,

    /// Most hits kept; more are a gap
    #[arg(long, global = true, value_name = "N", default_value = "100000",
        value_parser = clap::value_parser!(u32).range(1..), help_heading = "Bounds")]
    pub(super) max_hits: u32,

    /// No progress bar, and only findings, gaps and the verdict; with -o nothing on stdout
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Terminal"
    )]
    pub(super) quiet: bool,

    /// Cut no list, and name the objects
    #[arg(short, long, global = true, help_heading = "Terminal")]
    pub(super) verbose: bool,

    /// When to colour the human format
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto,
        help_heading = "Terminal")]
    pub(super) color: Colour,

    /// The same as --color never
    #[arg(long, global = true, action = ArgAction::SetTrue, conflicts_with = "color",
        help_heading = "Terminal")]
    pub(super) no_color: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless told otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests;
