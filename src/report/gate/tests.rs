//! What gates say.

use super::*;
use crate::model::{Field, Gap, GapKind, ObjectKind};
use crate::report::fixture;

fn said(report: &Report, gate: &Gate, options: GateOptions) -> String {
    let mut out = Vec::new();
    write_gate(report, gate, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const STOPS: GateOptions = GateOptions {
    failing: 1,
    complete_enough: true,
    stops: true,
};

#[test]
fn a_stopped_push_says_what_where_and_how_to_take_it_out() {
    let mut report = fixture::pushed_pair();
    let gate = Gate::Push("origin".to_owned());
    let text = said(&report, &gate, STOPS);
    for expected in [
        "this push to origin is stopped: an AWS credential is in what it would send",
        "config/prod.env, line 3",
        "Nothing has left this machine yet",
        "git rebase -i --rebase-merges 'c1c1c1c1c1^'",
        "git push --no-verify",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let stamp = report.findings[0].exposure.introduced.clone().unwrap();
    report.target.head = Some(stamp.commit.to_string());
    let text = said(&report, &gate, STOPS);
    assert!(text.contains("git add -- config/prod.env\n    git commit --amend"));
    let secret = report.findings[0].credential.secret.clone().unwrap();
    let secret = String::from_utf8(secret.expose().to_vec()).unwrap();
    assert!(!text.contains(&secret));
    // A branch, a file or a remote may be called anything.
    report.findings[0].occurrences.iter_mut().for_each(|o| {
        o.path = Some(b"a b/$(x)'y".to_vec());
    });
    let text = said(&report, &Gate::Commit, STOPS);
    assert!(text.contains(r"git add -- 'a b/$(x)'\''y'"), "{text}");
    report.findings[0].occurrences.iter_mut().for_each(|o| {
        o.path = Some(format!("x\x1b[2J{secret}\n").into_bytes());
    });
    let text = said(&report, &Gate::Push("a\nb\x1b[2J".to_owned()), STOPS);
    assert!(
        text.contains("git add -- FILE") && !text.contains('\x1b'),
        "{text}"
    );
    assert!(!text.contains(&secret));
}

#[test]
fn what_could_not_be_read_is_said_and_a_clean_gate_is_silent() {
    let mut report = fixture::empty();
    let passes = GateOptions {
        failing: 0,
        complete_enough: true,
        stops: false,
    };
    assert_eq!(said(&report, &Gate::Commit, passes), "");
    report.gaps = vec![Gap::new(GapKind::Missing, "needed by a commit")];
    let stops = GateOptions {
        failing: 0,
        complete_enough: false,
        stops: true,
    };
    let text = said(&report, &Gate::Push(String::new()), stops);
    assert!(
        text.contains("not everything in it could be read"),
        "{text}"
    );
    assert!(text.contains("needed by a commit") && text.contains("--no-verify"));
}

#[test]
fn what_is_only_in_a_message_needs_no_file() {
    let mut report = fixture::pushed_pair();
    for occurrence in &mut report.findings[0].occurrences {
        (occurrence.field, occurrence.path) = (Field::Message, None);
        occurrence.object_kind = Some(ObjectKind::Commit);
    }
    let gate = Gate::Push("origin".to_owned());
    let text = said(&report, &gate, STOPS);
    assert!(
        text.contains("mark its commit with `reword`") && !text.contains("git add"),
        "{text}"
    );
    let stamp = report.findings[0].exposure.introduced.clone().unwrap();
    report.target.head = Some(stamp.commit.to_string());
    let text = said(&report, &gate, STOPS);
    assert!(
        text.contains("message anew, then push again:\n\n    git commit --amend"),
        "{text}"
    );
}

#[test]
fn a_tag_is_named_with_the_commands_that_make_it_anew() {
    let mut report = fixture::pushed_pair();
    let finding = &mut report.findings[0];
    for occurrence in &mut finding.occurrences {
        (occurrence.field, occurrence.path) = (Field::Message, None);
        (occurrence.object_kind, occurrence.commit) = (Some(ObjectKind::Tag), None);
    }
    let exposure = std::sync::Arc::make_mut(&mut finding.exposure);
    exposure.introduced = None;
    exposure.refs = vec!["refs/tags/v 1".to_owned()];
    let text = said(&report, &Gate::Push("origin".to_owned()), STOPS);
    for expected in [
        "the message of the tag ",
        "    git tag -d 'v 1'\n    git tag -a 'v 1' COMMIT\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("rebase"), "{text}");
}
