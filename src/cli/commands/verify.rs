//! `keysweep verify REPORT`: asks AWS about the keys of an earlier report.
//!
//! A report holds no secret. The repository is swept again, with all that the cache knows, and of
//! what is found only what the report names is asked about and reported.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::sweep;
use crate::cli::args::verification::{How, Verify};
use crate::cli::args::{General, Sweep};
use crate::cli::failure::Failure;
use crate::cli::plan;
use crate::cli::terminal::Terminal;
use crate::model::{Finding, Note, Report};
use crate::report::{Recorded, read_recorded};

/// Largest report that is read.
const REPORT_MAX: u64 = 1 << 30;

/// `keysweep verify`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct VerifyReport {
    /// A report in JSON or NDJSON, of `keysweep sweep`
    #[arg(value_name = "REPORT")]
    report: PathBuf,

    /// The repository, if it is no longer where the report says
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,

    /// Use what earlier sweeps remember in DIR [default: keysweep in the user's cache folder]
    #[arg(long, value_name = "DIR", help_heading = "Cache")]
    cache_dir: Option<PathBuf>,

    #[command(flatten)]
    how: How,
}

/// Runs the command; the value is the exit code.
///
/// # Errors
/// The report cannot be read, or nothing trustworthy came out.
pub(in crate::cli) fn run(general: &General, args: VerifyReport) -> Result<u8, Failure> {
    let recorded = read(&args.report)?;
    let path = args
        .repo
        .or_else(|| recorded.path.clone().map(PathBuf::from));
    let Some(path) = path else {
        return Err(
            Failure::new("the report does not tell where the repository is")
                .hinted("name it with --repo PATH"),
        );
    };
    let mut words = recorded.selection.split(' ');
    let scope = words.next().unwrap_or_default();
    let arguments = Sweep {
        path: Some(path),
        refs: match scope {
            "refs" => words.map(str::to_owned).collect(),
            _ => Vec::new(),
        },
        worktree: scope == "worktree",
        recurse_submodules: recorded.has_submodules,
        cache_dir: args.cache_dir,
        verify: Verify {
            verify: true,
            how: args.how,
        },
        ..Sweep::default()
    };
    let mut settings = plan::resolve(general, arguments, &Terminal::detect(), sweep::now())?;
    if let Some(verification) = &mut settings.plan.verification {
        verification.only = Some(recorded.ids.clone());
    }
    let refine = |report: &mut Report| narrow(report, &recorded);
    sweep::perform_refined(&settings, refine, |_, _, _, _| ())
}

fn read(path: &Path) -> Result<Recorded, Failure> {
    let shown = path.display();
    let failed = |why: String| {
        Failure::new(format!("could not read the report `{shown}`: {why}"))
            .hinted("give the file that `keysweep sweep -o report.json` wrote")
    };
    let size = std::fs::metadata(path)
        .map_err(|e| failed(e.to_string()))?
        .len();
    if size > REPORT_MAX {
        return Err(failed("it is larger than 1 GiB".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|e| failed(e.to_string()))?;
    read_recorded(&bytes).map_err(failed)
}

/// Leaves what the report names, and says what of it is not there any more.
fn narrow(report: &mut Report, recorded: &Recorded) {
    let is_named = |finding: &Finding| {
        let id = finding.credential.access_key_id.as_ref();
        recorded.fingerprints.contains(&finding.fingerprint.0)
            || id.is_some_and(|id| recorded.ids.contains(id))
    };
    report.findings.retain(is_named);
    report.suppressed.retain(|hidden| is_named(&hidden.finding));
    let hidden = report.suppressed.iter().map(|hidden| &hidden.finding);
    let there: BTreeSet<&String> = report
        .findings
        .iter()
        .chain(hidden)
        .filter_map(|finding| finding.credential.access_key_id.as_ref())
        .collect();
    let gone: Vec<&str> = recorded
        .ids
        .iter()
        .filter(|id| !there.contains(id))
        .map(String::as_str)
        .collect();
    if !gone.is_empty() {
        let detail = format!(
            "{} of the report are not in the repository any more, and were not asked about: {}",
            gone.len(),
            gone.join(", ")
        );
        report.notes.push(Note {
            kind: "not-found-again",
            detail,
        });
        report.notes.sort();
    }
}
