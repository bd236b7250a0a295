//! `keysweep ci`: the change that a CI system runs for, and what must not get past it.

use std::process::Output;

use crate::support::gates::{command, pair, project, said};
use crate::support::repo::Repo;

/// `keysweep ci` with these variables; `event` is what GitHub writes into a file.
fn ci(repo: &Repo, variables: &[(&str, &str)], event: Option<&str>, args: &[&str]) -> Output {
    let mut command = command(repo);
    if let Some(event) = event {
        let file = repo.root().join("event.json");
        std::fs::write(&file, event).unwrap();
        command.env("GITHUB_EVENT_PATH", file);
    }
    command.arg("ci").args(args).envs(variables.iter().copied());
    command.output().unwrap()
}

fn github(repo: &Repo, name: &str, event: &str) -> Output {
    let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", name)];
    ci(repo, &variables, Some(event), &[])
}

fn pull_request(base: &str, head: &str) -> String {
    format!(r#"{{"pull_request":{{"base":{{"sha":"{base}"}},"head":{{"sha":"{head}"}}}}}}"#)
}

/// A branch that is merged with main, as the checkout of a pull request is.
fn merged(work: &Repo, content: impl FnOnce(&Repo)) -> (String, String) {
    let base = work.id("main");
    work.git(&["checkout", "-q", "-b", "topic"]);
    content(work);
    let head = work.id("topic");
    work.git(&["checkout", "-q", "--detach", "main"]);
    work.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    (base, head)
}

#[test]
fn a_pull_request_is_held_against_its_base() {
    let ((_, work), key) = (project(), pair(501));
    let (base, head) = merged(&work, |work| {
        work.commit_file("k", key.ini());
        work.commit_file("k", "out again\n");
    });
    let text = said(
        &github(&work, "pull_request", &pull_request(&base, &head)),
        1,
    );
    assert!(
        text.contains(&key.id) && !text.contains(&key.secret),
        "{text}"
    );
    let ((_, work), ()) = (project(), ());
    let (base, head) = merged(&work, |work| {
        work.commit_file("b", "clean\n");
    });
    said(
        &github(&work, "pull_request", &pull_request(&base, &head)),
        0,
    );
    // The checkout is the base: what is merged must be named, or nothing was looked at.
    work.git(&["checkout", "-q", "main"]);
    said(
        &github(&work, "pull_request_target", &pull_request(&base, &head)),
        0,
    );
    let text = said(
        &github(&work, "pull_request", &pull_request(&base, &head)),
        2,
    );
    assert!(text.contains("the same commit"), "{text}");
}

#[test]
fn nothing_in_the_change_turns_it_off() {
    let ((_, work), key) = (project(), pair(502));
    let (base, head) = merged(&work, |work| {
        work.write(".keysweep.toml", "[allow]\npaths = [\"**\"]\n")
            .write(".gitleaksignore", "k:generic-api-key:1\n")
            .write(".gitattributes", "* -diff binary linguist-generated\n")
            .write(
                "k",
                format!("{} # keysweep:allow gitleaks:allow\n", key.line()),
            );
        work.commit("all is allowed");
        let clean = work.blob("clean\n");
        work.git(&["replace", &work.id("HEAD:k"), &clean]);
    });
    // What git would take for the beginning of history, and for the base itself.
    std::fs::write(work.git_path("info/grafts"), format!("{head}\n")).unwrap();
    work.git(&["replace", "--force", &work.id("HEAD"), &base]);
    let text = said(
        &github(&work, "pull_request", &pull_request(&base, &head)),
        1,
    );
    assert!(text.contains(&key.id), "{text}");
}

#[test]
fn a_key_that_only_the_resolution_of_a_merge_brings_is_seen() {
    let ((_, work), key) = (project(), pair(503));
    let base = work.id("main");
    work.git(&["checkout", "-q", "-b", "topic"]);
    work.commit_file("a", "mine\n");
    work.git(&["checkout", "-q", "-b", "side", "main"]);
    work.commit_file("a", "theirs\n");
    work.git(&["checkout", "-q", "topic"]);
    assert!(!work.attempt(&["merge", "-q", "side"], b"").status.success());
    work.write("a", key.ini());
    let head = work.commit("merge");
    work.commit_file("a", "clean again\n");
    let push = format!(
        r#"{{"before":"{base}","after":"{}","ref":"refs/heads/topic"}}"#,
        { work.id("HEAD") }
    );
    let text = said(&github(&work, "push", &push), 1);
    assert!(
        text.contains(&key.id) && text.contains(&head[..10]),
        "{text}"
    );
}

#[test]
fn new_branches_do_not_hide_behind_each_other() {
    let ((_, work), key) = (project(), pair(504));
    work.git(&["checkout", "-q", "-b", "one"]);
    work.commit_file("k", key.ini());
    work.git(&["branch", "two"]);
    work.git(&["push", "-q", "origin", "one", "two"]);
    let zero = "0".repeat(40);
    for name in ["one", "two"] {
        let event = format!(
            r#"{{"before":"{zero}","after":"{}","ref":"refs/heads/{name}",
                "repository":{{"default_branch":"main"}}}}"#,
            work.id(name)
        );
        let text = said(&github(&work, "push", &event), 1);
        assert!(text.contains(&key.id), "{text}");
    }
    // A branch that was only just made brings nothing, and says what it was held against.
    let event = format!(
        r#"{{"before":"{zero}","after":"{}","ref":"refs/heads/x",
            "repository":{{"default_branch":"main"}}}}"#,
        work.id("main")
    );
    let text = said(&github(&work, "push", &event), 0);
    assert!(text.contains("refs/remotes/origin/main"), "{text}");
}

#[test]
fn a_base_that_is_not_there_never_passes() {
    let ((server, work), key) = (project(), pair(505));
    let base = work.id("main");
    work.commit_file("b", "two\n");
    work.commit_file("c", "three\n");
    work.git(&["push", "-q", "origin", "main"]);
    let shallow = server.clone_to("shallow", &["--depth", "1"]);
    let head = shallow.id("HEAD");
    let text = said(
        &github(&shallow, "pull_request", &pull_request(&base, &head)),
        3,
    );
    assert!(text.contains("fetch-depth: 0"), "{text}");
    let lab = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_BEFORE_SHA", &base),
    ];
    let text = said(&ci(&shallow, &lab, None, &[]), 3);
    assert!(text.contains("GIT_DEPTH: 0"), "{text}");
    // What is there is read all the same.
    shallow.commit_file("k", key.ini());
    let text = said(
        &github(&shallow, "pull_request", &pull_request(&base, &head)),
        1,
    );
    assert!(
        text.contains(&key.id) && text.contains("fetch-depth: 0"),
        "{text}"
    );
    // A forced push: what was there before is gone.
    let gone = format!(
        r#"{{"before":"{}","after":"{}"}}"#,
        "7".repeat(40),
        work.id("HEAD")
    );
    said(&github(&work, "push", &gone), 3);
}

#[test]
fn scheduled_runs_read_everything_and_unknown_ones_nothing() {
    let ((_, work), key) = (project(), pair(506));
    work.git(&["checkout", "-q", "-b", "aside"]);
    work.commit_file("k", key.ini());
    work.git(&["checkout", "-q", "main"]);
    let text = said(&github(&work, "schedule", "{}"), 1);
    assert!(
        text.contains("everything is read") && text.contains(&key.id),
        "{text}"
    );
    said(&ci(&work, &[], None, &["--full"]), 1);
    for (variables, event) in [
        (vec![], None),
        (vec![("CI", "true")], None),
        (
            vec![("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "release")],
            Some("{}"),
        ),
        (
            vec![("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push")],
            Some("x"),
        ),
    ] {
        let text = said(&ci(&work, &variables, event, &[]), 2);
        assert!(text.contains("--base") && text.contains("--full"), "{text}");
    }
}

#[test]
fn base_and_head_by_hand_work_anywhere() {
    let ((_, work), key) = (project(), pair(507));
    work.git(&["checkout", "-q", "-b", "topic"]);
    work.commit_file("k", key.ini());
    said(&ci(&work, &[], None, &["--base", "origin/main"]), 1);
    said(
        &ci(&work, &[], None, &["--base", "main", "--head", "topic"]),
        1,
    );
    said(
        &ci(&work, &[], None, &["--base", "main~1", "--head", "main"]),
        0,
    );
    said(
        &ci(&work, &[], None, &["--base", "topic", "--head", "topic"]),
        2,
    );
    said(&ci(&work, &[], None, &["--base", "nowhere"]), 1);
    said(
        &ci(&work, &[], None, &["--base", "nowhere", "--head", "main"]),
        3,
    );
    let text = said(&ci(&work, &[], None, &["--base", "main", "--dry-run"]), 0);
    assert!(
        text.contains("what is new in HEAD and not in main"),
        "{text}"
    );
}

#[test]
fn the_base_may_accept_what_the_change_may_not() {
    let ((_, work), key) = (project(), pair(508));
    work.git(&["checkout", "-q", "-b", "topic"]);
    work.commit_file("k", key.ini());
    let output = ci(
        &work,
        &[],
        None,
        &["--base", "main", "-f", "json", "--no-timings"],
    );
    said(&output, 1);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let print = report["findings"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    let accept = format!(
        "[accept.{print}]\nreason = \"rotated\"\nowner = \"sec@example.com\"\nexpires = \"never\"\n"
    );
    // In the change itself it says nothing.
    work.commit_file(".keysweep.toml", &accept);
    said(&ci(&work, &[], None, &["--base", "main"]), 1);
    work.git(&["checkout", "-q", "main"]);
    work.commit_file(".keysweep.toml", &accept);
    said(
        &ci(&work, &[], None, &["--base", "main", "--head", "topic"]),
        0,
    );
    // One that cannot be understood stops everything.
    work.commit_file(".keysweep.toml", "[allow]\npaths = [\"**\"]\n");
    let text = said(
        &ci(&work, &[], None, &["--base", "main", "--head", "topic"]),
        2,
    );
    assert!(text.contains("main:.keysweep.toml"), "{text}");
}

#[test]
fn systems_get_what_they_take_by_themselves() {
    let ((_, work), key) = (project(), pair(509));
    work.git(&["checkout", "-q", "-b", "topic"]);
    work.commit_file("k", key.ini());
    let summary = work.root().join("summary.md");
    std::fs::write(&summary, "before\n").unwrap();
    let file = summary.to_str().unwrap();
    let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", file)];
    let text = said(&ci(&work, &variables, None, &["--base", "main"]), 1);
    assert!(text.contains("::error file=k"), "{text}");
    let said_there = std::fs::read_to_string(&summary).unwrap();
    assert!(
        said_there.starts_with("before\n") && said_there.contains(&key.id),
        "{said_there}"
    );
    assert!(!said_there.contains(&key.secret) && !text.contains(&key.secret));
    let folder = work.root().to_str().unwrap();
    for (system, place, name) in [
        ("GITHUB_ACTIONS", "RUNNER_TEMP", "keysweep.sarif"),
        (
            "GITLAB_CI",
            "CI_PROJECT_DIR",
            "gl-secret-detection-report.json",
        ),
    ] {
        let variables = [(system, "true"), (place, folder)];
        said(&ci(&work, &variables, None, &["--base", "main"]), 1);
        let report = std::fs::read_to_string(work.root().join(name)).unwrap();
        assert!(report.contains(&key.id) && !report.contains(&key.secret));
    }
    let variables = [("TF_BUILD", "True"), ("AGENT_TEMPDIRECTORY", folder)];
    let text = said(&ci(&work, &variables, None, &["--base", "main"]), 1);
    assert!(text.contains("##vso[task.logissue type=error"), "{text}");
    assert!(text.contains("##vso[task.uploadsummary]"), "{text}");
}
