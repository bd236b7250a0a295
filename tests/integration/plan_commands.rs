//! No command in a plan is untried: each passes the AWS CLI's validation here, is run by a test that is
//! named here, or is for the host or a console.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::support::drill::Incident;
use crate::support::keysweep::{finish, sweep_json};
use crate::support::recorder::Recorder;
use crate::support::repo::Repo;
use crate::support::seed::Seed;

const ACCOUNT: &str = "123456789012";

/// Findings of every situation, as changes of one.
fn situations() -> Vec<Value> {
    let arn = |rest: &str| json!({"state": "active", "arn": format!("arn:{rest}")});
    let mut all = vec![
        json!({}),
        json!({"validity": {"state": "unknown"}}),
        json!({"validity": {"state": "not-valid"}}),
        json!({"canary": "somebody"}),
        json!({"validity": arn("aws:iam::123456789012:root")}),
        json!({"validity": arn("aws-cn:iam::123456789012:root")}),
        json!({"validity": arn("aws-us-gov:iam::123456789012:user/deploy")}),
        json!({"inventory": {"state": "inactive"}}),
        json!({"kind": "aws-temporary-key", "validity": arn("aws:iam::123456789012:root")}),
        json!({"kind": "aws-temporary-key", "validity": arn("aws:iam::123456789012:user/deploy")}),
    ];
    for role in ["builder", "AWSReservedSSO_Admin_0123456789abcdef"] {
        let session = arn(&format!("aws:sts::{ACCOUNT}:assumed-role/{role}/me"));
        all.push(json!({"kind": "aws-temporary-key", "validity": session}));
    }
    for kind in [
        "aws-access-key-id",
        "aws-temporary-key",
        "aws-session-token",
        "aws-ses-smtp-password",
    ] {
        all.push(json!({ "kind": kind }));
    }
    for kind in [
        "aws-secret-access-key",
        "aws-bedrock-api-key",
        "aws-cloudwatch-logs-key",
        "aws-service-password",
        "aws-ses-smtp-password",
        "aws-appsync-api-key",
        "aws-cloudfront-private-key",
        "aws-console-sign-in",
        "aws-ecr-token",
        "aws-mws-auth-token",
        "custom-key",
    ] {
        all.push(json!({"kind": kind, "access_key_id": null, "user": "deploy+1"}));
        all.push(json!({"kind": kind, "access_key_id": null}));
    }
    all
}

/// How far a finding has spread, in every way that a plan tells apart.
fn spreads() -> Vec<Value> {
    vec![
        json!({"pushed": "yes", "pushed_to": ["origin"]}),
        json!({"pushed": "not-seen"}),
        json!({"pushed": "not-seen", "at_head": false}),
        json!({"pushed": "here"}),
        json!({"pushed": "not-seen", "ref_count": 0, "refs": [], "held_by": [
            {"kind": "stash", "name": "stash@{0}"}, {"kind": "index", "name": "main"},
            {"kind": "index", "name": "linked"}, {"kind": "worktree", "name": "linked"},
        ]}),
    ]
}

/// A command with the step it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    command: String,
    who: String,
    place: String,
}

/// Every command of every plan, with one title under which it stands.
fn commands() -> BTreeMap<Line, String> {
    let (repo, pair) = (Repo::new(), Seed::new(4600).plain_pair());
    repo.commit_file("config/prod.env", pair.ini());
    let (_, base) = sweep_json(repo.path(), &[]);
    let mut reports = Vec::new();
    for (number, change) in situations().into_iter().chain(spreads()).enumerate() {
        let mut report = base.0.clone();
        let finding = &mut report["findings"][0];
        let is_spread = change.get("pushed").is_some();
        let into = if is_spread {
            &mut finding["exposure"]
        } else {
            &mut *finding
        };
        for (name, value) in change.as_object().unwrap() {
            into[name] = value.clone();
        }
        if !is_spread {
            finding["exposure"]["pushed"] = json!("yes");
            finding["exposure"]["pushed_to"] = json!(["origin"]);
        }
        finding["account_id"] = json!(ACCOUNT);
        if number == 0 {
            report["findings"][0]["occurrences"][0]["path"] = json!(".env");
        }
        reports.push(report);
    }
    // What is only a message, and one that a later commit is behind.
    for head in [json!(base.0["target"]["head"]), json!("0".repeat(40))] {
        for fields in [&["message"][..], &["content"], &["content", "message"]] {
            let mut report = base.0.clone();
            report["target"]["head"] = head.clone();
            report["findings"][0]["exposure"]["pushed"] = json!("not-seen");
            let spots = report["findings"][0]["occurrences"].as_array_mut().unwrap();
            for (spot, field) in spots.iter_mut().zip(fields.iter().cycle()) {
                spot["field"] = json!(field);
            }
            reports.push(report);
        }
    }
    let mut all = BTreeMap::new();
    for report in reports {
        for language in ["en", "ja"] {
            all.extend(of_plan(&report, language));
        }
    }
    all
}

fn of_plan(report: &Value, language: &str) -> Vec<(Line, String)> {
    let incident = Incident::new();
    let path = incident.home().join("old.json");
    std::fs::write(&path, report.to_string()).unwrap();
    incident.plan(&path, &["--lang", language]);
    let plan = incident.json();
    let mut lines = Vec::new();
    for step in plan["steps"].as_array().unwrap() {
        let text = |key: &str| step[key].as_str().unwrap().to_owned();
        let undo = step["undo"]["command"].as_array();
        let all = [step["command"].as_array(), step["check"].as_array(), undo];
        let commands = all.into_iter().flatten().flatten();
        lines.extend(commands.map(|command| {
            let line = Line {
                command: command.as_str().unwrap().to_owned(),
                who: text("who"),
                place: text("place"),
            };
            (line, text("action"))
        }));
    }
    lines
}

/// Beginnings of commands that other tests run for real, and the test that does.
const RUN: &[(&str, &str)] = &[
    (
        "[ \"$(aws iam list-access-keys",
        "a_users_key_is_dead_afterwards",
    ),
    ("case $keys in", "a_users_key_is_dead_afterwards"),
    ("case $quarantined in", "a_users_key_is_dead_afterwards"),
    ("case $user in", "a_users_key_is_dead_afterwards"),
    (
        "[ \"$owner\" = \"$caller\" ]",
        "a_users_key_is_dead_afterwards",
    ),
    ("if [ \"$slots\" -ge 2 ]", "a_users_key_is_dead_afterwards"),
    (
        "if [ -n \"$quarantined\" ]",
        "a_users_key_is_dead_afterwards",
    ),
    ("new_key=$(mktemp", "a_users_key_is_dead_afterwards"),
    ("echo \"", "a_users_key_is_dead_afterwards"),
    ("test -s \"$new_key\"", "a_users_key_is_dead_afterwards"),
    ("cat \"$OUT/last-used-", "a_users_key_is_dead_afterwards"),
    (
        "mkdir -p \"$OUT/events-",
        "temporary_keys_are_cut_off_at_their_role_or_user",
    ),
    (
        "ls -l \"$OUT/events-",
        "temporary_keys_are_cut_off_at_their_role_or_user",
    ),
    (
        "\"$KEYSWEEP\" investigate",
        "temporary_keys_are_cut_off_at_their_role_or_user",
    ),
    ("of_", "a_users_key_is_dead_afterwards"),
    ("role=", "temporary_keys_are_cut_off_at_their_role_or_user"),
    ("user=", "temporary_keys_are_cut_off_at_their_role_or_user"),
    ("key=", "temporary_keys_are_cut_off_at_their_role_or_user"),
    (
        "policy='",
        "temporary_keys_are_cut_off_at_their_role_or_user",
    ),
    ("export AWS_REGION=", "a_known_role_needs_no_question"),
    ("api=", "keys_of_services_have_their_own_commands"),
    ("service=", "keys_of_services_have_their_own_commands"),
    (
        "if [ -z \"$ids\" ]; then",
        "keys_of_services_have_their_own_commands",
    ),
    (
        "read -r key secret token",
        "a_member_s_root_key_goes_without_showing_a_secret",
    ),
    (
        "unset session",
        "a_member_s_root_key_goes_without_showing_a_secret",
    ),
    (
        "arn=arn:",
        "a_member_s_root_key_goes_without_showing_a_secret",
    ),
    (
        "case $(git filter-repo",
        "everything_goes_and_nothing_else_changes",
    ),
    ("WORK=$(mktemp", "everything_goes_and_nothing_else_changes"),
    (
        "\"$KEYSWEEP\" plan \"$CLONE\" --write-rules",
        "everything_goes_and_nothing_else_changes",
    ),
    (
        "test -s \"$RULES\"",
        "everything_goes_and_nothing_else_changes",
    ),
    ("git -C \"$CLONE\" rev-list", "the_estimate_is_what_happens"),
    ("export RULES", "everything_goes_and_nothing_else_changes"),
    ("# A note hangs", "everything_goes_and_nothing_else_changes"),
    (
        "\"$KEYSWEEP\" sweep \"$CLONE\"",
        "everything_goes_and_nothing_else_changes",
    ),
    (
        "git -C \"$CLONE\" for-each-ref",
        "nothing_is_pushed_if_somebody_pushed_in_between",
    ),
    (
        "git -C \"$REPO\" fetch",
        "everything_goes_and_nothing_else_changes",
    ),
    (
        "git -C \"$REPO\" reflog expire",
        "everything_goes_and_nothing_else_changes",
    ),
    ("rm -rf -- \"$WORK\"", "rules_go_whatever_ends_the_script"),
    ("rm -f -- \"$RULES\"", "rules_go_whatever_ends_the_script"),
    (
        "[ -z \"$(git -C \"$REPO\" status",
        "what_was_never_pushed_takes_the_short_path",
    ),
    ("git stash drop", "everything_goes_and_nothing_else_changes"),
    (
        "git -C \"$REPO\" rm -q --cached",
        "what_comes_from_the_repository_does_nothing",
    ),
    ("git -C \"$(dirname", "what_a_linked_work_tree_holds_goes"),
    (
        "git -C \"$REPO\" switch BRANCH",
        "what_a_linked_work_tree_holds_goes",
    ),
    ("cd \"$REPO\"", "the_short_path_works_by_hand"),
    ("git add -- ", "the_short_path_works_by_hand"),
    ("git commit --", "the_short_path_works_by_hand"),
    ("base=", "the_short_path_works_by_hand"),
    ("GIT_SEQUENCE_EDITOR=", "the_short_path_works_by_hand"),
    ("git rebase -i --autosquash", "the_short_path_works_by_hand"),
    ("git rebase --continue", "the_short_path_works_by_hand"),
    (
        "git fetch --prune origin",
        "a_colleague_moves_unpushed_work_over",
    ),
    (
        "git rebase --onto origin/",
        "a_colleague_moves_unpushed_work_over",
    ),
    ("git switch main &&", "a_colleague_moves_unpushed_work_over"),
    (
        "git for-each-ref --format='delete",
        "a_colleague_moves_unpushed_work_over",
    ),
    (
        "git fetch --tags origin",
        "a_colleague_moves_unpushed_work_over",
    ),
    (
        "git reflog expire --expire=now --all && git update-index",
        "a_colleague_moves_unpushed_work_over",
    ),
    (
        "cat \"$OUT/left-on-host\"",
        "hosts_keep_their_own_refs_and_they_are_named",
    ),
    (
        "\"$KEYSWEEP\" plan --mark",
        "states_are_remembered_and_a_working_key_reopens",
    ),
    (
        "\"$KEYSWEEP\" inventory script",
        "the_proof_takes_in_that_the_key_is_dead",
    ),
    (
        "bash \"$OUT/inventory.sh\"",
        "the_proof_takes_in_that_the_key_is_dead",
    ),
    (
        "if [ -s \"$OUT/inventory.json\" ]",
        "everything_goes_and_nothing_else_changes",
    ),
    (
        "\"$KEYSWEEP\" prove",
        "everything_goes_and_nothing_else_changes",
    ),
    (
        "(cd \"$REPO\" && \"$KEYSWEEP\" hook install)",
        "what_prevents_the_next_one_runs",
    ),
    (
        "(cd \"$REPO\" && \"$KEYSWEEP\" hook uninstall)",
        "what_prevents_the_next_one_runs",
    ),
    ("keysweep ci", "what_prevents_the_next_one_runs"),
    ("printf '%s\\n' ", "what_prevents_the_next_one_runs"),
];

/// What nobody but a person at a console or a terminal can do: it asks questions.
const CONSOLE: &[&str] = &["aws configure sso"];

/// What a person writes in place of the words that stand for what AWS made just before.
const WRITTEN: [(&str, &str); 2] = [
    ("NEW_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("NEW_CREDENTIAL_ID", "ACCAEXAMPLEEXAMPLE123"),
];

/// True if the AWS CLI takes a command as it stands; variables of earlier steps have values.
fn is_valid(incident: &Incident, command: &str) -> Result<(), String> {
    let command = WRITTEN.iter().fold(command.to_owned(), |text, (word, id)| {
        text.replace(word, id)
    });
    let mut bash = incident.command("bash");
    bash.args(["-c", &format!("set -e -o pipefail\n{command}")]);
    for (name, value) in [
        ("user", "deploy"),
        ("role", "builder"),
        ("key", "APKAEIBAERJR2EXAMPLE"),
        ("slots", "2"),
        ("secret", "testing"),
        ("token", "testing"),
        ("ids", "ACCAEXAMPLEEXAMPLE123"),
        ("credential", "ACCAEXAMPLEEXAMPLE123"),
        ("groups", "group1"),
        ("etag", "E1"),
        ("api", "abcdefghijklmnopqrstuvwxyz"),
        ("service", "codecommit.amazonaws.com"),
        ("regions", "us-east-1"),
        ("scp", "p-examplepolicyid111"),
        ("arn", "arn:aws:iam::123456789012:user/deploy"),
        ("policy", "{\"Version\":\"2012-10-17\",\"Statement\":[]}"),
    ] {
        bash.env(name, value);
    }
    bash.env("new_key", incident.home().join("new-key"));
    let output = finish(bash);
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{command}\n{said}"))
    }
}

/// The AWS CLI's calls go to an endpoint that takes everything that the CLI lets pass.
fn validated(commands: &[&str]) -> Vec<String> {
    let recorder = Recorder::start();
    let wrong = Mutex::new(Vec::new());
    let next = Mutex::new(commands.iter());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut incident = Incident::new();
                incident.environment = recorder.environment();
                for folder in ["events-deploy", "events-x"] {
                    std::fs::create_dir(incident.file(folder)).unwrap();
                }
                loop {
                    let command = next.lock().unwrap().next();
                    let Some(command) = command else { break };
                    for folder in folders(command) {
                        std::fs::create_dir_all(incident.file(&folder)).unwrap();
                    }
                    if let Err(error) = is_valid(&incident, command) {
                        wrong.lock().unwrap().push(error);
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

/// Folders that an earlier command makes.
fn folders(command: &str) -> Vec<String> {
    let all = command.split("\"$OUT/events-").skip(1);
    all.map(|rest| format!("events-{}", rest.split(['"', '/']).next().unwrap()))
        .collect()
}

#[test]
fn every_command_is_run_validated_or_for_the_host() {
    let commands = commands();
    let (mut aws, mut wrong): (BTreeSet<&str>, Vec<String>) = (BTreeSet::new(), Vec::new());
    let calls = regex::Regex::new(r"\baws [a-z]").unwrap();
    for (line, action) in &commands {
        let command = line.command.as_str();
        let is_run = RUN.iter().any(|(begins, _)| command.starts_with(begins));
        let is_console = CONSOLE.iter().any(|begins| command.starts_with(begins));
        if is_console {
            assert_eq!(line.place, "by-hand", "{command}");
        } else if calls.is_match(command) && !command.starts_with("[ ") {
            aws.insert(command);
        } else if !is_run {
            wrong.push(format!("{action}: {command}"));
        }
    }
    assert!(wrong.is_empty(), "nothing tries these: {wrong:#?}");
    assert!(aws.len() > 60, "{}", aws.len());
    let all: Vec<&str> = aws.into_iter().collect();
    let wrong = validated(&all);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn tests_that_are_said_to_run_commands_exist() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration");
    let mut source = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            source.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    for (_, test) in RUN {
        assert!(
            source.contains(&format!("fn {test}()")),
            "there is no test {test}"
        );
    }
}
