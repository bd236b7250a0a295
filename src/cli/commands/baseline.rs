//! `keysweep baseline`: the file of accepted findings.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Parser as _;

use super::sweep::{stopped_by_signal, swept};
use crate::cli::accept;
use crate::cli::args::baseline::{Baseline, BaselineCommand, Files, Why};
use crate::cli::args::{Args, Command, General};
use crate::cli::exit::{self, Failing, Situation, Written};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::plan::{self, Settings};
use crate::cli::signals::{self, Ending};
use crate::cli::terminal::Terminal;
use crate::model::{Control, Finding, Report, StopCause, ValidityState};
use crate::report::{self, escape};
use crate::suppression::import::{Imported, Matched};
use crate::suppression::{self, AllowList, Allowances, Entry, Source, SourceKind, write_baseline};

/// Runs the command; the value is the exit code.
///
/// # Errors
/// A file cannot be read, understood or written, or nothing trustworthy came out of the sweep.
pub(in crate::cli) fn run(general: &General, args: Baseline) -> Result<u8, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let run = |files: Files, list: Option<AllowList>| {
        let now = now.map_or(0, |time| time.as_secs() as i64);
        Run::new(general, files, list, now)
    };
    match args.command {
        BaselineCommand::Create {
            files,
            why,
            import,
            force,
        } => {
            if !force && files.file.symlink_metadata().is_ok() {
                let shown = files.file.display();
                return Err(Failure::new(format!("`{shown}` is there already"))
                    .hinted("`keysweep baseline update` adds to it; --force replaces it"));
            }
            let list = AllowList::new(Source {
                kind: SourceKind::Baseline,
                name: files.file.display().to_string(),
            });
            run(files, None)?.add(list, &why, &import)
        }
        BaselineCommand::Update { files, why, import } => {
            let list = accept::baseline(&files.file)?;
            run(files, Some(list.clone()))?.add(list, &why, &import)
        }
        BaselineCommand::Check { files } => {
            let list = accept::baseline(&files.file)?;
            Ok(run(files, Some(list.clone()))?.check(&list))
        }
        BaselineCommand::Prune { files } => {
            let list = accept::baseline(&files.file)?;
            run(files, Some(list.clone()))?.prune(list)
        }
    }
}

/// A sweep for a baseline, and what came of it.
struct Run {
    file: PathBuf,
    settings: Settings,
    report: Report,
    stopped: Option<StopCause>,
    ending: Arc<Ending>,
    now: i64,
}

impl Run {
    /// Sweeps everything with the lists that were given, and `list`.
    fn new(
        general: &General,
        files: Files,
        list: Option<AllowList>,
        now: i64,
    ) -> Result<Run, Failure> {
        let mut settings = settings(general, files.path, now)?;
        let mut allowances = Allowances::clone(&settings.plan.allowances);
        allowances.lists.extend(list);
        settings.plan.allowances = Arc::new(allowances);
        let deadline = settings.max_time.map(|time| Instant::now() + time);
        let control = Arc::new(Control::with_deadline(deadline));
        let ending = Arc::new(Ending::default());
        signals::listen(Arc::clone(&control), Arc::clone(&ending))
            .map_err(|error| Failure::new(format!("could not listen for signals: {error}")))?;
        let report = swept(&settings.plan, &settings, &control)?;
        ending.begin_writing();
        Ok(Run {
            file: files.file,
            settings,
            report,
            stopped: stopped_by_signal(&control),
            ending,
            now,
        })
    }

    /// Adds what was found, and writes the file.
    fn add(self, mut list: AllowList, why: &Why, import: &[PathBuf]) -> Result<u8, Failure> {
        let expires = accept::expiry(&why.expires, self.now)?;
        let imported = imported(import)?;
        let (mut added, mut counts) = (0, Counts::default());
        for finding in &self.report.findings {
            if list.entry(&finding.fingerprint).is_some() {
                counts.lapsed += u64::from(finding.credential.accepted.is_some());
                continue;
            }
            if !counts.takes(finding, imported.as_ref()) {
                continue;
            }
            let entry = Entry {
                reason: why.reason.clone(),
                owner: why.owner.clone(),
                expires: expires.clone(),
                kind: Some(finding.credential.kind.name().to_owned()),
            };
            list.insert(finding.fingerprint.clone(), entry);
            added += 1;
        }
        self.write(&list)?;
        let total = list.len();
        self.say(
            &format!("{total} accepted, {added} of them new"),
            &counts.lines(),
        );
        Ok(self.code(false))
    }

    /// Says what is not accepted, and which entries are of no use.
    fn check(self, list: &AllowList) -> u8 {
        let options = &self.settings.options;
        if let Some(format) = self.settings.stdout {
            output::write_stdout(format, &self.report, options, &mut std::io::stderr());
        }
        let stale = self.stale(list);
        let failing = Failing::count(&self.report, self.settings.fail_on).any();
        let mut lines: Vec<String> = stale.iter().map(|(line, _)| line.clone()).collect();
        if failing {
            lines.push("there are findings that it does not accept".to_owned());
        }
        let total = list.len();
        self.say(
            &format!("{total} accepted, {} of no use", stale.len()),
            &lines,
        );
        self.code(failing || !stale.is_empty())
    }

    /// Takes out what is of no use, and writes the file.
    fn prune(self, mut list: AllowList) -> Result<u8, Failure> {
        let stale = self.stale(&list);
        let gone: Vec<_> = stale.iter().map(|(_, print)| print.clone()).collect();
        list.retain(|print, _| !gone.contains(print));
        self.write(&list)?;
        let lines: Vec<String> = stale.into_iter().map(|(line, _)| line).collect();
        let total = list.len();
        self.say(
            &format!("{total} accepted, {} taken out", lines.len()),
            &lines,
        );
        Ok(self.code(false))
    }

    /// Entries that are over, and, if all was read, those that fit nothing.
    fn stale(&self, list: &AllowList) -> Vec<(String, crate::model::Fingerprint)> {
        let seen = suppression::prints(&self.report);
        let today = accept::day(self.now);
        let stale = list.entries().filter_map(|(print, entry)| {
            let what = if entry.expires.is_over(&today) {
                format!("ended on {}", entry.expires)
            } else if self.report.complete() && !seen.contains(print) {
                "fits nothing any more".to_owned()
            } else {
                return None;
            };
            let owner = escape(entry.owner.as_bytes());
            Some((format!("{print} of {owner}: {what}"), print.clone()))
        });
        stale.collect()
    }

    fn write(&self, list: &AllowList) -> Result<(), Failure> {
        let text = write_baseline(list);
        output::replace(&self.file, &self.ending, &mut |out| {
            out.write_all(text.as_bytes())
        })
    }

    /// A line about the file on stdout, with details below it; what was not read on stderr.
    fn say(&self, summary: &str, details: &[String]) {
        let mut text = format!("{}: {summary}\n", escape(file_name(&self.file)));
        for line in details {
            // Writing to a String cannot fail.
            writeln!(text, "  {line}").ok();
        }
        // A reader who had enough is no failure, and the exit code says the rest.
        std::io::stdout().lock().write_all(text.as_bytes()).ok();
        if let Some(line) = report::incomplete_line(&self.report) {
            writeln!(std::io::stderr(), "{line}").ok();
        }
    }

    fn code(&self, failing: bool) -> u8 {
        exit::code(Situation {
            failing,
            complete_enough: self.report.complete_enough(),
            stopped: self.stopped,
            written: Written::Yes,
            findings_code: self.settings.findings_code,
        })
    }
}

fn file_name(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The settings of a sweep of all of PATH, with the flags that every command takes.
fn settings(general: &General, path: Option<PathBuf>, now: i64) -> Result<Settings, Failure> {
    let Ok(Args {
        command: Command::Sweep(mut sweep),
        ..
    }) = Args::try_parse_from(["keysweep", "sweep"])
    else {
        return Err(
            Failure::new("a sweep could not be set up").hinted("please report this as a bug")
        );
    };
    sweep.path = path;
    plan::resolve(general, sweep, &Terminal::detect(), now)
}

/// What other scanners' files accept; `None` without any.
fn imported(files: &[PathBuf]) -> Result<Option<Imported>, Failure> {
    let mut all: Option<Imported> = None;
    for path in files {
        let name = path.display().to_string();
        let bytes = accept::read(path).map_err(|error| {
            Failure::new(format!("could not read `{name}`: {error}"))
                .hinted("--import takes a report in JSON, or a .gitleaksignore")
        })?;
        let one = Imported::read(&bytes, &name).map_err(|error| {
            Failure::new(format!(
                "`{}` cannot be imported: {}",
                error.name, error.why
            ))
            .hinted("--import takes a report in JSON, or a .gitleaksignore")
        })?;
        all.get_or_insert_with(Imported::default).extend(one);
    }
    Ok(all)
}

/// What was not taken into a baseline, and why.
#[derive(Default)]
struct Counts {
    lapsed: u64,
    active: u64,
    not_named: u64,
    by_id: u64,
    by_place: u64,
}

impl Counts {
    /// Whether a finding may be accepted.
    fn takes(&mut self, finding: &Finding, imported: Option<&Imported>) -> bool {
        if finding.validity.state == ValidityState::Active {
            self.active += 1;
            return false;
        }
        let Some(imported) = imported else {
            return true;
        };
        match imported.matches(finding) {
            None => {
                self.not_named += 1;
                return false;
            }
            Some(Matched::Secret) => {}
            Some(Matched::Id) => self.by_id += u64::from(finding.is_pair()),
            Some(Matched::Place) => self.by_place += 1,
        }
        true
    }

    fn lines(&self) -> Vec<String> {
        let counts = [
            (self.active, "not accepted: AWS says that they work"),
            (
                self.lapsed,
                "in the file already, but over: `keysweep baseline prune`, then update",
            ),
            (self.not_named, "found, but not named by what was imported"),
            (
                self.by_id,
                "recognised by the ID alone, though the secret is here as well",
            ),
            (self.by_place, "recognised by file and line"),
        ];
        let some = counts.into_iter().filter(|(n, _)| *n > 0);
        some.map(|(n, what)| format!("{n} {what}")).collect()
    }
}
