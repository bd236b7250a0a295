//! Who else may have a finding, as far as this repository can tell.

use crate::model::{Exposure, Finding, Held, Pushed, Report, Scope, Traced};

/// What is known about who else has the credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::report) enum Spread {
    /// A ref that follows a remote reaches it.
    Pushed,
    /// One did.
    OncePushed,
    /// The repository is bare: what it holds came from elsewhere.
    Here,
    /// A push would have left a trace, and there is none.
    LocalOnly,
    /// The same, and no ref at all reaches it.
    Unreachable,
    /// Nothing could tell.
    Unknown,
    /// Only files of the work tree were read.
    WorkTree,
}

/// How far the finding has spread.
pub(in crate::report) fn spread(finding: &Finding, report: &Report) -> Spread {
    let exposure = &finding.exposure;
    if report.target.scope() == Scope::Worktree {
        return Spread::WorkTree;
    }
    if exposure.traced == Traced::No {
        return Spread::Unknown;
    }
    match exposure.pushed {
        Pushed::Yes => Spread::Pushed,
        Pushed::Once => Spread::OncePushed,
        Pushed::Here => Spread::Here,
        Pushed::Unknown(_) if is_only_staged(exposure) => Spread::Unreachable,
        Pushed::Unknown(_) => Spread::Unknown,
        Pushed::NotSeen if exposure.ref_count == 0 => Spread::Unreachable,
        Pushed::NotSeen => Spread::LocalOnly,
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
    use crate::model::Blind;

    #[test]
    fn spread_follows_what_is_known() {
        let mut report = fixture::pushed_pair();
        let mut finding = report.findings.remove(0);
        assert_eq!(spread(&finding, &report), Spread::Pushed);
        fixture::never_pushed(&mut finding);
        assert_eq!(spread(&finding, &report), Spread::LocalOnly);
        fixture::exposure(&mut finding).ref_count = 0;
        assert_eq!(spread(&finding, &report), Spread::Unreachable);
        for (pushed, expected) in [
            (Pushed::Once, Spread::OncePushed),
            (Pushed::Here, Spread::Here),
            (Pushed::Unknown(Blind::Tag), Spread::Unknown),
        ] {
            fixture::exposure(&mut finding).pushed = pushed;
            assert_eq!(spread(&finding, &report), expected);
        }
        fixture::exposure(&mut finding).held_by = vec![Held::Index("main".to_owned())];
        assert_eq!(spread(&finding, &report), Spread::Unreachable);
        report.target.selection = "worktree".to_owned();
        assert_eq!(spread(&finding, &report), Spread::WorkTree);
    }

    #[test]
    fn what_was_not_looked_at_is_never_called_local() {
        let mut report = fixture::pushed_pair();
        let mut finding = report.findings.remove(0);
        fixture::never_pushed(&mut finding);
        fixture::exposure(&mut finding).traced = Traced::No;
        assert_eq!(spread(&finding, &report), Spread::Unknown);
    }
}
