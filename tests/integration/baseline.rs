//! Accepted findings: baselines, flags, comments, configuration, imports.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::json::{Report, text};
use crate::support::keysweep::{Run, command, finish, home, run_in, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A repository with two pairs, and a folder for files about it.
struct Fixture {
    repo: Repo,
    pairs: [Pair; 2],
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new(seed: u64) -> Fixture {
        let (repo, mut seed) = (Repo::new(), Seed::new(seed));
        let pairs = [seed.pair(), seed.pair()];
        repo.commit_file("a.ini", pairs[0].ini());
        repo.commit_file("b.ini", pairs[1].ini());
        Fixture {
            repo,
            pairs,
            folder: tempfile::TempDir::new().unwrap(),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.file(name), text).unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }

    fn baseline(&self, command: &str, args: &[&str]) -> Run {
        let (file, repo) = (self.path("b.toml"), self.repo.path().to_str().unwrap());
        let mut all = vec!["baseline", command, &file, repo];
        all.extend(args);
        run_in(Path::new("/"), &all)
    }

    fn create(&self, args: &[&str]) -> Run {
        let why = ["--reason", "rotated", "--owner", "sec-team"];
        self.baseline("create", &[&why, args].concat())
    }

    fn listed(&self) -> String {
        std::fs::read_to_string(self.file("b.toml")).unwrap()
    }

    fn sweep(&self, args: &[&str]) -> Report {
        sweep_json(self.repo.path(), args).1
    }

    fn print_of(&self, pair: usize) -> String {
        let report = self.sweep(&[]);
        let finding = report.pair(&self.pairs[pair]);
        text(finding.0, "/fingerprint").unwrap().to_owned()
    }
}

fn note_kinds(report: &Report) -> Vec<&str> {
    let notes = report.0["notes"].as_array().unwrap();
    notes
        .iter()
        .filter_map(|note| text(note, "/kind"))
        .collect()
}

#[test]
fn a_baseline_accepts_what_was_found_and_nothing_else() {
    let fixture = Fixture::new(900);
    let run = fixture.create(&[]).expect_code(0);
    assert!(
        run.out().contains("2 accepted, 2 of them new"),
        "{}",
        run.out()
    );
    let listed = fixture.listed();
    for pair in &fixture.pairs {
        assert!(!listed.contains(&pair.id) && !listed.contains(&pair.secret));
    }
    assert!(!listed.contains("a.ini") && !listed.contains(&fixture.repo.id("HEAD")));
    let file = fixture.path("b.toml");
    let (run, report) = sweep_json(fixture.repo.path(), &["--baseline", &file]);
    run.expect_code(0);
    assert_eq!((report.findings().len(), report.suppressed().len()), (0, 2));
    let hidden = report.suppressed()[0].0;
    assert_eq!(hidden["reason"], "baseline");
    assert_eq!(hidden["accepted"]["why"], "rotated");
    assert_eq!(hidden["accepted"]["owner"], "sec-team");
    let human = sweep(fixture.repo.path(), &["--baseline", &file]).expect_code(0);
    assert!(
        human.out().contains("nothing but 2 accepted findings"),
        "{}",
        human.out()
    );
    // News is news.
    let new = Seed::new(901).pair();
    fixture.repo.commit_file("c.ini", new.ini());
    let (run, report) = sweep_json(fixture.repo.path(), &["--baseline", &file]);
    run.expect_code(1);
    assert_eq!(report.findings().len(), 1);
    assert!(report.pair(&new).0.get("accepted").is_none());
}

#[test]
fn it_holds_after_a_move_a_rebase_and_a_squash() {
    let fixture = Fixture::new(902);
    fixture.create(&[]).expect_code(0);
    let other = Repo::new();
    let all = format!("\n\n{}\n{}", fixture.pairs[1].ini(), fixture.pairs[0].ini());
    other.commit_file("moved/elsewhere.txt", all);
    let file = fixture.path("b.toml");
    let (run, report) = sweep_json(other.path(), &["--baseline", &file]);
    run.expect_code(0);
    assert_eq!(report.suppressed().len(), 2);
}

#[test]
fn an_accepted_id_does_not_silence_its_pair() {
    let (alone, pair) = (Repo::new(), Seed::new(903).pair());
    alone.commit_file("id", format!("key {}\n", pair.id));
    let (_, report) = sweep_json(alone.path(), &[]);
    let print = report.findings()[0]
        .text("/fingerprint")
        .unwrap()
        .to_owned();
    sweep(alone.path(), &["--allow", &print]).expect_code(0);
    alone.commit_file("both", pair.ini());
    let (run, report) = sweep_json(alone.path(), &["--allow", &print]);
    run.expect_code(1);
    assert_eq!(report.findings().len(), 1);
}

#[test]
fn update_check_and_prune() {
    let fixture = Fixture::new(904);
    fixture.create(&["--expires", "2099-01-01"]).expect_code(0);
    fixture.create(&[]).expect_code(2);
    fixture.baseline("check", &[]).expect_code(0);
    fixture
        .repo
        .commit_file("c.ini", Seed::new(905).pair().ini());
    let run = fixture.baseline("check", &[]).expect_code(1);
    assert!(
        run.out().contains("findings that it does not accept"),
        "{}",
        run.out()
    );
    let why = ["--reason", "test", "--owner", "ann", "--expires", "never"];
    let run = fixture.baseline("update", &why).expect_code(0);
    assert!(
        run.out().contains("3 accepted, 1 of them new"),
        "{}",
        run.out()
    );
    let listed = fixture.listed();
    assert_eq!(
        (
            listed.matches("2099-01-01").count(),
            listed.matches("never").count()
        ),
        (2, 1)
    );
    fixture.baseline("check", &[]).expect_code(0);
    // An entry that is over accepts nothing, and one that fits nothing is of no use.
    let over = listed.replace("\"never\"", "\"2020-01-01\"");
    let unused = "ks1-00000000000000000000000000000000 = { reason = \"r\", owner = \"o\", expires = \"never\" }\n";
    fixture.write("b.toml", &format!("{over}{unused}"));
    let run = fixture.baseline("check", &["-f", "json"]).expect_code(1);
    assert!(run.out().contains("ended on 2020-01-01"), "{}", run.out());
    assert!(run.out().contains("fits nothing any more"), "{}", run.out());
    let file = fixture.path("b.toml");
    let report = fixture.sweep(&["--baseline", &file]);
    assert_eq!(report.findings().len(), 1);
    assert_eq!(report.findings()[0].0["accepted"]["lapsed"], true);
    assert_eq!(note_kinds(&report), ["baseline-expired", "baseline-unused"]);
    let narrow = fixture.sweep(&["--baseline", &file, "--refs", "main"]);
    assert_eq!(
        note_kinds(&narrow),
        ["baseline-expired"],
        "the rest may hold it"
    );
    let run = fixture.baseline("prune", &[]).expect_code(0);
    assert!(
        run.out().contains("2 accepted, 2 taken out"),
        "{}",
        run.out()
    );
    assert!(!fixture.listed().contains("2020-01-01"));
}

#[test]
fn an_incomplete_sweep_prunes_nothing_it_may_have_missed() {
    let fixture = Fixture::new(906);
    fixture.create(&[]).expect_code(0);
    fixture.repo.commit_file("other", "nothing\n");
    std::fs::remove_file(fixture.repo.loose(&fixture.repo.id("HEAD:a.ini"))).unwrap();
    let before = fixture.listed();
    fixture.baseline("prune", &[]).expect_code(3);
    assert_eq!(fixture.listed(), before);
}

#[test]
fn a_file_that_is_not_understood_ends_the_run() {
    let fixture = Fixture::new(907);
    for (text, why) in [
        ("version = 9", "version 9"),
        ("version = 1\n[ignore]\npath = \"*\"", "unknown field"),
        ("<<<<<<< ours", "line 1"),
    ] {
        let file = fixture.write("b.toml", text);
        let run = sweep(fixture.repo.path(), &["--baseline", &file]).expect_code(2);
        assert!(
            run.err().contains(why) && run.err().contains("hint:"),
            "{}",
            run.err()
        );
        assert_eq!(run.out(), "");
    }
    let run = sweep(fixture.repo.path(), &["--baseline", "/nonexistent/b"]).expect_code(2);
    assert!(
        run.err().contains("could not read the baseline"),
        "{}",
        run.err()
    );
    let run = sweep(fixture.repo.path(), &["--allow", "everything"]).expect_code(2);
    assert!(run.err().contains("takes fingerprints"), "{}", run.err());
}

#[test]
fn git_merges_entries_of_two_branches() {
    let fixture = Fixture::new(908);
    let repo = &fixture.repo;
    let entry = |digit: char| {
        let digits = digit.to_string().repeat(32);
        format!("ks1-{digits} = {{ reason = \"r\", owner = \"o\", expires = \"never\" }}\n")
    };
    let file = |digits: &str| {
        let entries: String = digits.chars().map(entry).collect();
        format!("version = 1\n\n[accept]\n{entries}")
    };
    repo.commit_file("k.toml", file("159"));
    repo.git(&["switch", "-q", "-c", "side"]);
    repo.commit_file("k.toml", file("1359"));
    repo.git(&["switch", "-q", "main"]);
    repo.commit_file("k.toml", file("1579"));
    repo.git(&["merge", "-q", "-m", "Both", "side"]);
    assert_eq!(
        std::fs::read_to_string(repo.path().join("k.toml")).unwrap(),
        file("13579")
    );
}

#[test]
fn comments_count_only_where_they_are_wanted_and_for_their_line() {
    let (repo, mut seed) = (Repo::new(), Seed::new(909));
    let [tagged, half, elsewhere] = [seed.pair(), seed.pair(), seed.pair()];
    let lines = |pair: &Pair, id: &str, secret: &str| {
        format!(
            "[{}]\naws_access_key_id = {} {id}\naws_secret_access_key = {} {secret}\n",
            &pair.id[12..],
            pair.id,
            pair.secret
        )
    };
    repo.commit_file("a.ini", lines(&tagged, "", "# gitleaks:allow"));
    repo.commit_file("b.ini", lines(&half, "# gitleaks:allow", ""));
    repo.commit_file("c.ini", lines(&elsewhere, "", "# keysweep:allow"));
    repo.commit_file("d.ini", lines(&elsewhere, "", ""));
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(1);
    assert_eq!(
        report.findings().len(),
        3,
        "a repository silences nothing by itself"
    );
    for args in [&["--inline-allow"][..], &["--inline-allow", "--full-scan"]] {
        let (_, report) = sweep_json(repo.path(), args);
        assert_eq!(report.findings().len(), 2, "{:?}", report.0["findings"]);
        let hidden = report.suppressed();
        let hidden: Vec<&Value> = hidden.iter().map(|f| f.0).collect();
        assert_eq!(hidden.len(), 1);
        assert_eq!(hidden[0]["reason"], "inline-comment");
        assert_eq!(hidden[0]["access_key_id"], tagged.id.as_str());
        assert_eq!(hidden[0]["accepted"]["why"], "gitleaks:allow");
        assert_eq!(hidden[0]["accepted"]["source"], "a.ini:3");
    }
}

#[test]
fn a_repository_configures_nothing() {
    let fixture = Fixture::new(910);
    let print = fixture.print_of(0);
    let config = format!(
        "fail-on = \"active\"\ninline-allow = true\n\n[accept]\n{print} = {{ reason = \"r\", owner = \"o\", expires = \"never\" }}\n"
    );
    for name in [
        ".keysweep.toml",
        "keysweep.toml",
        "keysweep-baseline.toml",
        "keysweep/config.toml",
    ] {
        fixture.repo.write(name, &config);
    }
    fixture.repo.commit("Silence");
    let run = run_in(fixture.repo.path(), &["sweep", "-f", "json"]).expect_code(1);
    assert_eq!(run.report().findings().len(), 2);
    // Whoever names it, wants it.
    let run = run_in(
        fixture.repo.path(),
        &["sweep", "-f", "json", "--config", ".keysweep.toml"],
    );
    let run = run.expect_code(0);
    assert_eq!(run.report().findings().len(), 1);
    assert_eq!(run.report().suppressed()[0].0["reason"], "allow-list");
    assert_eq!(
        run.report().suppressed()[0].0["accepted"]["source"],
        ".keysweep.toml"
    );
}

#[test]
fn the_users_configuration_counts_and_flags_win() {
    let fixture = Fixture::new(911);
    let run = |config: &str, args: &[&str], variables: &[(&str, &str)]| {
        let home = home();
        let folder = home.path().join("config/keysweep");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), config).unwrap();
        let mut command = command(fixture.repo.path(), home.path());
        command
            .arg("sweep")
            .args(args)
            .envs(variables.iter().copied());
        finish(command)
    };
    let code = |config: &str, args: &[&str], variables: &[(&str, &str)]| {
        run(config, args, variables).status.code()
    };
    assert_eq!(code("", &[], &[]), Some(1));
    assert_eq!(code("fail-on = \"active\"", &[], &[]), Some(0));
    assert_eq!(
        code("fail-on = \"active\"", &["--fail-on", "high"], &[]),
        Some(1)
    );
    assert_eq!(code("fail-on = \"active\"", &["--no-config"], &[]), Some(1));
    assert_eq!(
        code("fail-on = \"active\"", &[], &[("KEYSWEEP_FAIL_ON", "high")]),
        Some(1)
    );
    assert_eq!(code("", &[], &[("KEYSWEEP_FAIL_ON", "active")]), Some(0));
    fixture.create(&[]).expect_code(0);
    let file = fixture.path("b.toml");
    assert_eq!(code(&format!("baseline = [{file:?}]"), &[], &[]), Some(0));
    assert_eq!(code("", &[], &[("KEYSWEEP_BASELINE", &file)]), Some(0));
    let output = run("fail_on = \"low\"", &[], &[]);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err.contains("fail_on") && err.contains("config.toml"),
        "{err}"
    );
}

#[test]
fn reports_of_other_scanners_become_a_baseline() {
    let fixture = Fixture::new(912);
    let [first, second] = &fixture.pairs;
    let commit = fixture.repo.id("HEAD~1");
    let gitleaks = fixture.write(
        "gl.json",
        &format!(
            r#"[{{"RuleID":"aws-access-token","Secret":"{}","Match":"{}","File":"a.ini"}}]"#,
            first.id, first.id
        ),
    );
    let trufflehog = fixture.write(
        "th.json",
        &format!(
            "{{\"DetectorName\":\"AWS\",\"Raw\":\"{}\",\"RawV2\":\"{}:{}\"}}\n",
            first.id, first.id, first.secret
        ),
    );
    let kingfisher = fixture.write(
        "kf.json",
        &format!(
            r#"{{"findings":[{{"finding":{{"snippet":"{}","dependent_captures":{{"AWS_SECRET_ACCESS_KEY":"{}"}}}}}}]}}"#,
            first.id, first.secret
        ),
    );
    let ignore = fixture.write(
        ".gitleaksignore",
        &format!("# accepted\n{commit}:a.ini:aws-access-token:2\n"),
    );
    let print = fixture.print_of(0);
    for file in [&gitleaks, &trufflehog, &kingfisher, &ignore] {
        let run = fixture
            .create(&["--import", file, "--force"])
            .expect_code(0);
        assert!(
            run.out().contains("1 accepted, 1 of them new"),
            "{file}: {}",
            run.out()
        );
        assert!(
            run.out().contains("1 found, but not named"),
            "{}",
            run.out()
        );
        let listed = fixture.listed();
        assert!(listed.contains(&print), "{file}");
        for pair in [first, second] {
            assert!(!listed.contains(&pair.id) && !listed.contains(&pair.secret));
        }
    }
    let wrong = fixture.write("wrong", "this is no report\n");
    let run = fixture
        .create(&["--import", &wrong, "--force"])
        .expect_code(2);
    assert!(run.err().contains("cannot be imported"), "{}", run.err());
}

#[test]
fn submodules_share_the_lists() {
    let fixture = Fixture::new(913);
    let outer = Repo::new();
    outer.commit_file("own.ini", Seed::new(914).pair().ini());
    let inner = fixture.repo.path().to_str().unwrap();
    outer.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        inner,
        "sub",
    ]);
    outer.commit("Add it");
    fixture.create(&[]).expect_code(0);
    let file = fixture.path("b.toml");
    let args = ["--recurse-submodules", "--baseline", &file];
    let (run, report) = sweep_json(outer.path(), &args);
    run.expect_code(1);
    assert_eq!((report.findings().len(), report.suppressed().len()), (1, 2));
    assert_eq!(note_kinds(&report), [""; 0], "each entry fits somewhere");
}
