//! The scripts for the owner, run; and `--inventory` with what they print.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::aws::{Asked, Moto, Recorder, assert_sound, bash, tools};
use crate::support::keysweep::{run_in, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::Seed;

fn script(args: &[&str]) -> String {
    run_in(Path::new("/"), args).expect_code(0).out()
}

#[track_caller]
fn text(out: &Output, code: i32) -> String {
    let error = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(code), "{error}");
    String::from_utf8(out.stdout.clone()).unwrap()
}

/// An `aws` that knows one account with one user, whose name is no plain word.
const STUB: &str = r#"#!/bin/bash
case "$1 $2 $*" in
  "sts get-caller-identity"*) echo 210987654321 ;;
  "iam get-account-summary"*) echo '{"SummaryMap": {"AccountAccessKeysPresent": 0}}' ;;
  "iam list-users"*"--query"*) printf '%s\n' 'a,b@c+d' ;;
  "iam list-users"*) echo '{"Users": [{"UserName": "a,b@c+d", "Arn": "arn:aws:iam::210987654321:user/a,b@c+d"}]}' ;;
  "iam list-access-keys"*"--query"*"--user-name=a,b@c+d") echo "$KEY" ;;
  "iam list-access-keys"*"--user-name=a,b@c+d") echo '{"AccessKeyMetadata": [{"UserName": "a,b@c+d", "AccessKeyId": "'"$KEY"'", "Status": "Active", "CreateDate": "2026-01-01T00:00:00Z"}]}' ;;
  "iam get-access-key-last-used"*) echo '{"AccessKeyId": "'"$KEY"'", "UserName": "a,b@c+d", "AccessKeyLastUsed": {"LastUsedDate": "2026-02-02T00:00:00Z", "ServiceName": "s3", "Region": "eu-west-1"}}' ;;
  "iam list-service-specific-credentials"*) echo '{"ServiceSpecificCredentials": []}' ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
"#;

#[test]
fn the_inventory_says_whose_keys_are() {
    let mut seed = Seed::new(801);
    let folder = TempDir::new().unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("aws"), STUB).unwrap();
    fs::set_permissions(bin.join("aws"), fs::Permissions::from_mode(0o755)).unwrap();
    let pair = seed.pair();
    let inventory_script = script(&["inventory", "script"]);
    let out = bash(&inventory_script, &bin, folder.path(), &[("KEY", &pair.id)]);
    let file = folder.path().join("inventory.json");
    fs::write(&file, text(&out, 0)).unwrap();
    let file = file.to_str().unwrap();

    let repo = Repo::new();
    repo.commit_file("a", pair.ini());
    let (run, report) = sweep_json(repo.path(), &["--inventory", file]);
    assert_eq!(run.code, Some(1), "{}", run.err());
    assert_eq!(run.err(), "");
    let finding = &report.0["findings"][0];
    assert_eq!(finding["inventory"]["state"], "active", "{finding}");
    assert_eq!(finding["inventory"]["user"], "a,b@c+d");
    assert_eq!(finding["inventory"]["last_service"], "s3");
    let shown = run_in(
        folder.path(),
        &[
            "inventory",
            "show",
            "--inventory",
            file,
            "--key-id",
            &pair.id,
        ],
    );
    assert!(
        shown.out().contains(": active, user a,b@c+d"),
        "{}",
        shown.out()
    );
    let lost = run_in(repo.path(), &["sweep", "--inventory", "nowhere.json"]);
    assert_eq!(lost.code, Some(2), "{}", lost.err());
}

#[test]
fn scripts_are_sound() {
    let key = Seed::new(802).key_id("AKIA");
    for args in [
        &["inventory", "script"][..],
        &["inventory", "script", "--organization-role", "a/b+c"],
        &["investigate", "script", "--key-id", &key],
        &[
            "investigate",
            "script",
            "--key-id",
            &key,
            "--region",
            "eu-west-1,$(id)",
            "--folder",
            "a b'`id`\n",
        ],
    ] {
        assert_sound(&script(args));
    }
    let refused = run_in(
        Path::new("/"),
        &["inventory", "script", "--organization-role", "x;y"],
    );
    assert_eq!(refused.code, Some(2));
}

#[test]
fn the_inventory_script_runs_against_an_emulator() {
    let bin = tools();
    let moto = Moto::start(bin);
    let folder = TempDir::new().unwrap();
    let run = |script: &str| {
        bash(
            script,
            bin,
            folder.path(),
            &[("AWS_ENDPOINT_URL", &moto.endpoint)],
        )
    };
    let made = run("set -e
        aws iam create-user --user-name=ann >/dev/null; aws iam create-user --user-name=bob >/dev/null
        aws iam create-access-key --user-name=ann --query AccessKey.AccessKeyId --output text
        k=$(aws iam create-access-key --user-name=ann --query AccessKey.AccessKeyId --output text); echo \"$k\"
        aws iam update-access-key --user-name=ann --access-key-id=\"$k\" --status Inactive");
    let ids = text(&made, 0);
    let ids: Vec<&str> = ids.split_whitespace().collect();
    let listing = text(&run(&script(&["inventory", "script"])), 0);
    let file = folder.path().join("listing.json");
    fs::write(&file, &listing).unwrap();
    let state = |id: &str| {
        let file = file.to_str().unwrap();
        let shown = run_in(
            folder.path(),
            &[
                "inventory",
                "show",
                "--inventory",
                file,
                "--key-id",
                id,
                "-f",
                "json",
            ],
        );
        serde_json::from_slice::<Value>(&shown.stdout).unwrap()["state"].clone()
    };
    assert_eq!(
        [state(ids[0]), state(ids[1])],
        [json!("active"), json!("inactive")],
        "{listing}"
    );
    assert!(listing.contains("\"KeysweepComplete\": true"), "{listing}");

    // The same for an organization of two accounts.
    let made = run("set -e
        aws organizations create-organization >/dev/null
        aws organizations create-account --email=a@example.com --account-name=a --query CreateAccountStatus.AccountId --output text");
    let other = text(&made, 0).trim().to_owned();
    let listing = run(&script(&[
        "inventory",
        "script",
        "--organization-role",
        "audit",
    ]));
    let listing = text(&listing, 0);
    assert!(
        listing.contains(&format!(
            "{{\"Account\": \"{other}\", \"KeysweepComplete\": true}}"
        )),
        "{listing}"
    );
    assert!(!listing.contains("SecretAccessKey") && !listing.contains("SessionToken"));
}

/// Two regions with two pages each; one of the pages fails the first time.
fn cloudtrail(asked: &Asked, is_broken: bool) -> (u16, &'static str, String) {
    if asked.operation == "DescribeRegions" {
        let region = |name: &str| format!("<item><regionName>{name}</regionName></item>");
        let regions = region("us-east-1") + &region("eu-west-1");
        let body = format!(
            "<DescribeRegionsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><regionInfo>{regions}</regionInfo></DescribeRegionsResponse>"
        );
        return (200, "text/xml", body);
    }
    let key = asked.body["LookupAttributes"][0]["AttributeValue"]
        .as_str()
        .unwrap();
    let event = |number: u32| {
        let record = json!({"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "userName": "u",
            "accountId": "210987654321", "arn": "arn:aws:iam::210987654321:user/u", "accessKeyId": key},
            "eventTime": "2026-03-01T00:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser",
            "awsRegion": asked.region, "eventID": format!("{}-{number}", asked.region),
            "requestParameters": {"userName": format!("made-{}-{number}", asked.region)},
            "userAgent": "x\n    ],\n    \"NextToken\": \"y\"", "recipientAccountId": "210987654321"});
        json!({"EventId": "e", "EventName": "CreateUser", "EventTime": 1.77e9, "CloudTrailEvent": record.to_string()})
    };
    let kind = "application/x-amz-json-1.1";
    match asked.body["NextToken"].as_str() {
        None => (
            200,
            kind,
            json!({"Events": [event(1), event(2)], "NextToken": "t+/=="}).to_string(),
        ),
        Some(_) if is_broken && asked.region == "eu-west-1" => (
            400,
            kind,
            json!({"__type": "InvalidNextTokenException", "message": "no"}).to_string(),
        ),
        Some(_) => (200, kind, json!({"Events": [event(3)]}).to_string()),
    }
}

#[test]
fn the_look_up_script_fetches_all_and_goes_on_where_it_stopped() {
    let bin = tools();
    let key = Seed::new(803).key_id("AKIA");
    let folder = TempDir::new().unwrap();
    let fetch = script(&["investigate", "script", "--key-id", &key]);
    let run = |recorder: &Recorder| {
        bash(
            &fetch,
            bin,
            folder.path(),
            &[("AWS_ENDPOINT_URL", &recorder.endpoint)],
        )
    };

    let recorder = Recorder::start(|asked| cloudtrail(asked, true));
    let out = run(&recorder);
    assert!(String::from_utf8_lossy(&out.stderr).contains("INCOMPLETE"));
    text(&out, 1);
    let whole = Recorder::start(|asked| cloudtrail(asked, false));
    text(&run(&whole), 0);
    // What was there already was not asked for again.
    let asked: Vec<(String, bool)> = whole
        .asked()
        .into_iter()
        .filter(|asked| asked.operation == "LookupEvents")
        .map(|asked| (asked.region, asked.body["NextToken"].is_string()))
        .collect();
    assert_eq!(asked, [("eu-west-1".to_owned(), true)]);
    assert!(
        recorder
            .asked()
            .iter()
            .all(|a| a.operation != "LookupEvents" || a.body["MaxResults"] == 50)
    );

    let events = folder.path().join("keysweep-events");
    let run = run_in(
        folder.path(),
        &[
            "investigate",
            "--key-id",
            &key,
            "--events",
            events.to_str().unwrap(),
            "-f",
            "json",
        ],
    );
    let found: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(found["coverage"]["gaps"], json!([]), "{}", run.err());
    assert_eq!(found["coverage"]["records"], 6);
    assert_eq!(found["resources"].as_array().unwrap().len(), 6);
}
