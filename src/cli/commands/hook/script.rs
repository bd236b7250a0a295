//! The text of hooks: as files, and as settings for git 2.54 and later.

use std::path::Path;

use crate::cli::args::gates::HookName;

/// What tells our files from others.
pub(super) const MARK: &str = "# keysweep hook, written by `keysweep hook install`";

/// What is put behind the name of a hook that was there before.
pub(super) const PREVIOUS: &str = "keysweep-prev";

/// All hooks that a user's git runs. See githooks(5).
pub(super) const CLIENT_HOOKS: [&str; 17] = [
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-rewrite",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "prepare-commit-msg",
    "sendemail-validate",
];

/// A word for a shell.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

/// What a hook runs, without the program.
fn arguments(hook: HookName) -> &'static str {
    match hook {
        HookName::PrePush => "hook pre-push --stdin-is-gits",
        HookName::PreCommit => "hook pre-commit",
        HookName::CommitMsg => "hook commit-msg",
        HookName::PreReceive => "hook pre-receive",
    }
}

fn reads_stdin(hook: HookName) -> bool {
    matches!(hook, HookName::PrePush | HookName::PreReceive)
}

/// Where a hook lies that is to run before ours.
pub(super) enum Before {
    /// Beside ours, under another name.
    Beside,
    /// In the repository, which a global folder of hooks hides.
    InRepository(&'static str),
}

/// The file of a hook. What was there before runs first, with the same input.
pub(super) fn file(program: &Path, hook: Option<HookName>, before: &Before) -> String {
    let previous = match before {
        Before::Beside => format!("previous=\"$0.{PREVIOUS}\""),
        Before::InRepository(name) => {
            format!("previous=\"$(git rev-parse --git-common-dir)/hooks/{name}\"")
        }
    };
    let Some(hook) = hook else {
        return format!(
            "#!/bin/sh\n{MARK}\n{previous}\nif [ -x \"$previous\" ]; then\n    exec \"$previous\" \
             \"$@\"\nfi\n"
        );
    };
    let name = hook.name();
    let arguments = arguments(hook);
    let program = quoted(program);
    let around = match hook {
        HookName::PrePush => "git push --no-verify",
        HookName::PreCommit | HookName::CommitMsg => "git commit --no-verify",
        HookName::PreReceive => "take this hook out",
    };
    let (keep, feed) = if reads_stdin(hook) {
        (
            "lines=$(cat && echo .) || exit 1\nlines=${lines%.}\n",
            "printf '%s' \"$lines\" | ",
        )
    } else {
        ("", "")
    };
    format!(
        "#!/bin/sh\n{MARK}\n# `keysweep hook uninstall` takes it out and puts back what was here \
         before.\n{previous}\nkeysweep={program}\n[ -x \"$keysweep\" ] || keysweep=keysweep\n{keep}\
         if [ -x \"$previous\" ]; then\n    {feed}\"$previous\" \"$@\" || exit $?\nfi\nif ! command \
         -v \"$keysweep\" >/dev/null 2>&1; then\n    echo \"keysweep: not found, so that {name} \
         cannot look for leaks; install it again, or: {around}\" >&2\n    exit 1\nfi\n\
         {feed}\"$keysweep\" {arguments} \"$@\"\n"
    )
}

/// The settings of a hook for git 2.54 and later, where it runs beside all others.
/// Source: git's release notes, 2.54, and git-hook(1).
pub(super) fn settings(program: &Path, hook: HookName) -> [(String, String); 2] {
    let name = hook.name();
    let command = format!("{} {}", quoted(program), arguments(hook));
    [
        (format!("hook.keysweep-{name}.event"), name.to_owned()),
        (format!("hook.keysweep-{name}.command"), command),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_what_git_2_54_reads() {
        let program = Path::new("/opt/it's/keysweep");
        let settings = settings(program, HookName::PrePush);
        let text = settings
            .map(|(name, value)| format!("{name}={value}"))
            .join("\n");
        insta::assert_snapshot!(text, @r"
        hook.keysweep-pre-push.event=pre-push
        hook.keysweep-pre-push.command='/opt/it'\''s/keysweep' hook pre-push --stdin-is-gits
        ");
    }

    #[test]
    fn files_say_whose_they_are_and_run_what_was_there() {
        let program = Path::new("/usr/bin/keysweep");
        for hook in HookName::ALL {
            let text = file(program, Some(hook), &Before::Beside);
            assert!(text.starts_with("#!/bin/sh\n") && text.contains(MARK));
            assert!(text.contains(&format!("hook {}", hook.name())));
            assert!(text.contains(&format!("$0.{PREVIOUS}")));
        }
        let pass = file(program, None, &Before::InRepository("post-merge"));
        assert!(pass.contains("hooks/post-merge") && !pass.contains("/usr/bin/keysweep"));
    }
}
