//! Odd but healthy storage, and storage that is nothing but a trap.

use std::process::Command;

use crate::support::expect::{Place, assert_pair};
use crate::support::keysweep::{JSON, finish, home, sweep_json};
use crate::support::pack::{PackWriter, REF_DELTA, varint};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// Sweeps with at most so many open files, also by the hard limit.
fn sweep_with_few_files(repo: &Repo, files: u32) -> (Option<i32>, crate::support::json::Report) {
    let home = home();
    let mut command = Command::new("/bin/sh");
    let script = format!("ulimit -n {files}; exec \"$0\" sweep \"$@\"");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_keysweep")])
        .arg(repo.path())
        .args(JSON)
        .env_clear()
        .env("HOME", home.path())
        .current_dir("/");
    let output = finish(command);
    let report = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code(), crate::support::json::Report(report))
}

#[test]
fn more_packs_than_files_may_be_open() {
    let repo = Repo::new();
    let mut seed = Seed::new(300);
    let mut planted: Vec<(Pair, String, String)> = Vec::new();
    for n in 0..70 {
        let mut text = String::from_utf8(seed.prose(400)).unwrap();
        let path = format!("f{n}");
        if n % 10 == 0 {
            let pair = seed.pair();
            text.push_str(&pair.ini());
            let commit = repo.commit_file(&path, &text);
            planted.push((pair, repo.id(&format!("HEAD:{path}")), commit));
        } else {
            repo.commit_file(&path, &text);
        }
        repo.git(&["repack", "-q", "-d"]);
    }
    assert_eq!(repo.packs().len(), 70);
    let (code, report) = sweep_with_few_files(&repo, 48);
    assert!(report.complete(), "{:#?}", report.gaps());
    assert_eq!(code, Some(1));
    for (pair, blob, commit) in &planted {
        assert_pair(&repo, &report, pair, Place::blob(blob));
        let introduced = report.pair(pair).text("/exposure/introduced/commit");
        assert_eq!(introduced, Some(commit.as_str()));
    }
}

#[test]
fn what_lies_in_a_pack_that_cannot_be_opened_is_not_called_missing() {
    let repo = Repo::new();
    repo.commit_file("a", "first\n");
    let head = repo.id("HEAD");
    let pack = repo.pack_all();
    std::fs::remove_file(&pack).unwrap();
    std::fs::create_dir(&pack).unwrap();
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(3);
    assert!(report.has_gap("unreadable", &head), "{:#?}", report.gaps());
    assert!(!report.gap_kinds().contains("missing"));
}

/// How long a chain is in the next test.
const LENGTH: u32 = 20_000;

#[test]
fn long_chains_that_lead_nowhere_take_no_time() {
    let repo = Repo::new();
    let pair = Seed::new(301).pair();
    let commit = repo.commit_file("k", pair.ini());
    let blob = repo.id("HEAD:k");
    let mut pack = PackWriter::new();
    let delta = [varint(5), varint(5), vec![0x90, 5]].concat();
    let id = |n: u32| format!("{n:08x}").repeat(5);

    for n in 0..LENGTH {
        let base = id(0x1000_0000 + (n + 1) % LENGTH);
        let name = id(0x1000_0000 + n);
        pack.entry(&name, REF_DELTA, delta.len() as u64, Some(&base), &delta);
    }
    pack.write(&repo);
    let (run, report) = sweep_json(repo.path(), &["--max-time", "60s"]);
    run.expect_code(1);
    assert_pair(&repo, &report, &pair, Place::file(&blob, "k", &commit));
    assert!(!report.gap_kinds().contains("time"), "a minute is plenty");
    assert_eq!(report.gaps().len(), LENGTH as usize);
}

#[test]
fn max_hits_keeps_the_same_hits_on_any_number_of_threads() {
    let repo = Repo::new();
    let mut seed = Seed::new(302);
    for n in 0..40 {
        let pair = seed.pair();
        repo.blob(format!("{n}\n{}\nAKIAIOSFODNN7EXAMPLE\n", pair.ini()));
    }
    let report = |threads: &str| {
        let args = ["-j", threads, "--max-hits", "30"];
        let (run, report) = sweep_json(repo.path(), &args);
        assert!(report.gap_kinds().contains("hit-limit"));
        assert!(report.suppressed().is_empty(), "credentials come first");
        run.expect_code(1).out()
    };
    let one = report("1");
    for threads in ["2", "3", "8"] {
        assert_eq!(report(threads), one, "{threads} threads");
    }
}
