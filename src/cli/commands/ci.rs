//! `keysweep ci`: the change that a CI system runs for, as a gate.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::sweep::{self, perform};
use crate::cli::args::gates::Ci;
use crate::cli::args::{General, Sweep};
use crate::cli::ci::{self, Change, Scope, System, Variables};
use crate::cli::exit;
use crate::cli::failure::Failure;
use crate::cli::gate::{self, Trust};
use crate::model::Report;
use crate::report::{self, Format, Options};
use crate::sweep::{Hidden, RangeChoice, Reach};

/// GitHub takes no more of a step, in bytes.
const SUMMARY_MAX: usize = 1 << 20;
/// The largest event that is read, in bytes.
const EVENT_MAX: u64 = 64 << 20;

/// Runs the command; the value is the exit code.
///
/// # Errors
/// Nothing trustworthy came out: no change is known, or it cannot be told what is new in it.
pub(in crate::cli) fn run(general: &General, args: Ci) -> Result<u8, Failure> {
    let variables = Variables::of_process();
    let system = System::detect(&variables);
    let scope = scope(&args, system, &variables)?;
    say(&describe(system, &scope));
    if args.dry_run {
        return Ok(exit::CLEAN);
    }
    let mut general = gate::seeking(general, &args.known);
    match ci::report_for(system, &variables, &general.output) {
        Ok(Some(report)) => {
            say(&format!(
                "keysweep ci: a report goes to {}\n",
                report.path.display()
            ));
            general.output.push(report);
        }
        Ok(None) => {}
        Err(why) => say(&format!("keysweep ci: {why}\n")),
    }
    let general = &general;
    let everything = Sweep {
        known: general.accepting.gates_seek.clone(),
        ..Sweep::default()
    };
    match scope {
        Scope::Nothing(_) => Ok(exit::CLEAN),
        Scope::Full(_) => sweep::run_and(general, everything, |report, options, err| {
            publish(system, &variables, report, options, err);
        }),
        Scope::Change(change) => {
            let trust = Trust {
                revisions: change.bases.clone(),
                comments: false,
            };
            let settings = gate::settings(general, choice(&change, system), &trust)?;
            perform(&settings, |report, _, _, err| {
                publish(system, &variables, report, &settings.options, err);
            })
        }
    }
}

fn scope(args: &Ci, system: Option<System>, variables: &Variables) -> Result<Scope, Failure> {
    if args.full {
        return Ok(Scope::Full("--full asks for it"));
    }
    let hint =
        "name the base with --base (and the head with --head), or read everything with --full";
    let by_hand = |base: &String| Change {
        bases: vec![base.clone()],
        heads: vec![args.head.clone().unwrap_or_else(|| "HEAD".to_owned())],
        reference: None,
        how: "--base".to_owned(),
        may_be_same: false,
    };
    if let Some(base) = &args.base {
        return Ok(Scope::Change(by_hand(base)));
    }
    let system = system.ok_or_else(|| {
        Failure::new("this runs in no CI system that keysweep knows").hinted(hint)
    })?;
    let event = match variables.get("GITHUB_EVENT_PATH") {
        Some(path) if system == System::GitHub => read(path),
        _ => None,
    };
    let told = ci::scope(system, variables, event.as_deref());
    let mut scope =
        told.map_err(|why| Failure::new(format!("{}: {why}", system.name())).hinted(hint))?;
    if let (Scope::Change(change), Some(head)) = (&mut scope, &args.head) {
        change.heads = vec![head.clone()];
    }
    Ok(scope)
}

fn read(path: &str) -> Option<String> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).ok()?;
    let mut text = String::new();
    file.take(EVENT_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

fn choice(change: &Change, system: Option<System>) -> RangeChoice {
    let setting = system.map_or("fetch all of history, and the base", System::depth_setting);
    RangeChoice {
        name: format!("the change ({})", change.how),
        tips: change.heads.clone(),
        hidden: Hidden {
            wanted: change.bases.clone(),
            setting: setting.to_owned(),
            ..Hidden::default()
        },
        needs_boundary: true,
        refuses_same: !change.may_be_same,
        ref_names: change.reference.iter().cloned().collect(),
        carried_by: change.reference.iter().cloned().collect(),
        reach: Reach::Remote,
        ..RangeChoice::default()
    }
}

/// What the CI system takes by itself: annotations, and a summary of the run.
fn publish(
    system: Option<System>,
    variables: &Variables,
    report: &Report,
    options: &Options,
    err: &mut dyn Write,
) {
    let annotations = match system {
        Some(System::GitHub) => Format::Github,
        Some(System::Azure) => Format::Azure,
        _ => return,
    };
    // Others read along.
    let options = &Options {
        reveal: false,
        colour: false,
        ..*options
    };
    let mut text = Vec::new();
    let mut summary = Vec::new();
    // Writing to memory cannot fail.
    report::write(report, annotations, options, &mut text).ok();
    report::write(report, Format::Markdown, options, &mut summary).ok();
    let mut failed = std::io::stdout().lock().write_all(&text).err();
    let file = match system {
        Some(System::GitHub) => variables.get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        _ => variables
            .get("AGENT_TEMPDIRECTORY")
            .map(|dir| Path::new(dir).join("keysweep.md")),
    };
    if let Some(file) = file.filter(|_| summary.len() <= SUMMARY_MAX) {
        failed = failed.or(append(&file, &summary).err());
        if system == Some(System::Azure) {
            let shown = report::escape_text(&file.display().to_string());
            let line = format!("##vso[task.uploadsummary]{shown}\n");
            failed = failed.or(std::io::stdout().lock().write_all(line.as_bytes()).err());
        }
    }
    if let Some(error) = failed {
        Failure::new(format!(
            "annotations or the summary could not be written: {error}"
        ))
        .hinted("the report itself is complete, and the exit code counts")
        .print(err);
    }
}

fn append(file: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)?;
    file.write_all(text)
}

fn describe(system: Option<System>, scope: &Scope) -> String {
    let system = system.map_or("", System::name);
    let gap = if system.is_empty() { "" } else { ": " };
    let what = match scope {
        Scope::Full(why) => format!("everything is read, since {why}"),
        Scope::Nothing(why) => format!("nothing is read, since {why}"),
        Scope::Change(change) => {
            let base = change.bases.first().map_or("nothing", String::as_str);
            format!(
                "what is new in {} and not in {base} is read ({})",
                change.heads.join(", "),
                change.how
            )
        }
    };
    format!("keysweep ci: {system}{gap}{what}\n")
}

fn say(text: &str) {
    let text = format!("{}\n", crate::report::escape_text(text.trim_end()));
    // A stderr that cannot be written to leaves nobody to tell.
    std::io::stderr().write_all(text.as_bytes()).ok();
}
