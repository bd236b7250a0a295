//! `keysweep verify REPORT`: secrets are read again from the places that the report names.
#![cfg(feature = "verify")]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::incident::files::gzip;
use crate::support::keysweep::{Run, run_in};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};
use crate::support::sts::{Manner, Sts};

const USER: &str = "arn:aws:iam::123456789012:user/ann";

/// Everybody who is asked about works.
fn all_active(pairs: &[Pair]) -> Sts {
    let sts = Sts::new();
    for pair in pairs {
        sts.know(
            &pair.id,
            &pair.secret,
            None,
            Manner::Active(USER.to_owned()),
        );
    }
    sts
}

/// Sweeps, and returns where the report lies.
fn recorded(repo: &Repo, extra: &[&str]) -> (PathBuf, Value) {
    let path = repo.root().join("report.json");
    let output = format!("json={}", path.display());
    let place = repo.path().to_str().unwrap();
    let args = [
        &["sweep", place, "-q", "--no-timings", "-o", &output],
        extra,
    ]
    .concat();
    run_in(Path::new("/"), &args);
    let report = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    (path, report)
}

fn verify(report: &Path, sts: &Sts, extra: &[&str]) -> (Run, Value) {
    let url = sts.url();
    let report = report.to_str().unwrap();
    let mut args = vec![
        "verify",
        report,
        "--sts-endpoint",
        &url,
        "-f",
        "json",
        "--no-timings",
    ];
    args.extend(extra);
    let run = run_in(Path::new("/"), &args);
    let value = serde_json::from_slice(&run.stdout).unwrap_or(Value::Null);
    (run, value)
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().unwrap()
}

/// What is there apart from what asking changes.
fn unasked(report: &Value) -> Vec<Value> {
    let strip = |finding: &Value| {
        let mut finding = finding.clone();
        for name in ["validity", "severity", "notes"] {
            finding.as_object_mut().unwrap().remove(name);
        }
        finding
    };
    let mut all: Vec<Value> = findings(report).iter().map(strip).collect();
    all.sort_by_key(|finding| finding["fingerprint"].to_string());
    all
}

fn blobs_read(report: &Value) -> u64 {
    report["coverage"]["objects"]["blob"]["read"]
        .as_u64()
        .unwrap()
}

#[test]
fn only_the_places_of_the_report_are_read() {
    let mut seed = Seed::new(1701);
    let pairs = [seed.pair(), seed.pair()];
    let repo = Repo::new();
    for number in 0..40 {
        repo.commit_file(&format!("other/{number}"), format!("text {number}\n"));
    }
    repo.commit_file("a/b.env", pairs[0].ini());
    repo.commit_file("c.env", pairs[1].ini());
    repo.git(&["rm", "-q", "a/b.env"]);
    repo.commit_index("gone again");
    repo.pack_all();
    let sts = all_active(&pairs[..1]);
    let (path, before) = recorded(&repo, &[]);
    assert!(blobs_read(&before) > 40);
    let (run, after) = verify(&path, &sts, &[]);
    let run = run.expect_code(1);
    assert_eq!(blobs_read(&after), 2, "{after:#}");
    assert_eq!(after["coverage"]["objects"]["commit"]["read"], 0);
    assert_eq!(unasked(&after), unasked(&before), "the rest is as it was");
    assert_eq!(after["target"], before["target"]);
    let states: Vec<&Value> = findings(&after)
        .iter()
        .map(|f| &f["validity"]["state"])
        .collect();
    assert_eq!(states, ["active", "not-valid"]);
    assert_eq!(after["complete"], true);
    assert!(
        after["notes"].to_string().contains("read again"),
        "{}",
        after["notes"]
    );
    assert!(run.err().contains("2 requests"), "{}", run.err());
    // What verification wrote can be verified.
    let again = repo.root().join("again.json");
    std::fs::write(&again, &run.stdout).unwrap();
    let (_, third) = verify(&again, &sts, &[]);
    assert_eq!(third["findings"], after["findings"]);
}

/// Contents, messages, names of files and refs, tags, notes, stashes, and what has to be unpacked.
#[test]
fn every_kind_of_place_is_found_again() {
    let mut seed = Seed::new(1702);
    let pairs: Vec<Pair> = (0..11).map(|_| seed.plain_pair()).collect();
    let repo = Repo::new();
    repo.commit_file("plain", pairs[0].ini());
    repo.commit_file(
        "base64",
        data_encoding::BASE64.encode(pairs[1].ini().as_bytes()),
    );
    repo.commit_file("packed.gz", gzip(pairs[2].ini().as_bytes()));
    let wide: Vec<u8> = pairs[3]
        .ini()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    repo.commit_file("wide.txt", wide);
    repo.write("readme", "x");
    repo.commit(&format!("Message\n\n{}", pairs[4].line()));
    repo.git(&["tag", "-a", "v1", "-m", &pairs[5].line()]);
    repo.commit_file(&pairs[6].name(), "name");
    repo.git(&["branch", &pairs[7].name()]);
    repo.git(&["notes", "add", "-m", &pairs[8].line()]);
    repo.write("readme", pairs[9].ini());
    repo.git(&["stash", "-q"]);
    repo.write("staged", pairs[10].ini());
    repo.git(&["add", "staged"]);
    let sts = all_active(&pairs);
    let (path, before) = recorded(&repo, &[]);
    let (run, after) = verify(&path, &sts, &[]);
    run.expect_code(1);
    assert_eq!(after["complete"], true, "{}", after["gaps"]);
    assert_eq!(unasked(&after), unasked(&before));
    let active = findings(&after)
        .iter()
        .filter(|finding| finding["validity"]["state"] == "active")
        .count();
    assert_eq!(active, pairs.len(), "{after:#}");
    assert_eq!(sts.seen().len(), pairs.len(), "each once");
}

#[test]
fn what_is_gone_is_named_and_not_guessed() {
    let mut seed = Seed::new(1703);
    let pairs = [seed.pair(), seed.pair()];
    let repo = Repo::new();
    repo.commit_file("kept.env", pairs[0].ini());
    repo.commit_file("gone.env", pairs[1].ini());
    let (path, _) = recorded(&repo, &[]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    let sts = all_active(&pairs);
    let (run, after) = verify(&path, &sts, &["--fail-on", "active"]);
    run.expect_code(1);
    assert_eq!(sts.ids(), [pairs[0].id.clone()]);
    assert_eq!(after["complete"], false);
    let gap = &after["gaps"][0];
    assert_eq!(gap["kind"], "missing", "{gap}");
    let detail = gap["detail"].as_str().unwrap();
    assert!(
        detail.contains(&pairs[1].id) && detail.contains("not asked about"),
        "{detail}"
    );
    // Where nothing works, what was not asked about keeps it from being complete.
    let (run, _) = verify(&path, &Sts::new(), &["--fail-on", "active"]);
    let run = run.expect_code(3);
    assert!(run.err().contains("INCOMPLETE"), "{}", run.err());
    // A clone that still has it.
    let other = Repo::new();
    other.commit_file("x", pairs[1].ini());
    let clone = other.path().to_str().unwrap();
    let (_, after) = verify(&path, &sts, &["--repo", clone, "--fail-on", "active"]);
    assert_eq!(
        findings(&after).len(),
        1,
        "the same object has the same name: {after:#}"
    );
    assert_eq!(findings(&after)[0]["access_key_id"], pairs[1].id.as_str());
}

#[test]
fn a_report_that_was_incomplete_stays_so() {
    let mut seed = Seed::new(1704);
    let pair = seed.pair();
    let repo = Repo::new();
    for number in 0..3 {
        repo.commit_file("k.env", format!("{}# {number}\n", pair.ini()));
    }
    let shallow = repo.clone_to("shallow", &["--depth=1"]);
    let (path, before) = recorded(&shallow, &[]);
    assert_eq!(before["complete"], false);
    let (run, after) = verify(&path, &Sts::new(), &["--fail-on", "active"]);
    run.expect_code(3);
    assert_eq!(after["gaps"], before["gaps"]);
}

#[test]
fn submodules_and_work_trees_are_read_again_too() {
    let mut seed = Seed::new(1705);
    let pairs = [seed.pair(), seed.pair(), seed.pair()];
    let (outer, inner) = (Repo::new(), Repo::new());
    inner.commit_file("k", pairs[0].ini());
    outer.commit_file("k", pairs[1].ini());
    outer.git(&[
        "submodule",
        "--quiet",
        "add",
        inner.path().to_str().unwrap(),
        "lib",
    ]);
    outer.commit_index("Add lib");
    let sts = all_active(&pairs);
    let (path, before) = recorded(&outer, &["--recurse-submodules"]);
    let (run, after) = verify(&path, &sts, &[]);
    run.expect_code(1);
    assert_eq!(unasked(&after), unasked(&before));
    assert_eq!(after["totals"]["active"], 2, "{after:#}");

    outer.write("loose.env", pairs[2].ini());
    let (path, _) = recorded(&outer, &["--worktree"]);
    let (_, after) = verify(&path, &sts, &[]);
    let of_file = findings(&after)
        .iter()
        .any(|f| f["access_key_id"] == pairs[2].id.as_str());
    assert!(of_file, "{after:#}");
    std::fs::remove_file(outer.path().join("loose.env")).unwrap();
    let (_, after) = verify(&path, &sts, &[]);
    assert!(
        after["gaps"].to_string().contains(&pairs[2].id),
        "{}",
        after["gaps"]
    );
}

/// What a page of an investigation says of the findings comes from the same places.
#[test]
fn an_investigations_page_holds_the_findings() {
    let mut seed = Seed::new(1706);
    let pair = seed.pair();
    let repo = Repo::new();
    repo.commit_file("prod.env", pair.ini());
    let (path, _) = recorded(&repo, &[]);
    let sts = all_active(std::slice::from_ref(&pair));
    let (verified, _) = verify(&path, &sts, &[]);
    std::fs::write(&path, &verified.stdout).unwrap();
    let events = repo.root().join("events.json");
    let record = json!({"eventVersion": "1.11", "eventTime": "2026-03-01T00:00:00Z",
        "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "us-east-1",
        "eventID": "1", "sourceIPAddress": "203.0.113.1", "userAgent": "<script>x</script>",
        "userIdentity": {"type": "IAMUser", "userName": "ann", "accountId": "123456789012",
            "arn": USER, "accessKeyId": pair.id},
        "requestParameters": {"userName": "mal<b>"}, "responseElements": {"user": {"userName": "mal<b>"}},
        "recipientAccountId": "123456789012"});
    std::fs::write(&events, json!({"Records": [record]}).to_string()).unwrap();
    let arguments = |report: &str| {
        let args = [
            "investigate",
            "--report",
            report,
            "--events",
            events.to_str().unwrap(),
        ];
        run_in(Path::new("/"), &[&args[..], &["-f", "html"]].concat()).expect_code(1)
    };
    let run = arguments(path.to_str().unwrap());
    let page = run.out();
    assert_eq!(run.err(), "");
    for part in [
        "What was done with the keys",
        "prod.env",
        &pair.id,
        "mal&lt;b&gt;",
        "<svg viewBox",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("active"), "what AWS said is kept");
    assert!(
        !page.contains(&pair.secret) && !page.contains("<script>x"),
        "nothing gets out"
    );
    // Without the repository it tells of the investigation alone, and says so.
    let moved = repo.root().join("moved");
    std::fs::rename(repo.path(), &moved).unwrap();
    let run = arguments(path.to_str().unwrap());
    assert!(run.out().contains("What was done with the keys"));
    assert!(
        run.err().contains("without the report's findings"),
        "{}",
        run.err()
    );
}
