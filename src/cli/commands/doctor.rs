//! `keysweep doctor`: does the hook fire, and what would go unseen?

mod trial;

use std::io::{self, Write as _};
use std::path::Path;

use super::hook::install::installed;
use crate::cli::args::General;
use crate::cli::args::gates::{Doctor, HookName};
use crate::cli::ci::{System, Variables};
use crate::cli::failure::Failure;
use crate::cli::{exit, git};
use trial::Trial;

/// Something was found that is to be mended.
const TO_MEND: u8 = 1;

/// What is said.
#[derive(Default)]
struct Findings {
    text: String,
    problems: usize,
}

impl Findings {
    fn good(&mut self, text: &str) {
        self.text.push_str(&format!("ok       {text}\n"));
    }

    fn note(&mut self, text: &str) {
        self.text.push_str(&format!("note     {text}\n"));
    }

    fn problem(&mut self, text: &str, next: &str) {
        self.text
            .push_str(&format!("problem  {text}\n         {next}\n"));
        self.problems += 1;
    }
}

/// Runs the command; the value is the exit code.
///
/// # Errors
/// This is no repository, or git cannot be run.
pub(in crate::cli) fn run(general: &General, args: Doctor) -> Result<u8, Failure> {
    if let Some(path) = &args.path {
        std::env::set_current_dir(path)
            .map_err(|error| Failure::new(format!("`{}`: {error}", path.display())))?;
    }
    let common = git::ask(&["rev-parse", "--git-common-dir"])?;
    let mut findings = Findings::default();
    hooks(&mut findings)?;
    depth(Path::new(&common), &mut findings)?;
    features(Path::new(&common), &mut findings)?;
    let problems = findings.problems;
    let last = match problems {
        0 => "all is well".to_owned(),
        1 => "1 thing to mend".to_owned(),
        n => format!("{n} things to mend"),
    };
    let text = crate::report::escape_lines(&findings.text);
    let text = if general.quiet {
        format!("{last}\n")
    } else {
        format!("{text}{last}\n")
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "standard output cannot be written to: {error}"
        ))),
        _ if problems > 0 => Ok(TO_MEND),
        _ => Ok(exit::CLEAN),
    }
}

fn hooks(findings: &mut Findings) -> Result<(), Failure> {
    for found in installed()? {
        if let Some(how) = found.how {
            findings.note(&format!("{} hook: {how}", found.hook.name()));
        }
    }
    if git::ask(&["rev-parse", "--is-bare-repository"])? == "true" {
        let is_there = installed()?
            .iter()
            .any(|found| found.hook == HookName::PreReceive && found.how.is_some());
        if is_there {
            findings.good("a server's repository: pre-receive is installed");
        } else {
            findings.problem(
                "a server's repository without a pre-receive hook",
                "install it: keysweep hook install pre-receive",
            );
        }
        return Ok(());
    }
    match trial::push()? {
        Trial::Stopped => findings.good("pre-push fires: a push with a made-up key was stopped"),
        Trial::Passed => findings.problem(
            "pre-push does not fire: a push with a made-up key would have gone through",
            "install it: keysweep hook install pre-push; or look at `git config core.hooksPath`",
        ),
        Trial::Failed(why) => findings.problem(
            &format!("pre-push could not be tried: {why}"),
            "try it by hand: git push --dry-run",
        ),
    }
    Ok(())
}

/// Is all of history here, and is it in CI?
fn depth(common: &Path, findings: &mut Findings) -> Result<(), Failure> {
    let is_shallow = git::ask(&["rev-parse", "--is-shallow-repository"])? == "true";
    let system = System::detect(&Variables::of_process());
    match (is_shallow, system) {
        (true, Some(system)) => findings.problem(
            &format!(
                "this clone in {} is shallow: a base may be missing",
                system.name()
            ),
            system.depth_setting(),
        ),
        (true, None) => findings.problem(
            "this clone is shallow: sweeps see only a part of its history",
            "fetch the rest: git fetch --unshallow",
        ),
        (false, _) => findings.good("all of history is here: the clone is not shallow"),
    }
    let partial = git::setting(&["--get-regexp", r"^remote\..*\.promisor$"])?;
    if partial.is_some() {
        findings.problem(
            "this is a partial clone: objects that were left out cannot be looked at",
            "fetch them: git fetch --refetch --no-filter",
        );
    }
    if common.join("info/grafts").is_file() {
        findings.note("info/grafts is there: keysweep reads history as it was committed");
    }
    Ok(())
}

/// What git shows or does here that a sweep reads otherwise, or not at all.
fn features(common: &Path, findings: &mut Findings) -> Result<(), Failure> {
    let replaced = git::ask(&["for-each-ref", "--count=1", "refs/replace/"])?;
    if !replaced.is_empty() {
        findings.note("replace refs are there: git shows other objects than keysweep reads");
    }
    if common.join("modules").is_dir() {
        findings.note("submodules have repositories of their own: sweep --recurse-submodules");
    }
    let top = git::run(&["rev-parse", "--show-toplevel"])?;
    let top = String::from_utf8_lossy(&top.stdout).trim_end().to_owned();
    let attributes = std::fs::read_to_string(Path::new(&top).join(".gitattributes"));
    if attributes.is_ok_and(|text| text.contains("filter=lfs")) {
        findings.note("git-lfs is in use: what its pointers point to is not in git, and not read");
    }
    Ok(())
}
