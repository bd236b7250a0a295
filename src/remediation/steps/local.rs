//! The short path: what was never pushed, and what no commit holds.

use std::collections::BTreeSet;

use super::rewrite::is_committed;
use crate::remediation::case::{Case, Leak, Spot};
use crate::remediation::quote::word;
use crate::remediation::step::{Phase, Step, Text};

/// More files than this are not taken care of by hand.
const PATHS_MAX: usize = 20;

fn step(key: &'static str, of: &[String]) -> Step {
    Step::new(Phase::Rewrite, key, of)
}

/// Amend or rebase by hand, or all of it by `git filter-repo` in place.
pub(super) fn steps(leaks: &[&Leak], of: &[String], case: &Case) -> Vec<Step> {
    let mut steps = by_hand(leaks, of, case);
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

/// The few commands that a person would type, where one commit brought it all.
fn by_hand(leaks: &[&Leak], of: &[String], case: &Case) -> Vec<Step> {
    let committed = || leaks.iter().filter(|leak| is_committed(leak));
    let commits: BTreeSet<&str> = committed()
        .filter_map(|leak| leak.exposure.introduced.as_ref())
        .map(|stamp| stamp.commit.as_str())
        .collect();
    let (Some(commit), 1) = (commits.first(), commits.len()) else {
        return Vec::new();
    };
    let spots = || committed().flat_map(|leak| &leak.occurrences);
    let is_of = |field: &str| spots().any(|spot| spot.field == field);
    let paths: BTreeSet<Vec<u8>> = spots()
        .filter(|spot| spot.field == "content")
        .filter_map(Spot::path)
        .collect();
    let other = spots().any(|spot| !matches!(&*spot.field, "content" | "message"));
    if other || paths.len() > PATHS_MAX {
        return Vec::new();
    }
    let own = |key| step(key, of).by_hand().when(Text::new("when.by-hand"));
    let cd = "cd \"$REPO\"".to_owned();
    let base =
        format!("base={commit}^; git rev-parse -q --verify \"$base\" >/dev/null || base=--root");
    // In the list of commits that git offers, this one is marked.
    let marked = |what: &str| {
        let short = &commit[..7.min(commit.len())];
        format!(
            "GIT_SEQUENCE_EDITOR=\"sed -i.bak 's/^pick {short}/{what} {short}/'\" git rebase -i \
             \"$base\""
        )
    };
    let paths: Vec<String> = paths.iter().map(|path| word(path)).collect();
    let add = format!("git add -- {}", paths.join(" "));
    let is_last = case.target.head.as_deref() == Some(*commit);
    let is_there = committed().all(|leak| leak.exposure.at_head == Some(true));
    match (is_of("content"), is_of("message"), is_last) {
        (true, false, true) => {
            vec![own("amend").run([cd, add, "git commit --amend --no-edit".to_owned()])]
        }
        (true, true, true) => vec![own("amend").run([cd, add, "git commit --amend".to_owned()])],
        (_, true, true) => {
            vec![own("amend-message").run([cd, "git commit --amend".to_owned()])]
        }
        (false, true, false) => vec![own("reword").run([cd, base, marked("reword")])],
        (true, false, false) if is_there => vec![own("fixup").run([
            cd,
            add,
            format!("git commit --fixup={commit}"),
            base,
            "git rebase -i --autosquash \"$base\"".to_owned(),
        ])],
        (true, _, false) => vec![
            own("edit").run([cd, base, marked("edit")]),
            own("edited").run([
                add,
                "git commit --amend".to_owned(),
                "git rebase --continue".to_owned(),
            ]),
        ],
        (false, false, _) => Vec::new(),
    }
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
    let heads = held("worktree");
    if !heads.is_empty() && leaks.iter().any(|l| l.exposure.ref_count.unwrap_or(0) == 0) {
        let each = heads
            .iter()
            .map(|tree| format!("git -C {} switch BRANCH", place(tree)));
        steps.push(step("move-head", of).by_hand().run(each));
    }
    let is_staged = |leak: &&&Leak, tree: &str| {
        let mut held = leak.exposure.held_by.iter();
        let here = held.any(|held| held.kind == "index" && held.name.as_deref() == Some(tree));
        here && leak.exposure.ref_count.unwrap_or(0) == 0
    };
    let mut unstage = Vec::new();
    for tree in held("index") {
        let of_tree = leaks.iter().filter(|leak| is_staged(leak, tree));
        let spots = of_tree.flat_map(|leak| &leak.occurrences);
        let paths: BTreeSet<Vec<u8>> = spots.flat_map(Spot::all_paths).collect();
        let place = place(tree);
        unstage.extend(paths.iter().map(|path| {
            let path = word(path);
            format!("git -C {place} rm -q --cached --ignore-unmatch -- {path}")
        }));
    }
    if !unstage.is_empty() {
        steps.push(step("unstage", of).run(unstage));
    }
    steps
}

/// Where a work tree lies, as a word of bash: linked ones are known to git by their names.
fn place(tree: &str) -> String {
    if tree == "main" {
        return "\"$REPO\"".to_owned();
    }
    let name = word(tree.as_bytes());
    format!(
        "\"$(dirname \"$(cat \"$(git -C \"$REPO\" rev-parse --path-format=absolute \
         --git-common-dir)/worktrees/\"{name}/gitdir)\")\""
    )
}
