//! Running a range as a gate: git's hooks and CI have this in common.

use std::path::PathBuf;

use super::args::{General, Sweep};
use super::commands::sweep::{now, perform};
use super::failure::Failure;
use super::plan::{self, Settings};
use super::terminal::Terminal;
use crate::report::{Format, Gate, GateOptions, write_gate};
use crate::sweep::{RangeChoice, Selection};

/// The settings of a sweep of this range.
///
/// # Errors
/// Flags that contradict each other.
pub(super) fn settings(
    general: &General,
    path: Option<PathBuf>,
    choice: RangeChoice,
) -> Result<Settings, Failure> {
    let sweep = Sweep {
        path,
        no_cache: true,
        ..Sweep::default()
    };
    let mut settings = plan::resolve(general, sweep, &Terminal::detect(), now())?;
    settings.plan.selection = Selection::Range(choice);
    settings.plan.cache = None;
    settings.progress = false;
    Ok(settings)
}

/// Runs a hook. For people it speaks on stderr, and only if something is wrong.
///
/// # Errors
/// Nothing trustworthy came out: the hook stops, and says how to go on all the same.
pub(super) fn run(general: &General, gate: &Gate, choice: RangeChoice) -> Result<u8, Failure> {
    let mut settings = settings(general, None, choice)?;
    if settings.stdout == Some(Format::Human) {
        settings.stdout = None;
        // The message of the gate says it.
        settings.report_is_seen = true;
    }
    perform(&settings, |report, failing, code, err| {
        let options = GateOptions {
            failing: failing.shown + failing.hidden,
            complete_enough: report.complete_enough(),
            stops: code != super::exit::CLEAN,
        };
        let mut text = Vec::new();
        // Writing to memory cannot fail; a stderr that cannot be written to leaves nobody to tell.
        write_gate(report, gate, &options, &mut text).ok();
        err.write_all(&for_the_host(&text)).ok();
    })
    .map_err(|failure| stopped(failure, gate))
}

/// An error stops as well, and names the way around.
pub(super) fn stopped(failure: Failure, gate: &Gate) -> Failure {
    failure.and_hint(&format!(
        "this stops what was to be done, since nothing is known of what it holds; to go on all the \
         same: {}",
        gate.way_around()
    ))
}

/// GitLab shows people only lines with this in front.
/// Source: GitLab's documentation, "Custom error messages" of server hooks.
fn for_the_host(text: &[u8]) -> Vec<u8> {
    let is_gitlab = ["GL_REPOSITORY", "GL_ID"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    if !is_gitlab {
        return text.to_vec();
    }
    let mut out = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        out.extend_from_slice(b"GL-HOOK-ERR: ");
        out.extend_from_slice(line);
    }
    out
}
