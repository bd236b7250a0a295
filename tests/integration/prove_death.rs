//! `keysweep prove --verify` and `--inventory`: a proof that holds only if the keys are dead as well.
#![cfg(feature = "verify")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::support::keysweep::{command, home, run_in};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};
use crate::support::sts::{Manner, Sts};

/// A repository that is clean by now, the report of before, and an old clone that has the key.
struct Cleaned {
    repo: Repo,
    old: Repo,
    report: PathBuf,
    pair: Pair,
}

impl Cleaned {
    fn new(seed: u64) -> Cleaned {
        let (repo, pair) = (Repo::new(), Seed::new(seed).plain_pair());
        repo.commit_file("a", "one\n");
        let old = repo.clone_to("old", &[]);
        old.commit_file("k.env", pair.ini());
        let report = repo.root().join("before.json");
        let path = old.path().to_str().unwrap();
        run_in(
            Path::new("/"),
            &["sweep", path, "-q", "-o", report.to_str().unwrap()],
        )
        .expect_code(1);
        Cleaned {
            repo,
            old,
            report,
            pair,
        }
    }

    /// Proves with these arguments; what stands on standard input, exit code, and both streams.
    fn prove(&self, args: &[&str], input: &str) -> (Option<i32>, String, String) {
        let home = home();
        let mut command = command(self.repo.path(), home.path());
        command
            .args(["prove", "--report"])
            .arg(&self.report)
            .args(args);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that refuses its arguments reads nothing.
        stdin.write_all(input.as_bytes()).ok();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        for stream in [&out, &err] {
            assert!(!stream.contains(&self.pair.secret), "the secret got out");
        }
        (output.status.code(), out, err)
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_dead_key_is_proved_dead_with_the_secret_from_anywhere() {
    let cleaned = Cleaned::new(4800);
    let sts = Sts::new();
    let (id, secret) = (&cleaned.pair.id, &cleaned.pair.secret);
    sts.know(id, secret, None, Manner::Inactive);
    let url = sts.url();
    let verify = ["--verify", "--sts-endpoint", &url, "--secret-from"];
    let file = cleaned.repo.root().join("old.env");
    std::fs::write(&file, cleaned.pair.ini()).unwrap();
    for (place, input) in [
        ("-", secret.as_str()),
        ("-", &format!("{id}\n{secret}\n")),
        (file.to_str().unwrap(), ""),
        (cleaned.old.path().to_str().unwrap(), ""),
    ] {
        let mut args = verify.to_vec();
        args.push(place);
        let (code, out, err) = cleaned.prove(&args, input);
        assert_eq!(code, Some(0), "{place}: {out}{err}");
        assert!(out.contains(", and the key is dead"), "{out}");
        assert!(out.contains("AWS: not-valid, asked "), "{out}");
        assert!(out.contains("verification: 1 request sent"), "{out}");
        args.extend(["-f", "json"]);
        let (_, out, _) = cleaned.prove(&args, input);
        let proof = json(&out);
        assert_eq!(proof["proved"], true);
        assert_eq!(proof["keys"][0]["death"], "dead");
        assert_eq!(proof["keys"][0]["validity"]["state"], "not-valid");
        assert_eq!(proof["keys"][0]["access_key_id"], id.as_str());
        assert_eq!(proof["verification"]["calls"], 1);
    }
}

#[test]
fn a_key_that_works_is_no_proof_however_clean_the_history() {
    let cleaned = Cleaned::new(4801);
    let sts = Sts::new();
    let (id, secret) = (&cleaned.pair.id, &cleaned.pair.secret);
    let arn = "arn:aws:iam::123456789012:user/ann";
    sts.know(id, secret, None, Manner::Active(arn.to_owned()));
    let url = sts.url();
    let args = ["--verify", "--sts-endpoint", &url, "--secret-from", "-"];
    let (code, out, _) = cleaned.prove(&args, secret);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("STILL WORKS") && out.contains(arn), "{out}");
    assert!(
        out.contains("NOT PROVED: all of 2 are gone, but 1 of 1 keys still works"),
        "{out}"
    );
    let (code, out, _) = cleaned.prove(&[], "");
    assert_eq!(code, Some(0), "without --verify only history counts: {out}");
    assert!(
        json(&cleaned.prove(&["-f", "json"], "").1)
            .get("keys")
            .is_none()
    );
}

#[test]
fn without_the_secret_nobody_can_say() {
    let cleaned = Cleaned::new(4802);
    let sts = Sts::new();
    let url = sts.url();
    let (code, out, _) = cleaned.prove(&["--verify", "--sts-endpoint", &url], "");
    assert_eq!(code, Some(3), "{out}");
    assert!(
        out.contains("--secret-from takes it from standard input"),
        "{out}"
    );
    let wrong = Seed::new(4803).plain_pair().secret;
    let args = ["--verify", "--sts-endpoint", &url, "--secret-from", "-"];
    let (code, out, _) = cleaned.prove(&args, &wrong);
    assert_eq!(code, Some(3), "another secret is not the key's: {out}");
    assert_eq!(sts.seen().len(), 0, "and is never tried");
    for args in [&["--secret-from", "-"][..], &["--sts-endpoint", &url]] {
        let (code, _, err) = cleaned.prove(args, "");
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains("--verify"), "{err}");
    }
}

#[test]
fn a_secret_that_is_still_there_is_asked_about_too() {
    let cleaned = Cleaned::new(4804);
    let sts = Sts::new();
    let (id, secret) = (&cleaned.pair.id, &cleaned.pair.secret);
    sts.know(id, secret, None, Manner::Inactive);
    let home = home();
    let mut command = command(cleaned.old.path(), home.path());
    command.args([
        "prove",
        "-f",
        "json",
        "--verify",
        "--sts-endpoint",
        &sts.url(),
    ]);
    command.arg("--report").arg(&cleaned.report);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "it is still there");
    let proof = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(proof["keys"][0]["death"], "dead");
}

#[test]
fn the_owners_listing_tells_without_a_secret() {
    let cleaned = Cleaned::new(4805);
    let file = cleaned.repo.root().join("inventory.json");
    let id = &cleaned.pair.id;
    for (status, code, words) in [
        ("Inactive", 0, "your listing: inactive, user ann"),
        ("Active", 1, "STILL WORKS"),
        ("", 3, "NOT KNOWN to be dead"),
    ] {
        let key = match status {
            "" => String::new(),
            status => {
                format!(r#"{{"UserName": "ann", "AccessKeyId": "{id}", "Status": "{status}"}}"#)
            }
        };
        let text = format!(r#"{{"AccessKeyMetadata": [{key}]}}"#);
        std::fs::write(&file, text).unwrap();
        let args = ["--inventory", file.to_str().unwrap()];
        let (got, out, err) = cleaned.prove(&args, "");
        assert_eq!(got, Some(code), "{status}: {out}{err}");
        assert!(out.contains(words), "{out}");
    }
    let (code, _, err) = cleaned.prove(&["--inventory", "/nowhere/none.json"], "");
    assert_eq!(code, Some(2), "{err}");
}

#[test]
fn canaries_are_never_asked_about() {
    let (repo, keys) = (Repo::new(), &mut crate::patterns::keys::Keys::new(4806));
    let (id, secret) = (keys.key_id_of("AKIA", 534_261_010_715), keys.secret());
    repo.commit_file(
        "k",
        format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"),
    );
    let report = repo.root().join("before.json");
    let path = repo.path().to_str().unwrap();
    let sweep = ["sweep", path, "-q", "-o", report.to_str().unwrap()];
    run_in(Path::new("/"), &sweep);
    let clean = Repo::new();
    clean.commit_file("a", "one\n");
    let sts = Sts::new();
    let url = sts.url();
    let home = home();
    let mut command = command(clean.path(), home.path());
    command.args([
        "prove",
        "--verify",
        "--sts-endpoint",
        &url,
        "--secret-from",
        path,
    ]);
    command.arg("--report").arg(&report);
    let output = command.output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(out.contains("a canary"), "{out}");
    assert_eq!(sts.seen().len(), 0);
}
