//! What takes a value out of the place that holds it: the commands, in order, for what holds it
//! there. Names of refs come from the repository, and are quoted.

use std::collections::BTreeSet;

use crate::model::{Actor, Field, Finding, Held, MAIN, ProofStep};

/// Steps of one kind that are listed; a secret may stand in thousands of refs.
const REFS_MAX: usize = 20;

/// The steps for one place. `stored` says where the object lies.
pub(super) fn steps(finding: &Finding, is_remote: bool, stored: Option<&str>) -> Vec<ProofStep> {
    let mut steps: Vec<ProofStep> = Vec::new();
    let exposure = &finding.exposure;
    for name in exposure.refs.iter().take(REFS_MAX) {
        steps.push(if is_remote {
            of_remote_ref(name)
        } else {
            of_ref(name)
        });
    }
    if is_remote {
        steps.dedup();
        return steps;
    }
    for place in &finding.occurrences {
        match (place.field, &place.path) {
            (Field::RefName, Some(name)) => {
                let name = String::from_utf8_lossy(name);
                let command = format!("git update-ref -d {}", quoted(&name));
                steps.push(you("delete the ref whose name holds it", Some(command)));
            }
            (Field::IndexPath, _) => steps.push(of_held(&Held::Index(MAIN.to_owned()))),
            _ => {}
        }
    }
    let held: Vec<&Held> = exposure.held_by.iter().collect();
    steps.extend(held.iter().map(|held| of_held(held)));
    if finding
        .occurrences
        .iter()
        .any(|place| place.object.is_some())
    {
        steps.push(of_storage(stored, &held));
    }
    let mut seen = BTreeSet::new();
    steps.retain(|step| seen.insert(step.clone()));
    steps
}

fn you(what: &str, command: Option<String>) -> ProofStep {
    ProofStep {
        actor: Actor::You,
        what: what.to_owned(),
        command,
    }
}

/// A name as a word of a shell, whatever is in it.
fn quoted(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-@{}".contains(&b);
    let is_plain = !name.is_empty() && name.bytes().all(plain) && !name.starts_with('-');
    if is_plain && !name.contains(['{', '}']) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

/// A ref of this repository.
fn of_ref(name: &str) -> ProofStep {
    let delete = format!("git update-ref -d {}", quoted(name));
    if name == "refs/stash" {
        return you(
            "drop the stash entry that holds it",
            Some("git stash list && git stash drop".to_owned()),
        );
    }
    if let Some(branch) = name.strip_prefix("refs/heads/") {
        let what = "rewrite the branch with git filter-repo (`keysweep plan` writes the commands), \
                    or delete it";
        return you(what, Some(format!("git branch -D -- {}", quoted(branch))));
    }
    if let Some(tag) = name.strip_prefix("refs/tags/") {
        let what = "rewrite the tag together with the branches, or delete it";
        return you(what, Some(format!("git tag -d -- {}", quoted(tag))));
    }
    if name.starts_with("refs/remotes/") {
        let what = "this ref follows a remote: rewrite it there, then fetch, or delete it here";
        return you(what, Some(delete));
    }
    if name.starts_with("refs/notes/") {
        return you("rewrite the notes, or delete them all", Some(delete));
    }
    if name.starts_with("refs/original/") || name.starts_with("refs/replace/") {
        return you("delete what an earlier rewrite left behind", Some(delete));
    }
    you("delete the ref that reaches it", Some(delete))
}

/// A ref of a remote, seen in a fresh copy of it.
fn of_remote_ref(name: &str) -> ProofStep {
    let host = |what: String| ProofStep {
        actor: Actor::Host,
        what,
        command: None,
    };
    if name.starts_with("refs/pull/") {
        return host(format!(
            "ask GitHub's support to delete {name} and to run garbage collection: nobody else can"
        ));
    }
    if name.starts_with("refs/merge-requests/") || name.starts_with("refs/keep-around/") {
        return host(format!(
            "remove {name} with GitLab's repository clean-up, or ask its administrators"
        ));
    }
    if name.starts_with("refs/pull-requests/") {
        return host(format!("ask Bitbucket's support to delete {name}"));
    }
    let what = "push the rewritten ref in its place, or delete it at the remote";
    let command = format!("git push --delete REMOTE {}", quoted(name));
    you(what, Some(command))
}

fn of_held(held: &Held) -> ProofStep {
    match held {
        Held::Reflog(name) => you(
            &format!("drop what the reflog of {name} remembers"),
            Some("git reflog expire --expire=now --expire-unreachable=now --all".to_owned()),
        ),
        Held::Stash(name) => you(
            "drop the stash entry",
            Some(format!("git stash drop {}", quoted(name))),
        ),
        Held::Worktree(name) => you(
            &format!("move HEAD of the work tree {name} to a rewritten commit, or remove it"),
            (name != MAIN).then(|| format!("git worktree remove {}", quoted(name))),
        ),
        Held::Index(name) => you(
            &format!("take it out of the index of the work tree {name}"),
            Some("git rm --cached -- PATH".to_owned()),
        ),
        Held::PseudoRef(name) => {
            let name = quoted(name);
            you(
                &format!("delete {name}"),
                Some(format!("rm -- \"$(git rev-parse --git-path {name})\"")),
            )
        }
        Held::File(name) => {
            let name = quoted(name);
            let command = format!("rm -- \"$(git rev-parse --git-path {name})\"");
            you("delete git's file that holds it", Some(command))
        }
        Held::Dangling => you("nothing names the object any more", None),
    }
}

/// The object itself, once nothing names it.
fn of_storage(stored: Option<&str>, held: &[&Held]) -> ProofStep {
    let stored = stored.unwrap_or_default();
    if stored.starts_with("alternate") {
        return you(
            "the object lies in another repository that this one borrows from: take it out there",
            None,
        );
    }
    if stored.contains(".keep") {
        return you(
            "its pack is kept: delete the pack's .keep file, then collect",
            Some("git gc --prune=now".to_owned()),
        );
    }
    let last = if held.contains(&&Held::Dangling) {
        "drop the object"
    } else {
        "then drop the object"
    };
    you(last, Some("git gc --prune=now".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_of_a_shell_whatever_is_in_them() {
        assert_eq!(quoted("main"), "main");
        assert_eq!(quoted("stash@{1}"), "'stash@{1}'");
        assert_eq!(quoted("$(x)"), "'$(x)'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted("-D"), "'-D'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn what_only_the_host_can_do() {
        let step = of_remote_ref("refs/pull/7/head");
        assert_eq!((step.actor, step.command), (Actor::Host, None));
        assert_eq!(of_remote_ref("refs/heads/a").actor, Actor::You);
    }
}
