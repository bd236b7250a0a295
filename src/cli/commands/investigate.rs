//! `keysweep investigate`: keys, logs, report, exit code.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::inventory::print;
use super::{sweep, verify};
use crate::cli::args::General;
use crate::cli::args::investigate::{Investigate, InvestigateCommand, InvestigateScript, Keys};
use crate::cli::args::verification::Verify;
use crate::cli::exit::{self, Situation, Written};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::signals::{self, Ending};
use crate::cli::terminal::{Terminal, colour};
use crate::investigation::{self, InvestigationPlan, LookUp, look_up_script};
use crate::model::{Control, Investigation, Report, StopCause, Subject};
use crate::report::{self, Format, Options, Verbosity};

/// Runs the command; the value is the exit code.
///
/// # Errors
/// No keys, no logs, or nothing trustworthy came out.
pub(in crate::cli) fn run(general: &General, args: Investigate) -> Result<u8, Failure> {
    if let Some(InvestigateCommand::Script(script)) = args.command {
        return self::script(script);
    }
    if args.events.is_empty() {
        return Err(Failure::new("there is nothing to look through")
            .hinted("name CloudTrail files or folders with --events; `keysweep investigate script` prints the commands that fetch them"));
    }
    check_formats(general)?;
    let terminal = Terminal::detect();
    let plan = InvestigationPlan {
        subjects: subjects(&args.keys)?,
        inputs: args.events,
        threads: general.threads.map_or(terminal.cpus, usize::from),
    };
    let destinations = output::prepare(&general.output, false)?;
    let mut lost = Written::Yes;
    for failure in destinations.lost {
        lost = Written::Failed;
        failure.print(&mut io::stderr());
    }
    let deadline = general.max_time.map(|time| Instant::now() + time);
    let control = Arc::new(Control::with_deadline(deadline));
    let ending = Arc::new(Ending::default());
    signals::listen(Arc::clone(&control), Arc::clone(&ending))
        .map_err(|error| Failure::new(format!("could not listen for signals: {error}")))?;
    // A panic is a bug, not a way past the exit code.
    let work = AssertUnwindSafe(|| investigation::investigate(&plan, &control));
    let found = catch_unwind(work);
    ending.begin_writing();
    let found = found
        .map_err(|_| {
            Failure::new("the investigation ended in a failure of keysweep itself")
                .hinted("please report this as a bug, with the line above")
        })?
        .map_err(Failure::new)?;
    let options = options(general, &terminal);
    let findings = findings(general, &args.keys, &found, &control);
    write(
        general,
        (&found, findings.as_ref()),
        (&options, &ending),
        &destinations.files,
        lost,
        &control,
    )
}

/// Formats of sweeps have no place for what an investigation says.
fn check_formats(general: &General) -> Result<(), Failure> {
    let files = general.output.iter().map(|output| output.format);
    let wrong = files
        .chain([general.format])
        .find(|format| !report::INVESTIGATION_FORMATS.contains(format));
    match wrong {
        None => Ok(()),
        Some(format) => {
            let names = report::INVESTIGATION_FORMATS.map(Format::name).join(", ");
            let message = format!("an investigation is not written as {}", format.name());
            Err(Failure::new(message).hinted(format!("use one of {names}")))
        }
    }
}

fn options(general: &General, terminal: &Terminal) -> Options {
    Options {
        colour: colour(general.color, general.no_color, terminal),
        verbosity: match (general.quiet, general.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        },
        width: terminal.width,
        now: (!general.no_timings).then(sweep::now),
        ..Options::default()
    }
}

/// For a page: the report's findings, read again from their places, with what was found. Without
/// their repository the page tells of the investigation alone.
fn findings(
    general: &General,
    keys: &Keys,
    found: &Investigation,
    control: &Arc<Control>,
) -> Option<Report> {
    let files = general.output.iter().map(|output| output.format);
    let is_wanted = files
        .chain([general.format])
        .any(|format| format == Format::Html);
    let path = keys.report.as_deref().filter(|_| is_wanted)?;
    let read = || {
        let recorded = Arc::new(verify::read(path)?);
        let settings = verify::reading(general, &recorded, None, Verify::default())?;
        let mut report = sweep::swept(&settings.plan, &settings, control)?;
        verify::narrow(&mut report, &recorded);
        Ok::<Report, Failure>(report)
    };
    match read() {
        Ok(report) => Some(Report {
            investigation: Some(Box::new(found.clone())),
            ..report
        }),
        Err(failure) => {
            let why = report::escape_text(failure.message());
            let line = format!("note: the page is without the report's findings: {why}\n");
            // A stderr that cannot be written to leaves nobody to tell.
            io::stderr().write_all(line.as_bytes()).ok();
            None
        }
    }
}

fn write(
    general: &General,
    (found, findings): (&Investigation, Option<&Report>),
    (options, ending): (&Options, &Ending),
    files: &[output::Destination],
    lost: Written,
    control: &Control,
) -> Result<u8, Failure> {
    let err = &mut io::stderr();
    let fill = |format: Format, options: &Options, out: &mut dyn Write| match findings
        .filter(|_| format == Format::Html)
    {
        Some(findings) => report::write(findings, format, options, out),
        None => report::write_investigation(found, format, options, out),
    };
    let mut written = output::write_files_by(files, options, ending, &fill, err);
    if !general.quiet || general.output.is_empty() {
        let stdout = output::write_stdout_by(general.format, options, &fill, err);
        if stdout == Written::Failed {
            written = Written::Failed;
        }
    }
    if lost == Written::Failed {
        written = Written::Failed;
    }
    if let Some(line) = report::investigation_incomplete(found) {
        // A stderr that cannot be written to leaves nobody to tell; the exit code still does.
        err.write_all(format!("{line}\n").as_bytes()).ok();
    }
    let stopped = control
        .stopped()
        .filter(|cause| *cause != StopCause::Deadline);
    Ok(exit::code(Situation {
        failing: found.standing().next().is_some(),
        complete_enough: found.complete(),
        stopped,
        written,
        findings_code: general.exit_code,
    }))
}

/// The keys that were asked about.
fn subjects(keys: &Keys) -> Result<Vec<Subject>, Failure> {
    let mut subjects = Vec::new();
    if let Some(path) = &keys.report {
        let name = path.display();
        let file = File::open(path).map_err(|error| {
            Failure::new(format!("could not open the report `{name}`: {error}"))
        })?;
        subjects = investigation::subjects(&mut BufReader::new(file)).map_err(|error| {
            Failure::new(format!("could not read the report `{name}`: {error}"))
                .hinted("make one with `keysweep sweep -o report.json`")
        })?;
        if !keys.key_id.is_empty() {
            subjects.retain(|subject| keys.key_id.contains(&subject.access_key_id));
        }
    }
    for id in &keys.key_id {
        if !subjects.iter().any(|subject| subject.access_key_id == *id) {
            subjects.push(investigation::of_id(id));
        }
    }
    if subjects.is_empty() {
        return Err(Failure::new("there is no key to look for")
            .hinted("name a report with access key IDs (--report), or an ID (--key-id)"));
    }
    Ok(subjects)
}

fn script(script: InvestigateScript) -> Result<u8, Failure> {
    let subjects = subjects(&script.keys)?;
    // The event history ends after 90 days; what lies before needs no asking for.
    print(&look_up_script(&LookUp {
        keys: subjects
            .into_iter()
            .map(|subject| subject.access_key_id)
            .collect(),
        regions: script.region,
        folder: script.folder,
        since: None,
    }))?;
    Ok(exit::CLEAN)
}
