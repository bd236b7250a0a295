//! Accepted findings where git rewrites history, where other scanners wrote the report, and in files
//! of a work tree.

use std::path::Path;
use std::process::Command;

use crate::support::keysweep::{run_in, sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A baseline of all that a repository holds.
fn baseline(repo: &Repo, args: &[&str]) -> String {
    let file = repo.root().join("accepted.toml");
    let file = file.to_str().unwrap().to_owned();
    let path = repo.path().to_str().unwrap();
    let why = ["--reason", "rotated", "--owner", "sec-team", "--force"];
    let all = [&["baseline", "create", &file, path], &why[..], args].concat();
    run_in(Path::new("/"), &all).expect_code(0);
    file
}

#[test]
fn a_baseline_holds_after_git_rebased_and_squashed() {
    let (repo, mut seed) = (Repo::new(), Seed::new(930));
    let [one, two] = [seed.pair(), seed.pair()];
    repo.commit_file("README.md", "nothing\n");
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.commit_file("conf/a.ini", one.ini());
    repo.commit_file("b.ini", format!("# two\n{}", two.ini()));
    let (old, file) = (repo.id("topic"), baseline(&repo, &[]));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("elsewhere", "more\n");
    repo.git(&["checkout", "-q", "topic"]);
    repo.git(&["rebase", "-q", "main"]);
    assert_ne!(repo.id("topic"), old);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--squash", "topic"]);
    repo.git(&["mv", "conf/a.ini", "moved.ini"]);
    repo.commit_index("One for all");
    let (run, report) = sweep_json(repo.path(), &["--baseline", &file]);
    run.expect_code(0);
    assert_eq!((report.findings().len(), report.suppressed().len()), (0, 2));
    // As a colleague has it, who fetched nothing but the result.
    repo.git(&["branch", "-q", "-D", "topic"]);
    let clone = repo.clone_to("colleague", &["--no-local", "--single-branch"]);
    let (run, report) = sweep_json(clone.path(), &["--baseline", &file]);
    run.expect_code(0);
    assert_eq!((report.findings().len(), report.suppressed().len()), (0, 2));
    // What came later is news.
    clone.commit_file("c.ini", seed.pair().ini());
    sweep(clone.path(), &["--baseline", &file]).expect_code(1);
}

/// Reports of betterleaks 2, gitleaks 8 and kingfisher 2 over a file `a.ini` with an ID in line 2
/// and a secret in line 3: as they are, and with `--redact`.
fn reports(pair: &Pair, commit: &str) -> Vec<(&'static str, String)> {
    let shapes = [
        (
            "gitleaks",
            r#"[{"RuleID":"aws-access-token","StartLine":2,"EndLine":2,"Match":"ID","Secret":"ID",
                "File":"a.ini","SymlinkFile":"","Commit":"COMMIT","Author":"A","Email":"a@example.com",
                "Date":"2026-11-27T23:38:07Z","Message":"one","Tags":[],
                "Fingerprint":"COMMIT:a.ini:aws-access-token:2"}]"#,
        ),
        (
            "betterleaks",
            r#"{"schema_version":"1","findings":[{"rule_id":"aws-access-token","confidence":"high",
                "match":{"full":"ID","value":"ID","fingerprint":"00"},"attributes":{"git.author_name":"A",
                "git.message":"one","git.sha":"COMMIT","resource":"git.patch_content"},
                "location":{"path":"a.ini","start_line":2,"end_line":2},"component_sets":[{"components":[
                {"rule_id":"aws-secret-access-key","match":{"full":"secret_access_key = SECRET",
                "value":"SECRET"},"location":{"path":"a.ini","start_line":3,"end_line":3}}]}]}],
                "scan":{"state":"complete","num_findings":1}}"#,
        ),
        (
            "kingfisher",
            r#"{"findings":[{"rule":{"name":"aws-access-token","id":"betterleaks.aws-access-token"},
                "finding":{"dependent_captures":{"AWS_SECRET_ACCESS_KEY":"SECRET"},"snippet":"ID",
                "fingerprint":"2437581137544176059","line":2,"path":"r/a.ini","git_metadata":{
                "commit":{"id":"COMMIT"},"file":{"path":"a.ini"}},"validate_command":
                "kingfisher validate --var AWS_SECRET_ACCESS_KEY='SECRET' 'ID'"}}],"metadata":{}}"#,
        ),
    ];
    let mut all = Vec::new();
    for (name, shape) in shapes {
        let shape = shape.replace("COMMIT", commit);
        let raw = shape.replace("SECRET", "%").replace("ID\"", "&\"");
        let raw = raw.replace("'ID'", "'&'");
        let of = |id: &str, secret: &str| {
            let text = raw.replace('%', secret).replace('&', id);
            // The variable's name, which was hidden with the value.
            text.replace(&format!("AWS_{secret}_ACCESS_KEY"), "AWS_SECRET_ACCESS_KEY")
        };
        all.push((name, of(&pair.id, &pair.secret)));
        let gone = if name == "kingfisher" {
            "[REDACTED:0badcafe]"
        } else {
            "REDACTED"
        };
        all.push((name, of(gone, gone)));
    }
    all
}

#[test]
fn reports_as_other_scanners_write_them_are_imported() {
    let (repo, mut seed) = (Repo::new(), Seed::new(931));
    let [pair, other] = [seed.pair(), seed.pair()];
    let lines = format!(
        "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        pair.id, pair.secret
    );
    let commit = repo.commit_file("a.ini", lines);
    repo.commit_file("b.ini", other.ini());
    let report = repo.root().join("report.json");
    for (name, text) in reports(&pair, &commit) {
        std::fs::write(&report, &text).unwrap();
        let file = baseline(&repo, &["--import", report.to_str().unwrap()]);
        let (run, found) = sweep_json(repo.path(), &["--baseline", &file]);
        run.expect_code(1);
        assert_eq!(found.suppressed().len(), 1, "{name}: {text}");
        assert_eq!(found.pair(&other).text("/access_key_id"), Some(&*other.id));
        let listed = std::fs::read_to_string(&file).unwrap();
        assert!(!listed.contains(&pair.id) && !listed.contains(&pair.secret));
    }
}

/// With the scanners themselves, where they are installed. Not with kingfisher, which compiles its
/// rules for a minute first.
#[test]
fn reports_of_installed_scanners_are_imported() {
    let (repo, mut seed) = (Repo::new(), Seed::new(932));
    let [pair, other] = [seed.pair(), seed.pair()];
    repo.commit_file("a.ini", pair.ini());
    let report = repo.root().join("report.json");
    let into = report.to_str().unwrap();
    let runs: [(&str, &[&str]); 4] = [
        ("gitleaks", &["git", "--no-banner", "-r", into]),
        ("gitleaks", &["git", "--no-banner", "--redact", "-r", into]),
        ("betterleaks", &["git", "--no-banner", "-s", "-o", into]),
        (
            "betterleaks",
            &["git", "--no-banner", "-s", "--redact", "-o", into],
        ),
    ];
    let mut texts = Vec::new();
    for (program, args) in runs {
        let mut command = Command::new(program);
        command.args(args).current_dir(repo.path());
        command.env("HOME", repo.root());
        // It finds something, and so does not end with 0.
        if command.output().is_ok() {
            texts.push((program, std::fs::read(&report).unwrap()));
        }
    }
    repo.commit_file("b.ini", other.ini());
    for (program, text) in texts {
        std::fs::write(&report, text).unwrap();
        let file = baseline(&repo, &["--import", into]);
        let (_, found) = sweep_json(repo.path(), &["--baseline", &file]);
        assert_eq!(found.suppressed().len(), 1, "{program}");
        assert_eq!(found.findings().len(), 1, "{program}");
    }
}

#[test]
fn comments_in_files_of_the_work_tree_count_where_they_are_wanted() {
    let (repo, mut seed) = (Repo::new(), Seed::new(933));
    let [tagged, plain] = [seed.pair(), seed.pair()];
    let lines = |pair: &Pair, comment: &str| {
        format!(
            "{}aws_access_key_id = {}\naws_secret_access_key = {}{comment}\n",
            "filler\n".repeat(2000),
            pair.id,
            pair.secret
        )
    };
    repo.write(
        "dir with blanks/ü.ini",
        lines(&tagged, "  # keysweep:allow"),
    );
    repo.write("b.ini", lines(&plain, ""));
    let (run, report) = sweep_json(repo.path(), &["--worktree"]);
    run.expect_code(1);
    assert_eq!(report.findings().len(), 2, "nothing is silenced unasked");
    let (run, report) = sweep_json(repo.path(), &["--worktree", "--inline-allow"]);
    run.expect_code(1);
    report.pair(&plain);
    let hidden = report.suppressed();
    assert_eq!(hidden.len(), 1);
    assert_eq!(hidden[0].0["reason"], "inline-comment");
    let place = hidden[0].0["accepted"]["source"].as_str().unwrap();
    assert!(place.ends_with("ü.ini:2002"), "{place}");
}
