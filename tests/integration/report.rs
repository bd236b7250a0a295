//! The reports: shape of the JSON, agreement of the formats, files, hostile names.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::json::{sha256, text};
use crate::support::keysweep::{command, home, run_in, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

fn with_key() -> (Repo, Pair) {
    let (repo, pair) = (Repo::new(), Seed::new(300).pair());
    repo.commit_file("config/aws.ini", pair.ini());
    (repo, pair)
}

fn is_one_of(value: &Value, allowed: &[&str]) -> bool {
    value.as_str().is_some_and(|word| allowed.contains(&word))
}

#[test]
fn json_keeps_its_contract() {
    let (repo, _) = with_key();
    let (_, report) = sweep_json(repo.path(), &[]);
    let top = report.0.as_object().unwrap();
    assert_eq!(top["schema"], "keysweep/1");
    assert_eq!(top["tool"]["name"], "keysweep");
    assert_eq!(top["tool"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(text(&report.0, "/tool/rules").is_some_and(|rules| !rules.is_empty()));
    for key in [
        "target",
        "complete",
        "coverage",
        "gaps",
        "findings",
        "suppressed",
        "totals",
    ] {
        assert!(top.contains_key(key), "{key}");
    }
    assert!(!top.contains_key("seconds"), "--no-timings drops it");
    let (run, timed) = {
        let run = sweep(repo.path(), &["--format", "json"]);
        let report = run.report();
        (run, report)
    };
    run.expect_code(1);
    assert!(
        timed.0["seconds"]
            .as_f64()
            .is_some_and(|seconds| seconds >= 0.0)
    );
}

#[test]
fn a_finding_keeps_its_contract() {
    let (repo, pair) = with_key();
    let (_, report) = sweep_json(repo.path(), &[]);
    let finding = report.pair(&pair).0;
    let fingerprint = text(finding, "/fingerprint").unwrap();
    let digits = fingerprint.strip_prefix("ks1-").unwrap();
    assert!(digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(
        text(finding, "/secret_sha256"),
        Some(sha256(pair.secret.as_bytes()).as_str())
    );
    let account = text(finding, "/account_id").unwrap();
    assert!(account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()));
    assert!(is_one_of(
        &finding["confidence"],
        &["low", "medium", "high"]
    ));
    assert!(is_one_of(
        &finding["severity"],
        &["low", "medium", "high", "critical"]
    ));
    assert_eq!(text(finding, "/validity/state"), Some("not-checked"));
    assert!(finding["notes"].is_array());
    assert!(text(finding, "/rule").is_some());
    assert_eq!(finding["occurrence_count"], 2);
    for key in [
        "introduced",
        "at_head",
        "refs",
        "ref_count",
        "pushed_to",
        "reachable",
    ] {
        assert!(finding["exposure"].get(key).is_some(), "exposure.{key}");
    }
    for key in ["first_seen", "last_seen"] {
        let date = finding["exposure"][key].as_str().unwrap();
        assert!(
            date.starts_with("20") && date.contains('T'),
            "{key}: {date}"
        );
    }
    assert_eq!(report.0["totals"]["findings"], 1);
    assert_eq!(report.0["totals"]["pairs"], 1);
    assert_eq!(report.0["totals"]["occurrences"], 2);
}

#[test]
fn the_id_alone_and_the_pair_have_different_fingerprints() {
    let (repo, pair) = with_key();
    let of = |repo: &Repo| {
        let (_, report) = sweep_json(repo.path(), &[]);
        report.findings()[0]
            .text("/fingerprint")
            .unwrap()
            .to_owned()
    };
    let alone = Repo::new();
    alone.commit_file("k", format!("the key is {}\n", pair.id));
    let elsewhere = Repo::new();
    elsewhere.commit_file("other/path", format!("\n\n{}", pair.line()));
    assert_ne!(
        of(&repo),
        of(&alone),
        "accepting the ID alone must not silence the pair"
    );
    assert_eq!(
        of(&repo),
        of(&elsewhere),
        "commit, path and line do not go into it"
    );
}

#[test]
fn ndjson_says_the_same() {
    let (repo, _) = with_key();
    repo.commit_file("second", Seed::new(301).pair().ini());
    let (_, report) = sweep_json(repo.path(), &[]);
    let run = sweep(repo.path(), &["--format", "ndjson", "--no-timings"]).expect_code(1);
    let out = run.out();
    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let prints = |findings: &[&Value]| -> Vec<String> {
        findings
            .iter()
            .map(|f| f["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    };
    let (summary, findings) = lines.split_last().unwrap();
    let shown: Vec<&Value> = findings
        .iter()
        .filter(|l| l.get("reason").is_none())
        .collect();
    let expected: Vec<&Value> = report.findings().iter().map(|f| f.0).collect();
    assert_eq!(prints(&shown), prints(&expected));
    assert!(
        summary.to_string().contains("\"complete\":true"),
        "{summary}"
    );
    assert!(summary.to_string().contains("summary"), "{summary}");
}

#[test]
fn files_are_private_and_written_beside_the_console() {
    let (repo, _) = with_key();
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("report.json");
    let output = format!("json={}", path.display());
    std::fs::write(&path, "an older report").unwrap();
    let run = sweep(repo.path(), &["-o", &output]).expect_code(1);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(value["schema"], "keysweep/1");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
    assert!(
        serde_json::from_str::<Value>(&run.out()).is_err(),
        "the console has its own format"
    );
}

#[test]
fn an_old_report_survives_a_failed_run() {
    let (repo, _) = with_key();
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("report.json");
    std::fs::write(&path, "an older report").unwrap();
    let output = format!("json={}", path.display());
    sweep(repo.path(), &["-o", &output, "--refs", "no-such-ref"]).expect_code(2);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "an older report");
}

#[test]
fn human_report_says_what_where_and_what_next() {
    let (repo, pair) = with_key();
    let commit = repo.id("HEAD");
    let run = sweep(repo.path(), &["--format", "human"]).expect_code(1);
    let out = run.out();
    assert!(out.contains(&pair.id), "IDs are shown whole: {out}");
    assert!(out.contains("config/aws.ini"), "{out}");
    assert!(out.contains(&commit[..7]), "{out}");
    assert!(out.contains("main"), "{out}");
    assert!(!out.contains('\x1b'), "no colour into a pipe");
    let clean = Repo::new();
    clean.commit_file("a", "a\n");
    let run = sweep(clean.path(), &[]).expect_code(0);
    let all = run.out() + &run.err();
    assert!(!all.trim().is_empty(), "silence is no result");
}

#[test]
fn quiet_still_reports() {
    let (repo, pair) = with_key();
    let run = sweep(repo.path(), &["-q"]).expect_code(1);
    assert!(run.out().contains(&pair.id));
}

#[test]
fn hostile_names_cannot_forge_output() {
    let repo = Repo::new();
    let pair = Seed::new(302).pair();
    let name = "evil\x1b[2J\x1b]0;title\x07\n::error::forged\r\u{202e}gpj.exe\u{9b}31m";
    let author = "Mallory \x1b[31m\x07 \u{202e}";
    repo.write("k", pair.ini());
    std::fs::rename(repo.path().join("k"), repo.path().join(name)).unwrap();
    repo.commit("Names");
    let commit = String::from_utf8(repo.content("HEAD"))
        .unwrap()
        .replace("A U Thor", author);
    let id = repo.object("commit", commit.as_bytes());
    repo.git(&["update-ref", "refs/heads/main", &id]);
    std::fs::remove_file(repo.git_path("logs/HEAD")).unwrap();
    for args in [
        &["--format", "human"][..],
        &["--format", "human", "-v"],
        &["--format", "ndjson"],
    ] {
        let run = sweep(repo.path(), args).expect_code(1);
        for text in [run.out(), run.err()] {
            for line in text.lines() {
                assert!(!line.starts_with("::"), "a forged command: {line:?}");
                // JSON may hold C1 and bidi characters as they are; text may not.
                let json = args.contains(&"ndjson");
                let odd = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
                let bad = |c: char| if json { c < ' ' } else { odd(c) };
                assert!(!line.contains(bad), "{args:?}: {line:?}");
            }
        }
    }
    let (_, report) = sweep_json(repo.path(), &[]);
    let place = report.pair(&pair).occurrences("id")[0];
    assert_eq!(text(place, "/path"), Some(name), "JSON is lossless");
}

#[test]
fn errors_escape_names_once() {
    let (repo, _) = with_key();
    let run = sweep(repo.path(), &["--refs", "a\x1b[2J"]).expect_code(2);
    assert!(
        run.err().contains(r#"no ref matches "a\x1b[2J""#),
        "{}",
        run.err()
    );
    let run = run_in(repo.path(), &["sweep", "no\u{202e}such"]).expect_code(2);
    assert!(run.err().contains(r#""no\u{202e}such""#), "{}", run.err());
}

#[test]
fn paths_that_are_not_utf8_carry_their_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let repo = Repo::new();
    let pair = Seed::new(303).pair();
    let name = b"caf\xe9/\xff.env";
    let path = repo.path().join(std::ffi::OsStr::from_bytes(name));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, pair.ini()).unwrap();
    repo.commit("Latin 1");
    let (_, report) = sweep_json(repo.path(), &[]);
    let place = report.pair(&pair).occurrences("id")[0];
    let bytes = data_encoding::BASE64.decode(text(place, "/path_bytes").unwrap().as_bytes());
    assert_eq!(bytes.unwrap(), name);
}

#[test]
fn help_names_the_contract() {
    let run = run_in(std::path::Path::new("/"), &["sweep", "--help"]).expect_code(0);
    let help = run.out();
    for flag in [
        "--refs",
        "--worktree",
        "--fail-on",
        "--min-confidence",
        "--exit-code",
        "--strict",
        "--allow-incomplete",
        "--threads",
        "--max-time",
        "--no-timings",
        "--no-color",
        "--reveal",
        "--quiet",
        "--verbose",
    ] {
        assert!(help.contains(flag), "{flag} is missing from --help");
    }
}

#[test]
fn the_first_line_says_what_was_swept_and_the_last_what_was_read() {
    let (repo, _) = with_key();
    repo.git(&["switch", "-q", "--orphan", "empty"]);
    repo.commit_file("a", "nothing\n");
    let ends = |args: &[&str]| {
        let out = sweep(repo.path(), args).out();
        let first = out.lines().take(2).collect::<Vec<_>>().join(" ");
        (first, out.lines().last().unwrap().to_owned())
    };
    let path = repo.path().to_str().unwrap();
    let (first, last) = ends(&[]);
    assert!(first.starts_with(&format!("swept: {path}")), "{first}");
    assert!(first.contains("everything in it"), "{first}");
    assert!(last.ends_with("everything was read"), "{last}");
    let (first, last) = ends(&["--refs", "empty"]);
    assert!(
        first.contains("only what these refs reach: empty;"),
        "{first}"
    );
    assert!(
        last.starts_with("nothing found in what empty reaches"),
        "{last}"
    );
    let (first, last) = ends(&["--worktree"]);
    assert!(first.contains("only the files of the work tree"), "{first}");
    assert!(last.starts_with("nothing found in the work tree"), "{last}");
}

#[test]
fn what_to_do_is_said_once_and_names_the_place() {
    let repo = Repo::new();
    let mut seed = Seed::new(304);
    repo.commit_file("a", "nothing\n");
    repo.write("staged.env", seed.pair().ini());
    repo.git(&["add", "staged.env"]);
    repo.write("b.env", seed.pair().ini());
    repo.git(&["add", "b.env"]);
    let out = sweep(repo.path(), &[]).expect_code(1).out();
    assert_eq!(out.matches("what to do now").count(), 1);
    assert_eq!(out.matches("update-access-key").count(), 1);
    assert!(out.contains("held by: the index (staged)"), "{out}");
    assert!(out.contains("git rm --cached -- PATH"), "{out}");
    repo.git(&["rm", "-q", "--cached", "b.env"]);
    repo.git(&["gc", "-q", "--prune=now"]);
    let out = sweep(repo.path(), &[]).expect_code(1).out();
    assert!(out.contains("git rm --cached -- staged.env"), "{out}");
}

#[test]
fn incomplete_is_said_once_where_both_streams_meet() {
    let repo = Repo::new();
    repo.commit_file("a", "nothing\n");
    std::fs::remove_file(repo.loose(&repo.id("HEAD:a"))).unwrap();
    let run = sweep(repo.path(), &[]).expect_code(3);
    let of = |text: &str| text.matches("INCOMPLETE").count();
    assert_eq!((of(&run.out()), of(&run.err())), (1, 1), "apart: in each");
    let home = home();
    let log = home.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    let status = command(repo.path(), home.path())
        .arg("sweep")
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(3));
    assert_eq!(of(&std::fs::read_to_string(&log).unwrap()), 1);
}
