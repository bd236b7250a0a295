//! The first thing to do about a finding.

use crate::model::{CredentialKind, Finding, Pushed, Report, ValidityState};

/// What is known about who else has the credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Spread {
    /// A remote-tracking ref reaches it.
    Pushed,
    /// None does now, but one did: its reflog says so.
    OncePushed,
    /// This repository is a place that others push to, or a copy of one.
    Here,
    /// A push would most likely show, and none does.
    LocalOnly,
    /// The same, and no ref at all reaches it.
    Unreachable,
    /// Nothing here could tell.
    Unknown,
    /// Only files of the work tree were read.
    WorkTree,
}

/// How far the finding has spread, as far as this repository can tell.
pub(super) fn spread(finding: &Finding, report: &Report) -> Spread {
    let exposure = &finding.exposure;
    match exposure.pushed {
        Pushed::Yes => Spread::Pushed,
        Pushed::Once => Spread::OncePushed,
        Pushed::Here => Spread::Here,
        _ if report.target.selection.starts_with("worktree") => Spread::WorkTree,
        Pushed::Unknown(_) => Spread::Unknown,
        Pushed::NotSeen if exposure.ref_count == 0 => Spread::Unreachable,
        Pushed::NotSeen => Spread::LocalOnly,
    }
}

/// What to do first. The command stands on a line of its own, to be copied.
pub(super) struct Advice {
    /// Up to the command.
    pub(super) before: String,
    /// A shell command, without secrets.
    pub(super) command: Option<String>,
    /// After the command; may be empty.
    pub(super) after: &'static str,
}

/// The first step for this finding.
pub(super) fn advice(finding: &Finding, spread: Spread) -> Advice {
    let only = |before: &str| Advice {
        before: before.to_owned(),
        command: None,
        after: "",
    };
    if finding.validity.state == ValidityState::Inactive {
        return only("AWS does not accept it any more: what is left is to clean it up");
    }
    let id = finding.credential.access_key_id.as_deref();
    match finding.credential.kind {
        CredentialKind::TemporaryKeyId | CredentialKind::TemporaryKey => only(temporary(spread)),
        CredentialKind::SecretAccessKey => long_term(
            "find the access key ID that this secret belongs to. Then ",
            id,
            spread,
        ),
        CredentialKind::AccessKeyId => long_term(
            "an ID alone opens nothing: look for its secret close by. If that leaked too, ",
            id,
            spread,
        ),
        CredentialKind::AccessKey => long_term("", id, spread),
    }
}

fn long_term(lead: &str, id: Option<&str>, spread: Spread) -> Advice {
    let (before, after) = match spread {
        Spread::Pushed | Spread::OncePushed => (
            "deactivate the key first:",
            "then make a new one where one is needed, and rewrite history last. It was pushed: \
             clones, forks and the host's caches keep it, so a rewrite alone does not take it back",
        ),
        Spread::Here => (
            "deactivate the key first:",
            "then make a new one where one is needed, and rewrite history last. This repository \
             is bare: whoever pushes to it or clones it has the key",
        ),
        Spread::LocalOnly => (
            "take it out of the commits that hold it before the next push: no remote-tracking \
             ref seen here reaches it. If it was shared in any other way (a fork, a patch, a \
             backup, CI), deactivate the key first:",
            "",
        ),
        Spread::Unreachable => (
            "no ref reaches it, so no push from here takes it along: drop what holds it, then \
             run `git gc --prune=now`. If it was ever pushed or shared, deactivate the key first:",
            "",
        ),
        Spread::Unknown => (
            "if it was ever pushed from here or shared in another way, deactivate the key first:",
            "then make a new one where one is needed, and rewrite history last",
        ),
        Spread::WorkTree => (
            "take it out of the file, and sweep without --worktree to see whether it was \
             committed. If it was shared, deactivate the key first:",
            "",
        ),
    };
    let id = id.unwrap_or("ACCESS_KEY_ID");
    let command = format!(
        "aws iam update-access-key --status Inactive --user-name USER --access-key-id {id}"
    );
    Advice {
        before: format!("{lead}{before}"),
        command: Some(command),
        after,
    }
}

/// Lifetimes: STS API reference, `GetSessionToken` and `GetFederationToken` (36 hours at most).
fn temporary(spread: Spread) -> &'static str {
    match spread {
        Spread::Pushed | Spread::OncePushed | Spread::Here => {
            "temporary keys expire by themselves, after 36 hours at most. It was pushed: if it is \
             younger than that, revoke the active sessions of its role or user in IAM now. Then \
             find what wrote it down, since it will do so again"
        }
        _ => {
            "temporary keys expire by themselves, after 36 hours at most. If it is younger and \
             was shared, revoke the active sessions of its role or user in IAM. Then find what \
             wrote it down, since it will do so again"
        }
    }
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
        finding.exposure.pushed = Pushed::NotSeen;
        assert_eq!(spread(&finding, &report), Spread::LocalOnly);
        finding.exposure.ref_count = 0;
        assert_eq!(spread(&finding, &report), Spread::Unreachable);
        for (pushed, expected) in [
            (Pushed::Once, Spread::OncePushed),
            (Pushed::Here, Spread::Here),
            (Pushed::Unknown(Blind::Tag), Spread::Unknown),
        ] {
            finding.exposure.pushed = pushed;
            assert_eq!(spread(&finding, &report), expected);
        }
        report.target.selection = "worktree".to_owned();
        assert_eq!(spread(&finding, &report), Spread::WorkTree);
    }

    #[test]
    fn what_was_pushed_is_deactivated_before_anything_else() {
        let report = fixture::pushed_pair();
        let finding = &report.findings[0];
        for spread in [Spread::Pushed, Spread::OncePushed, Spread::Here] {
            let advice = advice(finding, spread);
            assert!(advice.before.starts_with("deactivate the key first"));
            let id = finding.credential.access_key_id.as_deref().unwrap();
            assert!(advice.command.unwrap().ends_with(id));
        }
    }
}
