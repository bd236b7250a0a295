//! `--verify` and `keysweep verify`, as a user runs them, against a stand-in for STS on loopback.
#![cfg(feature = "verify")]

use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::patterns::keys::Keys;
use crate::support::keysweep::{JSON, command, finish, home, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::sts::{Manner, Sts};

const USER: &str = "arn:aws:iam::123456789012:user/ann";

/// A pair as an environment file has it.
fn env_file(id: &str, secret: &str) -> String {
    format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n")
}

/// Commits one file for each pair.
fn repo_with(pairs: &[(String, String)]) -> Repo {
    let repo = Repo::new();
    for (number, (id, secret)) in pairs.iter().enumerate() {
        let path = repo.path().join(format!("{number}.env"));
        std::fs::write(path, env_file(id, secret)).unwrap();
    }
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-qm", "configuration"]);
    repo
}

fn pairs(seed: u64, count: usize) -> Vec<(String, String)> {
    let mut keys = Keys::new(seed);
    (0..count)
        .map(|_| (keys.access_key_id(), keys.secret()))
        .collect()
}

fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    let findings = report["findings"].as_array().unwrap();
    let found = findings
        .iter()
        .find(|finding| finding["access_key_id"] == id);
    found.unwrap_or_else(|| panic!("no finding for the ID in {report:#}"))
}

#[test]
fn verdicts_reach_report_severity_order_and_exit_code() {
    let pairs = pairs(1, 4);
    let sts = Sts::new();
    let manners = [
        Manner::Inactive,
        Manner::Active(USER.to_owned()),
        Manner::Error(500, "InternalFailure", "x"),
        Manner::Active("arn:aws:iam::210987654321:root".to_owned()),
    ];
    // Three waits of one, two and four seconds would be long here: the third has a body that is none.
    for ((id, secret), manner) in pairs.iter().zip(manners) {
        let manner = match manner {
            Manner::Error(..) => Manner::Raw(200, String::new(), "<html/>".to_owned()),
            other => other,
        };
        sts.know(id, secret, None, manner);
    }
    let repo = repo_with(&pairs);
    let url = sts.url();
    let args = ["--verify", "--sts-endpoint", &url, "--fail-on", "active"];
    let (run, report) = sweep_json(repo.path(), &args);
    let run = run.expect_code(1);
    let report = &report.0;
    let state = |n: usize| finding(report, &pairs[n].0)["validity"]["state"].clone();
    assert_eq!(
        [state(0), state(1), state(2), state(3)],
        ["not-valid", "active", "unknown", "active"]
    );
    let first = &report["findings"][0];
    assert_eq!(
        first["access_key_id"], pairs[3].0,
        "an active root key comes first"
    );
    assert_eq!(first["severity"], "critical");
    assert_eq!(first["validity"]["principal"], "root");
    assert_eq!(first["validity"]["account"], "210987654321");
    assert_eq!(finding(report, &pairs[1].0)["validity"]["arn"], USER);
    assert_eq!(
        finding(report, &pairs[0].0)["severity"],
        "low",
        "dead, and still reported"
    );
    assert_eq!(report["totals"]["active"], 2);
    assert_eq!(report["verification"]["calls"], 4);
    assert_eq!(report["verification"]["accepted"], 2);
    let said = run.err();
    assert!(
        said.contains("verification: 4 requests sent to http://127.0.0.1:"),
        "{said}"
    );
    assert!(
        said.contains("CloudTrail") && said.contains("keysweep/"),
        "{said}"
    );
    let human = sweep(repo.path(), &args).expect_code(1).out();
    assert!(human.contains("ACTIVE"), "{human}");
    assert!(
        human.contains("validity: active (root), arn:aws:iam::210987654321:root"),
        "{human}"
    );
    assert!(human.contains("verification: 4 requests sent"), "{human}");
    for (_, secret) in &pairs {
        for form in forms(secret) {
            let shown = human.contains(&form) || said.contains(&form) || run.out().contains(&form);
            assert!(!shown, "a form of the secret is shown");
        }
    }
}

/// A secret in all ways that a careless log would write it.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    vec![
        secret.to_owned(),
        data_encoding::BASE64.encode(bytes),
        data_encoding::HEXLOWER.encode(bytes),
        data_encoding::HEXUPPER.encode(bytes),
        secret.replace('/', "%2F").replace('+', "%2B"),
        secret.replace('/', "\\/"),
        format!("{bytes:?}").trim_matches(['[', ']']).to_owned(),
    ]
}

#[test]
fn without_active_keys_fail_on_active_passes() {
    let pairs = pairs(2, 1);
    let sts = Sts::new();
    let repo = repo_with(&pairs);
    let url = sts.url();
    let args = ["--verify", "--sts-endpoint", &url, "--fail-on", "active"];
    let (run, report) = sweep_json(repo.path(), &args);
    run.expect_code(0);
    assert_eq!(report.0["findings"][0]["validity"]["state"], "not-valid");
}

#[test]
fn what_is_active_is_not_suppressed() {
    let mut keys = Keys::new(3);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let sts = Sts::new();
    sts.know(&id, &secret, None, Manner::Active(USER.to_owned()));
    let repo = repo_with(&[(id.clone(), secret)]);
    let url = sts.url();
    // Nothing is surer than this, so that everything else is hidden.
    let args = [
        "--verify",
        "--sts-endpoint",
        &url,
        "--min-confidence",
        "high",
    ];
    let (_, report) = sweep_json(repo.path(), &args);
    assert_eq!(finding(&report.0, &id)["validity"]["state"], "active");
}

#[test]
#[allow(clippy::too_many_lines, reason = "one course of things, or a table")]
fn the_machine_is_never_asked() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let lure = format!("http://{}", trap.local_addr().unwrap());
    let pairs = pairs(4, 1);
    let sts = Sts::new();
    sts.know(
        &pairs[0].0,
        &pairs[0].1,
        None,
        Manner::Active(USER.to_owned()),
    );
    let repo = repo_with(&pairs);
    let home = home();
    let aws = home.path().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    let mut keys = Keys::new(5);
    let (own_id, own_secret) = (keys.access_key_id(), keys.secret());
    let profile = format!(
        "[default]\naws_access_key_id = {own_id}\naws_secret_access_key = {own_secret}\n\
         endpoint_url = {lure}\ncredential_process = /bin/false\nregion = cn-north-1\n"
    );
    for name in ["config", "credentials"] {
        std::fs::write(aws.join(name), &profile).unwrap();
    }
    let mut command = command(Path::new("/"), home.path());
    command.arg("sweep").arg(repo.path()).args(JSON);
    command.args(["--verify", "--sts-endpoint", &sts.url()]);
    for name in [
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_STS",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "http_proxy",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    ] {
        command.env(name, &lure);
    }
    command.env("AWS_ACCESS_KEY_ID", &own_id);
    command.env("AWS_SECRET_ACCESS_KEY", &own_secret);
    command
        .env("AWS_SESSION_TOKEN", "x")
        .env("AWS_REGION", "cn-north-1");
    command
        .env("AWS_PROFILE", "default")
        .env("AWS_MAX_ATTEMPTS", "9");
    command
        .env("AWS_LAMBDA_FUNCTION_NAME", "f")
        .env("_X_AMZN_TRACE_ID", "Root=1-lure");
    command
        .env("AWS_EXECUTION_ENV", "lure")
        .env("AWS_SDK_UA_APP_ID", "lure");
    let output = finish(command);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(trap.accept().is_err(), "nobody came to the trap");
    let seen = sts.seen();
    assert_eq!(
        sts.ids(),
        [pairs[0].0.clone()],
        "only the key that was found"
    );
    assert!(
        !seen[0].raw.contains("lure") && !seen[0].raw.contains("cn-north-1"),
        "{seen:?}"
    );
}

#[test]
fn a_thousand_keys_take_little_time_and_few_connections() {
    let pairs = pairs(6, 1000);
    let sts = Sts::new();
    for (number, (id, secret)) in pairs.iter().enumerate() {
        let manner = match number % 3 {
            0 => Manner::Active(USER.to_owned()),
            1 => Manner::Inactive,
            _ => Manner::Error(403, "AccessDenied", "x"),
        };
        sts.know(id, secret, None, manner);
    }
    let repo = repo_with(&pairs);
    let start = Instant::now();
    let (run, report) = sweep_json(repo.path(), &["--verify", "--sts-endpoint", &sts.url()]);
    let took = start.elapsed();
    run.expect_code(1);
    for (number, (id, _)) in pairs.iter().enumerate() {
        let state = &finding(&report.0, id)["validity"]["state"];
        let expected = if number % 3 == 1 {
            "not-valid"
        } else {
            "active"
        };
        assert_eq!(state, expected);
    }
    assert_eq!(sts.seen().len(), 1000, "each once");
    assert!(sts.connections() <= 8, "{} connections", sts.connections());
    assert!(!sts.was_crowded());
    assert!(took < Duration::from_mins(1), "{took:?}");
}

#[test]
fn a_report_can_be_verified_later() {
    let pairs = pairs(7, 2);
    let sts = Sts::new();
    sts.know(
        &pairs[0].0,
        &pairs[0].1,
        None,
        Manner::Active(USER.to_owned()),
    );
    let repo = repo_with(&pairs[..1]);
    let home = home();
    let report = home.path().join("report.json");
    let mut first = command(Path::new("/"), home.path());
    first
        .arg("sweep")
        .arg(repo.path())
        .args(["-q", "-o"])
        .arg(&report);
    assert_eq!(finish(first).status.code(), Some(1));
    // What came later is not in the report, and nobody asks about it.
    std::fs::write(
        repo.path().join("later.env"),
        env_file(&pairs[1].0, &pairs[1].1),
    )
    .unwrap();
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-qm", "later"]);
    let mut second = command(Path::new("/"), home.path());
    second
        .arg("verify")
        .arg(&report)
        .args(["--sts-endpoint", &sts.url()])
        .args(JSON);
    let output = finish(second);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verified["findings"].as_array().unwrap().len(), 1);
    assert_eq!(verified["findings"][0]["validity"]["state"], "active");
    assert_eq!(sts.ids(), [pairs[0].0.clone()]);
    let fingerprint = |report: &Value| report["findings"][0]["fingerprint"].clone();
    let before: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!(fingerprint(&before), fingerprint(&verified));
}

#[test]
fn the_worktree_can_be_verified_too() {
    let pairs = pairs(8, 1);
    let sts = Sts::new();
    sts.know(
        &pairs[0].0,
        &pairs[0].1,
        None,
        Manner::Active(USER.to_owned()),
    );
    let repo = Repo::new();
    std::fs::write(repo.path().join(".env"), env_file(&pairs[0].0, &pairs[0].1)).unwrap();
    let url = sts.url();
    let args = ["--worktree", "--verify", "--sts-endpoint", &url];
    let (_, report) = sweep_json(repo.path(), &args);
    assert_eq!(
        finding(&report.0, &pairs[0].0)["validity"]["state"],
        "active"
    );
}

#[test]
fn no_time_is_told_where_none_is_wanted() {
    let pairs = pairs(9, 1);
    let sts = Sts::new();
    let repo = repo_with(&pairs);
    let url = sts.url();
    let (_, report) = sweep_json(repo.path(), &["--verify", "--sts-endpoint", &url]);
    assert!(
        report.0["findings"][0]["validity"]["checked_at"].is_null(),
        "--no-timings"
    );
    let run = sweep(
        repo.path(),
        &["--verify", "--sts-endpoint", &url, "-f", "json"],
    );
    assert!(run.report().0["findings"][0]["validity"]["checked_at"].is_string());
}

#[test]
fn misuse_is_refused_before_anything_is_read() {
    let repo = Repo::new();
    for (args, word) in [
        (vec!["--region", "us-east-1"], "add --verify"),
        (
            vec!["--verify", "--sts-endpoint", "http://sts.example.com"],
            "plain http",
        ),
        (vec!["--verify", "--partition", "aws-mars"], "aws-us-gov"),
        (
            vec!["--verify", "--ca-bundle", "/none/there"],
            "certificates in PEM",
        ),
    ] {
        let run = sweep(repo.path(), &args).expect_code(2);
        assert!(run.err().contains(word), "{}", run.err());
    }
}
