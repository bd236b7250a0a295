//! The rewrite of a plan, run as a user would: everything that leaked is gone, nothing else
//! changed, and what only the host can delete is named.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use crate::support::drill::Incident;
use crate::support::keysweep::{sweep, sweep_json};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A repository with keys in every kind of place, and a bare remote with refs of its host.
struct Leaked {
    repo: Repo,
    remote: Repo,
    pairs: Vec<Pair>,
    /// Commits before the first key.
    clean: Vec<String>,
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

impl Leaked {
    fn new(seed: u64) -> Leaked {
        let base = Repo::new();
        base.git(&[
            "init",
            "-q",
            "--bare",
            base.root().join("remote.git").to_str().unwrap(),
        ]);
        let remote = base.beside("remote.git");
        let repo = base;
        let mut seed = Seed::new(seed);
        let pairs: Vec<Pair> = (0..11).map(|_| seed.plain_pair()).collect();
        let clean = vec![
            repo.commit_file("a", "one\n"),
            repo.commit_file("a", "one\ntwo\n"),
        ];
        repo.git(&["branch", "untouched"]);
        repo.commit_file("config/prod.env", pairs[0].ini());
        repo.commit_index(&format!("Use {}", pairs[1].line()));
        repo.git(&["tag", "-a", "v1", "-m", &pairs[2].line()]);
        repo.git(&["notes", "add", "-m", &pairs[3].line(), "HEAD"]);
        repo.commit_file(&pairs[4].name(), "nothing\n");
        repo.git(&["branch", &format!("f/{}", pairs[5].name())]);
        repo.commit_file("dump.gz", gzip(pairs[6].ini().as_bytes()));
        repo.commit_file("utf16.txt", utf16(&pairs[7].ini()));
        let base64 = data_encoding::BASE64.encode(pairs[8].ini().as_bytes());
        repo.commit_file("base64.txt", format!("data: {base64}\n"));
        let author = format!("Mallory {} <m@example.com>", pairs[9].line());
        repo.tick();
        repo.git(&[
            "commit",
            "-q",
            "--allow-empty",
            "--author",
            &author,
            "-m",
            "By somebody",
        ]);
        repo.git(&["branch", "x$(touch${IFS}PWNED)"]);
        repo.git(&["rm", "-q", "config/prod.env"]);
        repo.commit_index("Remove the configuration");
        repo.commit_file("a", "one\ntwo\nthree\n");
        repo.git(&[
            "remote",
            "add",
            "origin",
            &format!("file://{}", remote.path().display()),
        ]);
        repo.git(&["push", "-q", "origin", "refs/heads/*:refs/heads/*"]);
        repo.git(&["push", "-q", "origin", "refs/tags/*:refs/tags/*"]);
        repo.git(&["push", "-q", "origin", "refs/notes/*:refs/notes/*"]);
        remote.git(&["update-ref", "refs/pull/1/head", "refs/heads/main~1"]);
        repo.write("local.env", pairs[10].ini());
        repo.git(&["add", "-A"]);
        repo.git(&["stash", "-q"]);
        Leaked {
            repo,
            remote,
            pairs,
            clean,
        }
    }

    /// Refs by name.
    fn refs(repo: &Repo) -> BTreeMap<String, String> {
        let text = repo.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let pairs = text.lines().filter_map(|line| line.rsplit_once(' '));
        pairs
            .map(|(name, id)| (name.to_owned(), id.to_owned()))
            .collect()
    }

    /// Asserts that no value stands in a text.
    #[track_caller]
    fn hides(&self, text: &str) {
        for pair in &self.pairs {
            assert!(
                !text.contains(&pair.secret),
                "a secret got out: {}",
                pair.id
            );
        }
    }
}

/// What a fresh clone over a transport shows.
fn mirror(of: &Repo, name: &str) -> Repo {
    of.clone_to(name, &["--mirror"])
}

#[test]
fn everything_goes_and_nothing_else_changes() {
    let leaked = Leaked::new(4100);
    let incident = Incident::new();
    incident.plan(leaked.repo.path(), &[]);
    let before = Leaked::refs(&leaked.remote);
    let run = incident.script(&["rewrite"]).expect_code(0);
    leaked.hides(&run.text);
    for file in [
        "plan.md",
        "plan.json",
        "plan.sh",
        "report.json",
        "left-on-host",
        "commit-map",
    ] {
        leaked.hides(&incident.text(file));
    }
    incident.nothing_is_left();
    let after = Leaked::refs(&leaked.remote);
    assert_eq!(after["refs/heads/untouched"], leaked.clean[1]);
    assert_ne!(after["refs/heads/main"], before["refs/heads/main"]);
    let log = leaked
        .remote
        .git(&["log", "--reverse", "--format=%H %s", "main"]);
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[0].starts_with(&leaked.clean[0]) && lines[1].starts_with(&leaked.clean[1]));
    assert_eq!(lines.len(), 11, "no commit is lost: {log}");
    assert_eq!(leaked.remote.content("main:a"), b"one\ntwo\nthree\n");
    let note = leaked.remote.git(&["notes", "list"]);
    let noted = note.split(' ').next_back().unwrap();
    let subject = leaked.remote.git(&["log", "-1", "--format=%s", noted]);
    assert!(
        subject.starts_with("Use "),
        "the note is on the new commit: {subject}"
    );
    assert!(!Path::new("PWNED").exists() && !incident.home().join("PWNED").exists());
    assert!(!leaked.repo.path().join("PWNED").exists());

    // What the host keeps is named, and is all that is left.
    let left = incident.text("left-on-host");
    assert_eq!(left.lines().count(), 1);
    assert!(left.trim_end().ends_with(" refs/pull/1/head"), "{left}");
    let (_, report) = sweep_json(mirror(&leaked.remote, "mirror1").path(), &[]);
    for finding in report.findings() {
        let refs = crate::support::json::texts(finding.0, "/exposure/refs");
        assert_eq!(refs, ["refs/pull/1/head"]);
    }
    let run = incident.script(&["prove"]);
    assert_eq!(run.code, Some(1), "{}", run.text);
    assert!(run.text.contains("refs/pull/1/head"), "{}", run.text);
    leaked.hides(&run.text);
    leaked.remote.git(&["update-ref", "-d", "refs/pull/1/head"]);
    let run = incident.script(&["prove"]).expect_code(0);
    leaked.hides(&run.text);
    let state = incident.home().join("state/keysweep/findings.json");
    assert!(std::fs::read_to_string(state).unwrap().contains("proved"));
    sweep(mirror(&leaked.remote, "mirror2").path(), &[]).expect_code(0);

    // The user's own clone is clean as well, unreachable objects included.
    sweep(leaked.repo.path(), &[]).expect_code(0);
    let own = Leaked::refs(&leaked.repo);
    assert_eq!(own["refs/heads/main"], after["refs/heads/main"]);
    assert_eq!(leaked.repo.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_estimate_is_what_happens() {
    let leaked = Leaked::new(4101);
    let incident = Incident::new();
    incident.plan(leaked.repo.path(), &[]);
    let run = incident.script(&["rewrite"]).expect_code(0);
    let line = run
        .text
        .lines()
        .find(|line| line.starts_with("Commits that will be"));
    let line = line.unwrap();
    let figures: Vec<&str> = line.split(' ').collect();
    let at = figures.iter().position(|word| *word == "/").unwrap();
    let (said, all) = (figures[at - 1], figures[at + 1]);
    let map = incident.text("commit-map");
    let pairs = map.lines().skip(1).filter_map(|line| line.split_once(' '));
    let pairs: Vec<(&str, &str)> = pairs.map(|(old, new)| (old, new.trim())).collect();
    let changed = pairs.iter().filter(|(old, new)| old != new).count();
    assert_eq!(
        (said, all),
        (&*changed.to_string(), &*pairs.len().to_string()),
        "{line}"
    );
}

#[test]
fn nothing_is_pushed_if_somebody_pushed_in_between() {
    let leaked = Leaked::new(4102);
    let incident = Incident::new();
    incident.plan(leaked.repo.path(), &[]);
    let other = leaked.remote.clone_to("other", &[]);
    // A hook of the remote that runs before refs change plays the colleague who was quicker.
    let race = other.commit_tree(
        &other.id("origin/main^{tree}"),
        &["origin/main"],
        "In between",
    );
    other.git(&["push", "-q", "origin", &format!("{race}:refs/heads/aside")]);
    let wrapper = incident.home().join("git");
    let real = which("git");
    let script = format!(
        "#!/bin/sh\nfor word in \"$@\"; do\n  if [ \"$word\" = --atomic ]; then\n    \
         {real} -C {remote} update-ref refs/heads/main {race}\n  fi\ndone\nexec {real} \"$@\"\n",
        remote = leaked.remote.path().display()
    );
    std::fs::write(&wrapper, script).unwrap();
    executable(&wrapper);
    let mut bash = incident.command("bash");
    let mut path = incident.home().as_os_str().to_owned();
    path.push(":");
    path.push(crate::support::tools::path());
    bash.env("PATH", path)
        .arg(incident.file("plan.sh"))
        .args(["--yes", "rewrite"]);
    let before = Leaked::refs(&leaked.remote);
    let output = crate::support::keysweep::finish(bash);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("stale info") && text.contains("not pushed"),
        "{text}"
    );
    leaked.hides(&text);
    let mut after = Leaked::refs(&leaked.remote);
    assert_eq!(after["refs/heads/main"], race);
    after.insert(
        "refs/heads/main".to_owned(),
        before["refs/heads/main"].clone(),
    );
    assert_eq!(after, before, "atomic: no other ref moved");
    incident.nothing_is_left();
}

fn which(program: &str) -> String {
    let output = std::process::Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_bare_repository_is_rewritten_in_place() {
    let leaked = Leaked::new(4103);
    leaked.remote.git(&["update-ref", "-d", "refs/pull/1/head"]);
    let incident = Incident::new();
    incident.plan(leaked.remote.path(), &[]);
    let run = incident.script(&["rewrite"]).expect_code(0);
    leaked.hides(&run.text);
    sweep(leaked.remote.path(), &[]).expect_code(0);
    assert_eq!(
        Leaked::refs(&leaked.remote)["refs/heads/untouched"],
        leaked.clean[1]
    );
}

#[test]
fn what_was_never_pushed_takes_the_short_path() {
    let (repo, mut seed) = (Repo::new(), Seed::new(4104));
    let first = repo.commit_file("a", "one\n");
    repo.git(&[
        "init",
        "-q",
        "--bare",
        repo.root().join("remote.git").to_str().unwrap(),
    ]);
    let remote = repo.beside("remote.git");
    repo.git(&[
        "remote",
        "add",
        "origin",
        &format!("file://{}", remote.path().display()),
    ]);
    repo.git(&["push", "-q", "origin", "main"]);
    let pairs = [seed.plain_pair(), seed.plain_pair()];
    repo.commit_file("k.env", pairs[0].ini());
    repo.commit_file("b", "more\n");
    repo.write("s.env", pairs[1].ini());
    repo.git(&["add", "-A"]);
    repo.git(&["stash", "-q"]);
    let incident = Incident::new();
    incident.plan(repo.path(), &[]);
    let plan = incident.text("plan.md");
    assert!(plan.contains("git commit --fixup="), "{plan}");
    assert!(!plan.contains("git push"), "nothing is pushed: {plan}");
    incident.script(&["rewrite"]).expect_code(0);
    incident.nothing_is_left();
    sweep(repo.path(), &[]).expect_code(0);
    assert_eq!(repo.id("HEAD~2"), first, "what was pushed is as it was");
    assert_eq!(repo.content("HEAD:b"), b"more\n");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
}

#[test]
fn rules_go_whatever_ends_the_script() {
    let leaked = Leaked::new(4106);
    let incident = Incident::new();
    incident.plan(leaked.repo.path(), &[]);
    // A filter-repo that stands still until a signal comes.
    let bin = incident.home().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let fake = "#!/bin/sh\ncase \"$*\" in *-h*) echo --sensitive-data-removal; exit;; esac\n\
                echo \"$RULES\" >\"$HOME/rules-path\"\nkill -TERM \"$(cat \"$HOME/pid\")\"\n\
                cat \"$HOME/never\"\n";
    std::fs::write(bin.join("git-filter-repo"), fake).unwrap();
    executable(&bin.join("git-filter-repo"));
    let mut path = bin.into_os_string();
    path.push(":");
    path.push(crate::support::tools::path());
    let mut bash = incident.command("bash");
    let line = format!(
        "echo $$ >\"$HOME/pid\"; set -- --yes rewrite; . {}",
        incident.file("plan.sh").display()
    );
    bash.env("PATH", path).args(["-c", &line]);
    let output = crate::support::keysweep::finish(bash);
    assert_eq!(output.status.code(), Some(143));
    let rules = std::fs::read_to_string(incident.home().join("rules-path")).unwrap();
    assert!(!Path::new(rules.trim()).exists());
    incident.nothing_is_left();
    leaked.hides(&String::from_utf8_lossy(&output.stdout));
}
