//! Who else may have a finding, as far as this repository can tell.

use crate::model::{Exposure, Finding, Held, Report, Scope, Traced};

/// What is known about who else has the credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Spread {
    /// A remote-tracking ref reaches it.
    Pushed,
    /// None does now, but one did: its reflog says so.
    OncePushed,
    /// There are remote-tracking refs, and none reaches it.
    LocalOnly,
    /// No ref at all reaches it.
    Unreachable,
    /// Nothing that was read could tell.
    Unknown,
    /// Only files of the work tree were read.
    WorkTree,
}

/// How far the finding has spread.
pub(super) fn spread(finding: &Finding, report: &Report) -> Spread {
    let exposure = &finding.exposure;
    let scope = report.target.scope();
    let on_remote = |held: &Held| matches!(held, Held::Reflog(r) if r.starts_with("refs/remotes/"));
    if !exposure.pushed_to.is_empty() {
        Spread::Pushed
    } else if exposure.held_by.iter().any(on_remote) {
        Spread::OncePushed
    } else if scope == Scope::Worktree {
        Spread::WorkTree
    } else if scope == Scope::Refs || exposure.traced == Traced::No {
        Spread::Unknown
    } else if is_only_staged(exposure) {
        Spread::Unreachable
    } else if report.coverage.refs.remotes == 0 {
        Spread::Unknown
    } else if exposure.ref_count == 0 {
        Spread::Unreachable
    } else {
        Spread::LocalOnly
    }
}

/// True for what was never part of a commit: no push can have taken it along.
fn is_only_staged(exposure: &Exposure) -> bool {
    let staged = |held: &Held| matches!(held, Held::Index(_));
    let mut held = exposure.held_by.iter();
    exposure.ref_count == 0 && !exposure.held_by.is_empty() && held.all(staged)
}

/// True if a ref other than the stash reaches it.
pub(super) fn is_in_commits(exposure: &Exposure) -> bool {
    let listed = exposure.refs.iter();
    let stash = listed.filter(|name| *name == "refs/stash").count() as u64;
    exposure.ref_count > stash
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture;
    use super::*;

    #[test]
    fn a_remote_reflog_means_that_it_was_pushed() {
        let mut report = fixture::pushed_pair();
        let mut finding = report.findings.remove(0);
        assert_eq!(spread(&finding, &report), Spread::Pushed);
        fixture::exposure(&mut finding).pushed_to.clear();
        assert_eq!(spread(&finding, &report), Spread::LocalOnly);
        fixture::exposure(&mut finding).ref_count = 0;
        assert_eq!(spread(&finding, &report), Spread::Unreachable);
        fixture::exposure(&mut finding).held_by =
            vec![Held::Reflog("refs/remotes/origin/x".to_owned())];
        assert_eq!(spread(&finding, &report), Spread::OncePushed);
        fixture::exposure(&mut finding).held_by = vec![Held::Index("main".to_owned())];
        report.coverage.refs.remotes = 0;
        assert_eq!(spread(&finding, &report), Spread::Unreachable);
        fixture::exposure(&mut finding).held_by = vec![Held::Dangling];
        assert_eq!(spread(&finding, &report), Spread::Unknown);
        report.target.selection = "worktree".to_owned();
        assert_eq!(spread(&finding, &report), Spread::WorkTree);
    }

    #[test]
    fn what_was_not_looked_at_is_never_called_local() {
        let mut report = fixture::pushed_pair();
        let mut finding = report.findings.remove(0);
        fixture::exposure(&mut finding).pushed_to.clear();
        report.target.selection = "refs main".to_owned();
        assert_eq!(spread(&finding, &report), Spread::Unknown);
        report.target.selection = "all".to_owned();
        fixture::exposure(&mut finding).traced = Traced::No;
        assert_eq!(spread(&finding, &report), Spread::Unknown);
    }
}
