//! Running a range as a gate: git's hooks and CI have this in common.

use std::path::Path;

use super::accept;
use super::args::{General, KnownArgs, Sweep};
use super::commands::sweep::{now, perform};
use super::config::{Config, Side};
use super::failure::Failure;
use super::plan::{self, Settings};
use super::terminal::Terminal;
use crate::git::range::Lookup;
use crate::git::repo::Repo;
use crate::model::Control;
use crate::report::{Format, Gate, GateOptions, write_gate};
use crate::sweep::{RangeChoice, Selection};

/// The file by which a project configures its gates.
const PROJECT: &str = ".keysweep.toml";

/// Where a gate's configuration comes from, and what may silence it.
pub(super) struct Trust {
    /// Revisions of which the first that is there holds the project's configuration: never what is
    /// being checked.
    pub(super) revisions: Vec<String>,
    /// Comments beside a finding count, as long as nobody else has what is checked.
    pub(super) comments: bool,
}

/// The same with what this gate's own flags look for, besides what the user's configuration does.
pub(super) fn seeking(general: &General, known: &KnownArgs) -> General {
    let mut general = general.clone();
    let accepting = &mut general.accepting;
    accepting.gates_seek = accepting.gates_seek.and(known);
    general
}

/// The settings of a sweep of this range. This is where what the trusted side says comes in; the
/// change itself has no say in anything.
///
/// # Errors
/// Flags that contradict each other, or a configuration that cannot be used.
pub(super) fn settings(
    general: &General,
    choice: RangeChoice,
    trust: &Trust,
) -> Result<Settings, Failure> {
    let sweep = Sweep {
        no_cache: true,
        known: general.accepting.gates_seek.clone(),
        ..Sweep::default()
    };
    let mut general = general.clone();
    general.accepting.inline_allow |= trust.comments;
    if let Some(config) = project(trust)? {
        let given = general.accepting.given.clone();
        config.apply(&mut general, &|name| given.contains(&name));
    }
    let mut settings = plan::resolve(&general, sweep, &Terminal::detect(), now())?;
    settings.plan.selection = Selection::Range(choice);
    settings.plan.cache = None;
    settings.progress = false;
    Ok(settings)
}

/// The project's configuration, from the trusted side.
fn project(trust: &Trust) -> Result<Option<Config>, Failure> {
    // A repository that cannot be opened is told of by whoever sweeps it.
    let Ok(repo) = Repo::open(Path::new("."), false) else {
        return Ok(None);
    };
    let control = Control::default();
    let mut lookup = Lookup::new(&repo, &control);
    let found = lookup.file(&repo, &trust.revisions, PROJECT.as_bytes());
    let Some((revision, bytes)) = found else {
        return Ok(None);
    };
    let name = format!("{revision}:{PROJECT}");
    let config = Config::read(&bytes, &name, Side::Project);
    config.map(Some).map_err(accept::refused)
}

/// Runs a hook. For people it speaks on stderr, and only if something is wrong.
///
/// # Errors
/// Nothing trustworthy came out: the hook stops, and says how to go on all the same.
pub(super) fn run(
    general: &General,
    gate: &Gate,
    choice: RangeChoice,
    trust: &Trust,
) -> Result<u8, Failure> {
    let stop = |failure| stopped(failure, gate);
    let mut settings = settings(general, choice, trust).map_err(stop)?;
    if settings.stdout == Some(Format::Human) {
        settings.stdout = None;
        // The message of the gate says it.
        settings.report_is_seen = true;
    }
    let done = perform(&settings, |report, failing, code, err| {
        let options = GateOptions {
            failing: failing.shown + failing.hidden,
            complete_enough: report.complete_enough(),
            stops: code != super::exit::CLEAN,
        };
        let mut text = Vec::new();
        // Writing to memory cannot fail; a stderr that cannot be written to leaves nobody to tell.
        write_gate(report, gate, &options, &mut text).ok();
        err.write_all(&for_the_host(&text)).ok();
    });
    done.map_err(stop)
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
