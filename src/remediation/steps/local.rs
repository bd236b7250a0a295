//! The short path: what was never pushed, and what no commit holds.

use std::collections::BTreeSet;

use super::rewrite::is_committed;
use crate::remediation::case::{Case, Leak, Spot};
use crate::remediation::quote::word;
use crate::remediation::step::{Phase, Step, Text};

fn step(key: &'static str, of: &[String]) -> Step {
    Step::new(Phase::Rewrite, key, of)
}

/// Amend or rebase by hand, or all of it by `git filter-repo` in place.
pub(super) fn steps(leaks: &[&Leak], of: &[String], case: &Case) -> Vec<Step> {
    let committed = || leaks.iter().filter(|leak| is_committed(leak));
    let commits: BTreeSet<&str> = committed()
        .filter_map(|leak| leak.exposure.introduced.as_ref())
        .map(|stamp| stamp.commit.as_str())
        .collect();
    let paths: BTreeSet<Vec<u8>> = committed()
        .flat_map(|leak| &leak.occurrences)
        .filter(|spot| spot.field == "content")
        .filter_map(Spot::path)
        .collect();
    let path = match paths.first() {
        Some(path) if paths.len() == 1 => word(path),
        _ => "PATH".to_owned(),
    };
    let mut steps = Vec::new();
    if let (Some(commit), 1) = (commits.first(), commits.len()) {
        let head = case.target.head.as_deref();
        let by_hand = if head == Some(*commit) {
            step("amend", of).run([
                format!("git add -- {path}"),
                "git commit --amend --no-edit".to_owned(),
            ])
        } else {
            step("fixup", of).run([
                format!("git add -- {path}"),
                format!("git commit --fixup={commit}"),
                format!(
                    "git rebase -i --autosquash {commit}^ || git rebase -i --autosquash --root"
                ),
            ])
        };
        steps.push(by_hand.by_hand().when(Text::new("when.by-hand")));
    }
    let tools = step("tools", of).run([include_str!("../script/tools.sh").trim_end()]);
    let filter = step("local-filter", of)
        .run([
            include_str!("../script/local.sh").trim_end(),
            include_str!("../script/local_filter.sh").trim_end(),
        ])
        .final_();
    steps.extend([tools, filter]);
    steps
}

/// Stashes, indexes and detached HEADs: each has a command of its own.
pub(super) fn holders(leaks: &[&Leak], of: &[String]) -> Vec<Step> {
    let held = |kind: &'static str| -> BTreeSet<&str> {
        let all = leaks.iter().flat_map(|leak| &leak.exposure.held_by);
        let named = all.filter(|holder| holder.kind == kind);
        named.filter_map(|holder| holder.name.as_deref()).collect()
    };
    let mut steps = Vec::new();
    let mut stashes: Vec<&str> = held("stash").into_iter().collect();
    if !stashes.is_empty() {
        // The oldest first: each drop renumbers the older ones.
        stashes.sort_by(|a, b| (b.len(), b).cmp(&(a.len(), a)));
        let drops = stashes.iter().map(|name| {
            let name = word(name.as_bytes());
            format!("drop_stash {name}")
        });
        steps.push(step("stash", of).run(drops).final_());
    }
    let staged: BTreeSet<Vec<u8>> = leaks
        .iter()
        .filter(|leak| {
            leak.exposure
                .held_by
                .iter()
                .any(|held| held.kind == "index")
        })
        .filter(|leak| leak.exposure.ref_count.unwrap_or(0) == 0)
        .flat_map(|leak| &leak.occurrences)
        .flat_map(Spot::all_paths)
        .collect();
    if !staged.is_empty() {
        let unstage = staged.iter().map(|path| {
            format!(
                "git -C \"$REPO\" rm -q --cached --ignore-unmatch -- {}",
                word(path)
            )
        });
        steps.push(step("unstage", of).run(unstage));
    }
    let heads = held("worktree");
    if !heads.is_empty() && leaks.iter().any(|l| l.exposure.ref_count.unwrap_or(0) == 0) {
        steps.push(step("move-head", of).by_hand().run(["git switch BRANCH"]));
    }
    steps
}
