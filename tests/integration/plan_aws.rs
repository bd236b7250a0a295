//! The AWS commands of plans, run by the AWS CLI: against moto, which keeps users and keys, and
//! against an endpoint that notes what passed the CLI's validation.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::support::drill::Incident;
use crate::support::keysweep::{finish, sweep_json};
use crate::support::recorder::{Recorder, environment};
use crate::support::repo::Repo;
use crate::support::seed::Seed;
use crate::support::tools;

/// moto's server, for as long as this lives.
struct Moto {
    child: Child,
    port: u16,
}

impl Moto {
    fn start() -> Moto {
        let mut child = std::process::Command::new(tools::folder().join("moto_server"))
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert!(
                lines.read_line(&mut line).unwrap() > 0,
                "moto did not start"
            );
            if let Some((_, rest)) = line.split_once("http://127.0.0.1:") {
                break rest.trim().parse().unwrap();
            }
        };
        // Its log must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Moto { child, port }
    }

    /// The AWS CLI as an administrator.
    fn aws(&self, incident: &Incident, line: &str) -> String {
        let mut aws = incident.command("aws");
        aws.args(line.split(' ')).envs(environment(self.port));
        let output = finish(aws);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {stderr}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Makes moto check who asks.
    fn demand_keys(&self) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = "POST /moto-api/reset-auth HTTP/1.1\r\nHost: localhost\r\n\
                       Content-Length: 1\r\nConnection: close\r\n\r\n0";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The report of a repository with one pushed key.
fn report(seed: u64) -> (Repo, Value) {
    let (repo, pair) = (Repo::new(), Seed::new(seed).plain_pair());
    repo.commit_file("config/prod.env", pair.ini());
    let (_, report) = sweep_json(repo.path(), &[]);
    (repo, report.0)
}

/// Writes a report for the incident, changed.
fn save(incident: &Incident, report: &Value) -> PathBuf {
    let path = incident.home().join("old.json");
    std::fs::write(&path, report.to_string()).unwrap();
    path
}

#[test]
#[allow(clippy::too_many_lines, reason = "one course of things, or a table")]
fn a_users_key_is_dead_afterwards() {
    let moto = Moto::start();
    let mut incident = Incident::new();
    let make = "iam create-access-key --user-name deploy --output text \
                --query AccessKey.[AccessKeyId,SecretAccessKey]";
    moto.aws(&incident, "iam create-user --user-name deploy");
    let made = moto.aws(&incident, make);
    let (id, secret) = made.split_once('\t').unwrap();
    // Both slots are in use, and the user is in quarantine.
    moto.aws(&incident, make);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;
    let arn = moto.aws(
        &incident,
        &format!(
            "iam create-policy --policy-name AWSCompromisedKeyQuarantineV3 --output text --query \
             Policy.Arn --policy-document {policy}"
        ),
    );
    let attach = format!("iam attach-user-policy --user-name deploy --policy-arn {arn}");
    moto.aws(&incident, &attach);
    let (_repo, mut report) = report(4200);
    report["findings"][0]["access_key_id"] = json!(id);
    report["findings"][0]["account_id"] = json!("123456789012");
    report["findings"][0]["validity"]["state"] = json!("active");
    let report = save(&incident, &report);
    incident.plan(&report, &[]);
    incident.environment = environment(moto.port);
    let new_key = incident.home().join("new-key.json");
    let named = new_key.to_str().unwrap().to_owned();
    incident
        .environment
        .push(("NEW_KEY_FILE".to_owned(), named));

    let run = incident.script(&["contain"]).expect_code(0);
    assert!(
        run.text.contains("AWSCompromisedKeyQuarantineV3"),
        "{}",
        run.text
    );
    let status = moto.aws(
        &incident,
        "iam list-access-keys --user-name deploy --output text \
         --query AccessKeyMetadata[].[AccessKeyId,Status]",
    );
    assert!(status.contains(&format!("{id}\tInactive")), "{status}");
    let policies = "iam get-user-policy --user-name deploy --policy-name AWSRevokeOlderSessions";
    assert!(moto.aws(&incident, policies).contains("aws:TokenIssueTime"));
    let state = incident.home().join("state/keysweep/findings.json");
    assert!(
        std::fs::read_to_string(&state)
            .unwrap()
            .contains("contained")
    );

    let run = incident.script(&["rotate"]).expect_code(0);
    let refused = "a new key would be denied as well";
    assert!(run.text.contains(refused), "{}", run.text);
    assert!(!new_key.exists(), "a user in quarantine gets no new key");
    moto.aws(&incident, &attach.replace("attach", "detach"));
    // The leaked key went in the first run, and nothing tells its user any more.
    let user = ("USER_NAME".to_owned(), "deploy".to_owned());
    incident.environment.push(user);
    let run = incident.script(&["rotate"]).expect_code(0);
    let keys = "iam list-access-keys --user-name deploy --output text \
                --query AccessKeyMetadata[].AccessKeyId";
    let left = moto.aws(&incident, keys);
    assert!(!left.contains(id), "{left}");
    assert_eq!(
        left.split('\t').count(),
        2,
        "the other one and the new one: {left}"
    );
    let made: Value = serde_json::from_slice(&std::fs::read(&new_key).unwrap()).unwrap();
    let fresh = made["AccessKey"]["SecretAccessKey"].as_str().unwrap();
    assert!(!run.text.contains(fresh), "a new secret is a secret");
    let mode = std::os::unix::fs::PermissionsExt::mode(&new_key.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);

    moto.demand_keys();
    let mut aws = incident.command("aws");
    aws.args(["sts", "get-caller-identity"])
        .envs(environment(moto.port));
    aws.env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", secret);
    let output = finish(aws);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("InvalidClientTokenId"),
        "{said}"
    );
}

#[test]
fn the_leaked_key_does_not_clean_up_after_itself() {
    let mut incident = Incident::new();
    let (repo, report) = report(4201);
    incident.plan(repo.path(), &[]);
    let id = report["findings"][0]["access_key_id"]
        .as_str()
        .unwrap()
        .to_owned();
    incident
        .environment
        .push(("AWS_ACCESS_KEY_ID".to_owned(), id));
    let run = incident.script(&["contain"]).expect_code(1);
    assert!(
        run.text.contains("signed in with the leaked key"),
        "{}",
        run.text
    );
}

/// A report's finding, changed into another situation.
fn situation(seed: u64, change: impl Fn(&mut Value)) -> (Incident, Recorder, PathBuf) {
    let mut incident = Incident::new();
    let recorder = Recorder::start();
    incident.environment = recorder.environment();
    for (name, value) in [
        ("ROLE", "builder"),
        ("ASSUMED_ROLE", "other"),
        ("KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("SERVICE_NAME", "codecommit.amazonaws.com"),
        ("USER_NAME", "deploy"),
        ("API_ID", "abcdefghijklmnopqrstuvwxyz"),
        ("API_KEY_ID", "da2-abcdefghij"),
        ("PUBLIC_KEY_ID", "K2JCJMDEHXQW5F"),
    ] {
        incident
            .environment
            .push((name.to_owned(), value.to_owned()));
    }
    let (_repo, mut report) = report(seed);
    change(&mut report["findings"][0]);
    let report = save(&incident, &report);
    (incident, recorder, report)
}

#[track_caller]
fn expect(recorder: &Recorder, operations: &[&str]) {
    let seen = recorder.seen();
    let missing: BTreeSet<&&str> = operations
        .iter()
        .filter(|op| !seen.contains(**op))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {seen:?}");
}

#[test]
fn temporary_keys_are_cut_off_at_their_role_or_user() {
    let (incident, recorder, report) = situation(4202, |finding| {
        finding["kind"] = json!("aws-temporary-key");
    });
    incident.plan(&report, &[]);
    incident.script(&["contain", "investigate"]).expect_code(0);
    let operations = [
        "LookupEvents",
        "ListAccessKeys",
        "UpdateAccessKey",
        "PutRolePolicy",
        "GetRolePolicy",
        "PutUserPolicy",
        "DescribeRegions",
        "GenerateCredentialReport",
        "GetCredentialReport",
        "ListUsers",
        "ListRoles",
    ];
    expect(&recorder, &operations);
    assert!(incident.file("credential-report.csv").exists());
}

#[test]
fn a_known_role_needs_no_question() {
    let (mut incident, recorder, report) = situation(4203, |finding| {
        finding["kind"] = json!("aws-temporary-key");
        finding["validity"] = json!({
            "state": "active",
            "arn": "arn:aws-us-gov:sts::123456789012:assumed-role/builder/session",
        });
    });
    incident.environment.retain(|(name, _)| name != "ROLE");
    incident.plan(&report, &[]);
    assert!(
        incident
            .text("plan.md")
            .contains("export AWS_REGION=us-gov-west-1 AWS_DEFAULT_REGION=us-gov-west-1")
    );
    incident.script(&["contain"]).expect_code(0);
    expect(&recorder, &["PutRolePolicy"]);
}

#[test]
fn keys_of_services_have_their_own_commands() {
    let (incident, recorder, report) = situation(4204, |finding| {
        finding["kind"] = json!("aws-service-password");
        finding["user"] = json!("deploy-at-123456789012");
        finding.as_object_mut().unwrap().remove("access_key_id");
    });
    incident.plan(&report, &[]);
    let mut incident = incident;
    let new_key = incident.home().join("new-key.json");
    let named = new_key.to_str().unwrap().to_owned();
    let file = ("NEW_KEY_FILE".to_owned(), named);
    incident.environment.push(file);
    let phases = ["contain", "investigate", "rotate"];
    incident.script(&phases).expect_code(0);
    expect(
        &recorder,
        &[
            "ListServiceSpecificCredentials",
            "UpdateServiceSpecificCredential",
            "LookupEvents",
            "CreateServiceSpecificCredential",
            "DeleteServiceSpecificCredential",
        ],
    );
    for (kind, operations) in [
        (
            "aws-appsync-api-key",
            vec![
                "GET /v1/apis/abcdefghijklmnopqrstuvwxyz/apikeys",
                "DELETE /v1/apis/abcdefghijklmnopqrstuvwxyz/apikeys/da2-abcdefghij",
            ],
        ),
        (
            "aws-cloudfront-private-key",
            vec![
                "GET /2020-05-31/public-key",
                "GET /2020-05-31/key-group/group1/config",
                "PUT /2020-05-31/key-group/group1",
                "DELETE /2020-05-31/public-key/K2JCJMDEHXQW5F",
            ],
        ),
        ("aws-bedrock-short-term-key", vec!["PutRolePolicy"]),
    ] {
        let (incident, recorder, report) = situation(4205, |finding| {
            finding["kind"] = json!(kind);
        });
        incident.plan(&report, &[]);
        incident.script(&["contain"]).expect_code(0);
        expect(&recorder, &operations);
    }
}

/// Commands of a plan's by-hand steps with these words in their titles, in one shell.
fn types(incident: &Incident, titles: &[&str], undo: bool) -> std::process::Output {
    let plan = incident.json();
    let steps = plan["steps"].as_array().unwrap().iter();
    let of = |step: &&Value| {
        let action = step["action"].as_str().unwrap();
        titles.iter().any(|title| action.contains(title))
    };
    let commands: Vec<&str> = steps
        .filter(of)
        .flat_map(|step| {
            let undo = step["undo"]["command"].as_array().filter(|_| undo);
            step["command"].as_array().into_iter().chain(undo).flatten()
        })
        .map(|command| command.as_str().unwrap())
        .collect();
    assert!(!commands.is_empty(), "{titles:?}");
    let mut bash = incident.command("bash");
    bash.args([
        "-c",
        &format!("set -e -o pipefail\n{}\n", commands.join("\n")),
    ]);
    finish(bash)
}

#[test]
fn a_member_s_root_key_goes_without_showing_a_secret() {
    let (incident, recorder, report) = situation(4206, |finding| {
        finding["validity"] = json!({"state": "active", "arn": "arn:aws:iam::123456789012:root"});
        finding["account_id"] = json!("123456789012");
    });
    incident.plan(&report, &[]);
    let titles = ["management account", "service control policy"];
    let output = types(&incident, &titles, true);
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("testing"), "{said}");
    let operations = [
        "AssumeRoot",
        "DeleteAccessKey",
        "CreatePolicy",
        "AttachPolicy",
        "DetachPolicy",
        "DeletePolicy",
    ];
    expect(&recorder, &operations);
}

#[test]
fn a_role_s_sessions_are_cut_off_and_the_cut_can_be_taken_back() {
    let moto = Moto::start();
    let mut incident = Incident::new();
    let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let create = "iam create-role --role-name builder --assume-role-policy-document";
    moto.aws(&incident, &format!("{create} {trust}"));
    let (_repo, mut report) = report(4207);
    let finding = &mut report["findings"][0];
    finding["kind"] = json!("aws-temporary-key");
    let arn = "arn:aws:sts::123456789012:assumed-role/builder/me";
    finding["validity"] = json!({"state": "active", "arn": arn});
    let report = save(&incident, &report);
    incident.plan(&report, &[]);
    incident.environment = environment(moto.port);
    incident.script(&["contain"]).expect_code(0);
    let policy = moto.aws(
        &incident,
        "iam get-role-policy --role-name builder --policy-name AWSRevokeOlderSessions --query \
         PolicyDocument.Statement[0]",
    );
    let policy: Value = serde_json::from_str(&policy).unwrap();
    assert_eq!(policy["Effect"], "Deny");
    let before = policy["Condition"]["DateLessThan"]["aws:TokenIssueTime"]
        .as_str()
        .unwrap();
    let this_year = moto.aws(
        &incident,
        "iam get-role --role-name builder --query Role.CreateDate",
    );
    assert_eq!(
        before[..4],
        this_year[1..5],
        "the moment is that of the step: {before}"
    );
    let output = types(&incident, &["Cut off the role's sessions"], true);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let left = moto.aws(
        &incident,
        "iam list-role-policies --role-name builder --query PolicyNames",
    );
    assert_eq!(left, "[]");
}

#[test]
fn the_proof_takes_in_that_the_key_is_dead() {
    let moto = Moto::start();
    let mut incident = Incident::new();
    moto.aws(&incident, "iam create-user --user-name deploy");
    let made = moto.aws(
        &incident,
        "iam create-access-key --user-name deploy --output text --query \
         AccessKey.[AccessKeyId,SecretAccessKey]",
    );
    let (id, secret) = made.split_once('\t').unwrap();
    let repo = Repo::new();
    repo.commit_file("a", "one\n");
    repo.commit_file(
        "k.env",
        format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"),
    );
    incident.plan(repo.path(), &[]);
    incident.environment = environment(moto.port);
    // moto does not know one of the listings, and the CLI would try it again and again.
    let aws = tools::folder().join("aws");
    let shim = format!(
        "#!/bin/sh\ncase \"$*\" in *list-service-specific*) exit 255 ;; esac\nexec {} \"$@\"\n",
        aws.display()
    );
    let bin = incident.home().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("aws"), shim).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(bin.join("aws"), mode).unwrap();
    let path = format!("{}:{}", bin.display(), tools::path().to_str().unwrap());
    incident.environment.push(("PATH".to_owned(), path));
    let list = ["List the account's keys"];
    incident.script(&["rewrite"]).expect_code(0);
    assert!(types(&incident, &list, false).status.success());
    let run = incident.script(&["prove"]);
    assert_eq!(run.code, Some(1), "the key still works: {}", run.text);
    assert!(run.text.contains("STILL WORKS"), "{}", run.text);
    incident.script(&["contain"]).expect_code(0);
    assert!(types(&incident, &list, false).status.success());
    let run = incident.script(&["prove"]).expect_code(0);
    assert!(
        run.text.contains("your listing: inactive, user deploy"),
        "{}",
        run.text
    );
    assert!(run.text.contains("and the key is dead"), "{}", run.text);
    assert!(!run.text.contains(secret));
}
