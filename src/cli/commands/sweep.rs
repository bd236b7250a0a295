//! `keysweep sweep`: settings, sweep, reports, exit code.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::ValueEnum as _;

use super::remote;
use crate::cli::args::{General, Sweep};
use crate::cli::exit::{self, FailOn, Failing, Situation, Written};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::plan::{self, Settings};
use crate::cli::progress::Progress;
use crate::cli::signals::{self, Ending};
use crate::cli::terminal::Terminal;
use crate::model::{Aside, Control, Gap, GapKind, Report, StopCause};
use crate::report::{self, Options, Verbosity};
use crate::sweep::{SweepPlan, sweep};

/// Runs the command; the value is the exit code.
///
/// # Errors
/// Nothing trustworthy came out.
pub(in crate::cli) fn run(general: &General, args: Sweep) -> Result<u8, Failure> {
    run_and(general, args, |_, _, _| ())
}

/// The same; `say` may have a word once the reports are out.
///
/// # Errors
/// Nothing trustworthy came out.
pub(in crate::cli) fn run_and(
    general: &General,
    args: Sweep,
    say: impl FnOnce(&Report, &Options, &mut dyn Write),
) -> Result<u8, Failure> {
    let settings = plan::resolve(general, args, &Terminal::detect(), now())?;
    perform(&settings, |report, _, _, err| {
        say(report, &settings.options, err);
    })
}

/// Sweeps as it is settled, and writes the reports. `say` may have a word on stderr, once it is
/// known what fails and whether that was all.
///
/// # Errors
/// Nothing trustworthy came out.
pub(in crate::cli) fn perform(
    settings: &Settings,
    say: impl FnOnce(&Report, Failing, u8, &mut dyn Write),
) -> Result<u8, Failure> {
    perform_refined(settings, |_| (), say)
}

/// The same with what `refine` leaves of the report.
///
/// # Errors
/// Nothing trustworthy came out.
pub(in crate::cli) fn perform_refined(
    settings: &Settings,
    refine: impl FnOnce(&mut Report),
    say: impl FnOnce(&Report, Failing, u8, &mut dyn Write),
) -> Result<u8, Failure> {
    let destinations = output::prepare(&settings.outputs, settings.options.reveal)?;
    let inventory = super::inventory::read(&settings.inventory)?;
    let lost = if destinations.lost.is_empty() {
        Written::Yes
    } else {
        Written::Failed
    };
    for failure in destinations.lost {
        failure.print(&mut std::io::stderr());
    }

    let deadline = settings.max_time.map(|time| Instant::now() + time);
    let control = Arc::new(Control::with_deadline(deadline));
    let ending = Arc::new(Ending::default());
    signals::listen(Arc::clone(&control), Arc::clone(&ending))
        .map_err(|error| Failure::new(format!("could not listen for signals: {error}")))?;

    let outcome = match &settings.url {
        Some(url) => swept_copy(url, settings, &control, &ending),
        None => swept(&settings.plan, settings, &control),
    };
    ending.begin_writing();
    let stopped = stopped_by_signal(&control);
    let mut report = outcome.map_err(|failure| match stopped {
        Some(cause) => failure.with_code(signal_code(cause)),
        None => failure,
    })?;
    mark_interrupted(&mut report, stopped);
    if !settings.inventory.is_empty() {
        crate::inventory::apply(&inventory, &mut report);
    }
    refine(&mut report);

    let err = &mut std::io::stderr();
    say_asides(&report, settings.options.verbosity, err);
    let options = &settings.options;
    let files = output::write_files(&destinations.files, &report, options, &ending, err);
    let options = &Options {
        reveal: settings.reveal_on_stdout,
        ..*options
    };
    let stdout = settings.stdout.map_or(Written::Yes, |format| {
        output::write_stdout(format, &report, options, err)
    });
    let failing = Failing::count(&report, settings.fail_on);
    last_words(&report, failing, settings, err);
    let code = exit::code(Situation {
        failing: failing.any(),
        complete_enough: report.complete_enough(),
        stopped,
        written: both(lost, both(files, stdout)),
        findings_code: settings.findings_code,
    });
    say(&report, failing, code, err);
    Ok(code)
}

/// Seconds since 1970.
pub(in crate::cli) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs() as i64)
}

/// Sweeps behind a progress bar. A panic is a bug, not a way past the exit code.
pub(super) fn swept(
    plan: &SweepPlan,
    settings: &Settings,
    control: &Arc<Control>,
) -> Result<Report, Failure> {
    let progress = Progress::start(settings.progress, Arc::clone(control));
    let started = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| sweep(plan, control)));
    drop(progress);
    let timed = |mut report: Report| {
        report.seconds = settings.timings.then(|| started.elapsed().as_secs_f64());
        report
    };
    match outcome {
        Ok(Ok(report)) => Ok(timed(report)),
        Ok(Err(error)) => Err(Failure::new(error.to_string()).hinted(error.hint())),
        Err(_) => Err(
            Failure::new("the sweep ended in a failure of keysweep itself")
                .hinted("please report this as a bug, with the line above"),
        ),
    }
}

/// Sweeps a fresh copy of a remote.
fn swept_copy(
    url: &str,
    settings: &Settings,
    control: &Arc<Control>,
    ending: &Ending,
) -> Result<Report, Failure> {
    let copied = remote::with_mirror(url, control, ending, |path| {
        let plan = SweepPlan {
            path: path.to_owned(),
            path_is_explicit: true,
            ..settings.plan.clone()
        };
        swept(&plan, settings, control)
    });
    let mut report = copied??;
    remote::name(&mut report, url);
    Ok(report)
}

pub(super) fn stopped_by_signal(control: &Control) -> Option<StopCause> {
    control
        .stopped()
        .filter(|cause| *cause != StopCause::Deadline)
}

pub(super) fn signal_code(cause: StopCause) -> u8 {
    match cause {
        StopCause::Terminate => exit::TERMINATED,
        StopCause::Interrupt | StopCause::Deadline => exit::INTERRUPTED,
    }
}

/// An interrupted sweep is never complete, even if the signal came when nearly all was done.
fn mark_interrupted(report: &mut Report, stopped: Option<StopCause>) {
    let marked = report.gaps.iter().any(|g| g.kind == GapKind::Interrupted);
    if stopped.is_some() && !marked {
        let gap = Gap::new(GapKind::Interrupted, "a signal ended the sweep early");
        report.gaps.push(gap);
        report.gaps.sort();
    }
}

/// What the sweep says besides the report: details only to those who ask for them.
fn say_asides(report: &Report, verbosity: Verbosity, err: &mut dyn Write) {
    for aside in &report.asides {
        let line = match aside {
            Aside::Warning(text) => format!("warning: {text}\n"),
            Aside::Detail(text) if verbosity == Verbosity::Verbose => format!("note: {text}\n"),
            Aside::Detail(_) => continue,
        };
        // A stderr that cannot be written to leaves nobody to tell.
        err.write_all(line.as_bytes()).ok();
    }
}

const fn both(a: Written, b: Written) -> Written {
    match (a, b) {
        (Written::Yes, Written::Yes) => Written::Yes,
        _ => Written::Failed,
    }
}

/// What stderr says last: why the exit code is not what the report on stdout suggests.
fn last_words(report: &Report, failing: Failing, settings: &Settings, err: &mut dyn Write) {
    let unasked = settings.fail_on == FailOn::Active && settings.plan.verification.is_none();
    let unverified = unasked.then(|| {
        "warning: nothing can fail with --fail-on active: add --verify to ask AWS which keys work"
            .to_owned()
    });
    let asked = report::verification_line(report).filter(|_| !settings.report_is_seen);
    let hidden = (failing.hidden > 0).then(|| {
        format!(
            "note: {} of low confidence at or above --fail-on are not shown; \
             --min-confidence low shows them",
            failing.hidden
        )
    });
    let is_below = !report.findings.is_empty() && !failing.any() && !settings.report_is_seen;
    let below = settings.fail_on.to_possible_value().filter(|_| is_below);
    let below = below.map(|level| {
        format!(
            "note: nothing that was found is at or above --fail-on {}",
            level.get_name()
        )
    });
    let incomplete = report::incomplete_line(report).filter(|_| !settings.report_is_seen);
    let lines = [unverified, asked, hidden, below, incomplete];
    let text: String = lines
        .into_iter()
        .flatten()
        .flat_map(|line| [line, "\n".to_owned()])
        .collect();
    // A stderr that cannot be written to leaves nobody to tell; the exit code still does.
    err.write_all(text.as_bytes()).ok();
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{Args, Command};
    use crate::report::fixture;

    fn settings(line: &str) -> Settings {
        let args = Args::try_parse_from(line.split(' ')).unwrap();
        let Command::Sweep(sweep) = args.command else {
            panic!("{line}");
        };
        plan::resolve(&args.general, sweep, &Terminal::detect(), 0).unwrap()
    }

    fn words(report: &Report, failing: Failing, settings: &Settings) -> String {
        let mut out = Vec::new();
        last_words(report, failing, settings, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn incomplete_is_the_last_word_and_names_the_first_gap() {
        let json = &settings("keysweep sweep -f json");
        let mut report = fixture::pushed_pair();
        let one = Failing {
            shown: 1,
            hidden: 0,
        };
        assert_eq!(words(&report, one, json), "");
        assert_eq!(
            words(&report, Failing::default(), json),
            "note: nothing that was found is at or above --fail-on high\n"
        );
        let id = fixture::oid(0x1f);
        let mut gap = Gap::of_object(GapKind::Missing, id, "needed by\na commit");
        let secret = report.findings[0].credential.secret.clone().unwrap();
        gap.path = Some(secret.expose().to_vec());
        report.gaps = vec![gap];
        let hidden = Failing {
            shown: 0,
            hidden: 2,
        };
        let expected = format!(
            "note: 2 of low confidence at or above --fail-on are not shown; \
             --min-confidence low shows them\n\
             INCOMPLETE: 1 gap (first: missing: object {id}, [secret]: needed by\\na commit); \
             {}\n",
            GapKind::Missing.next_step()
        );
        assert_eq!(words(&report, hidden, json), expected);
        report.allowed_gaps = vec![GapKind::Missing];
        let text = words(&report, Failing::default(), json);
        assert!(text.contains("accepted by --allow-incomplete"), "{text}");
    }

    #[test]
    fn what_could_not_be_opened_comes_before_what_is_missing() {
        let mut report = fixture::empty();
        report.gaps = vec![
            Gap::new(GapKind::Missing, "needed"),
            Gap::new(GapKind::Unreadable, "permission denied"),
        ];
        let text = words(
            &report,
            Failing::default(),
            &settings("keysweep sweep -f json"),
        );
        assert!(
            text.contains("(first: unreadable: permission denied)"),
            "{text}"
        );
    }

    #[test]
    fn whoever_sees_the_report_is_not_told_twice() {
        let mut report = fixture::empty();
        report.gaps = vec![Gap::new(GapKind::Shallow, "history ends")];
        let mut seen = settings("keysweep sweep");
        seen.report_is_seen = true;
        assert_eq!(words(&report, Failing::default(), &seen), "");
        seen.report_is_seen = false;
        assert!(words(&report, Failing::default(), &seen).starts_with("INCOMPLETE: 1 gap"));
    }

    #[test]
    fn failing_on_what_nobody_asked_is_warned_of() {
        let settings = settings("keysweep sweep --fail-on active");
        let text = words(&fixture::empty(), Failing::default(), &settings);
        assert!(text.starts_with("warning: nothing can fail with --fail-on active"));
    }

    #[test]
    fn an_interrupted_sweep_is_marked_once() {
        let mut report = fixture::empty();
        mark_interrupted(&mut report, None);
        assert!(report.complete());
        mark_interrupted(&mut report, Some(StopCause::Interrupt));
        mark_interrupted(&mut report, Some(StopCause::Terminate));
        assert_eq!(report.gaps.len(), 1);
        assert!(!report.complete());
    }

    #[test]
    fn running_out_of_time_is_no_signal() {
        let control = Control::default();
        assert_eq!(stopped_by_signal(&control), None);
        control.stop(StopCause::Deadline);
        assert_eq!(stopped_by_signal(&control), None);
        assert_eq!(signal_code(StopCause::Interrupt), 130);
        assert_eq!(signal_code(StopCause::Terminate), 143);
    }
}
