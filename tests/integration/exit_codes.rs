//! The exit code contract: 0 complete and clean, 1 findings, 2 nothing trustworthy, 3 incomplete,
//! 130 and 143 interrupted; and what moves them.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::keysweep::{self, JSON, finish, home, run_in, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::Seed;

fn clean() -> Repo {
    let repo = Repo::new();
    repo.commit_file("a", "nothing here\n");
    repo.commit_file("b", "nor here\n");
    repo
}

fn with_text(text: &str) -> Repo {
    let repo = clean();
    repo.commit_file("k", text);
    repo
}

fn with_key() -> Repo {
    with_text(&Seed::new(90).pair().ini())
}

/// A repository in which a blob without keys is nowhere.
fn incomplete(repo: &Repo) {
    std::fs::remove_file(repo.loose(&repo.id("HEAD:a"))).unwrap();
}

fn code(path: &Path, args: &[&str]) -> i32 {
    let run = sweep(path, args);
    run.code
        .unwrap_or_else(|| panic!("ended by a signal: {}", run.err()))
}

#[test]
fn the_four_outcomes() {
    assert_eq!(code(clean().path(), &[]), 0);
    let repo = with_key();
    assert_eq!(code(repo.path(), &[]), 1);
    incomplete(&repo);
    assert_eq!(code(repo.path(), &[]), 1, "findings win over gaps");
    let repo = clean();
    incomplete(&repo);
    let run = sweep(repo.path(), &[]).expect_code(3);
    assert!(run.err().to_lowercase().contains("incomplete"));
    assert_eq!(code(Path::new("/nonexistent/repository"), &[]), 2);
}

#[test]
fn scan_is_sweep() {
    let repo = with_key();
    run_in(repo.path(), &["scan"]).expect_code(1);
    run_in(repo.path(), &["sweep"]).expect_code(1);
}

#[test]
fn usage_errors() {
    let repo = clean();
    for args in [
        &["--no-such-flag"][..],
        &["--fail-on", "never"],
        &["--exit-code", "x"],
    ] {
        let run = sweep(repo.path(), args).expect_code(2);
        assert!(run.stdout.is_empty(), "errors go to stderr");
        assert!(run.err().contains("--"), "it names the flag: {}", run.err());
    }
    run_in(repo.path(), &["no-such-command"]).expect_code(2);
}

#[test]
fn nothing_to_open() {
    let empty = tempfile::TempDir::new().unwrap();
    let file = empty.path().join("file");
    std::fs::write(&file, "text").unwrap();
    for path in [empty.path(), Path::new("/nonexistent/repository"), &file] {
        let run = sweep(path, &[]).expect_code(2);
        assert!(run.stdout.is_empty());
        assert!(
            run.err().contains(path.to_str().unwrap()),
            "it names the path: {}",
            run.err()
        );
    }
}

#[test]
fn unknown_ref() {
    let repo = with_key();
    let run = sweep(repo.path(), &["--refs", "no-such-ref"]).expect_code(2);
    assert!(run.err().contains("no-such-ref"), "{}", run.err());
    assert_eq!(code(repo.path(), &["--refs", "main"]), 1);
}

#[test]
fn empty_and_unborn() {
    assert_eq!(code(Repo::new().path(), &[]), 0);
    assert_eq!(code(Repo::with(&["--bare"]).path(), &[]), 0);
    let repo = with_key();
    repo.git(&["switch", "-q", "--orphan", "fresh"]);
    assert_eq!(code(repo.path(), &[]), 1, "an unborn HEAD hides no branch");
}

#[test]
fn exit_code_moves_one_and_nothing_else() {
    let repo = with_key();
    assert_eq!(code(repo.path(), &["--exit-code", "42"]), 42);
    assert_eq!(code(repo.path(), &["--exit-code", "0"]), 0);
    let repo = clean();
    assert_eq!(code(repo.path(), &["--exit-code", "42"]), 0);
    incomplete(&repo);
    assert_eq!(code(repo.path(), &["--exit-code", "42"]), 3);
    assert_eq!(
        code(repo.path(), &["--exit-code", "42", "--refs", "no-such-ref"]),
        2
    );
}

/// What `--fail-on` says for each rung of the ladder.
fn ladder(repo: &Repo) -> Vec<i32> {
    ["low", "medium", "high", "pair", "active"]
        .map(|rung| code(repo.path(), &["--fail-on", rung]))
        .to_vec()
}

#[test]
fn fail_on_ladder() {
    let mut seed = Seed::new(91);
    let pair = seed.pair();
    assert_eq!(ladder(&clean()), [0, 0, 0, 0, 0]);
    assert_eq!(
        ladder(&with_text(&pair.ini())),
        [1, 1, 1, 1, 0],
        "an unverified pair"
    );
    let id = with_text(&format!("the key is {}\n", pair.id));
    assert_eq!(ladder(&id), [1, 1, 1, 0, 0], "a plausible ID alone is high");
    assert_eq!(code(id.path(), &[]), 1, "high is the default");
    // 1 is outside of base32: no ID with it was ever seen.
    let odd = format!("the key is {}1{}\n", &pair.id[..9], &pair.id[10..]);
    let odd = with_text(&odd);
    let rungs = ladder(&odd);
    assert_eq!(
        (rungs[0], rungs[2]),
        (1, 0),
        "malformed: counted low, {rungs:?}"
    );
    assert!(
        rungs.is_sorted_by(|a, b| a >= b),
        "each rung is a subset of the one before"
    );
    let hidden = sweep(
        odd.path(),
        &["--fail-on", "low", "--min-confidence", "high"],
    );
    hidden.expect_code(1);
}

#[test]
fn gaps_with_fail_on() {
    let repo = with_key();
    incomplete(&repo);
    assert_eq!(
        code(repo.path(), &["--fail-on", "active"]),
        3,
        "nothing at or above, incomplete"
    );
}

#[test]
fn allow_incomplete_accepts_but_does_not_hide() {
    let repo = clean();
    incomplete(&repo);
    let (run, report) = sweep_json(repo.path(), &["--allow-incomplete", "missing"]);
    run.expect_code(0);
    assert!(!report.complete());
    assert!(report.gap_kinds().contains("missing"));
    assert_eq!(
        code(repo.path(), &["--allow-incomplete=shallow,missing"]),
        0
    );
    assert_eq!(
        code(repo.path(), &["--allow-incomplete=shallow,promisor"]),
        3
    );
    assert_eq!(code(repo.path(), &["--allow-incomplete=everything"]), 2);
}

#[test]
fn strict_counts_limits() {
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n",
        "4d".repeat(32)
    );
    let repo = with_text(&pointer);
    assert_eq!(code(repo.path(), &[]), 0);
    assert_eq!(code(repo.path(), &["--strict"]), 3);
}

/// What people see says what to do about a gap.
#[track_caller]
fn assert_next_step(repo: &Repo, step: &str) {
    let run = sweep(repo.path(), &[]).expect_code(3);
    let all = run.out() + &run.err();
    assert!(all.contains(step), "no next step: {all}");
}

#[test]
fn shallow_clone() {
    let shallow = clean().clone_to("shallow", &["--depth", "1"]);
    let (run, report) = sweep_json(shallow.path(), &[]);
    run.expect_code(3);
    let kinds: Vec<&str> = report.gap_kinds().into_iter().collect();
    assert_eq!(kinds, ["shallow"]);
    assert_next_step(&shallow, "git fetch --unshallow");
    assert_eq!(code(shallow.path(), &["--allow-incomplete", "shallow"]), 0);
}

#[test]
fn partial_clone() {
    let origin = clean();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = origin.clone_to("partial", &["--filter=blob:none", "--no-checkout"]);
    let blob = origin.id("HEAD:a");
    let (run, report) = sweep_json(partial.path(), &[]);
    run.expect_code(3);
    assert!(report.has_gap("promisor", &blob), "{:#?}", report.gaps());
    let kinds: Vec<&str> = report.gap_kinds().into_iter().collect();
    assert_eq!(kinds, ["promisor"]);
    assert_next_step(&partial, "git fetch");
}

#[test]
fn a_report_that_cannot_be_written() {
    let lost = "json=/nonexistent/folder/report.json";
    let clean = clean();
    let run = sweep(clean.path(), &["-o", lost]).expect_code(2);
    assert!(run.err().contains("/nonexistent/folder"), "{}", run.err());
    let code_of = |repo: &Repo| code(repo.path(), &["-o", lost]);
    assert_eq!(code_of(&with_key()), 1, "findings stay findings");
    incomplete(&clean);
    assert_eq!(code_of(&clean), 3, "gaps stay gaps");
}

fn with_stdout(repo: &Repo, stdout: impl Into<Stdio>) -> i32 {
    let home = home();
    let mut command = keysweep::command(repo.path(), home.path());
    let child = command
        .arg("sweep")
        .args(JSON)
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn();
    let output = child.unwrap().wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
    output
        .status
        .code()
        .expect("no signal ends it, SIGPIPE neither")
}

#[test]
#[cfg(target_os = "linux")]
fn full_device() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    assert_eq!(with_stdout(&clean(), full()), 2);
    assert_eq!(with_stdout(&with_key(), full()), 1);
}

#[test]
fn closed_pipe() {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    assert_eq!(with_stdout(&with_key(), closed()), 1);
    let repo = clean();
    assert!([0, 2].contains(&with_stdout(&repo, closed())));
    incomplete(&repo);
    assert_eq!(with_stdout(&repo, closed()), 3);
}

/// Waits until the process catches the signal, without a clock: `SigCgt` in /proc says so.
#[cfg(target_os = "linux")]
fn wait_until_caught(pid: u32, signal: u32) {
    loop {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let field = |name: &str| {
            status
                .lines()
                .find_map(|l| l.strip_prefix(name))
                .map(str::trim)
        };
        assert!(
            !field("State:").unwrap().starts_with('Z'),
            "it ended without catching signals"
        );
        let mask = field("SigCgt:").unwrap();
        if u64::from_str_radix(mask, 16).unwrap() >> (signal - 1) & 1 == 1 {
            return;
        }
        std::thread::yield_now();
    }
}

/// A repository that takes seconds to sweep and little to make: large texts full of words at
/// which a scanner must look twice, none of them a delta of another.
#[cfg(target_os = "linux")]
fn laborious() -> Repo {
    use std::io::Write;
    let repo = Repo::new();
    let line = b"aws_access_key_id, aws_secret_access_key: ask AKIA or ASIA in the vault\n";
    let mut stream = Vec::new();
    for n in 0..24 {
        let text: Vec<u8> = line
            .iter()
            .copied()
            .cycle()
            .skip(n)
            .take(12 << 20)
            .collect();
        writeln!(stream, "blob\nmark :{}\ndata {}", n + 1, text.len()).unwrap();
        stream.extend(text);
        stream.push(b'\n');
    }
    let settings = [
        "-c",
        "pack.compression=1",
        "-c",
        "core.bigFileThreshold=1",
        "-c",
        "fastimport.unpackLimit=1",
    ];
    let args = [&settings[..], &["fast-import", "--quiet"]].concat();
    repo.feed(&args, &stream);
    repo
}

#[test]
#[cfg(target_os = "linux")]
fn signals() {
    let repo = laborious();
    for (name, number, expected) in [("INT", 2, 130), ("TERM", 15, 143)] {
        let home = home();
        let mut command = keysweep::command(repo.path(), home.path());
        command.args(["sweep", "-j", "1"]).args(JSON);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_until_caught(child.id(), number);
        keysweep::signal(child.id(), name);
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "{stderr}");
        if !output.stdout.is_empty() {
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["complete"], false);
        }
        let left = std::fs::read_dir(home.path().join("tmp")).unwrap().count();
        assert_eq!(left, 0, "nothing is left behind");
    }
}

#[test]
fn help_and_version() {
    for args in [&["--help"][..], &["--version"], &["sweep", "--help"]] {
        let home = home();
        let mut command: Command = keysweep::command(Path::new("/"), home.path());
        command.args(args);
        let output = finish(command);
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.is_empty() && output.stderr.is_empty());
    }
}
