//! Every CI system that `keysweep ci` knows: a leak is seen, and what cannot be told never passes.

use std::process::Output;

use crate::support::gates::{command, pair, project, said};
use crate::support::repo::Repo;

/// How a system tells of a change: variables, and GitHub's event; `BASE`, `HEAD` and `TARGET` stand
/// for ids and a branch's name.
struct System {
    name: &'static str,
    variables: &'static [(&'static str, &'static str)],
    event: Option<&'static str>,
    /// What it says to get all of history.
    setting: &'static str,
}

const SYSTEMS: [System; 9] = [
    System {
        name: "GitHub, pull request",
        variables: &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "pull_request"),
        ],
        event: Some(r#"{"pull_request":{"base":{"sha":"BASE"},"head":{"sha":"HEAD"}}}"#),
        setting: "fetch-depth: 0",
    },
    System {
        name: "GitHub, merge queue",
        variables: &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "merge_group"),
        ],
        event: Some(r#"{"merge_group":{"base_sha":"BASE","head_sha":"HEAD"}}"#),
        setting: "fetch-depth: 0",
    },
    System {
        name: "GitHub, push",
        variables: &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push")],
        event: Some(r#"{"before":"BASE","after":"HEAD","ref":"refs/heads/topic"}"#),
        setting: "fetch-depth: 0",
    },
    System {
        name: "GitLab, merge request",
        variables: &[
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "BASE"),
        ],
        event: None,
        setting: "GIT_DEPTH: 0",
    },
    System {
        name: "Bitbucket, pull request",
        variables: &[
            ("BITBUCKET_BUILD_NUMBER", "1"),
            ("BITBUCKET_PR_DESTINATION_COMMIT", "BASE"),
        ],
        event: None,
        setting: "depth: full",
    },
    System {
        name: "Azure, pull request",
        variables: &[
            ("TF_BUILD", "True"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/TARGET"),
        ],
        event: None,
        setting: "fetchDepth: 0",
    },
    System {
        name: "Jenkins, change",
        variables: &[
            ("JENKINS_URL", "https://ci.example/"),
            ("CHANGE_TARGET", "TARGET"),
        ],
        event: None,
        setting: "",
    },
    System {
        name: "Buildkite, pull request",
        variables: &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "TARGET"),
        ],
        event: None,
        setting: "",
    },
    System {
        name: "CircleCI",
        variables: &[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "topic")],
        event: None,
        setting: "",
    },
];

impl System {
    fn run(&self, repo: &Repo, base: &str, target: &str) -> Output {
        let head = repo.id("HEAD");
        let fill = |text: &str| {
            text.replace("BASE", base)
                .replace("HEAD", &head)
                .replace("TARGET", target)
        };
        let mut command = command(repo);
        if let Some(event) = self.event {
            let file = repo.root().join("event.json");
            std::fs::write(&file, fill(event)).unwrap();
            command.env("GITHUB_EVENT_PATH", file);
        }
        for (name, value) in self.variables {
            // Names hold the words, too; only values stand for something.
            command.env(name, fill(value));
        }
        command.arg("ci").output().unwrap()
    }
}

/// A remote, and a clone on a branch of its own.
fn branched() -> (Repo, Repo) {
    let (server, work) = project();
    work.git(&["checkout", "-q", "-b", "topic"]);
    (server, work)
}

#[test]
fn a_change_is_held_against_its_base_everywhere() {
    for (n, system) in (0..).zip(&SYSTEMS) {
        let ((_, work), key) = (branched(), pair(550 + n));
        let base = work.id("main");
        work.commit_file("b", "clean\n");
        said(&system.run(&work, &base, "main"), 0);
        work.commit_file("k", key.ini());
        work.commit_file("k", "out again\n");
        let text = said(&system.run(&work, &base, "main"), 1);
        assert!(
            text.contains(&key.id) && !text.contains(&key.secret),
            "{}: {text}",
            system.name
        );
    }
}

#[test]
fn nothing_that_cannot_be_told_passes_anywhere() {
    for system in &SYSTEMS {
        let name = system.name;
        // The base is nowhere.
        let (server, work) = branched();
        work.commit_file("b", "clean\n");
        if system.name == "CircleCI" {
            work.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
            work.attempt(&["symbolic-ref", "-d", "refs/remotes/origin/HEAD"], b"");
        }
        let gone = "7".repeat(40);
        let code = system.run(&work, &gone, "gone").status.code();
        assert!(matches!(code, Some(2 | 3)), "{name}: {code:?}");
        // The clone is too shallow to tell.
        work.git(&["push", "-q", "origin", "topic"]);
        let base = work.id("main");
        let args = ["--depth", "1", "--single-branch", "--branch", "topic"];
        let shallow = server.clone_to("shallow", &args);
        let output = system.run(&shallow, &base, "main");
        let text = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(
            matches!(output.status.code(), Some(2 | 3)),
            "{name}: {text}"
        );
        assert!(text.contains(system.setting), "{name}: {text}");
    }
}

#[test]
fn a_base_that_is_the_head_never_passes_silently() {
    for system in &SYSTEMS {
        let (_, work) = branched();
        work.commit_file("b", "clean\n");
        work.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        let head = work.id("HEAD");
        let output = system.run(&work, &head, "main");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(2) => assert!(text.contains("the same commit"), "{}: {text}", system.name),
            // A branch that was only just made brings nothing: it says what it was held against.
            Some(0) => assert!(
                system.name == "CircleCI" && text.contains("refs/remotes/origin/"),
                "{}: {text}",
                system.name
            ),
            code => panic!("{}: {code:?} {text}", system.name),
        }
    }
}

#[test]
fn the_default_branch_is_not_held_against_itself() {
    let ((_, work), key) = (branched(), pair(572));
    work.git(&["checkout", "-q", "main"]);
    work.commit_file("k", key.ini());
    work.git(&["push", "-q", "--no-verify", "origin", "main"]);
    for variables in [
        [("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main")],
        [
            ("TF_BUILD", "True"),
            ("BUILD_SOURCEBRANCH", "refs/heads/main"),
        ],
        [
            ("BITBUCKET_BUILD_NUMBER", "1"),
            ("BITBUCKET_BRANCH", "main"),
        ],
        [
            ("JENKINS_URL", "https://ci.example/"),
            ("BRANCH_NAME", "main"),
        ],
    ] {
        let mut command = command(&work);
        command.arg("ci").envs(variables);
        let text = said(&command.output().unwrap(), 1);
        assert!(text.contains(&key.id), "{variables:?}: {text}");
    }
    // A job that does not know its branch.
    let mut command = command(&work);
    command.arg("ci").env("JENKINS_URL", "https://ci.example/");
    said(&command.output().unwrap(), 2);
}

#[test]
fn scheduled_runs_read_everything_everywhere() {
    let ((_, work), key) = (branched(), pair(570));
    work.git(&["checkout", "-q", "-b", "aside"]);
    work.commit_file("k", key.ini());
    work.git(&["checkout", "-q", "main"]);
    for variables in [
        [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "schedule"),
        ],
        [("GITLAB_CI", "true"), ("CI_PIPELINE_SOURCE", "schedule")],
        [("TF_BUILD", "True"), ("BUILD_REASON", "Schedule")],
        [("BUILDKITE", "true"), ("BUILDKITE_SOURCE", "schedule")],
    ] {
        let mut command = command(&work);
        command.arg("ci").envs(variables);
        let text = said(&command.output().unwrap(), 1);
        assert!(text.contains(&key.id), "{variables:?}: {text}");
    }
}

#[test]
fn the_users_own_keys_are_looked_for_by_ci_and_hooks() {
    let ((_, work), key) = (branched(), pair(571));
    // Glued to its neighbours: no rule knows it.
    work.commit_file("k", format!("x{}y\n", key.secret));
    let run = |args: &[&str]| {
        let mut command = command(&work);
        command.env("AWS_SECRET_ACCESS_KEY", &key.secret);
        command.args(args).output().unwrap()
    };
    said(&run(&["ci", "--base", "main"]), 0);
    said(&run(&["ci", "--full"]), 0);
    for args in [
        &["ci", "--base", "main", "--own-keys"][..],
        &["ci", "--full", "--own-keys"],
        &["hook", "pre-push", "--own-keys", "origin", "url"],
    ] {
        let text = said(&run(args), 1);
        assert!(!text.contains(&key.secret), "{text}");
    }
    work.git(&["checkout", "-q", "main"]);
    work.write("s", format!("x{}y\n", key.secret));
    work.git(&["add", "s"]);
    said(&run(&["hook", "pre-commit"]), 0);
    said(&run(&["hook", "pre-commit", "--own-keys"]), 1);
}
