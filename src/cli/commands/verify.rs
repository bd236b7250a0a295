//! `keysweep verify REPORT`: asks AWS about the keys of an earlier report.
//!
//! A report holds no secret: each is read again from the places that the report names, and from
//! nowhere else. Of a work tree, whose files change, all is read again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::sweep;
use crate::cli::args::verification::{How, Verify};
use crate::cli::args::{General, Sweep};
use crate::cli::failure::Failure;
use crate::cli::plan::{self, Settings};
use crate::cli::terminal::Terminal;
use crate::model::{Finding, Gap, GapKind, Recorded, RecordedFinding, Report, Scope};
use crate::report::read_recorded;

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

    #[command(flatten)]
    how: How,
}

/// Runs the command; the value is the exit code.
///
/// # Errors
/// The report cannot be read, or nothing trustworthy came out.
pub(in crate::cli) fn run(general: &General, args: VerifyReport) -> Result<u8, Failure> {
    let recorded = read(&args.report)?;
    let recorded = Arc::new(recorded);
    let verify = Verify {
        verify: true,
        how: args.how,
    };
    let settings = reading(general, &recorded, args.repo, verify)?;
    let refine = |report: &mut Report| narrow(report, &recorded);
    sweep::perform_refined(&settings, refine, |_, _, _, _| ())
}

/// How a report's findings are read again.
///
/// # Errors
/// Nobody knows where the repository is, or how to ask about them.
pub(super) fn reading(
    general: &General,
    recorded: &Arc<Recorded>,
    repo: Option<PathBuf>,
    verify: Verify,
) -> Result<Settings, Failure> {
    let path = repo.map_or_else(|| repository(recorded), Ok)?;
    let worktree = is_worktree(recorded);
    let arguments = Sweep {
        path: Some(path),
        worktree,
        no_cache: true,
        verify,
        ..Sweep::default()
    };
    let mut settings = plan::resolve(general, arguments, &Terminal::detect(), sweep::now())?;
    if let Some(verification) = &mut settings.plan.verification {
        let ids = recorded.findings.iter();
        verification.only = Some(ids.filter_map(|f| f.access_key_id.clone()).collect());
    }
    settings.plan.again = (!worktree).then(|| Arc::clone(recorded));
    Ok(settings)
}

fn is_worktree(recorded: &Recorded) -> bool {
    recorded.target.scope() == Scope::Worktree
}

/// Where the report says that the repository is.
fn repository(recorded: &Recorded) -> Result<PathBuf, Failure> {
    let path = std::str::from_utf8(&recorded.target.path);
    let path = path.ok().filter(|path| !path.is_empty());
    path.map(PathBuf::from).ok_or_else(|| {
        Failure::new("the report does not tell where the repository is")
            .hinted("name it with --repo PATH")
    })
}

/// The report in a file.
///
/// # Errors
/// It cannot be read, or is none.
pub(super) fn read(path: &Path) -> Result<Recorded, Failure> {
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

/// Of a work tree that was swept again, leaves what the report names; what of it is not there any
/// more is a gap.
pub(super) fn narrow(report: &mut Report, recorded: &Recorded) {
    if !is_worktree(recorded) {
        return;
    }
    let named = || recorded.findings.iter();
    let fingerprints: BTreeSet<&str> = named().map(|f| f.fingerprint.as_str()).collect();
    let ids: BTreeSet<&str> = named().filter_map(|f| f.access_key_id.as_deref()).collect();
    let is_named = |finding: &Finding| {
        let id = finding.credential.access_key_id.as_deref();
        fingerprints.contains(finding.fingerprint.0.as_str())
            || id.is_some_and(|id| ids.contains(id))
    };
    report.findings.retain(is_named);
    report.suppressed.retain(|hidden| is_named(&hidden.finding));
    let hidden = report.suppressed.iter().map(|hidden| &hidden.finding);
    let there: BTreeSet<&str> = report
        .findings
        .iter()
        .chain(hidden)
        .map(|f| {
            f.credential
                .access_key_id
                .as_deref()
                .unwrap_or(&f.fingerprint.0)
        })
        .collect();
    let gone: BTreeSet<&str> = named()
        .map(RecordedFinding::name)
        .filter(|name| !there.contains(name))
        .collect();
    let gone = gone.into_iter().map(|name| {
        let detail = format!("{name} is not in the work tree any more: it was not asked about");
        Gap::new(GapKind::Missing, detail)
    });
    report.gaps.extend(gone);
    report.gaps.sort();
}
