//! `keysweep explain` and `keysweep rules`, and rules of a user's own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::patterns::keys::Keys;
use crate::support::keysweep::{run_in, sweep, sweep_json};
use crate::support::repo::Repo;

fn root() -> &'static Path {
    Path::new("/")
}

/// Runs `keysweep explain -` with this on standard input.
fn explain_stdin(input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keysweep"))
        .args(["explain", "-"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code(), text(out.stdout), text(out.stderr))
}

#[test]
fn an_id_in_words_and_in_json() {
    let id = Keys::new(401).key_id_of("AKIA", 534_261_010_715);
    let told = run_in(root(), &["explain", &id]).expect_code(0).out();
    assert!(told.contains("account: 534261010715"), "{told}");
    assert!(told.contains("canary: canarytokens.org"), "{told}");
    let json = run_in(root(), &["explain", &id, "-f", "json"])
        .expect_code(0)
        .out();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema"], "keysweep-explain/1");
    assert_eq!(
        (&json["account_id"], &json["canary"]),
        (&"534261010715".into(), &"canarytokens.org".into())
    );
    let old = run_in(root(), &["explain", "AKIAIOSFODNN7EXAMPLE"])
        .expect_code(0)
        .out();
    assert!(
        old.contains("not known") && old.contains("generation: old"),
        "{old}"
    );
}

#[test]
fn secrets_are_never_repeated() {
    let mut keys = Keys::new(402);
    let key = keys.service_api_key("ABSK", "jane");
    for secret in [keys.secret(), keys.text(b"abcdefgh", 30)] {
        let run = run_in(root(), &["explain", &secret]).expect_code(2);
        let said = run.out() + &run.err();
        assert!(
            !said.contains(&secret) && said.contains("not shown"),
            "{said}"
        );
        assert!(said.contains("history"), "{said}");
        let (code, out, err) = explain_stdin(&secret);
        assert_eq!(code, Some(2));
        assert!(!out.contains(&secret) && !err.contains(&secret));
    }
    let (code, out, err) = explain_stdin(&key);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("user: jane") && !out.contains(&key), "{out}");
    let run = run_in(root(), &["explain", &key]).expect_code(0);
    assert!(run.err().contains("shell's history"), "{}", run.err());
    assert!(!run.out().contains(&key));
}

#[test]
fn rules_are_listed_and_shown() {
    let list = run_in(root(), &["rules"]).expect_code(0).out();
    assert!(
        list.lines()
            .any(|line| line.starts_with("aws-access-key-id ")),
        "{list}"
    );
    assert_eq!(
        list,
        run_in(root(), &["rules", "list"]).expect_code(0).out()
    );
    let shown = run_in(root(), &["rules", "show", "aws-session-token"])
        .expect_code(0)
        .out();
    assert!(shown.starts_with("id = \"aws-session-token\""), "{shown}");
    let unknown = run_in(root(), &["rules", "show", "nothing"])
        .expect_code(2)
        .err();
    assert!(
        unknown.contains("`keysweep rules` lists them all"),
        "{unknown}"
    );
}

const OWN: &str = r#"
[[rule]]
id = "acme-deploy-key"
title = "Deploy key of ACME"
role = "service-key"
prefilter = ["acme-"]
pattern = '(?<value>acme-[a-z0-9]{16})'
reach = 32
confidence = "high"
require = ["run-ends"]

[[rule.must_match]]
why = "assignment"
text = "key=acme-0123456789abcdef"
finds = "acme-0123456789abcdef"
"#;

#[test]
fn rules_of_ones_own_find_more() {
    let repo = Repo::new();
    repo.commit_file("a", "key=acme-q7w3e9r1t5z8u2i6\n");
    let file = repo.root().join("mine.toml");
    let name = file.display().to_string();
    std::fs::write(&file, OWN).unwrap();
    let checked = run_in(root(), &["rules", "check", &name])
        .expect_code(0)
        .out();
    assert!(checked.contains("1 rule, 1 example, all well"), "{checked}");
    let (_, report) = sweep_json(repo.path(), &["--rules", &name]);
    let findings = report.0["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (&findings[0]["kind"], &findings[0]["rule"]),
        (&"custom-key".into(), &"acme-deploy-key".into())
    );
    sweep(repo.path(), &[]).expect_code(0);
}

#[test]
fn mistakes_in_rules_are_named_with_file_and_line() {
    let repo = Repo::new();
    repo.commit_file("a", "x\n");
    let file = repo.root().join("mine.toml");
    let name = file.display().to_string();
    for (from, to, said) in [
        ("reach = 32", "raech = 32", ":8: "),
        (
            "\"run-ends\"",
            "\"magic\"",
            ":2: rule acme-deploy-key: no check `magic`",
        ),
        (
            "(?<value>",
            "(?<walue>",
            ":2: rule acme-deploy-key: the pattern has no group `value`",
        ),
        ("reach = 32", "reach = 32000", "reach may be 4096 at most"),
        (
            "finds = \"acme-0",
            "finds = \"acme-1",
            "must_match \"assignment\" does not hold",
        ),
    ] {
        let text = OWN.replacen(from, to, 1);
        assert_ne!(text, OWN);
        std::fs::write(&file, text).unwrap();
        let checked = run_in(root(), &["rules", "check", &name])
            .expect_code(2)
            .err();
        assert!(checked.contains(said), "{from} -> {to}: {checked}");
        if !said.starts_with("must_match") {
            sweep(repo.path(), &["--rules", &name]).expect_code(2);
        }
    }
    let missing = sweep(repo.path(), &["--rules", "nowhere.toml"])
        .expect_code(2)
        .err();
    assert!(missing.contains("nowhere.toml cannot be read"), "{missing}");
}
