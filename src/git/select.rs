//! `--refs`: choosing tips by ref name, as git resolves names.

use std::collections::BTreeSet;

use super::gather::count_ref;
use super::glob::matches;
use super::refs::name::text;
use super::repo::Worktree;
use super::tips::{Tip, TipKind, Tips};
use crate::model::RefCoverage;

/// How many names an error lists.
const LISTED_MAX: usize = 10;

/// How git looks for a short name, best first (gitrevisions(7)).
pub(super) const RULES: [(&str, &str); 6] = [
    ("", ""),
    ("refs/", ""),
    ("refs/tags/", ""),
    ("refs/heads/", ""),
    ("refs/remotes/", ""),
    ("refs/remotes/", "/HEAD"),
];

/// A name or glob that no ref has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no ref matches \"{name}\"{}{}", revision(.name), listed(.available))]
pub struct UnknownRef {
    /// As the user gave it.
    pub name: String,
    /// Refs with close names, or any; at most ten.
    pub available: Vec<String>,
}

fn listed(available: &[String]) -> String {
    if available.is_empty() {
        return "; there are no refs".to_owned();
    }
    let names: Vec<_> = available.iter().map(|name| format!("\"{name}\"")).collect();
    format!("; there is {}", names.join(", "))
}

/// Says so if a name can only be meant as a revision (gitrevisions(7)): a short or full id, or
/// what leads from one commit to others.
fn revision(name: &str) -> &'static str {
    let is_id = (4..=64).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_hexdigit());
    let leads = |mark: &str| name.contains(mark);
    if is_id || ["~", "^", ":", "..", "@{"].into_iter().any(leads) {
        "; --refs takes ref names, not revisions"
    } else {
        ""
    }
}

/// Keeps only what `names` stand for in the scope: what is read, counted and gapped. All tips
/// stay known, since they tell where it went.
///
/// # Errors
/// A name that no ref has, readable or not.
pub fn narrow(mut tips: Tips, names: &[String]) -> Result<Tips, UnknownRef> {
    let candidates = candidates(&tips);
    let mut selected = BTreeSet::new();
    let mut chosen = BTreeSet::new();
    for (name, tip) in choose(&candidates, names)? {
        selected.extend(tip.cloned());
        chosen.insert(name.clone());
    }
    let mut counts = RefCoverage {
        submodules_unread: tips.coverage.submodules_unread,
        ..RefCoverage::default()
    };
    for name in &chosen {
        match name.as_bytes() {
            b"refs/stash" => counts.stashes += 1,
            // HEAD and its like.
            name if !name.starts_with(b"refs/") => counts.other += 1,
            name => count_ref(name, &mut counts),
        }
    }
    tips.coverage = counts;
    tips.selected = Some(selected.into_iter().collect());
    let opened = std::mem::take(&mut tips.worktree);
    tips.ref_names.retain(|name| {
        chosen.contains(&text(name)) || chosen.contains(&seen(&text(name), &opened))
    });
    tips.index_paths.clear();
    tips.messages.clear();
    let unselectable = std::mem::take(&mut tips.unselectable);
    tips.gaps.retain(|gap| {
        let is_chosen = |name: &String| chosen.contains(&seen(name, &opened));
        !unselectable.contains(gap) && gap.reference.as_ref().is_none_or(is_chosen)
    });
    tips.worktree = opened;
    Ok(tips)
}

/// Picks the tips that `names` stand for: full or short ref names, HEAD and other pseudo-refs of
/// the opened worktree (`main-worktree/HEAD`, `worktrees/NAME/HEAD` of others), and globs over
/// full or short ref names, where `*` stands for slashes too. Sorted, without duplicates.
#[cfg(test)]
fn select(tips: &Tips, names: &[String]) -> Result<Vec<Tip>, UnknownRef> {
    let tips = narrow(tips.clone(), names)?;
    Ok(tips.selected.unwrap_or_default())
}

/// A ref by its full name as seen from the opened worktree, and what it leads to unless it is
/// broken.
type Candidate<'a> = (String, Option<&'a Tip>);

fn candidates(tips: &Tips) -> Vec<Candidate<'_>> {
    let named = tips
        .tips
        .iter()
        .filter_map(|tip| Some((full_name(tip, &tips.worktree)?, Some(tip))));
    let broken = tips
        .broken
        .iter()
        .map(|name| (seen(name, &tips.worktree), None));
    named.chain(broken).collect()
}

fn choose<'c, 'a>(
    candidates: &'c [Candidate<'a>],
    names: &[String],
) -> Result<Vec<&'c Candidate<'a>>, UnknownRef> {
    let mut chosen = Vec::new();
    for name in names {
        let found = if is_glob(name) {
            by_glob(candidates, name)
        } else {
            by_name(candidates, name)
        };
        if found.is_empty() {
            return Err(UnknownRef {
                name: name.clone(),
                available: close(candidates, name),
            });
        }
        chosen.extend(found);
    }
    Ok(chosen)
}

/// What reports call a ref, as seen from the worktree `opened`.
fn seen(name: &str, opened: &str) -> String {
    if let Some(own) = name.strip_prefix(&Worktree::ref_prefix(opened)) {
        own.to_owned()
    } else if opened == "main" || name.starts_with("refs/") || name.starts_with("worktrees/") {
        name.to_owned()
    } else {
        format!("main-worktree/{name}")
    }
}

/// A tip's name as seen from the worktree `opened`. `None` for what is no ref.
fn full_name(tip: &Tip, opened: &str) -> Option<String> {
    let in_worktree = |worktree: &str, name: &str| {
        if worktree == opened {
            name.to_owned()
        } else if worktree == "main" {
            format!("main-worktree/{name}")
        } else {
            format!("{}{name}", Worktree::ref_prefix(worktree))
        }
    };
    match &tip.kind {
        TipKind::Ref(name) => Some(seen(name, opened)),
        TipKind::Head { worktree } => Some(in_worktree(worktree, "HEAD")),
        TipKind::Pseudo { worktree, name } => Some(in_worktree(worktree, name)),
        TipKind::Reflog { .. } | TipKind::Stash { .. } | TipKind::Index { .. } => None,
    }
}

/// The first rule that finds something wins.
fn by_name<'c, 'a>(candidates: &'c [Candidate<'a>], name: &str) -> Vec<&'c Candidate<'a>> {
    // Git's own short form.
    let name = if name == "@" { "HEAD" } else { name };
    for (before, after) in RULES {
        let full = format!("{before}{name}{after}");
        let hits = candidates.iter().filter(|(known, _)| *known == full);
        let found: Vec<_> = hits.collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// No ref name may hold any of these.
fn is_glob(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

fn by_glob<'c, 'a>(candidates: &'c [Candidate<'a>], glob: &str) -> Vec<&'c Candidate<'a>> {
    let is_hit = |full: &str| {
        full.starts_with("refs/")
            && short_names(full).any(|name| matches(glob.as_bytes(), name.as_bytes()))
    };
    candidates.iter().filter(|(full, _)| is_hit(full)).collect()
}

/// A ref's full name and what it may be shortened to.
fn short_names(full: &str) -> impl Iterator<Item = &str> {
    ["", "refs/", "refs/heads/", "refs/tags/", "refs/remotes/"]
        .into_iter()
        .filter_map(|prefix| full.strip_prefix(prefix))
}

/// Names that may be meant; without any, the first ones there are.
fn close(candidates: &[Candidate<'_>], name: &str) -> Vec<String> {
    let wanted: String = name
        .chars()
        .filter(|c| !matches!(c, '*' | '?' | '[' | ']'))
        .collect::<String>()
        .to_lowercase();
    let is_close = |full: &str| {
        short_names(full).any(|short| {
            let short = short.to_lowercase();
            !wanted.is_empty() && short.contains(&wanted)
                || few_edits(wanted.as_bytes(), short.as_bytes())
        })
    };
    let names: BTreeSet<&str> = candidates
        .iter()
        .map(|(full, _)| full.as_str())
        .filter(|full| !may_hold_a_secret(full))
        .collect();
    let mut found: Vec<_> = names.iter().filter(|full| is_close(full)).collect();
    if found.is_empty() {
        found = names.iter().collect();
    }
    found
        .into_iter()
        .take(LISTED_MAX)
        .map(|full| (*full).to_owned())
        .collect()
}

/// True if a name has a run of characters as long as a key: an error is no place for it.
fn may_hold_a_secret(name: &str) -> bool {
    let of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '%');
    name.split(|c: char| !of_key(c))
        .flat_map(|run| run.split('/').chain([run]))
        .any(|run| run.len() >= 36 || (run.len() >= 20 && run.bytes().any(|b| b.is_ascii_digit())))
}

/// True if at most two edits lead from one to the other. Long names are not compared.
fn few_edits(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 2 || a.len() > 100 || a.len() < 3 {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()] <= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::repo::Repo;
    use crate::git::testrepo::TestRepo;
    use crate::git::tips;

    fn many() -> (TestRepo, Tips) {
        let repo = TestRepo::new(&[]);
        for name in ["a", "b", "c", "d", "e"] {
            repo.commit(name, name, name);
        }
        repo.git(&["tag", "v1.0", "HEAD~1"]);
        repo.git(&["tag", "-a", "-m", "x", "v2.0", "HEAD~2"]);
        repo.git(&["branch", "release-1", "HEAD~3"]);
        repo.git(&["branch", "release-2/x", "HEAD~4"]);
        repo.git(&["tag", "both", "HEAD~1"]);
        repo.git(&["branch", "both", "HEAD~2"]);
        repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD~3"]);
        repo.git(&[
            "symbolic-ref",
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/main",
        ]);
        let tips = tips::collect(&Repo::open(repo.path(), true).unwrap());
        (repo, tips)
    }

    fn ids(tips: &Tips, names: &[&str]) -> BTreeSet<String> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let chosen = select(tips, &names).unwrap();
        chosen.iter().map(|tip| tip.id.to_string()).collect()
    }

    #[test]
    fn names_mean_what_git_says() {
        let (repo, tips) = many();
        for name in [
            "main",
            "heads/main",
            "refs/heads/main",
            "v1.0",
            "v2.0",
            "tags/v2.0",
            "HEAD",
            "both",
            "origin/main",
            "origin",
            "remotes/origin/main",
            "release-2/x",
            "heads/both",
        ] {
            let git = repo.git(&["rev-parse", name]);
            assert_eq!(ids(&tips, &[name]), BTreeSet::from([git]), "{name}");
        }
        assert_eq!(ids(&tips, &["v1.0", "v2.0"]).len(), 2);
    }

    #[test]
    fn globs_mean_what_git_says() {
        let (repo, tips) = many();
        for glob in [
            "refs/heads/*",
            "refs/tags/v?.0",
            "refs/heads/release-[13]",
            "refs/*",
        ] {
            let git = repo.git(&["rev-parse", &format!("--glob={glob}")]);
            let git: BTreeSet<_> = git.lines().map(str::to_owned).collect();
            assert_eq!(ids(&tips, &[glob]), git, "{glob}");
        }
        assert_eq!(ids(&tips, &["release-*"]).len(), 2);
        assert_eq!(ids(&tips, &["*ain"]).len(), 2);
    }

    #[test]
    fn what_is_not_there_is_named_with_what_is() {
        let (_repo, tips) = many();
        let error = |name: &str| select(&tips, &[name.to_owned()]).unwrap_err();
        assert_eq!(error("mian").available, ["refs/heads/main"]);
        assert_eq!(error("relaese-1").available, ["refs/heads/release-1"]);
        assert!(error("zzz*").to_string().contains("\"zzz*\""));
        assert!(error("stash").available.contains(&"HEAD".to_owned()));
        let none = select(&Tips::default(), &["x".to_owned()]).unwrap_err();
        assert_eq!(none.to_string(), "no ref matches \"x\"; there are no refs");
    }
}
