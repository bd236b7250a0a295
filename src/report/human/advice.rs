//! The steps in words, with commands to be copied. Said once, at the end, for all findings.

use std::collections::BTreeSet;
use std::io;

use super::steps::{Numbered, Step, steps};
use super::wording::{bounded, count, fill, words};
use super::{Page, SHOWN, Tone};
use crate::model::{Held, shell_word};

/// Columns before the text of a step.
const HANG: usize = 4;

/// Denies what was signed in before now, as the console's "Revoke active sessions" does.
/// Source: IAM user guide, "Revoking IAM role temporary security credentials".
pub(super) const DENY_OLDER: &str = concat!(
    r#"'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"#,
    r#""Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u +%FT%TZ)"'"}}}]}'"#
);

impl Page<'_> {
    pub(super) fn advice(&mut self) -> io::Result<()> {
        let steps = steps(self.report);
        if steps.is_empty() {
            return Ok(());
        }
        let title = self.paint(Tone::Strong, "what to do now");
        writeln!(self.out, "{title}\n")?;
        self.order(&steps)?;
        let mut deactivation = None;
        for (at, (step, findings)) in steps.iter().enumerate() {
            let number = at + 1;
            self.title(number, *step, findings)?;
            self.say(why(*step))?;
            self.how(*step, findings)?;
            if needs_deactivation(*step) {
                match deactivation {
                    None => self.deactivation(findings)?,
                    Some(earlier) => {
                        let text = format!("{} as in step {earlier}.", then(*step));
                        self.say(&text)?;
                    }
                }
                deactivation.get_or_insert(number);
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// The order of it all, and what leads through it.
    fn order(&mut self, steps: &[(Step, Vec<Numbered<'_>>)]) -> io::Result<()> {
        let is_work = |step: &Step| !matches!(step, Step::Canary | Step::Dead | Step::Files);
        if !steps.iter().any(|(step, _)| is_work(step)) {
            return Ok(());
        }
        self.say(
            "In this order: contain (make the keys useless), investigate, rotate (something better \
             in their place), and rewrite history last. A plan with every command, and a script \
             that asks before each step:",
        )?;
        let path = &self.report.target.path;
        let subject = match std::str::from_utf8(path) {
            // A copy of a remote is gone by now, and a name that holds a key is not to be shown.
            Ok(text) if !is_remote(text) && self.text(path) == text => shell_word(text),
            _ => "REPORT.json".to_owned(),
        };
        self.command(&format!("keysweep plan {subject} --out leak"))?;
        writeln!(self.out)
    }

    /// ` 1. Deactivate now: [1], [2]`
    fn title(&mut self, number: usize, step: Step, findings: &[Numbered<'_>]) -> io::Result<()> {
        let numbers: Vec<String> = findings.iter().map(|n| format!("[{}]", n.number)).collect();
        let bound = self.bound(2 * SHOWN);
        let mut pieces = words(&format!("{}:", title(step)));
        pieces.extend(bounded(&numbers, bound, numbers.len() as u64));
        for (at, line) in fill(&pieces, (HANG, HANG), self.options.width)
            .iter()
            .enumerate()
        {
            let line = self.paint(Tone::Help, line);
            if at == 0 {
                writeln!(self.out, "{number:>2}. {line}")?;
            } else {
                writeln!(self.out, "{:HANG$}{line}", "")?;
            }
        }
        Ok(())
    }

    /// Our own prose, wrapped.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        for line in fill(&words(text), (HANG, HANG), self.options.width) {
            writeln!(self.out, "{:HANG$}{line}", "")?;
        }
        Ok(())
    }

    /// A command on a line of its own, never broken.
    pub(super) fn command(&mut self, command: &str) -> io::Result<()> {
        writeln!(self.out, "{:HANG$}  {command}", "")
    }

    /// What differs from step to step besides the words.
    fn how(&mut self, step: Step, findings: &[Numbered<'_>]) -> io::Result<()> {
        match step {
            Step::Revoke => {
                let ids = self.ids(findings);
                self.look_up(the_one(&ids).unwrap_or("KEY_ID"))?;
                self.list(&ids, findings.len())?;
                self.say(
                    "For a role (for a user: put-user-policy and --user-name; nothing revokes a \
                     session of root):",
                )?;
                self.command(&format!(
                    "aws iam put-role-policy --role-name ROLE --policy-name \
                     AWSRevokeOlderSessions --policy-document {DENY_OLDER}"
                ))
            }
            Step::RevokeService => self.service_keys(findings),
            Step::Commits => {
                let commits: BTreeSet<String> = findings
                    .iter()
                    .filter_map(|n| n.finding.exposure.introduced.as_ref())
                    .map(|stamp| stamp.commit.short())
                    .collect();
                let commits: Vec<String> = commits.into_iter().collect();
                let commit = the_one(&commits).unwrap_or("COMMIT");
                self.command("git commit --amend")?;
                self.command(&format!("git rebase -i '{commit}^'"))
            }
            Step::Unstage => {
                let path = self.one_path(findings);
                self.command(&format!("git rm --cached -- {path}"))?;
                self.command("git update-index --clear-resolve-undo")
            }
            Step::DropStash => {
                for stash in self.stashes(findings) {
                    self.command(&stash)?;
                }
                Ok(())
            }
            Step::MoveHead => self.command("git switch BRANCH"),
            Step::Forget => {
                self.command("git reflog expire --expire=now --all")?;
                self.command("git gc --prune=now")
            }
            _ => Ok(()),
        }
    }

    /// The IDs of these findings as they are shown, without repetition.
    pub(super) fn ids(&self, findings: &[Numbered<'_>]) -> Vec<String> {
        let known = findings
            .iter()
            .filter_map(|n| n.finding.credential.access_key_id.as_ref());
        let ids: BTreeSet<String> = known
            .take(SHOWN + 1)
            .map(|id| self.text(id.as_bytes()))
            .collect();
        ids.into_iter().collect()
    }

    /// The IDs that `KEY_ID` stands for.
    pub(super) fn list(&mut self, ids: &[String], total: usize) -> io::Result<()> {
        if ids.len() < 2 {
            return Ok(());
        }
        let mut pieces = words("KEY_ID is each of");
        let shown = &ids[..ids.len().min(SHOWN)];
        pieces.extend(bounded(shown, SHOWN, total as u64));
        for line in fill(&pieces, (HANG, HANG), self.options.width) {
            writeln!(self.out, "{:HANG$}{line}", "")?;
        }
        Ok(())
    }

    /// The path of a staged file, if there is but one and a shell takes it as it is.
    fn one_path(&self, findings: &[Numbered<'_>]) -> String {
        let paths: BTreeSet<&[u8]> = findings
            .iter()
            .flat_map(|n| &n.finding.occurrences)
            .filter_map(|o| o.path.as_deref())
            .collect();
        let plain = |c: &u8| c.is_ascii_alphanumeric() || b"._-/+@".contains(c);
        match paths.first() {
            Some(path) if paths.len() == 1 && path.iter().all(plain) => {
                let shown = self.text(path);
                // A name that is shown otherwise than it is would be another file.
                if shown.as_bytes() == *path {
                    shown
                } else {
                    "PATH".to_owned()
                }
            }
            _ => "PATH".to_owned(),
        }
    }

    /// Commands, the oldest entry first, since each drop renumbers the older ones.
    fn stashes(&self, findings: &[Numbered<'_>]) -> Vec<String> {
        let held = findings.iter().flat_map(|n| &n.finding.exposure.held_by);
        let names: BTreeSet<&String> = held
            .filter_map(|held| match held {
                Held::Stash(name) => Some(name),
                _ => None,
            })
            .collect();
        let mut names: Vec<&String> = names.into_iter().collect();
        names.sort_by(|a, b| (b.len(), b).cmp(&(a.len(), a)));
        let bound = self.bound(SHOWN);
        let mut shown: Vec<String> = names
            .iter()
            .take(bound)
            .map(|name| format!("git stash drop '{}'", self.text(name.as_bytes())))
            .collect();
        if names.len() > bound {
            let more = count((names.len() - bound) as u64);
            shown.push(format!("# and {more} more; -v lists all"));
        }
        shown
    }
}

/// True for a URL or `host:path`.
fn is_remote(path: &str) -> bool {
    path.split('/')
        .next()
        .is_some_and(|first| first.contains(':'))
}

/// True where a key that turns out to be known elsewhere must be deactivated.
fn needs_deactivation(step: Step) -> bool {
    matches!(
        step,
        Step::Deactivate
            | Step::DeactivateUnlessPrivate
            | Step::DeactivateIfShared
            | Step::FindId
            | Step::FindSecret
    )
}

/// What leads to the commands that an earlier step shows.
const fn then(step: Step) -> &'static str {
    match step {
        Step::FindId => "Then deactivate the key",
        Step::DeactivateIfShared | Step::FindSecret => "If so, deactivate the key",
        _ => "Deactivate it",
    }
}

pub(super) fn the_one(ids: &[String]) -> Option<&str> {
    match ids {
        [one] => Some(one),
        _ => None,
    }
}

const fn title(step: Step) -> &'static str {
    match step {
        Step::Deactivate => "Deactivate now",
        Step::DeactivateUnlessPrivate => "Deactivate, unless nobody else can have it",
        Step::Revoke => "Revoke the sessions",
        Step::DeactivateIfShared => "Deactivate, if it was shared in any way",
        Step::RevokeService => "Revoke the keys of single services",
        Step::Canary => "Leave the canaries alone",
        Step::FindId => "Find the ID that the secret belongs to",
        Step::FindSecret => "Look for the secret of the ID",
        Step::Dead => "Nothing to deactivate",
        Step::Files => "Take it out of the files",
        Step::Commits => "Take it out of the commits, before the next push",
        Step::Unstage => "Unstage it",
        Step::DropStash => "Drop the stash entries",
        Step::MoveHead => "Move the HEAD that holds it",
        Step::DeleteFiles => "Delete git's files that hold it",
        Step::Forget => "Let git forget it",
        Step::Rewrite => "Rewrite history last",
    }
}

/// Why, and what to know before doing it.
const fn why(step: Step) -> &'static str {
    match step {
        Step::Deactivate => {
            "Clones, forks and the host's caches keep what was pushed, and no rewrite of history \
             takes it back."
        }
        Step::DeactivateUnlessPrivate => {
            "Nothing that was read tells whether it was pushed. If it was ever pushed from here or \
             shared in another way, others have the key."
        }
        Step::Revoke => {
            "A temporary key works until it expires, 36 hours at most, and cannot be deactivated. \
             CloudTrail names its role or user, in the region where it was used. Then find what \
             wrote it down, since it will do so again:"
        }
        Step::DeactivateIfShared => {
            "No trace of a push was seen, which is no proof that there was none. A fork, a patch, a backup, a CI log \
             or a copied folder would be enough."
        }
        Step::RevokeService => "Each at its own service, as an administrator of the account:",
        Step::Canary => {
            "They open nothing; any use of them alarms their owner. If they are yours, all is well."
        }
        Step::FindId => {
            "Look where the program that uses the secret gets its ID from. `aws iam \
             list-access-keys --user-name USER` lists the IDs of a user."
        }
        Step::FindSecret => {
            "An ID alone opens nothing, but its secret was often written down close by. If that \
             leaked too, the key must go."
        }
        Step::Dead => "It has expired, or AWS does not accept it any more. The rest is tidying up.",
        Step::Files => "Then sweep without --worktree, to see whether it was committed.",
        Step::Commits => {
            "A new commit that removes it is not enough: the old one would be pushed along. Amend \
             the last commit, if only that has it; else edit the commit that brought it (--root \
             in place of the commit, if it is the first one):"
        }
        Step::Unstage => {
            "In the work tree whose index holds it. The file stays on disk. An index also remembers \
             what a solved conflict was about: that goes with the second command."
        }
        Step::DropStash => "It throws away all that these entries hold; apply what you need first.",
        Step::MoveHead => "In the work tree whose HEAD holds it, or remove that work tree.",
        Step::DeleteFiles => {
            "They lie below the git directory, and each finding names its own. Where they belong to \
             an unfinished merge or rebase, end that instead."
        }
        Step::Forget => {
            "When the steps above are done. This throws away every older state that git could \
             still restore here, and all stash entries but the newest:"
        }
        Step::Rewrite => {
            "Once the keys are dead, `git filter-repo --sensitive-data-removal` tidies up. All \
             clones must then be made anew, and the host must drop its copies."
        }
    }
}
