//! Taking what leaked out of history: once, for all findings together.

use std::collections::BTreeSet;

use super::local;
use crate::remediation::case::{Case, Leak, Survey};
use crate::remediation::quote::{code, word};
use crate::remediation::situation::Reach;
use crate::remediation::step::{Phase, Step, Text, Who};

/// Most places that are named.
const NAMED_MAX: usize = 20;

/// Which way history is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::remediation) enum Way {
    /// In a fresh clone of a remote, pushed back.
    Remote,
    /// In a fresh clone of this bare repository, pushed back here.
    Here,
    /// In place: no remote has it.
    Local,
    /// No commit holds it.
    None,
}

impl Way {
    /// Chooses by who has it.
    pub(in crate::remediation) fn of(leaks: &[&Leak], case: &Case, survey: &Survey) -> Way {
        let reaches: BTreeSet<u8> = leaks
            .iter()
            .filter(|leak| leak.submodule.is_none())
            .map(|leak| match Reach::of(leak, &case.target.selection) {
                Reach::Pushed => 0,
                Reach::Here => 1,
                Reach::Unknown if survey.is_bare => 1,
                // Where a remote is known, what a push left no trace of is taken out there as well.
                Reach::Unknown if is_committed(leak) && !survey.hosts.is_empty() => 0,
                Reach::Unknown | Reach::Local if is_committed(leak) => 2,
                Reach::Unknown | Reach::Local | Reach::WorkTree => 3,
            })
            .collect();
        match reaches.first() {
            Some(0) => Way::Remote,
            Some(1) => Way::Here,
            Some(2) => Way::Local,
            _ => Way::None,
        }
    }
}

/// True if a ref other than the stash reaches it.
pub(super) fn is_committed(leak: &Leak) -> bool {
    let listed = leak.exposure.refs.iter().flatten();
    let stash = listed.filter(|name| *name == "refs/stash").count() as u64;
    leak.exposure.ref_count.unwrap_or(0) > stash
}

/// The steps for all findings.
pub(in crate::remediation) fn steps(leaks: &[&Leak], case: &Case, survey: &Survey) -> Vec<Step> {
    let of: Vec<String> = leaks.iter().map(|leak| leak.fingerprint.clone()).collect();
    let mut steps = Vec::new();
    if leaks.iter().any(|leak| leak.submodule.is_some()) {
        steps.push(step("submodule", &of).by_hand());
    }
    let way = Way::of(leaks, case, survey);
    match way {
        Way::Remote => {
            steps.extend(in_clone(leaks, &of));
            steps.push(recover(&of));
        }
        Way::Here => steps.extend(in_clone(leaks, &of)),
        Way::Local => steps.extend(local::steps(leaks, &of, case)),
        Way::None => {}
    }
    steps.extend(local::holders(leaks, &of));
    if case.target.selection.starts_with("worktree") {
        steps.push(step("files", &of).by_hand());
    } else if !case.target.is_remote() {
        steps.push(forget(&of));
    }
    if matches!(way, Way::Remote | Way::Here) {
        steps.push(colleagues(&of, case));
    }
    // Hosts take days; what is in one's own hands comes first.
    if way == Way::Remote || case.target.is_remote() {
        steps.extend(hosts(&of, survey, case));
    }
    steps
}

fn step(key: &'static str, of: &[String]) -> Step {
    Step::new(Phase::Rewrite, key, of)
}

/// What other clones do when they are not made anew: for each branch one of the two commands in the
/// middle. Right after the fetch the old upstream is the one before in its reflog.
fn colleagues(of: &[String], case: &Case) -> Step {
    let head = case.target.head_ref.as_deref();
    let main = head.and_then(|name| name.strip_prefix("refs/heads/"));
    let main = main.unwrap_or("main");
    let name = |text: String| word(text.as_bytes());
    let (new, old) = (format!("origin/{main}"), format!("origin/{main}@{{1}}"));
    let (branch, new, old) = (name(main.to_owned()), name(new), name(old));
    step("colleagues", of).by(Who::Colleagues).by_hand().run([
        "git fetch --prune origin".to_owned(),
        format!("git rebase --onto {new} {old} BRANCH"),
        format!("git switch {branch} && git reset --keep {new}"),
        "git for-each-ref --format='delete %(refname)' refs/tags | git update-ref --stdin"
            .to_owned(),
        "git fetch --tags origin".to_owned(),
        "git reflog expire --expire=now --all && git update-index --clear-resolve-undo && \
         git gc --prune=now"
            .to_owned(),
    ])
}

fn in_clone(leaks: &[&Leak], of: &[String]) -> Vec<Step> {
    let tools = step("tools", of).run([include_str!("../script/tools.sh").trim_end()]);
    let clone = step("clone", of)
        .run([include_str!("../script/clone.sh").trim_end()])
        .undo(["rm -rf -- \"$WORK\""]);
    let mut rules = step("rules", of)
        .run([include_str!("../script/rules.sh").trim_end()])
        .check(["test -s \"$RULES\""])
        .undo(["rm -f -- \"$RULES\" \"$RULES.blobs\" \"$RULES.commits\""]);
    for text in reached(leaks) {
        rules = rules.detail(text);
    }
    let estimate = step("estimate", of).run([include_str!("../script/estimate.sh").trim_end()]);
    let filter = step("filter", of)
        .run([
            include_str!("../script/filter.sh").trim_end(),
            include_str!("../script/notes.sh").trim_end(),
        ])
        .check([include_str!("../script/check.sh").trim_end()])
        .undo(["rm -rf -- \"$WORK\""]);
    let push = step("push", of)
        .run([include_str!("../script/push.sh").trim_end()])
        .final_();
    vec![tools, clone, rules, estimate, filter, push]
}

/// What rules reach, and what goes as a whole.
fn reached(leaks: &[&Leak]) -> Vec<Text> {
    let mut texts = Vec::new();
    let spots = || leaks.iter().flat_map(|leak| &leak.occurrences);
    let packed: BTreeSet<(Vec<u8>, String)> = spots()
        .filter(|spot| spot.is_packed())
        .map(|spot| (spot.path().unwrap_or_default(), spot.encodings.join(" > ")))
        .collect();
    for (path, encodings) in packed.iter().take(NAMED_MAX) {
        let text = Text::new("detail.packed").with("path", code(path));
        texts.push(text.with("encodings", encodings.as_str()));
    }
    let fields = [
        ("message", "detail.message"),
        ("entry-name", "detail.entry-name"),
        ("ref-name", "detail.ref-name"),
        ("author", "detail.identity"),
        ("committer", "detail.identity"),
        ("tagger", "detail.identity"),
        ("header", "detail.header"),
    ];
    let found = fields
        .into_iter()
        .filter(|(field, _)| spots().any(|spot| spot.field == *field));
    let keys: BTreeSet<&'static str> = found.map(|(_, key)| key).collect();
    texts.extend(keys.into_iter().map(Text::new));
    texts
}

/// What only the host can delete, for the host in use; for all known ones where it is unknown.
fn hosts(of: &[String], survey: &Survey, case: &Case) -> Vec<Step> {
    let known = [
        ("github", "host-github"),
        ("gitlab", "host-gitlab"),
        ("bitbucket", "host-bitbucket"),
        ("codecommit", "host-codecommit"),
    ];
    let used: BTreeSet<&'static str> = known
        .into_iter()
        .filter(|(name, _)| {
            let is_target = case.target.is_remote() && case.target.path.contains(name);
            is_target || survey.hosts.values().any(|host| host.contains(name))
        })
        .map(|(_, key)| key)
        .collect();
    let keys: Vec<&'static str> = if used.is_empty() {
        known.into_iter().map(|(_, key)| key).collect()
    } else {
        used.into_iter().collect()
    };
    let first = keys.len() > 1;
    keys.into_iter()
        .map(|key| {
            let step = step(key, of).by(Who::Host).by_hand().final_();
            let step = if key == "host-codecommit" {
                step.run([
                    "aws codecommit list-pull-requests --repository-name REPOSITORY \
                     --pull-request-status OPEN",
                    "aws codecommit update-pull-request-status --pull-request-id NUMBER \
                     --pull-request-status CLOSED",
                ])
            } else {
                step.run(["cat \"$OUT/left-on-host\" \"$OUT/first-changed-commits\""])
            };
            if first {
                step.when(Text::new("when.host"))
            } else {
                step
            }
        })
        .collect()
}

fn recover(of: &[String]) -> Step {
    step("recover", of)
        .run([include_str!("../script/recover.sh").trim_end()])
        .final_()
}

fn forget(of: &[String]) -> Step {
    step("forget", of)
        .run([include_str!("../script/forget.sh").trim_end()])
        .final_()
}
