//! `keysweep investigate` against incidents of which everything is known.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::incident::{Incident, LEAKED, files};
use crate::support::keysweep::{Run, run_in};
use crate::support::seed::Seed;

/// A report of a sweep that found the key.
fn report(folder: &Path, key: &str) -> String {
    let date = keysweep::model::rfc3339(LEAKED).unwrap();
    let report = json!({"schema": "keysweep/1", "findings": [{
        "fingerprint": "ks1-00000000000000000000000000000000", "access_key_id": key,
        "exposure": {"introduced": {"date": date}, "pushed": "yes"}}]});
    let path = folder.join("report.json");
    fs::write(&path, report.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn investigate(folder: &Path, key: &str, extra: &[&str]) -> Run {
    let report = report(folder, key);
    let events = folder.join("events");
    let mut args = vec![
        "investigate",
        "--report",
        &report,
        "--events",
        events.to_str().unwrap(),
    ];
    args.extend(extra);
    run_in(folder, &args)
}

fn found(run: &Run) -> Value {
    serde_json::from_slice(&run.stdout).unwrap()
}

fn places(found: &Value, standing: &str) -> BTreeSet<[String; 4]> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let list = found["resources"].as_array().unwrap().iter();
    list.filter(|one| one["standing"] == standing)
        .map(|one| [&one["kind"], &one["id"], &one["account_id"], &one["region"]].map(text))
        .collect()
}

fn identities(found: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = found["identities"].as_array().unwrap().iter();
    list.filter(|one| one["kind"] != "leaked-key")
        .map(|one| (text(&one["kind"]), text(&one["id"])))
        .collect()
}

fn events(found: &Value) -> BTreeSet<String> {
    let list = found["events"].as_array().unwrap().iter();
    list.filter(|one| !one["identity"].is_null())
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn same<T: Ord + std::fmt::Debug>(what: &str, found: &BTreeSet<T>, truth: &BTreeSet<T>) {
    let missed: Vec<_> = truth.difference(found).collect();
    let invented: Vec<_> = found.difference(truth).collect();
    assert!(
        missed.is_empty() && invented.is_empty(),
        "{what}: missed {missed:#?}, invented {invented:#?}"
    );
}

fn check(incident: &mut Incident, number: u64) {
    check_in(incident, number, files::scatter);
}

/// The same with the records in files of some form.
fn check_in(incident: &mut Incident, number: u64, write: impl Fn(&mut Seed, &[Value], &Path)) {
    let folder = TempDir::new().unwrap();
    let events_folder = folder.path().join("events");
    fs::create_dir(&events_folder).unwrap();
    let seed = &mut Seed::new(number ^ 0x4d);
    write(seed, &incident.records, &events_folder);
    let run = investigate(folder.path(), &incident.key, &["-f", "json"]).expect_code(1);
    let found = found(&run);
    let truth = &incident.truth;
    assert_eq!(found["coverage"]["gaps"], json!([]), "{number}");
    same("identities", &identities(&found), &truth.identities);
    same("standing", &places(&found, "stands"), &truth.standing);
    same("changed", &places(&found, "changed"), &truth.changed);
    same("gone", &places(&found, "gone"), &truth.gone);
    same("events", &events(&found), &truth.events);
    // Any number of threads, and any order of files, gives the same.
    let again =
        investigate(folder.path(), &incident.key, &["-f", "json", "-j", "1"]).expect_code(1);
    if again.out() != run.out() {
        let differing = again
            .out()
            .lines()
            .zip(run.out().lines())
            .find(|(a, b)| a != b)
            .map(|(a, b)| format!("{a}\n{b}"));
        panic!("{number}: {differing:?}");
    }
}

#[test]
fn incidents_are_understood_in_full() {
    for number in 1..=12 {
        check(&mut Incident::new(number), number);
    }
}

/// Sign-in links, passwords of others and identity providers, with others' beside them.
#[test]
fn every_way_in_is_followed() {
    for number in 300..306 {
        let mut incident = Incident::new(number);
        incident.open_doors();
        check(&mut incident, number);
    }
}

#[test]
fn events_are_read_in_the_forms_of_eventbridge_and_cloudwatch() {
    for number in 320..324 {
        let mut incident = Incident::new(number);
        incident.open_doors();
        check_in(&mut incident, number, files::relay);
    }
}

#[test]
fn every_kind_of_thing_is_followed() {
    let mut incident = Incident::new(100);
    incident.make_everything();
    check(&mut incident, 100);
    let calls: BTreeSet<&str> = incident
        .records
        .iter()
        .filter_map(|r| r["eventName"].as_str())
        .collect();
    assert!(calls.len() >= 60, "{}", calls.len());
}

#[test]
fn what_is_normal_is_told_from_what_is_not() {
    let incident = Incident::new(3);
    let folder = TempDir::new().unwrap();
    let events = folder.path().join("events");
    fs::create_dir(&events).unwrap();
    files::scatter(&mut Seed::new(3), &incident.records, &events);
    let found = found(&investigate(folder.path(), &incident.key, &["-f", "json"]));
    let comparison = &found["comparisons"][0];
    assert!(comparison["calls_before"].as_u64().unwrap() > 0);
    assert_eq!(
        comparison["normal"]["addresses"][0]["value"],
        "198.51.100.7"
    );
    assert_eq!(comparison["normal"]["agents"][0]["value"], "aws-sdk-java");
    assert_eq!(comparison["new"]["addresses"][0]["value"], "203.0.113.66");
    assert_eq!(comparison["new"]["agents"][0]["value"], "Boto3");
    let kinds: BTreeSet<&str> = found["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "introduced",
        "first-use",
        "last-use-before",
        "first-use-after",
        "last-use",
        "became",
        "made",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }
    let blind = found["coverage"]["blind"].to_string();
    assert!(blind.contains("No data events"), "{blind}");
    assert!(blind.contains("Regions without any record"), "{blind}");
}

#[test]
#[allow(clippy::too_many_lines, reason = "one course of things, or a table")]
fn damaged_files_are_named_and_the_rest_is_read() {
    let incident = Incident::new(4);
    let folder = TempDir::new().unwrap();
    let events = folder.path().join("events");
    fs::create_dir(&events).unwrap();
    let text = serde_json::to_vec(&json!({"Records": incident.records})).unwrap();
    let packed = files::gzip(&text);
    let mut flipped = packed.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    let next = files::lookup(&incident.records[..2]);
    let mut next = next.as_object().unwrap().clone();
    next.insert("NextToken".to_owned(), json!("more"));
    for (name, bytes) in [
        (
            "a-truncated.json.gz",
            packed[..packed.len() * 2 / 3].to_vec(),
        ),
        ("b-flipped.json.gz", flipped),
        ("c-cut.json", text[..text.len() / 2].to_vec()),
        ("d-text.json", b"no log at all\n".to_vec()),
        ("e-page.json", serde_json::to_vec(&next).unwrap()),
        (
            "f-record.json",
            b"{\"Records\":[{\"eventName\":\"X\"},{\"eventName\":\"Y\",,}]}".to_vec(),
        ),
        ("g-empty.json", Vec::new()),
        ("h-picture.png", b"\x89PNG".to_vec()),
        (
            "i-digest.json",
            b"{\"digestStartTime\":\"x\",\"logFiles\":[]}".to_vec(),
        ),
        ("z-good.json.gz", packed),
    ] {
        fs::write(events.join(name), bytes).unwrap();
    }
    let run = investigate(folder.path(), &incident.key, &["-f", "json"]).expect_code(1);
    let found = found(&run);
    let gaps: BTreeSet<(String, String)> = found["coverage"]["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gap| {
            let file = Path::new(gap["file"].as_str().unwrap())
                .file_name()
                .unwrap()
                .to_str()
                .unwrap();
            (file.to_owned(), gap["kind"].as_str().unwrap().to_owned())
        })
        .collect();
    let has = |file: &str, kind: &str| gaps.contains(&(file.to_owned(), kind.to_owned()));
    assert!(has("a-truncated.json.gz", "truncated"), "{gaps:?}");
    assert!(
        gaps.iter().any(|(file, _)| file == "b-flipped.json.gz"),
        "{gaps:?}"
    );
    assert!(has("c-cut.json", "truncated"), "{gaps:?}");
    assert!(has("d-text.json", "unknown-format"), "{gaps:?}");
    assert!(has("e-page.json", "incomplete-page"), "{gaps:?}");
    assert!(has("f-record.json", "damaged"), "{gaps:?}");
    for fine in [
        "g-empty.json",
        "h-picture.png",
        "i-digest.json",
        "z-good.json.gz",
    ] {
        assert!(
            !gaps.iter().any(|(file, _)| file == fine),
            "{fine}: {gaps:?}"
        );
    }
    assert!(run.err().starts_with("INCOMPLETE: "), "{}", run.err());
    same(
        "standing",
        &places(&found, "stands"),
        &incident.truth.standing,
    );
    same(
        "identities",
        &identities(&found),
        &incident.truth.identities,
    );
}

#[test]
fn nothing_found_in_damaged_files_is_code_3_and_in_whole_ones_code_0() {
    let folder = TempDir::new().unwrap();
    let events = folder.path().join("events");
    fs::create_dir(&events).unwrap();
    let key = Seed::new(5).key_id("AKIA");
    let incident = Incident::new(5);
    let text = serde_json::to_vec(&json!({"Records": incident.records})).unwrap();
    fs::write(events.join("a.json"), &text).unwrap();
    let run = investigate(folder.path(), &key, &[]).expect_code(0);
    assert!(
        run.out().contains("no use of the key in these logs"),
        "{}",
        run.out()
    );
    fs::write(events.join("b.json"), &text[..text.len() - 9]).unwrap();
    investigate(folder.path(), &key, &[]).expect_code(3);
    let missing = folder.path().join("nowhere");
    run_in(
        folder.path(),
        &[
            "investigate",
            "--key-id",
            &key,
            "--events",
            missing.to_str().unwrap(),
        ],
    )
    .expect_code(3);
    run_in(folder.path(), &["investigate", "--key-id", &key]).expect_code(2);
    run_in(folder.path(), &["investigate", "--events", "events"]).expect_code(2);
}

#[test]
fn hostile_names_forge_nothing() {
    let mut incident = Incident::new(6);
    let evil = "x\u{1b}]0;own\u{7}\n::error::all clean\u{202e}$(reboot)`id`'; rm -rf ~ #' ##vso[x]<script>alert(1)</script>\"onload=x";
    let who = incident
        .records
        .iter()
        .find(|r| r["userIdentity"]["accessKeyId"] == json!(incident.key))
        .unwrap();
    let mut record = who.clone();
    for (name, value) in [
        ("eventSource", json!("iam.amazonaws.com")),
        ("eventName", json!("CreateUser")),
        ("eventID", json!("evil-1")),
        ("userAgent", json!(evil)),
        ("sourceIPAddress", json!(evil)),
        ("awsRegion", json!(evil)),
        ("requestParameters", json!({"userName": evil})),
        ("responseElements", json!({"user": {"arn": evil}})),
    ] {
        record[name] = value;
    }
    let mut bucket = record.clone();
    bucket["eventSource"] = json!("s3.amazonaws.com");
    bucket["eventName"] = json!("PutBucketPolicy");
    bucket["eventID"] = json!("evil-2");
    bucket["requestParameters"] = json!({"bucketName": evil});
    incident.records.extend([record, bucket]);
    let folder = TempDir::new().unwrap();
    let events = folder.path().join("events");
    fs::create_dir(&events).unwrap();
    fs::write(
        events.join("a.json"),
        json!({"Records": incident.records}).to_string(),
    )
    .unwrap();
    for format in ["human", "json", "ndjson", "html"] {
        let run = investigate(folder.path(), &incident.key, &["-f", format, "-v"]).expect_code(1);
        let out = run.out();
        assert!(
            !out.contains('\u{1b}') && !out.contains('\u{202e}') && !out.contains("##vso"),
            "{format}"
        );
        assert!(
            !out.lines()
                .any(|line| line.trim_start().starts_with("::error")),
            "{format}"
        );
    }
    let page = investigate(folder.path(), &incident.key, &["-f", "html"]).out();
    assert!(
        page.contains("<svg")
            && !page.contains("<script")
            && page.contains("Content-Security-Policy")
    );
    investigate(folder.path(), &incident.key, &["-f", "sarif"]).expect_code(2);
    let found = found(&investigate(folder.path(), &incident.key, &["-f", "json"]));
    let user = found["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "iam-user" && one["event"] == "evil-1");
    let command = user.unwrap()["remove"][0].as_str().unwrap();
    // A shell reads the command as the words that it is meant to have.
    let script = format!("aws() {{ printf '%s\\0' \"$@\"; }}; {command}");
    let out = std::process::Command::new("bash")
        .args(["-c", &script])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(out.stdout).unwrap(),
        format!("iam\0delete-user\0--user-name={evil}\0")
    );
}
