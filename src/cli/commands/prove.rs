//! `keysweep prove`: what was named, where it was looked for, what became of it.

mod death;

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use death::Asking;

use super::remote;
use super::sweep::{now, signal_code, stopped_by_signal};
use crate::cli::args::{General, Prove};
use crate::cli::exit::{self, Situation, Written};
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::signals::{self, Ending};
use crate::cli::terminal::Terminal;
use crate::cli::{known, output};
use crate::git::repo::Repo;
use crate::known::{Old, OldKey, of_report};
use crate::mirror;
use crate::model::{Control, Death, Gap, GapKind, Part, Report, Searched, Verdict};
use crate::prove::{Case, prove};
use crate::report::{self, Format};
use crate::scan::known::Known;
use crate::sweep::{KnownPlan, Limits, Selection, SweepPlan, sweep};

/// Runs the command; the value is the exit code.
///
/// # Errors
/// Nothing trustworthy came out.
pub(in crate::cli) fn run(general: &General, args: &Prove) -> Result<u8, Failure> {
    if general.reveal {
        return Err(
            Failure::new("a proof has nothing to reveal: it is made from hashes")
                .hinted("leave --reveal out"),
        );
    }
    check_formats(general)?;
    let destinations = output::prepare(&general.output, false)?;
    if death::is_stdin_twice(args) {
        return Err(Failure::new("standard input is asked for twice")
            .hinted("give one of the two as a file"));
    }
    let asking = Asking::of(args, !general.no_timings)?;
    let (mut case, keys, plan) = case(general, args)?;
    let urls = urls(args, &plan)?;

    let deadline = general.max_time.map(|time| Instant::now() + time);
    let control = Arc::new(Control::with_deadline(deadline));
    let ending = Arc::new(Ending::default());
    signals::listen(Arc::clone(&control), Arc::clone(&ending))
        .map_err(|error| Failure::new(format!("could not listen for signals: {error}")))?;
    let terminal = Terminal::detect();
    let wanted = terminal.stderr_tty && !general.quiet && !terminal.ci;
    let progress = Progress::start(wanted, Arc::clone(&control));
    let secrets = asking.secrets(&case.sought, &plan, &control)?;
    let searched = search(&plan, &urls, &control, &ending);
    let asked = match &searched {
        Ok(searched) if asking.is_wanted() => asking.ask(&keys, secrets, searched, &control),
        _ => Ok((Vec::new(), None)),
    };
    drop(progress);
    ending.begin_writing();
    let stopped = stopped_by_signal(&control);
    let searched = searched.map_err(|failure| match stopped {
        Some(cause) => failure.with_code(signal_code(cause)),
        None => failure,
    })?;

    (case.keys, case.verification) = asked?;
    let proof = prove(case, searched);
    let err = &mut io::stderr();
    let lost = destinations.lost.is_empty();
    for failure in &destinations.lost {
        failure.print(err);
    }
    let write = |format: Format, out: &mut dyn Write| match format {
        Format::Json => report::write_proof_json(&proof, out),
        _ => report::write_proof(&proof, general.verbose, out),
    };
    let files = output::fill_files(&destinations.files, &ending, err, &write);
    let stdout = if general.quiet && !general.output.is_empty() {
        Written::Yes
    } else {
        output::fill_stdout(general.format, false, err, &|out| {
            write(general.format, out)
        })
    };
    let is_written = lost && files == Written::Yes && stdout == Written::Yes;
    Ok(exit::code(Situation {
        failing: proof.count(Verdict::Held) + proof.count_keys(Death::Works) > 0,
        complete_enough: proof.complete_enough()
            && proof.count(Verdict::NotSought) + proof.count_keys(Death::Unknown) == 0,
        stopped,
        written: if is_written {
            Written::Yes
        } else {
            Written::Failed
        },
        findings_code: general.exit_code,
    }))
}

fn check_formats(general: &General) -> Result<(), Failure> {
    let is_fit = |format: Format| matches!(format, Format::Human | Format::Json);
    let formats = general.output.iter().map(|output| output.format);
    match formats.chain([general.format]).find(|f| !is_fit(*f)) {
        Some(format) => Err(
            Failure::new(format!("a proof has no format {}", format.name()))
                .hinted("use -f human or -f json"),
        ),
        None => Ok(()),
    }
}

/// What is to be proved, of which keys, and the sweep that looks for it.
fn case(general: &General, args: &Prove) -> Result<(Case, Vec<OldKey>, SweepPlan), Failure> {
    let (mut old, of) = named(args)?;
    let others = known::of_files(&args.known)?;
    old.keys.extend(death::named(&others));
    old.values.extend(others);
    if args.secrets_only {
        old.values.retain(|value| value.part != Part::Id);
    }
    if old.values.is_empty() && old.unsearchable.is_empty() {
        return Err(Failure::new("nothing is named that could be proved gone").hinted(
            "name a report with findings: `--report REPORT.json`, or a file of hashes: `--known FILE`",
        ));
    }
    let threads = general.threads.map_or(Terminal::detect().cpus, usize::from);
    let made_at = (!general.no_timings).then(now);
    let known = KnownPlan {
        values: Arc::new(Known::new(old.values.clone())),
        alone: true,
    };
    let plan = SweepPlan {
        path: args.path.clone().unwrap_or_else(|| PathBuf::from(".")),
        path_is_explicit: args.path.is_some(),
        selection: Selection::All,
        threads,
        rules: None,
        min_confidence: crate::model::Confidence::Low,
        now: made_at,
        trace_placeholders: true,
        allow_incomplete: general.allow_incomplete.clone(),
        strict: general.strict,
        recurse_submodules: args.recurse_submodules,
        full_scan: args.full_scan,
        limits: Limits {
            object_size_max: general.max_object_size,
            hits_max: general.max_hits as usize,
        },
        known: Some(known),
        again: None,
        verification: None,
        allowances: Arc::default(),
        cache: None,
    };
    let unsearchable = old.unsearchable.into_iter();
    let rules = crate::rules::RuleSet::builtin();
    let case = Case {
        tool: crate::model::ToolInfo {
            version: env!("CARGO_PKG_VERSION"),
            rules: rules.map_err(Failure::new)?.hash(),
        },
        made_at,
        of,
        sought: old.values,
        not_sought: unsearchable.map(|u| (u.label, u.part, u.sha256)).collect(),
        keys: Vec::new(),
        verification: None,
    };
    Ok((case, old.keys, plan))
}

/// What the report names, with the report's hash and name.
fn named(args: &Prove) -> Result<(Old, (String, String)), Failure> {
    let Some(file) = &args.report else {
        let names = args.known.iter().map(|path| path.display().to_string());
        let name = names.collect::<Vec<_>>().join(", ");
        return Ok((Old::default(), (String::new(), name)));
    };
    let shown = file.display().to_string();
    let hint = "make one before the clean-up: `keysweep sweep -q -o before.json`";
    let text = known::read(file)
        .map_err(|error| Failure::new(format!("`{shown}` cannot be read: {error}")).hinted(hint))?;
    let hash = text.sha256();
    let text = std::str::from_utf8(text.expose())
        .map_err(|_| Failure::new(format!("`{shown}` is no report: it is no text")).hinted(hint))?;
    let old = of_report(text, &args.fingerprint)
        .map_err(|error| Failure::new(format!("`{shown}` is no report: {error}")).hinted(hint))?;
    Ok((old, (hash, shown)))
}

/// The remotes' URLs: a name is looked up in the repository's configuration. Bad ones are refused
/// before anything is read.
fn urls(args: &Prove, plan: &SweepPlan) -> Result<Vec<String>, Failure> {
    let repo = Repo::open(&plan.path, plan.path_is_explicit)
        .map_err(|error| Failure::new(&error).hinted(error.hint))?;
    let url = |name: &String| {
        let url = match repo.remote_url(name) {
            Some(url) => absolute(url, &repo),
            None if mirror::is_url(name) || Path::new(name).exists() => name.clone(),
            None => {
                return Err(Failure::new(format!("there is no remote `{name}`"))
                    .hinted("name one of `git remote -v`, or a URL"));
            }
        };
        mirror::check(&url).map_err(|error| Failure::new(error).hinted(error.hint()))?;
        Ok(url)
    };
    args.remote.iter().map(url).collect()
}

/// A relative path counts from where the repository lies.
fn absolute(url: &str, repo: &Repo) -> String {
    let path = Path::new(url);
    if mirror::is_url(url) || path.is_absolute() {
        return url.to_owned();
    }
    let work_dir = repo
        .worktree()
        .and_then(|worktree| worktree.work_dir.as_deref());
    let base = work_dir.unwrap_or(&repo.git_dir);
    base.join(path).display().to_string()
}

/// Searches the repository, then a copy of each remote. A copy that cannot be made is a gap: what is
/// known of the rest still counts.
fn search(
    plan: &SweepPlan,
    urls: &[String],
    control: &Control,
    ending: &Ending,
) -> Result<Vec<Searched>, Failure> {
    let local = swept(plan, control)?;
    let mut searched = vec![Searched {
        name: String::from_utf8_lossy(&local.target.path).into_owned(),
        is_remote: false,
        report: local,
    }];
    for url in urls {
        let copied = remote::with_mirror(url, control, ending, |path| {
            let plan = SweepPlan {
                path: path.to_owned(),
                path_is_explicit: true,
                recurse_submodules: false,
                ..plan.clone()
            };
            swept(&plan, control)
        });
        let mut report = match copied.and_then(|swept| swept) {
            Ok(report) => report,
            Err(failure) => unread(&searched[0].report, &failure),
        };
        remote::name(&mut report, url);
        searched.push(Searched {
            name: mirror::masked(url),
            is_remote: true,
            report,
        });
    }
    Ok(searched)
}

fn swept(plan: &SweepPlan, control: &Control) -> Result<Report, Failure> {
    match catch_unwind(AssertUnwindSafe(|| sweep(plan, control))) {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(error)) => Err(Failure::new(error.to_string()).hinted(error.hint())),
        Err(_) => Err(
            Failure::new("the search ended in a failure of keysweep itself")
                .hinted("please report this as a bug, with the line above"),
        ),
    }
}

/// The report of a remote of which nothing was read.
fn unread(like: &Report, failure: &Failure) -> Report {
    Report {
        coverage: crate::model::Coverage::default(),
        gaps: vec![Gap::new(GapKind::Unreadable, failure.message())],
        limits: Vec::new(),
        notes: Vec::new(),
        findings: Vec::new(),
        suppressed: Vec::new(),
        asides: Vec::new(),
        stored: std::collections::BTreeMap::new(),
        target: crate::model::Target {
            head: None,
            head_ref: None,
            ..like.target.clone()
        },
        ..like.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CredentialKind, KnownValue, Proof, Secret, ToolInfo};
    use crate::report::fixture;

    fn case_of(value: &str) -> Case {
        let secret = Secret::new(value.as_bytes().to_vec());
        let kind = CredentialKind::SecretAccessKey;
        let known = KnownValue::of_secret(Part::Secret, kind, &secret, "ks1-0").unwrap();
        Case {
            tool: ToolInfo {
                version: "0.0.0",
                rules: String::new(),
            },
            made_at: None,
            of: ("00".to_owned(), "old.json".to_owned()),
            sought: vec![known],
            not_sought: Vec::new(),
            keys: Vec::new(),
            verification: None,
        }
    }

    fn searched(report: Report) -> Vec<Searched> {
        vec![Searched {
            name: "repo".to_owned(),
            is_remote: false,
            report,
        }]
    }

    fn written(proof: &Proof) -> (String, String) {
        let (mut human, mut json) = (Vec::new(), Vec::new());
        report::write_proof(proof, false, &mut human).unwrap();
        report::write_proof_json(proof, &mut json).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(human), text(json))
    }

    #[test]
    fn gone_only_if_everything_was_read() {
        let other = fixture::secret(99);
        let proof = prove(case_of(&other), searched(fixture::empty()));
        assert!(proof.holds());
        let (human, json) = written(&proof);
        assert!(human.contains("PROVED: all of 1 are gone"), "{human}");
        assert!(json.contains("\"proved\": true"), "{json}");
        let mut report = fixture::empty();
        report.gaps.push(Gap::new(GapKind::Damaged, "broken"));
        let proof = prove(case_of(&other), searched(report));
        assert_eq!(proof.values[0].verdict, Verdict::NotFound);
        let (human, json) = written(&proof);
        assert!(
            human.contains("NOT PROVED") && human.contains("broken"),
            "{human}"
        );
        assert!(json.contains("\"proved\": false"), "{json}");
    }

    #[test]
    fn what_could_not_be_sought_is_not_proved() {
        let mut case = case_of(&fixture::secret(99));
        let hash = "ab".repeat(32);
        case.not_sought.push(("ks1-1".to_owned(), Part::Key, hash));
        let proof = prove(case, searched(fixture::empty()));
        assert_eq!(proof.count(Verdict::NotSought), 1);
        assert!(!proof.holds() && written(&proof).0.contains("NOT SOUGHT"));
    }

    #[test]
    fn a_place_names_its_steps_and_never_the_value() {
        let mut report = fixture::pushed_pair();
        let secret = report.findings[0].credential.secret.clone().unwrap();
        let value = String::from_utf8(secret.expose().to_vec()).unwrap();
        report.findings[0].occurrences[0].path = Some(format!("a/{value}").into_bytes());
        let mut exposure = (*report.findings[0].exposure).clone();
        exposure.refs.push(format!("refs/heads/$(x)\u{1b}{value}"));
        report.findings[0].exposure = Arc::new(exposure);
        let proof = prove(case_of(&value), searched(report));
        assert_eq!(proof.values[0].verdict, Verdict::Held);
        let (human, json) = written(&proof);
        for text in [&human, &json] {
            assert!(!text.contains(&value), "{text}");
            assert!(!text.contains('\u{1b}'));
            assert!(text.contains("git branch -D"));
        }
    }
}
