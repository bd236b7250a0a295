//! What to do about all findings together: each step once, with the findings it is for.
//!
//! First what makes the keys useless, then what takes them out of where they are held. Source of
//! the AWS commands: IAM user guide, "Managing access keys" and "Revoking IAM role temporary
//! security credentials"; AWS CLI reference, `iam` and `cloudtrail`.

use super::spread::{Spread, is_in_commits, spread};
use crate::model::{CredentialKind, Exposure, Finding, Held, Report, Traced, ValidityState};

/// A finding with the number the page gave it.
#[derive(Clone, Copy)]
pub(super) struct Numbered<'a> {
    pub(super) number: usize,
    pub(super) finding: &'a Finding,
    pub(super) spread: Spread,
}

/// One thing to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Long-term keys that others have.
    Deactivate,
    /// Long-term keys of which nothing tells whether others have them.
    DeactivateUnlessPrivate,
    /// Temporary keys that may still work.
    Revoke,
    /// Long-term keys that seem to have stayed here.
    DeactivateIfShared,
    /// Keys of single services.
    RevokeService,
    /// Secrets alone.
    FindId,
    /// IDs alone.
    FindSecret,
    /// Temporary keys that cannot work any more, and what AWS does not accept.
    Dead,
    /// Keys that were put there to be found.
    Canary,
    /// Files of the work tree.
    Files,
    /// What only local commits hold.
    Commits,
    /// What is staged.
    Unstage,
    /// What a stash holds.
    DropStash,
    /// What a detached HEAD holds.
    MoveHead,
    /// What git's own files hold: `ORIG_HEAD`, `COMMIT_EDITMSG`.
    DeleteFiles,
    /// Reflogs and what nothing reaches.
    Forget,
    /// What was pushed.
    Rewrite,
}

impl Step {
    /// In the order in which they are to be done.
    pub(super) const ALL: [Step; 17] = [
        Step::Deactivate,
        Step::DeactivateUnlessPrivate,
        Step::Revoke,
        Step::DeactivateIfShared,
        Step::RevokeService,
        Step::FindId,
        Step::FindSecret,
        Step::Dead,
        Step::Canary,
        Step::Files,
        Step::Commits,
        Step::Unstage,
        Step::DropStash,
        Step::MoveHead,
        Step::DeleteFiles,
        Step::Forget,
        Step::Rewrite,
    ];

    /// Whether it must be done about this finding.
    fn concerns(self, numbered: Numbered<'_>) -> bool {
        let Numbered {
            finding, spread, ..
        } = numbered;
        match self {
            Step::Files => spread == Spread::WorkTree,
            Step::Rewrite => may_be_pushed(spread) && !is_loose(numbered),
            Step::Commits => is_local(spread) && self.cleans(&finding.exposure),
            Step::Forget => is_local(spread) || is_loose(numbered),
            _ if self.is_of_a_holder() => {
                (is_local(spread) || is_loose(numbered)) && self.cleans(&finding.exposure)
            }
            _ => self == containment(finding, spread),
        }
    }

    /// Whether it takes something from what is no commit.
    const fn is_of_a_holder(self) -> bool {
        matches!(
            self,
            Step::Unstage | Step::DropStash | Step::MoveHead | Step::DeleteFiles
        )
    }

    /// Whether it takes something out of where this is held.
    fn cleans(self, exposure: &Exposure) -> bool {
        let held = |test: fn(&Held) -> bool| exposure.held_by.iter().any(test);
        match self {
            Step::Commits => is_in_commits(exposure),
            // Whoever rewrites the commits changes the index, too.
            Step::Unstage => held(|h| matches!(h, Held::Index(_))) && !is_in_commits(exposure),
            Step::DropStash => held(|h| matches!(h, Held::Stash(_))),
            Step::MoveHead => held(|h| matches!(h, Held::Worktree(_))),
            Step::DeleteFiles => held(|h| matches!(h, Held::PseudoRef(_) | Held::File(_))),
            _ => true,
        }
    }
}

/// The one step that makes this credential useless.
fn containment(finding: &Finding, spread: Spread) -> Step {
    if finding.credential.details.canary.is_some() {
        return Step::Canary;
    }
    if finding.validity.state.is_dead() || finding.expired {
        return Step::Dead;
    }
    match (finding.credential.kind, spread) {
        (
            CredentialKind::TemporaryKeyId
            | CredentialKind::TemporaryKey
            | CredentialKind::SessionToken
            | CredentialKind::BedrockShortTermKey,
            _,
        ) => Step::Revoke,
        (kind, _) if kind.is_service_key() => Step::RevokeService,
        (CredentialKind::SecretAccessKey, _) => Step::FindId,
        (CredentialKind::AccessKeyId, _) => Step::FindSecret,
        (CredentialKind::AccessKey, _) if finding.validity.state == ValidityState::Active => {
            Step::Deactivate
        }
        (CredentialKind::AccessKey, Spread::Pushed | Spread::OncePushed | Spread::Here) => {
            Step::Deactivate
        }
        (CredentialKind::AccessKey, Spread::Unknown | Spread::WorkTree) => {
            Step::DeactivateUnlessPrivate
        }
        (CredentialKind::AccessKey, Spread::LocalOnly | Spread::Unreachable) => {
            Step::DeactivateIfShared
        }
        // Keys of single services: all named above.
        _ => Step::RevokeService,
    }
}

const fn may_be_pushed(spread: Spread) -> bool {
    matches!(
        spread,
        Spread::Pushed | Spread::OncePushed | Spread::Here | Spread::Unknown
    )
}

const fn is_local(spread: Spread) -> bool {
    matches!(spread, Spread::LocalOnly | Spread::Unreachable)
}

/// True for what may have been pushed, and is in no commit that a rewrite could reach.
fn is_loose(numbered: Numbered<'_>) -> bool {
    let exposure = &numbered.finding.exposure;
    numbered.spread == Spread::Unknown && exposure.traced != Traced::No && !is_in_commits(exposure)
}

/// All steps that the report calls for, each with its findings.
pub(super) fn steps(report: &Report) -> Vec<(Step, Vec<Numbered<'_>>)> {
    let all: Vec<Numbered<'_>> = report
        .findings
        .iter()
        .enumerate()
        .map(|(at, finding)| Numbered {
            number: at + 1,
            finding,
            spread: spread(finding, report),
        })
        .collect();
    let with_findings = Step::ALL.into_iter().map(|step| {
        let of_step = all.iter().copied().filter(|n| step.concerns(*n)).collect();
        (step, of_step)
    });
    with_findings
        .filter(|(_, findings): &(_, Vec<_>)| !findings.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture;
    use super::*;

    fn of(report: &Report) -> Vec<Step> {
        steps(report).into_iter().map(|(step, _)| step).collect()
    }

    #[test]
    fn what_was_pushed_is_deactivated_first_and_rewritten_last() {
        let report = fixture::pushed_pair();
        assert_eq!(of(&report), [Step::Deactivate, Step::Rewrite]);
    }

    #[test]
    fn each_holder_has_its_step() {
        let mut report = fixture::pushed_pair();
        let finding = &mut report.findings[0];
        fixture::never_pushed(finding);
        fixture::exposure(finding).refs = vec!["refs/stash".to_owned()];
        fixture::exposure(finding).ref_count = 1;
        fixture::exposure(finding).held_by = vec![
            Held::Reflog("HEAD".to_owned()),
            Held::Stash("stash@{0}".to_owned()),
            Held::Worktree("main".to_owned()),
            Held::PseudoRef("ORIG_HEAD".to_owned()),
            Held::Index("main".to_owned()),
            Held::File("COMMIT_EDITMSG".to_owned()),
        ];
        let expected = [
            Step::DeactivateIfShared,
            Step::Unstage,
            Step::DropStash,
            Step::MoveHead,
            Step::DeleteFiles,
            Step::Forget,
        ];
        assert_eq!(of(&report), expected);
        fixture::exposure(&mut report.findings[0]).refs = vec!["refs/heads/main".to_owned()];
        assert_eq!(of(&report)[1], Step::Commits);
    }

    #[test]
    fn what_no_commit_holds_needs_no_rewrite() {
        let mut report = fixture::pushed_pair();
        report.coverage.refs.remotes = 0;
        let exposure = fixture::exposure(&mut report.findings[0]);
        exposure.pushed_to.clear();
        exposure.pushed = crate::model::Pushed::default();
        assert_eq!(of(&report), [Step::DeactivateUnlessPrivate, Step::Rewrite]);
        let exposure = fixture::exposure(&mut report.findings[0]);
        exposure.refs.clear();
        exposure.ref_count = 0;
        exposure.held_by = vec![Held::Stash("stash@{0}".to_owned())];
        let expected = [Step::DeactivateUnlessPrivate, Step::DropStash, Step::Forget];
        assert_eq!(of(&report), expected);
    }

    #[test]
    fn every_credential_has_one_way_to_contain_it() {
        let all = [
            Spread::Pushed,
            Spread::OncePushed,
            Spread::Here,
            Spread::LocalOnly,
            Spread::Unreachable,
            Spread::Unknown,
            Spread::WorkTree,
        ];
        let report = fixture::pushed_pair();
        for spread in all {
            let numbered = Numbered {
                number: 1,
                finding: &report.findings[0],
                spread,
            };
            let contain = &Step::ALL[..9];
            let n = contain.iter().filter(|s| s.concerns(numbered)).count();
            assert_eq!(n, 1, "{spread:?}");
        }
    }

    #[test]
    fn the_dead_need_no_containment() {
        let mut report = fixture::pushed_pair();
        report.findings[0].validity.state = ValidityState::NotValid;
        assert_eq!(of(&report), [Step::Dead, Step::Rewrite]);
        let mut report = fixture::pushed_pair();
        report.findings[0].credential.kind = CredentialKind::TemporaryKey;
        assert_eq!(of(&report)[0], Step::Revoke);
        report.findings[0].expired = true;
        assert_eq!(of(&report)[0], Step::Dead);
    }
}
