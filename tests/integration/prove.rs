//! `keysweep prove`: what is left of a removed secret is named, wherever it is; and nothing less than
//! everything counts as proof.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::history::{Shape, generate};
use crate::support::json::{sha256, text};
use crate::support::keysweep::{Run, command, finish, home, run_in};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// Sweeps into a file beside the repository.
fn report_of(repo: &Repo) -> PathBuf {
    let file = repo.root().join("before.json");
    let path = repo.path().to_str().unwrap();
    run_in(
        Path::new("/"),
        &["sweep", path, "-q", "-o", file.to_str().unwrap()],
    )
    .expect_code(1);
    file
}

fn prove(repo: &Repo, report: &Path, args: &[&str]) -> Run {
    let path = repo.path().to_str().unwrap();
    let mut all = vec!["prove", path, "--report", report.to_str().unwrap()];
    all.extend(args);
    run_in(Path::new("/"), &all)
}

/// The same with git at hand, for remotes.
fn prove_with_git(repo: &Repo, report: &Path, args: &[&str]) -> Run {
    let home = home();
    let mut command = command(repo.path(), home.path());
    with_git(&mut command);
    command.args(["prove", "--report"]).arg(report).args(args);
    let output = finish(command);
    let left = std::fs::read_dir(home.path().join("tmp")).unwrap().count();
    assert_eq!(left, 0, "the copy is removed");
    Run {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: output.stderr,
        home,
    }
}

fn with_git(command: &mut Command) {
    command
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
}

fn json(run: &Run) -> Value {
    serde_json::from_slice(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.err()))
}

/// The value with this hash or ID.
fn value<'a>(proof: &'a Value, name: &str) -> &'a Value {
    let all = proof["values"].as_array().unwrap();
    let is_it = |value: &&Value| value["sha256"] == name || value["access_key_id"] == name;
    all.iter().find(is_it).expect("the value is in the proof")
}

fn fields(value: &Value) -> Vec<String> {
    let places = value["held"].as_array().unwrap().iter();
    let mut fields: Vec<String> = places
        .flat_map(|place| place["occurrences"].as_array().unwrap())
        .map(|o| text(o, "/field").unwrap().to_owned())
        .collect();
    fields.sort();
    fields.dedup();
    fields
}

fn encodings(value: &Value) -> Vec<String> {
    let places = value["held"].as_array().unwrap().iter();
    let mut all: Vec<String> = places
        .flat_map(|place| place["occurrences"].as_array().unwrap())
        .flat_map(|o| o["encodings"].as_array().unwrap())
        .map(|e| e.as_str().unwrap().to_owned())
        .collect();
    all.sort();
    all.dedup();
    all
}

fn holders(value: &Value) -> Vec<String> {
    let places = value["held"].as_array().unwrap().iter();
    let mut all: Vec<String> = places
        .filter_map(|place| place["exposure"]["held_by"].as_array())
        .flatten()
        .map(|held| text(held, "/kind").unwrap().to_owned())
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Every command of a proof, in the order in which they are to be run.
fn commands(proof: &Value) -> Vec<String> {
    let values = proof["values"].as_array().unwrap().iter();
    let steps = values
        .flat_map(|value| value["held"].as_array().unwrap())
        .flat_map(|place| place["steps"].as_array().unwrap());
    let mut all: Vec<String> = Vec::new();
    for command in steps.filter_map(|step| text(step, "/command")) {
        if !all.iter().any(|known| known == command) {
            all.push(command.to_owned());
        }
    }
    // What drops objects comes last, as each place says.
    let (last, mut first): (Vec<String>, Vec<String>) = all
        .into_iter()
        .partition(|c| c.starts_with("git gc") || c.starts_with("git reflog"));
    let (logs, gc): (Vec<String>, Vec<String>) =
        last.into_iter().partition(|c| c.starts_with("git reflog"));
    first.extend(logs);
    first.extend(gc);
    first
}

/// Runs a command of a proof as a user would.
fn sh(repo: &Repo, line: &str) {
    let git = repo.command();
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(line)
        .current_dir(repo.path())
        .env_clear();
    for (name, value) in git.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    // A later command may find that an earlier one did its work.
    shell.output().unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A repository that holds the secret of a pair in every place that can, mostly without anything
/// that a rule would know it by.
fn everywhere(pair: &Pair) -> (Repo, PathBuf) {
    let repo = Repo::new();
    repo.commit_file("readme", "clean\n");
    repo.git(&["branch", "clean"]);
    repo.commit_file("cfg", pair.ini());
    let report = report_of(&repo);
    let secret = &pair.secret;
    let utf16: Vec<u8> = secret.bytes().flat_map(|b| [b, 0]).collect();
    let base64 = data_encoding::BASE64.encode(secret.as_bytes());
    repo.commit_file("bare", format!("x{secret}y\n"));
    repo.commit_file("packed.gz", gzip(secret.as_bytes()));
    repo.commit_file("utf16", utf16);
    repo.commit_file("base64", format!("data: {base64}\n"));
    repo.commit_file(
        "split.py",
        format!("a = \"{}\" + \"{}\"\n", &secret[..17], &secret[17..]),
    );
    repo.commit(&format!("Message\n\n{secret}"));
    repo.commit_file(&format!("dir/{secret}.txt"), "a name\n");
    repo.git(&["tag", "-a", "v1", "-m", &format!("tag {secret}")]);
    repo.git(&["notes", "add", "-m", secret, "HEAD"]);
    repo.git(&["update-ref", &format!("refs/heads/n-{secret}"), "HEAD"]);
    repo.git(&["checkout", "-q", "-b", "gone"]);
    repo.commit_file("lost", format!("lost {secret}\n"));
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-q", "-D", "gone"]);
    repo.write("cfg", format!("stash {secret}\n"));
    repo.git(&["stash", "-q"]);
    repo.git(&["worktree", "add", "-q", "--detach", "../linked", "HEAD"]);
    repo.write("staged", format!("staged {secret}\n"));
    repo.git(&["add", "staged"]);
    (repo, report)
}

#[test]
fn what_is_left_is_named_and_its_commands_take_it_out() {
    let pair = Seed::new(300).plain_pair();
    let (repo, report) = everywhere(&pair);
    let run = prove(&repo, &report, &["-f", "json"]).expect_code(1);
    assert!(!run.out().contains(&pair.secret), "the value is not shown");
    let proof = json(&run);
    assert_eq!(proof["schema"], "keysweep-proof/1");
    assert_eq!(proof["proved"], false);
    let secret = value(&proof, &sha256(pair.secret.as_bytes()));
    assert_eq!(secret["verdict"], "held");
    assert_eq!(
        fields(secret),
        ["content", "entry-name", "message", "ref-name"]
    );
    let expected = ["base64", "concatenation", "gzip", "utf-16le"];
    assert_eq!(encodings(secret), expected);
    let holders = holders(secret);
    for kind in ["index", "reflog", "stash"] {
        assert!(holders.iter().any(|h| h == kind), "{kind}: {holders:?}");
    }
    let human = prove(&repo, &report, &[]).expect_code(1).out();
    assert!(human.contains("STILL THERE") && !human.contains(&pair.secret));

    // As a user would: onto a clean branch, then what the proof says, until nothing is left.
    repo.git(&["reset", "-q"]);
    repo.git(&["checkout", "-q", "-f", "clean"]);
    for _ in 0..4 {
        let run = prove(&repo, &report, &["-f", "json", "-v"]);
        if run.code == Some(0) {
            break;
        }
        let proof = json(&run);
        for line in commands(&proof) {
            sh(&repo, &line);
        }
        sh(&repo, "git worktree remove --force ../linked");
    }
    let run = prove(&repo, &report, &["-f", "json"]).expect_code(0);
    let proof = json(&run);
    assert_eq!(proof["proved"], true);
    assert_eq!(value(&proof, &pair.id)["verdict"], "gone");
    assert_eq!(repo.git(&["log", "--format=%s", "clean"]), "Write readme");
    let human = prove(&repo, &report, &[]).expect_code(0).out();
    assert!(human.contains("PROVED: all of 2 are gone"), "{human}");
}

#[test]
fn a_rewritten_branch_is_held_by_reflogs_until_they_expire() {
    let (repo, pair) = (Repo::new(), Seed::new(301).plain_pair());
    repo.commit_file("a", "clean\n");
    repo.commit_file("cfg", pair.ini());
    let report = report_of(&repo);
    let clean = repo.git(&["commit-tree", "HEAD~1^{tree}", "-m", "rewritten"]);
    repo.git(&["reset", "-q", "--hard", &clean]);
    let run = prove(&repo, &report, &["-f", "json"]).expect_code(1);
    let proof = json(&run);
    let secret = value(&proof, &sha256(pair.secret.as_bytes()));
    assert_eq!(holders(secret), ["pseudo-ref", "reflog"]);
    assert_eq!(secret["held"][0]["stored"], "loose");
    repo.git(&["update-ref", "-d", "ORIG_HEAD"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    let run = prove(&repo, &report, &["-f", "json"]).expect_code(1);
    let secret = json(&run);
    let secret = value(&secret, &pair.id);
    assert_eq!(holders(secret), ["dangling"], "git still has the object");
    repo.git(&["gc", "-q", "--prune=now"]);
    prove(&repo, &report, &[]).expect_code(0);
}

#[test]
fn what_was_not_read_is_no_proof() {
    let (repo, pair) = (Repo::new(), Seed::new(302).plain_pair());
    let broken = repo.commit_file("a", "clean\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("cfg", pair.ini());
    let report = report_of(&repo);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-q", "-D", "side"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    prove(&repo, &report, &[]).expect_code(0);
    repo.unpack_all();
    let blob = repo.id(&format!("{broken}:a"));
    std::fs::remove_file(repo.loose(&blob)).unwrap();
    let run = prove(&repo, &report, &["-f", "json"]).expect_code(3);
    assert_eq!(json(&run)["values"][0]["verdict"], "not-found");
    prove(&repo, &report, &["--allow-incomplete", "missing"]).expect_code(0);
}

#[test]
fn a_remote_is_searched_with_its_pull_requests() {
    let (repo, pair) = (Repo::new(), Seed::new(303).plain_pair());
    repo.commit_file("a", "clean\n");
    repo.git(&["init", "-q", "--bare", "../remote.git"]);
    repo.git(&["remote", "add", "origin", "../remote.git"]);
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.commit_file("cfg", pair.ini());
    repo.git(&[
        "push",
        "-q",
        "origin",
        "main",
        "work",
        "work:refs/pull/7/head",
    ]);
    let report = report_of(&repo);
    // Cleaned everywhere but in what the host keeps.
    repo.git(&["push", "-q", "origin", ":work"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["branch", "-q", "-D", "work"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    prove(&repo, &report, &[]).expect_code(0);
    let url = format!("file://{}", repo.root().join("remote.git").display());
    for remote in ["origin", &url] {
        let run = prove_with_git(&repo, &report, &["--remote", remote, "-f", "json"]);
        let run = run.expect_code(1);
        let proof = json(&run);
        let secret = value(&proof, &sha256(pair.secret.as_bytes()));
        let place = &secret["held"][0];
        assert_eq!(place["searched"], 1);
        assert_eq!(place["exposure"]["refs"][0], "refs/pull/7/head");
        assert_eq!(place["steps"][0]["actor"], "host");
        assert_eq!(proof["searched"][1]["remote"], true);
    }
    let bare = repo.beside("remote.git");
    bare.git(&["update-ref", "-d", "refs/pull/7/head"]);
    let run = prove_with_git(&repo, &report, &["--remote", "origin"]).expect_code(0);
    assert!(
        run.out().contains("a fresh mirror of the remote"),
        "{}",
        run.out()
    );
    // A remote that is not there leaves the proof open; one that is hostile is refused.
    let gone = format!("{url}.none");
    let run = prove_with_git(&repo, &report, &["--remote", &gone]).expect_code(3);
    assert!(run.out().contains("could not clone"), "{}", run.out());
    for hostile in ["ext::sh -c x", "ssh://-oProxyCommand=x/y"] {
        prove_with_git(&repo, &report, &["--remote", hostile]).expect_code(2);
    }
    repo.git(&["config", "remote.evil.url", "ext::sh -c 'touch evil'"]);
    prove_with_git(&repo, &report, &["--remote", "evil"]).expect_code(2);
    prove_with_git(&repo, &report, &["--remote=--upload-pack=x"]).expect_code(2);
    assert!(!repo.path().join("evil").exists());
}

#[test]
fn the_delta_path_and_the_full_scan_agree() {
    for seed in 0..4 {
        let repo = Repo::new();
        let mut random = Seed::new(310 + seed);
        let shape = Shape {
            commits: 30,
            keys: 3,
            skewed: false,
        };
        let planted = generate(&repo, &mut random, shape);
        let mut content = String::from_utf8(random.prose(3000)).unwrap();
        for n in 0..20 {
            // Small edits, with the secret coming, moving and going.
            let at = random.below(content.len());
            let at = (0..=at)
                .rev()
                .find(|at| content.is_char_boundary(*at))
                .unwrap();
            match n % 4 {
                0 => content.insert_str(at, &planted[0].pair.secret),
                1 => content.insert_str(at, "some words\n"),
                2 => content = content.replace(&planted[0].pair.secret[..30], "cut"),
                _ => content.insert_str(at, &planted[0].pair.secret.replace('/', "\\/")),
            }
            repo.commit_file("edited", &content);
        }
        repo.pack_all();
        let report = report_of(&repo);
        let args = ["-f", "json", "--no-timings"];
        let delta = prove(&repo, &report, &args).expect_code(1);
        let full = prove(&repo, &report, &[&args[..], &["--full-scan"]].concat());
        assert_eq!(delta.out(), full.expect_code(1).out());
        let single = prove(&repo, &report, &[&args[..], &["-j", "1"]].concat());
        assert_eq!(delta.out(), single.out());
    }
}

#[test]
fn reports_that_are_none_are_refused() {
    let repo = Repo::new();
    repo.commit_file("a", "clean\n");
    let file = repo.root().join("x.json");
    for text in ["", "{}", "[]", "{\"schema\":\"other/1\",\"findings\":[]}"] {
        std::fs::write(&file, text).unwrap();
        let run = prove(&repo, &file, &[]).expect_code(2);
        assert!(run.err().contains("hint: "), "{}", run.err());
    }
    std::fs::write(&file, "{\"schema\":\"keysweep/1\",\"findings\":[]}").unwrap();
    let run = prove(&repo, &file, &[]).expect_code(2);
    assert!(run.err().contains("nothing is named"), "{}", run.err());
    prove(&repo, &file, &["--reveal"]).expect_code(2);
    prove(&repo, &repo.root().join("none.json"), &[]).expect_code(2);
}
