//! From arguments and environment to what they mean: after this nobody looks at either again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::accept;
use super::args::{General, Sweep};
use super::exit::FailOn;
use super::failure::Failure;
use super::terminal::{Terminal, colour};
use super::values::OutputArg;
use crate::mirror;
use crate::report::{Format, Options, Verbosity};
use crate::sweep::{CachePlan, Limits, Selection, SweepPlan};

/// Everything a run needs to know.
#[derive(Clone, Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub(super) struct Settings {
    /// What the sweep does.
    pub(super) plan: SweepPlan,
    /// The URL whose copy is swept in place of the plan's path.
    pub(super) url: Option<String>,
    /// The owner's own listings of keys.
    pub(super) inventory: Vec<PathBuf>,
    /// The report on stdout, if there is one.
    pub(super) stdout: Option<Format>,
    /// The reports in files.
    pub(super) outputs: Vec<OutputArg>,
    /// How reports look; colour and width are for stdout only.
    pub(super) options: Options,
    /// From which findings on the run fails.
    pub(super) fail_on: FailOn,
    /// Exit code for findings.
    pub(super) findings_code: u8,
    /// Whether stdout, too, may show raw secrets: only if it is a terminal.
    pub(super) reveal_on_stdout: bool,
    /// Whether the report says how long the sweep took.
    pub(super) timings: bool,
    /// When to stop.
    pub(super) max_time: Option<Duration>,
    /// Draw a progress bar.
    pub(super) progress: bool,
    /// Whoever reads stderr sees the report on stdout as well, and need not be told twice.
    pub(super) report_is_seen: bool,
}

/// Resolves the arguments of `keysweep sweep`. `now` is in seconds since 1970.
///
/// # Errors
/// A URL in place of a path, an empty ref, or `--reveal` where anybody could read along.
pub(super) fn resolve(
    general: &General,
    mut sweep: Sweep,
    terminal: &Terminal,
    now: i64,
) -> Result<Settings, Failure> {
    let stdout = (!general.quiet || general.output.is_empty()).then_some(general.format);
    if general.reveal && general.output.is_empty() {
        check_reveal(stdout, terminal)?;
    }
    let verbosity = match (general.quiet, general.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let options = Options {
        colour: colour(general.color, general.no_color, terminal),
        reveal: general.reveal,
        verbosity,
        show_suppressed: general.show_suppressed,
        width: terminal.width,
        now: (!general.no_timings).then_some(now),
    };
    let url = url(&sweep)?;
    Ok(Settings {
        url,
        inventory: std::mem::take(&mut sweep.inventory),
        plan: SweepPlan {
            allowances: Arc::new(accept::allowances(&general.accepting, now)?),
            ..plan(general, sweep, terminal, options.now)?
        },
        stdout,
        outputs: general.output.clone(),
        options,
        fail_on: general.fail_on,
        findings_code: general.exit_code,
        max_time: general.max_time,
        timings: !general.no_timings,
        reveal_on_stdout: general.reveal && terminal.stdout_tty,
        report_is_seen: stdout == Some(Format::Human)
            && (terminal.stdout_tty || terminal.same_sink),
        progress: terminal.stderr_tty && !general.quiet && !terminal.ci,
    })
}

fn plan(
    general: &General,
    sweep: Sweep,
    terminal: &Terminal,
    now: Option<i64>,
) -> Result<SweepPlan, Failure> {
    let path_is_explicit = sweep.path.is_some();
    let is_url = sweep.path.as_deref().is_some_and(looks_like_url);
    let path = sweep.path.unwrap_or_else(|| PathBuf::from("."));
    let selection = if let Some(range) = &sweep.range {
        Selection::Range(super::ranges::between(range)?)
    } else if sweep.staged {
        Selection::Range(super::ranges::staged(path_is_explicit))
    } else if sweep.worktree {
        Selection::Worktree {
            respect_gitignore: sweep.respect_gitignore,
        }
    } else if sweep.refs.is_empty() {
        Selection::All
    } else if sweep.refs.iter().any(String::is_empty) {
        return Err(Failure::new("--refs holds an empty name")
            .hinted("name refs such as `main,v1.0`, or leave --refs out to read everything"));
    } else {
        Selection::Refs(sweep.refs)
    };
    let cache = match (sweep.cache_dir, sweep.no_cache) {
        (_, true) => None,
        (Some(dir), _) => Some(CachePlan {
            dir,
            is_shared: true,
        }),
        // A copy that is gone afterwards is not worth remembering.
        (None, false) if is_url => None,
        (None, false) => terminal.cache_home.as_ref().map(|home| CachePlan {
            dir: home.join("keysweep"),
            is_shared: false,
        }),
    };
    let rules = sweep.rules.as_deref();
    Ok(SweepPlan {
        rules: rules.map(super::commands::rules::with_file).transpose()?,
        full_scan: sweep.full_scan,
        recurse_submodules: sweep.recurse_submodules,
        path,
        path_is_explicit,
        selection,
        threads: general.threads.map_or(terminal.cpus, usize::from),
        min_confidence: general.min_confidence,
        now,
        allow_incomplete: general.allow_incomplete.clone(),
        strict: general.strict,
        limits: Limits {
            object_size_max: general.max_object_size,
            hits_max: general.max_hits as usize,
        },
        trace_placeholders: general.show_suppressed,
        verification: super::verification::plan(sweep.verify, now.is_some())?,
        known: super::known::plan(&sweep.known)?,
        cache,
        allowances: Arc::default(),
        again: None,
    })
}

/// Secrets go to people and to files that only they can read, never into a pipe or a log.
fn check_reveal(stdout: Option<Format>, terminal: &Terminal) -> Result<(), Failure> {
    if stdout.is_some() && !terminal.stdout_tty {
        return Err(
            Failure::new("--reveal would send raw secrets into a pipe or a log")
                .hinted("write them to a file that only you can read: `-q --reveal -o json=FILE`"),
        );
    }
    Ok(())
}

/// The URL in place of a path, if there is one, unless it is refused.
fn url(sweep: &Sweep) -> Result<Option<String>, Failure> {
    let path = sweep.path.as_deref().filter(|path| looks_like_url(path));
    let Some(url) = path.and_then(Path::to_str) else {
        return Ok(None);
    };
    // The URL is not repeated: it may hold a password.
    mirror::check(url).map_err(|error| Failure::new(error).hinted(error.hint()))?;
    if sweep.worktree {
        return Err(Failure::new("a remote has no work tree")
            .hinted("leave --worktree out, or clone the repository and sweep that"));
    }
    Ok(Some(url.to_owned()))
}

/// True for `scheme://…` and scp-like `[user@]host:path`, unless such a file exists.
fn looks_like_url(path: &Path) -> bool {
    !path.exists() && path.to_str().is_some_and(mirror::is_url)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::args::{Args, Command};
    use super::*;
    use crate::model::{Confidence, GapKind};

    fn terminal() -> Terminal {
        Terminal {
            stdout_tty: true,
            stderr_tty: true,
            same_sink: true,
            width: 80,
            no_color: false,
            dumb: false,
            ci: false,
            cpus: 2,
            cache_home: None,
        }
    }

    fn settings(line: &str, terminal: &Terminal) -> Result<Settings, String> {
        let args = Args::try_parse_from(line.split(' ')).unwrap();
        let Command::Sweep(sweep) = args.command else {
            panic!("{line}");
        };
        resolve(&args.general, sweep, terminal, 1_000_000).map_err(|failure| {
            assert_eq!(failure.exit_code, 2);
            let mut out = Vec::new();
            failure.print(&mut out);
            String::from_utf8(out).unwrap()
        })
    }

    #[test]
    fn flags_reach_the_plan() {
        let line = "keysweep sweep x/y --refs main,dev --strict --min-confidence low -j 7 \
                    --allow-incomplete shallow --max-object-size 2k --max-hits 5 --no-timings";
        let settings = settings(&line.replace("  ", ""), &terminal()).unwrap();
        let plan = &settings.plan;
        assert_eq!(
            (plan.path.as_path(), plan.path_is_explicit),
            (Path::new("x/y"), true)
        );
        let refs = ["main", "dev"].map(str::to_owned).to_vec();
        assert_eq!(plan.selection, Selection::Refs(refs));
        assert_eq!(
            (plan.threads, plan.strict, settings.timings),
            (7, true, false)
        );
        assert_eq!(plan.min_confidence, Confidence::Low);
        assert_eq!(plan.allow_incomplete, [GapKind::Shallow]);
        assert_eq!(plan.limits.object_size_max, Some(2048));
        assert_eq!(plan.limits.hits_max, 5);
        assert_eq!(settings.options.now, None, "no clock without timings");
    }

    #[test]
    fn without_flags_everything_is_read() {
        let settings = settings("keysweep sweep", &terminal()).unwrap();
        assert_eq!(settings.plan.selection, Selection::All);
        assert!(!settings.plan.path_is_explicit);
        assert_eq!(settings.plan.threads, 2);
        assert!(settings.progress && settings.options.colour);
        assert_eq!(settings.options.now, Some(1_000_000));
        assert_eq!(settings.stdout, Some(Format::Human));
    }

    #[test]
    fn worktree_can_respect_gitignore() {
        for (line, respect_gitignore) in [
            ("keysweep sweep --worktree", false),
            ("keysweep sweep --worktree --respect-gitignore", true),
        ] {
            let selection = settings(line, &terminal()).unwrap().plan.selection;
            assert_eq!(selection, Selection::Worktree { respect_gitignore });
        }
    }

    #[test]
    fn quiet_silences_stdout_only_where_a_file_has_the_report() {
        let stdout = |line| settings(line, &terminal()).unwrap().stdout;
        assert_eq!(stdout("keysweep sweep -q"), Some(Format::Human));
        assert_eq!(stdout("keysweep sweep -o a.json"), Some(Format::Human));
        assert_eq!(stdout("keysweep sweep -q -o a.json"), None);
    }

    #[test]
    fn progress_needs_a_terminal_and_somebody_who_looks() {
        let progress = |line, terminal: &Terminal| settings(line, terminal).unwrap().progress;
        assert!(!progress("keysweep sweep -q", &terminal()));
        let pipe = Terminal {
            stderr_tty: false,
            ..terminal()
        };
        assert!(!progress("keysweep sweep", &pipe));
        let ci = Terminal {
            ci: true,
            ..terminal()
        };
        assert!(!progress("keysweep sweep", &ci));
    }

    #[test]
    fn secrets_are_revealed_to_terminals_and_files_only() {
        let pipe = Terminal {
            stdout_tty: false,
            ..terminal()
        };
        assert!(
            settings("keysweep sweep --reveal", &terminal())
                .unwrap()
                .options
                .reveal
        );
        assert!(
            settings("keysweep sweep --reveal -q -o a.json", &pipe)
                .unwrap()
                .options
                .reveal
        );
        let beside = settings("keysweep sweep --reveal -o a.json", &pipe).unwrap();
        assert!(beside.options.reveal && !beside.reveal_on_stdout);
        for line in [
            "keysweep sweep --reveal",
            "keysweep sweep --reveal -q",
            "keysweep sweep --reveal -f json",
        ] {
            let error = settings(line, &pipe).unwrap_err();
            assert!(
                error.contains("hint: write them to a file"),
                "{line}: {error}"
            );
        }
    }

    #[test]
    fn urls_are_told_from_paths_and_hostile_ones_are_not_repeated() {
        for url in [
            "https://user:hunter2@example.com/a.git",
            "ssh://git@example.com/a",
            "file:///tmp/none",
            "git@example.com:team/app.git",
            "host:app.git",
        ] {
            let settings = settings(&format!("keysweep sweep {url}"), &terminal()).unwrap();
            assert_eq!(settings.url.as_deref(), Some(url));
            assert_eq!(settings.plan.cache, None);
        }
        for url in ["ext::hunter2", "ssh://-ohunter2/x", "x@-ohunter2:y"] {
            let error = settings(&format!("keysweep sweep {url}"), &terminal()).unwrap_err();
            assert!(error.contains("hint: name an https://"), "{url}: {error}");
            assert!(!error.contains("hunter2"));
        }
        let worktree = settings("keysweep sweep host:x --worktree", &terminal());
        assert!(worktree.unwrap_err().contains("no work tree"));
        for path in ["a/b:c", "C:\\repo", "./x:y", "nowhere"] {
            let settings = settings(&format!("keysweep sweep {path}"), &terminal()).unwrap();
            assert_eq!(settings.url, None, "{path}");
        }
    }

    #[test]
    fn an_empty_ref_is_refused() {
        let error = settings("keysweep sweep --refs main,,dev", &terminal()).unwrap_err();
        assert!(error.contains("empty name"), "{error}");
    }
}
