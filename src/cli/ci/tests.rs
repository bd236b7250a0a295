//! Each system's variables and events, as their documentation has them.

use super::*;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const ZERO: &str = "0000000000000000000000000000000000000000";

fn variables(pairs: &[(&str, &str)]) -> Variables {
    let pairs = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Variables(pairs.collect())
}

fn told(pairs: &[(&str, &str)], event: Option<&str>) -> Result<Scope, String> {
    let variables = variables(pairs);
    let system = System::detect(&variables).unwrap();
    scope(system, &variables, event)
}

fn ends(pairs: &[(&str, &str)], event: Option<&str>) -> (Vec<String>, Vec<String>) {
    match told(pairs, event).unwrap() {
        Scope::Change(change) => (change.bases, change.heads),
        other => panic!("{other:?}"),
    }
}

fn pair(base: &str, head: &str) -> (Vec<String>, Vec<String>) {
    (vec![base.to_owned()], vec![head.to_owned()])
}

fn github(name: &str, event: &str) -> (Vec<String>, Vec<String>) {
    let pairs = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", name)];
    ends(&pairs, Some(event))
}

#[test]
fn github_events_tell_base_and_head() {
    let pull = format!(r#"{{"pull_request":{{"base":{{"sha":"{A}"}},"head":{{"sha":"{B}"}}}}}}"#);
    assert_eq!(github("pull_request", &pull), pair(A, "HEAD"));
    // The checkout is the base there.
    assert_eq!(github("pull_request_target", &pull), pair(A, B));
    let queue = format!(r#"{{"merge_group":{{"base_sha":"{A}","head_sha":"{B}"}}}}"#);
    assert_eq!(github("merge_group", &queue), pair(A, B));
    let push = format!(r#"{{"before":"{A}","after":"{B}","ref":"refs/heads/x"}}"#);
    assert_eq!(github("push", &push), pair(A, B));
    let new = format!(
        r#"{{"before":"{ZERO}","after":"{B}","ref":"refs/heads/x",
            "repository":{{"default_branch":"trunk"}}}}"#
    );
    assert_eq!(github("push", &new), pair("refs/remotes/origin/trunk", B));
    // The first push of the default branch: there is nothing to hold it against.
    let first = new.replace("heads/x", "heads/trunk");
    assert_eq!(github("push", &first), (vec![], vec![B.to_owned()]));
}

#[test]
fn github_runs_without_a_change_read_everything_or_say_so() {
    let run = |name: &str, event: Option<&str>| {
        told(
            &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", name)],
            event,
        )
    };
    assert!(matches!(run("schedule", None), Ok(Scope::Full(_))));
    assert!(matches!(run("workflow_dispatch", None), Ok(Scope::Full(_))));
    let deleted = format!(r#"{{"before":"{A}","after":"{ZERO}","deleted":true}}"#);
    assert!(matches!(run("push", Some(&deleted)), Ok(Scope::Nothing(_))));
    for (name, event) in [
        ("push", None),
        ("push", Some("no json")),
        ("pull_request", Some("{}")),
        ("merge_group", Some("{}")),
        ("release", Some("{}")),
        ("", Some("{}")),
    ] {
        assert!(run(name, event).is_err(), "{name} {event:?}");
    }
}

#[test]
fn gitlab_variables_tell_base_and_head() {
    let lab = |more: &[(&str, &str)]| {
        let mut all = vec![("GITLAB_CI", "true"), ("CI_DEFAULT_BRANCH", "main")];
        all.extend(more);
        told(&all, None)
    };
    let bases = |more: &[(&str, &str)]| match lab(more).unwrap() {
        Scope::Change(change) => change.bases,
        other => panic!("{other:?}"),
    };
    let merge = ("CI_PIPELINE_SOURCE", "merge_request_event");
    assert_eq!(bases(&[merge, ("CI_MERGE_REQUEST_DIFF_BASE_SHA", A)]), [A]);
    assert!(lab(&[merge]).is_err());
    let push = ("CI_PIPELINE_SOURCE", "push");
    assert_eq!(bases(&[push, ("CI_COMMIT_BEFORE_SHA", A)]), [A]);
    let new = [
        push,
        ("CI_COMMIT_BEFORE_SHA", ZERO),
        ("CI_COMMIT_REF_NAME", "topic"),
    ];
    assert_eq!(bases(&new), ["refs/remotes/origin/main"]);
    let first = [
        push,
        ("CI_COMMIT_BEFORE_SHA", ZERO),
        ("CI_COMMIT_REF_NAME", "main"),
    ];
    assert!(bases(&first).is_empty());
    let scheduled = lab(&[("CI_PIPELINE_SOURCE", "schedule")]);
    assert!(matches!(scheduled, Ok(Scope::Full(_))));
}

#[test]
fn other_systems_tell_base_and_head() {
    let origin = |name: &str| pair(&format!("refs/remotes/origin/{name}"), "HEAD");
    let bucket = ("BITBUCKET_BUILD_NUMBER", "1");
    let pull = [bucket, ("BITBUCKET_PR_DESTINATION_COMMIT", A)];
    assert_eq!(ends(&pull, None), pair(A, "HEAD"));
    let (guesses, _) = ends(&[bucket, ("BITBUCKET_BRANCH", "topic")], None);
    assert_eq!(guesses[0], "refs/remotes/origin/HEAD");
    let azure = ("TF_BUILD", "True");
    let pull = [
        azure,
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
    ];
    assert_eq!(ends(&pull, None), origin("main"));
    let scheduled = told(&[azure, ("BUILD_REASON", "Schedule")], None);
    assert!(matches!(scheduled, Ok(Scope::Full(_))));
    let jenkins = ("JENKINS_URL", "https://ci.example/");
    assert_eq!(
        ends(&[jenkins, ("CHANGE_TARGET", "dev")], None),
        origin("dev")
    );
    let before = ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", A);
    assert_eq!(
        ends(&[jenkins, before, ("GIT_COMMIT", B)], None),
        pair(A, "HEAD")
    );
    // Built again: the last good build says nothing.
    let (again, _) = ends(&[jenkins, before, ("GIT_COMMIT", A)], None);
    assert_eq!(again[0], "refs/remotes/origin/HEAD");
    let (circle, _) = ends(&[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "x")], None);
    assert_eq!(circle.len(), 3);
    // Held against itself, the default branch would never be looked at.
    for pairs in [
        [("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main")],
        [azure, ("BUILD_SOURCEBRANCH", "refs/heads/master")],
        [bucket, ("BITBUCKET_BRANCH", "main")],
        [jenkins, ("BRANCH_NAME", "main")],
    ] {
        assert_eq!(ends(&pairs, None), (vec![], vec!["HEAD".to_owned()]));
    }
    for pairs in [[jenkins], [("CIRCLECI", "true")]] {
        let told = told(&pairs, None);
        assert!(matches!(told, Ok(Scope::Change(change)) if !change.may_be_same));
    }
    let kite = ("BUILDKITE", "true");
    let pull = [kite, ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main")];
    assert_eq!(ends(&pull, None), origin("main"));
    let push = [
        kite,
        ("BUILDKITE_BRANCH", "x"),
        ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "trunk"),
    ];
    assert_eq!(ends(&push, None), origin("trunk"));
    let scheduled = told(&[kite, ("BUILDKITE_SOURCE", "schedule")], None);
    assert!(matches!(scheduled, Ok(Scope::Full(_))));
}
