//! Values that the user names: their own keys, and hashes that somebody hands out.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::json::{Report, sha256, text};
use crate::support::keysweep::{JSON, Run, command, home, run_in, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// keysweep with something on standard input, in a home of its own.
fn fed(args: &[&str], input: &str, prepare: impl FnOnce(&Path, &mut std::process::Command)) -> Run {
    let home = home();
    let mut keysweep = command(Path::new("/"), home.path());
    prepare(home.path(), &mut keysweep);
    let mut child = keysweep
        .args(args)
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
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: output.stderr,
        home,
    }
}

fn fingerprint(args: &[&str], input: &str) -> Run {
    fed(&[&["fingerprint"], args].concat(), input, |_, _| {})
}

/// A repository that holds a pair only in ways that no rule knows.
fn hidden(pair: &Pair) -> Repo {
    let repo = Repo::new();
    let mut noise: Vec<u8> = (0..80).map(|n: u8| n.wrapping_mul(37) | 0x80).collect();
    noise.extend_from_slice(pair.secret.as_bytes());
    noise.extend((0..80).map(|n: u8| n.wrapping_mul(91) | 0x80));
    let text = data_encoding::BASE64.encode(&noise);
    repo.commit_file("blob", format!("{text}\n"));
    repo.commit_file("glued", format!("x{}y\n", pair.secret));
    repo
}

fn sweep_as(
    repo: &Repo,
    args: &[&str],
    prepare: impl FnOnce(&Path, &mut std::process::Command),
) -> Run {
    let path = repo.path().to_str().unwrap();
    let all = [&["sweep", path], JSON, args].concat();
    fed(&all, "", prepare)
}

#[test]
fn own_keys_are_found_whatever_they_look_like() {
    let pair = Seed::new(320).plain_pair();
    let repo = hidden(&pair);
    sweep_as(&repo, &[], |_, _| {}).expect_code(0);
    let ini = pair.ini();
    let in_home = |home: &Path, _: &mut std::process::Command| {
        std::fs::create_dir(home.join(".aws")).unwrap();
        std::fs::write(home.join(".aws/credentials"), &ini).unwrap();
    };
    let elsewhere = |home: &Path, command: &mut std::process::Command| {
        std::fs::write(home.join("mine"), &ini).unwrap();
        command.env("AWS_SHARED_CREDENTIALS_FILE", home.join("mine"));
    };
    let in_environment = |_: &Path, command: &mut std::process::Command| {
        command.env("AWS_SECRET_ACCESS_KEY", &pair.secret);
    };
    let runs = [
        sweep_as(&repo, &["--own-keys"], in_home),
        sweep_as(&repo, &["--own-keys"], elsewhere),
        sweep_as(&repo, &["--own-keys"], in_environment),
    ];
    for run in runs {
        let run = run.expect_code(1);
        assert!(!run.out().contains(&pair.secret) && !run.err().contains(&pair.secret));
        let report = run.report();
        let findings = report.findings();
        assert_eq!(findings.len(), 1, "{report:#?}");
        let finding = findings[0];
        assert_eq!(finding.text("/confidence"), Some("high"));
        assert_eq!(
            finding.text("/secret_sha256"),
            Some(sha256(pair.secret.as_bytes()).as_str())
        );
        assert_eq!(finding.occurrences("secret").len(), 2);
        let note = finding.0["notes"][0].as_str().unwrap();
        assert!(note.contains("asked for by name"), "{note}");
    }
    // A file that is named and not there is no "nothing found".
    let missing = sweep_as(&repo, &["--own-keys"], |home, command| {
        command.env("AWS_SHARED_CREDENTIALS_FILE", home.join("none"));
    });
    missing.expect_code(2);
    // No keys of one's own: nothing more is looked for.
    sweep_as(&repo, &["--own-keys"], |_, _| {}).expect_code(0);
}

#[test]
fn hashes_that_are_handed_out_are_looked_for() {
    let pair = Seed::new(321).plain_pair();
    let repo = hidden(&pair);
    let printed = fingerprint(&["--label", "team-key"], &format!("{}\n", pair.secret));
    let printed = printed.expect_code(0).out();
    assert!(!printed.contains(&pair.secret));
    let file = repo.root().join("known.txt");
    std::fs::write(&file, &printed).unwrap();
    let file = file.to_str().unwrap();
    let (run, report) = sweep_json(repo.path(), &["--known", file]);
    run.expect_code(1);
    let note = report.findings()[0].0["notes"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(note.contains("team-key"), "{note}");
    // The same with every object as a whole, and in a report that remembers.
    let (_, full) = sweep_json(repo.path(), &["--known", file, "--full-scan"]);
    assert_eq!(report, full);
    let cache = repo.root().join("cache");
    let cache = cache.to_str().unwrap();
    sweep(repo.path(), &["--cache-dir", cache]).expect_code(0);
    let (run, cached) = sweep_json(repo.path(), &["--known", file, "--cache-dir", cache]);
    run.expect_code(1);
    assert_eq!(cached.findings().len(), report.findings().len());
    // In the work tree as well.
    sweep(repo.path(), &["--worktree", "--known", file]).expect_code(1);
    std::fs::write(repo.root().join("bad.txt"), format!("{}\n", pair.secret)).unwrap();
    let bad = repo.root().join("bad.txt");
    let run = sweep(repo.path(), &["--known", bad.to_str().unwrap()]).expect_code(2);
    assert!(!run.err().contains(&pair.secret), "{}", run.err());
}

#[test]
fn what_a_rule_finds_too_stays_one_finding() {
    let pair = Seed::new(322).plain_pair();
    let repo = Repo::new();
    repo.commit_file("cfg", pair.ini());
    let (_, plain) = sweep_json(repo.path(), &[]);
    let printed = fingerprint(&[], &format!("{} {}", pair.id, pair.secret)).expect_code(0);
    let file = repo.root().join("known.txt");
    std::fs::write(&file, printed.out()).unwrap();
    let (_, known) = sweep_json(repo.path(), &["--known", file.to_str().unwrap()]);
    let strip = |report: &Report| -> Value {
        let mut finding = report.pair(&pair).0.clone();
        finding["notes"].take();
        finding
    };
    assert_eq!(strip(&plain), strip(&known));
    assert_eq!(known.findings().len(), 1);
}

#[test]
fn fingerprints_are_those_of_reports() {
    let pair = Seed::new(323).plain_pair();
    let repo = Repo::new();
    repo.commit_file("cfg", pair.ini());
    let (_, report) = sweep_json(repo.path(), &[]);
    let expected = report.pair(&pair).text("/fingerprint").unwrap().to_owned();
    for input in [
        format!("{} {}", pair.id, pair.secret),
        format!("{}\n{}\n", pair.secret, pair.id),
    ] {
        let run = fingerprint(&["-f", "json"], &input).expect_code(0);
        assert!(!run.out().contains(&pair.secret));
        let told: Value = serde_json::from_slice(&run.stdout).unwrap();
        let all = told["fingerprints"].as_array().unwrap();
        assert!(
            all.iter()
                .any(|f| text(f, "/fingerprint") == Some(&expected)),
            "{told:#}"
        );
    }
}

#[test]
fn what_has_no_fingerprint_is_refused_and_not_repeated() {
    for input in ["", "hunter2hunter2hunter2hunter2x", "a b c d"] {
        let run = fingerprint(&[], input).expect_code(2);
        assert!(!run.err().contains("hunter2"), "{}", run.err());
    }
    let run =
        fingerprint(&["--kind", "custom-key"], "hunter2hunter2hunter2hunter2x").expect_code(0);
    assert!(run.out().contains("key 29 ") && !run.out().contains("hunter2"));
    // On the command line it would stay in the shell's history.
    run_in(Path::new("/"), &["fingerprint", "hunter2"]).expect_code(2);
}
