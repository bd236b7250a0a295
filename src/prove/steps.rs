//! What takes a value out of the place that holds it: the commands, in order, for what holds it
//! there. Names of refs come from the repository, and are quoted.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::model::{Actor, Field, Finding, Held, MAIN, Occurrence, ProofStep};

/// Steps of one kind that are listed; a secret may stand in thousands of refs.
const REFS_MAX: usize = 20;

/// The steps for one place. `stored` says where the object lies.
pub(super) fn steps(finding: &Finding, is_remote: bool, stored: Option<&str>) -> Vec<ProofStep> {
    let names = finding.exposure.refs.iter().take(REFS_MAX);
    if is_remote {
        return names.map(|name| of_remote_ref(name)).collect();
    }
    let held = &finding.exposure.held_by;
    let mut steps: Vec<ProofStep> = Vec::new();
    for holder in held.iter().filter(|holder| is_work(holder)) {
        steps.push(of_work(holder, finding));
    }
    let is_stashed = held.iter().any(|holder| matches!(holder, Held::Stash(_)));
    let telling: BTreeSet<String> = finding
        .occurrences
        .iter()
        .filter_map(telling_name)
        .collect();
    let names = names.filter(|name| !(is_stashed && *name == "refs/stash"));
    let names = names.filter(|name| !telling.contains(*name));
    steps.extend(names.map(|name| of_ref(name)));
    steps.extend(telling.iter().map(|name| of_telling_ref(name)));
    // The oldest stash first: dropping one gives the older ones new numbers.
    steps.extend(held.iter().rev().filter_map(of_left));
    let logs: Vec<&str> = held
        .iter()
        .filter_map(|holder| match holder {
            Held::Reflog(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    if !logs.is_empty() {
        let what = format!("drop what reflogs remember ({})", logs.join(", "));
        steps.push(you(
            &what,
            Some("git reflog expire --expire=now --expire-unreachable=now --all".to_owned()),
        ));
    }
    if finding
        .occurrences
        .iter()
        .any(|place| place.object.is_some())
    {
        steps.push(of_storage(stored, held.contains(&Held::Dangling)));
    }
    let mut seen = BTreeSet::new();
    steps.retain(|step| seen.insert(step.clone()));
    steps
}

/// The ref of an occurrence that stands in its name.
fn telling_name(place: &Occurrence) -> Option<String> {
    let name = place
        .path
        .as_ref()
        .filter(|_| place.field == Field::RefName);
    name.map(|name| String::from_utf8_lossy(name).into_owned())
}

/// A ref whose name holds the value, so that no command may show it: the command knows it by its hash.
fn of_telling_ref(name: &str) -> ProofStep {
    let digest = Sha256::digest(name.as_bytes());
    let hash = digest.iter().map(|byte| format!("{byte:02x}"));
    let hash: String = hash.collect();
    let command = format!(
        "git for-each-ref --format='%(refname)' | while IFS= read -r ref; do \
         case $(printf %s \"$ref\" | sha256sum) in {hash}*) git update-ref -d \"$ref\";; esac; done"
    );
    you("delete the ref whose name holds it", Some(command))
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
            Some("git stash drop".to_owned()),
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

/// True for what people have checked out or staged.
fn is_work(holder: &Held) -> bool {
    matches!(holder, Held::Worktree(_) | Held::Index(_))
}

fn of_work(holder: &Held, finding: &Finding) -> ProofStep {
    match holder {
        Held::Index(name) => {
            let mut paths = finding
                .occurrences
                .iter()
                .filter_map(|place| place.path.as_deref());
            let path = paths.next_back().map_or("PATH".to_owned(), |path| {
                quoted(&String::from_utf8_lossy(path))
            });
            let at = if name == MAIN { "" } else { " (run it there)" };
            you(
                &format!("take it out of the index of the work tree {name}{at}"),
                Some(format!("git rm -f --cached -- {path}")),
            )
        }
        other => {
            let name = other.name().unwrap_or(MAIN);
            let command = (name != MAIN).then(|| format!("git worktree remove {}", quoted(name)));
            let what =
                format!("move HEAD of the work tree {name} to a rewritten commit, or remove it");
            you(&what, command)
        }
    }
}

/// What is left of earlier work.
fn of_left(holder: &Held) -> Option<ProofStep> {
    let remove = |name: &str| format!("rm -- \"$(git rev-parse --git-path {})\"", quoted(name));
    match holder {
        Held::Stash(name) => {
            let command = format!("git stash drop {}", quoted(name));
            Some(you("drop the stash entry", Some(command)))
        }
        Held::PseudoRef(name) => Some(you(&format!("delete {name}"), Some(remove(name)))),
        Held::File(name) => Some(you("delete git's file that holds it", Some(remove(name)))),
        Held::Worktree(_) | Held::Index(_) | Held::Reflog(_) | Held::Dangling => None,
    }
}

/// The object itself, once nothing names it.
fn of_storage(stored: Option<&str>, is_dangling: bool) -> ProofStep {
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
    let last = if is_dangling {
        "nothing names the object any more: drop it"
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
