//! Nobody's word makes an active key harmless: what is accepted is asked about, and shown if it works.
#![cfg(feature = "verify")]

use std::path::Path;

use serde_json::Value;

use crate::patterns::keys::Keys;
use crate::support::keysweep::{Run, home, run_in, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::sts::{Manner, Sts};

const USER: &str = "arn:aws:iam::123456789012:user/ann";

/// A repository with one key, and a comment beside it that accepts it.
fn scene(seed: u64, comment: &str) -> (Repo, String, String) {
    let mut keys = Keys::new(seed);
    let (id, secret) = (keys.access_key_id(), keys.secret());
    let repo = Repo::new();
    let text = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}{comment}\n");
    repo.commit_file("a.env", text);
    (repo, id, secret)
}

/// With these flags the key is set aside; asked about, it is shown if it works, and only then.
#[track_caller]
fn check(repo: &Repo, (id, secret): (&str, &str), flags: &[&str], reason: &str) {
    let (run, report) = sweep_json(repo.path(), flags);
    run.expect_code(0);
    assert_eq!(report.0["suppressed"][0]["reason"], reason);
    for (manner, code) in [(Manner::Active(USER.to_owned()), 1), (Manner::Inactive, 0)] {
        let sts = Sts::new();
        sts.know(id, secret, None, manner);
        let url = sts.url();
        let args = [&["--verify", "--sts-endpoint", &url], flags].concat();
        let (run, report) = sweep_json(repo.path(), &args);
        let run: Run = run.expect_code(code);
        let list = if code == 1 { "findings" } else { "suppressed" };
        let finding: &Value = &report.0[list][0];
        assert_eq!(finding["access_key_id"], id, "{reason}: {:#}", report.0);
        assert_eq!(finding["accepted"]["by"], reason);
        assert_eq!(sts.ids(), [id.to_owned()], "{reason}: asked about");
        drop(run);
        // The gate of those who count only what works says the same.
        let gate = [&args[..], &["--fail-on", "active"]].concat();
        sweep(repo.path(), &gate).expect_code(code);
    }
}

#[test]
fn allow_lists_baselines_and_comments_hide_nothing_that_works() {
    let (repo, id, secret) = scene(71, " # keysweep:allow");
    let key = (id.as_str(), secret.as_str());
    check(&repo, key, &["--inline-allow"], "inline-comment");
    let (_, report) = sweep_json(repo.path(), &[]);
    let fingerprint = report.0["findings"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    check(&repo, key, &["--allow", &fingerprint], "allow-list");
    let home = home();
    let baseline = home.path().join("baseline.toml");
    let baseline = baseline.to_str().unwrap();
    let place = repo.path().to_str().unwrap();
    let args = [
        "baseline", "create", baseline, place, "--reason", "old", "--owner", "ann",
    ];
    let made = run_in(Path::new("/"), &args);
    assert_eq!(made.code, Some(0), "{}", made.err());
    check(&repo, key, &["--baseline", baseline], "baseline");
}

#[test]
fn examples_and_canaries_are_never_asked_about_even_if_somebody_accepts_them() {
    let mut keys = Keys::new(72);
    let repo = Repo::new();
    let sts = Sts::new();
    // One of an account of canarytokens.org.
    let canary = keys.key_id_of("AKIA", 171_436_882_533);
    for (number, id) in [canary, "AKIAIOSFODNN7EXAMPLE".to_owned()]
        .into_iter()
        .enumerate()
    {
        let secret = keys.secret();
        sts.know(&id, &secret, None, Manner::Active(USER.to_owned()));
        let text =
            format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret} # keysweep:allow\n");
        repo.commit_file(&format!("{number}.env"), text);
    }
    let url = sts.url();
    for flags in [
        &[][..],
        &["--inline-allow"],
        &["--worktree"],
        &["--range", "HEAD~1..HEAD"],
        &["--min-confidence", "low", "--show-suppressed"],
        &["--full-scan"],
    ] {
        let args = [&["--verify", "--sts-endpoint", &url], flags].concat();
        sweep_json(repo.path(), &args);
    }
    assert_eq!(
        sts.connections(),
        0,
        "not even a connection: {:?}",
        sts.ids()
    );
}
