//! `keysweep hook`: what git runs, and what manages it.

pub(in crate::cli) mod install;
mod lines;
mod script;

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use lines::Update;

use crate::cli::args::General;
use crate::cli::args::gates::{CommitMsg, Hook, HookCommand, PrePush};
use crate::cli::failure::Failure;
use crate::cli::gate::{self, Trust};
use crate::cli::ranges;
use crate::report::Gate;
use crate::sweep::{Hidden, RangeChoice, Reach};

/// Most bytes that git hands to a hook; half a million refs.
const INPUT_MAX: u64 = 256 << 20;
/// The longest message that is read.
const MESSAGE_MAX: u64 = 64 << 20;

/// Runs the command; the value is the exit code.
///
/// # Errors
/// Nothing trustworthy came out.
pub(in crate::cli) fn run(general: &General, hook: Hook) -> Result<u8, Failure> {
    let seeking = |known| gate::seeking(general, known);
    match hook.command {
        HookCommand::PrePush(args) => pre_push(&seeking(&args.known), &args),
        HookCommand::PreCommit(args) => {
            let general = seeking(&args.known);
            gate::run(&general, &Gate::Commit, ranges::staged(false), &local(None))
        }
        HookCommand::CommitMsg(args) => commit_msg(&seeking(&args.known), &args),
        HookCommand::PreReceive(args) => pre_receive(&seeking(&args.known)),
        HookCommand::Install(args) => install::install(&args),
        HookCommand::Uninstall(args) => install::uninstall(&args),
        HookCommand::Status(_) => install::status(),
    }
}

fn pre_push(general: &General, args: &PrePush) -> Result<u8, Failure> {
    let remote = args
        .remote
        .clone()
        .or_else(|| framework("PRE_COMMIT_REMOTE_NAME"));
    let gate = Gate::Push(remote.clone().unwrap_or_default());
    let updates = input()
        .and_then(|text| lines::pushed(&text))
        .map_err(|failure| gate::stopped(failure, &gate))?;
    let hidden = Hidden {
        remote: remote.clone(),
        if_there: updates.iter().map(|update| update.old.clone()).collect(),
        ..Hidden::default()
    };
    let to = remote.unwrap_or_else(|| "a remote".to_owned());
    let trust = local(hidden.remote.as_deref());
    let mut choice = RangeChoice {
        name: format!("a push to {to}"),
        hidden,
        reach: Reach::Nobody,
        ..RangeChoice::default()
    };
    if updates.is_empty() {
        if args.stdin_is_gits {
            return Ok(crate::cli::exit::CLEAN);
        }
        // A framework kept the lines for itself: whatever this repository could push is looked at.
        choice.all_branches_and_tags = true;
        choice.name = format!("all branches and tags that {to} does not have");
        choice.tips = framework("PRE_COMMIT_TO_REF").into_iter().collect();
        if framework("PRE_COMMIT").is_none() {
            hint_at_lines();
        }
    } else {
        with_updates(&mut choice, &updates, |update| update.local.clone());
    }
    gate::run(general, &gate, choice, &trust)
}

fn pre_receive(general: &General) -> Result<u8, Failure> {
    let gate = Gate::Receive;
    let updates = input()
        .and_then(|text| lines::received(&text))
        .map_err(|failure| gate::stopped(failure, &gate))?;
    let quarantine = ["GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY"];
    let quarantine = quarantine.into_iter().find_map(std::env::var_os);
    let mut choice = RangeChoice {
        name: "what was pushed".to_owned(),
        hidden: Hidden {
            if_there: updates.iter().map(|update| update.old.clone()).collect(),
            all_refs: true,
            ..Hidden::default()
        },
        quarantine: quarantine.and_then(|path| PathBuf::from(path).canonicalize().ok()),
        reach: Reach::Nobody,
        ..RangeChoice::default()
    };
    with_updates(&mut choice, &updates, |update| update.remote.clone());
    // What the default branch is before anything of this push counts.
    let trust = Trust {
        revisions: vec!["HEAD".to_owned()],
        comments: false,
    };
    gate::run(general, &gate, choice, &trust)
}

/// Takes over what each ref becomes. A ref that goes brings nothing.
fn with_updates(choice: &mut RangeChoice, updates: &[Update], carrier: impl Fn(&Update) -> String) {
    let updates: Vec<&Update> = updates.iter().filter(|u| !u.is_deletion()).collect();
    choice.tips = updates.iter().map(|update| update.new.clone()).collect();
    choice.carried_by = updates.iter().map(|update| carrier(update)).collect();
    let new = updates.iter().filter(|update| update.is_creation());
    choice.ref_names = new.map(|update| update.remote.clone()).collect();
}

fn commit_msg(general: &General, args: &CommitMsg) -> Result<u8, Failure> {
    let gate = Gate::Message;
    let stop = |why: String| {
        let failure = Failure::new(format!("`{}`: {why}", args.file.display()))
            .hinted("git names the file with the message when it runs this hook");
        gate::stopped(failure, &gate)
    };
    let file = std::fs::File::open(&args.file).map_err(|error| stop(error.to_string()))?;
    let mut text = Vec::new();
    file.take(MESSAGE_MAX + 1)
        .read_to_end(&mut text)
        .map_err(|error| stop(error.to_string()))?;
    if text.len() as u64 > MESSAGE_MAX {
        return Err(stop(format!("is longer than {MESSAGE_MAX} bytes")));
    }
    text.truncate(lines::message_len(&text));
    let choice = RangeChoice {
        name: "a commit message".to_owned(),
        message: Some(text),
        reach: Reach::Nobody,
        ..RangeChoice::default()
    };
    gate::run(general, &gate, choice, &local(None))
}

/// What git or a framework hands on.
fn input() -> Result<Vec<u8>, Failure> {
    let stdin = std::io::stdin();
    // Somebody tries the hook by hand: there is nothing to wait for.
    if stdin.is_terminal() {
        return Ok(Vec::new());
    }
    let mut text = Vec::new();
    let read = stdin.lock().take(INPUT_MAX + 1).read_to_end(&mut text);
    read.map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
    if text.len() as u64 > INPUT_MAX {
        return Err(Failure::new("standard input has too many refs"));
    }
    Ok(text)
}

/// On a developer's machine the remote's default branch is trusted, as far as it was fetched.
fn local(remote: Option<&str>) -> Trust {
    let remote = remote.unwrap_or("origin");
    let branches = ["HEAD", "main", "master"];
    Trust {
        revisions: branches
            .map(|name| format!("refs/remotes/{remote}/{name}"))
            .into(),
        comments: true,
    }
}

fn framework(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn hint_at_lines() {
    let text = "keysweep: git's lines did not get here, so all branches and tags are looked at; with \
                lefthook, `use_stdin: true` hands them on\n";
    // A stderr that cannot be written to leaves nobody to tell.
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).ok();
}
