//! Attribution of any blobs, hits or not: `git log --find-object` is the oracle.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::attribution::Carrier;
use super::bare::Blind;
use super::history::pace::GaveUp;
use super::objects::{Objects, Opening};
use super::repo::Repo;
use super::testrepo::TestRepo;
use super::tips::{self, Tips};
use crate::model::{Control, Exposure, Location, ObjectId, StopCause};
use crate::testkeys::Keys;

/// Blobs sampled in each repository.
const SAMPLE: usize = 200;

fn open(path: &Path, control: &Control) -> (Tips, Objects) {
    let repo = Repo::open(path, true).unwrap();
    let tips = tips::collect(&repo);
    let liars = BTreeSet::new();
    let opening = Opening::everything(&liars);
    let objects = Objects::open(&repo, &tips, &opening, control);
    (tips, objects)
}

/// Where history has these blobs, as keysweep says. `before` is called when everything is read.
fn locate(
    path: &Path,
    blobs: &BTreeSet<ObjectId>,
    control: &Control,
    before: impl Fn(),
) -> Result<BTreeMap<ObjectId, Arc<Location>>, GaveUp> {
    let (tips, objects) = open(path, control);
    let mut read = objects.read_contents(control, Blind::who_wants_all);
    objects.read_trees(control, &mut read, blobs, Blind::who_wants_all);
    before();
    let history = objects.trace(&read, &tips, blobs, false, control).unwrap();
    history.needers()?;
    let locations = history.locations()?;
    let known = locations.into_iter();
    Ok(known
        .map(|(number, location)| (history.object_id(number), location))
        .collect())
}

/// The git of another repository, which promises nothing and is not configured by anybody.
fn git(path: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C")
        .arg(path)
        .args(["-c", "safe.directory=*"])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1");
    git
}

fn lines(command: &mut Command, input: &str) -> Vec<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "{command:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(str::to_owned).collect()
}

/// All blobs of a repository, or a seeded sample of them.
fn sample(path: &Path, count: usize) -> BTreeSet<ObjectId> {
    let list = [
        "cat-file",
        "--batch-all-objects",
        "--batch-check=%(objectname) %(objecttype)",
    ];
    let all = lines(git(path).args(list), "");
    let mut blobs: Vec<&str> = all
        .iter()
        .filter_map(|line| line.strip_suffix(" blob"))
        .collect();
    let mut keys = Keys::new(3);
    let mut chosen = BTreeSet::new();
    while chosen.len() < count && !blobs.is_empty() {
        let at = keys.number() as usize % blobs.len();
        let id = blobs.swap_remove(at);
        chosen.insert(ObjectId::from_hex(id.as_bytes()).unwrap());
    }
    chosen
}

/// A commit as git lists it.
struct Commit {
    time: i64,
    parents: Vec<String>,
}

/// What git says of some blobs.
#[derive(Default)]
struct Oracle {
    commits: BTreeMap<String, Commit>,
    /// By blob: commits whose difference to some parent adds it, and all paths at which one does.
    added: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
    /// Of "commit:path", what stands there.
    at: BTreeMap<String, String>,
}

impl Oracle {
    /// One `git log` for all blobs: it shows every commit whose difference to a parent names any
    /// of them, and of these differences only the entries that do.
    fn ask(path: &Path, blobs: &BTreeSet<ObjectId>) -> Oracle {
        let mut oracle = Oracle::default();
        for line in lines(git(path).args(["log", "--all", "--format=%H %ct %P"]), "") {
            let mut words = line.split(' ').filter(|w| !w.is_empty()).map(str::to_owned);
            let id = words.next().unwrap();
            let time = words.next().unwrap().parse().unwrap();
            let parents = words.collect();
            oracle.commits.insert(id, Commit { time, parents });
        }
        let mut log = git(path);
        log.args(["-c", "core.quotePath=false", "log", "--all", "--raw"])
            .args(["--diff-merges=separate", "--no-renames", "--no-abbrev"])
            .args(["--format=commit %H"])
            .args(blobs.iter().map(|id| format!("--find-object={id}")));
        let mut commit = String::new();
        for line in lines(&mut log, "") {
            if let Some(id) = line.strip_prefix("commit ") {
                id.clone_into(&mut commit);
            } else if let Some((entry, path)) = line.split_once('\t') {
                let new = entry.split(' ').nth(3).unwrap();
                let asked =
                    ObjectId::from_hex(new.as_bytes()).is_some_and(|id| blobs.contains(&id));
                if asked {
                    let (commits, paths) = oracle.added.entry(new.to_owned()).or_default();
                    commits.insert(commit.clone());
                    paths.insert(path.to_owned());
                }
            }
        }
        oracle.look_up(path);
        oracle
    }

    /// Looks up every known path of a blob in the parents of every commit that adds it.
    fn look_up(&mut self, path: &Path) {
        let mut asked = BTreeSet::new();
        for (commits, paths) in self.added.values() {
            for commit in commits {
                for commit in self.commits[commit].parents.iter().chain([commit]) {
                    asked.extend(paths.iter().map(|path| format!("{commit}:{path}")));
                }
            }
        }
        let asked: Vec<String> = asked.into_iter().collect();
        let mut cat = git(path);
        cat.args(["cat-file", "--batch-check=%(objectname)"]);
        let answers = lines(&mut cat, &(asked.join("\n") + "\n"));
        assert_eq!(asked.len(), answers.len());
        self.at = asked.into_iter().zip(answers).collect();
    }

    fn holds(&self, commit: &str, blob: &str) -> bool {
        let is = |path: &String| {
            let answer = &self.at[&format!("{commit}:{path}")];
            // git cannot say more of a blob that is absent than its name.
            answer == blob || answer.strip_suffix(" missing") == Some(blob)
        };
        self.added[blob].1.iter().any(is)
    }

    /// Commits that hold a blob while no parent does.
    fn introducing(&self, blob: &str) -> Vec<&str> {
        let commits = self.added[blob].0.iter().map(String::as_str);
        commits
            .filter(|commit| {
                let mut parents = self.commits[*commit].parents.iter();
                self.holds(commit, blob) && !parents.any(|parent| self.holds(parent, blob))
            })
            .collect()
    }

    /// Compares one blob; true if git has it in any commit.
    fn check(&self, id: &ObjectId, location: &Location) -> bool {
        let blob = id.to_string();
        let Some((_, paths)) = self.added.get(&blob) else {
            assert!(location.introduced.is_none(), "{blob} is in no commit");
            return false;
        };
        let listed: BTreeSet<String> = location
            .paths
            .iter()
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect();
        let expected: BTreeSet<String> = paths.iter().take(16).cloned().collect();
        assert_eq!(listed, expected, "paths of {blob}");
        assert_eq!(location.path_count, paths.len() as u64, "paths of {blob}");
        let introducing = self.introducing(&blob);
        assert_eq!(
            location.introduced_count,
            introducing.len() as u64,
            "{blob}: {introducing:?}"
        );
        let stamp = location.introduced.as_ref().unwrap();
        let commit = stamp.commit.to_string();
        assert!(introducing.contains(&commit.as_str()), "{blob}: {commit}");
        let first = introducing.iter().map(|id| self.commits[*id].time).min();
        assert_eq!(Some(self.commits[&commit].time), first, "{blob}: {commit}");
        let path = location.introduced_path.as_deref().unwrap();
        let place = format!("{commit}:{}", String::from_utf8_lossy(path));
        assert_eq!(self.at[&place], blob, "{place}");
        true
    }
}

/// Compares blobs of a repository; returns how many were compared that some commit has.
fn compare(path: &Path, count: usize) -> usize {
    let blobs = sample(path, count);
    let locations = locate(path, &blobs, &Control::default(), || ()).unwrap();
    let oracle = Oracle::ask(path, &blobs);
    assert_eq!(locations.len(), blobs.len());
    let each = locations.iter();
    each.filter(|(id, location)| oracle.check(id, location))
        .count()
}

/// A history with what attribution can get wrong: copies, moves of folders, a return, a merge that
/// brings a blob from both sides, one that takes over a removal, and two roots.
fn tangled() -> TestRepo {
    let repo = TestRepo::new(&[]);
    repo.commit("a/one", "one\n", "first");
    repo.commit("a/b/two", "two\n", "second");
    repo.git(&["branch", "side"]);
    repo.git(&["mv", "a", "c"]);
    repo.commit("three", "three\n", "move a folder");
    repo.commit("a/one", "one\n", "a copy");
    repo.commit("c/copy", "two\n", "another copy");
    repo.git(&["checkout", "--quiet", "side"]);
    repo.commit("three", "three\n", "the same on the side");
    repo.git(&["rm", "--quiet", "a/one"]);
    repo.commit("four", "four\n", "remove");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["merge", "--quiet", "--no-edit", "-s", "ours", "side"]);
    repo.commit("again/one", "one\n", "a return");
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    repo.commit("lone", "lone\n", "another root");
    repo.git(&["checkout", "--quiet", "main"]);
    let merge = [
        "merge",
        "--quiet",
        "--no-edit",
        "--allow-unrelated-histories",
        "other",
    ];
    repo.git(&merge);
    repo
}

#[test]
fn equals_git_log_on_a_tangled_history() {
    let repo = tangled();
    assert_eq!(compare(repo.path(), SAMPLE), 5);
    repo.git(&["repack", "--quiet", "-adf"]);
    assert_eq!(compare(repo.path(), SAMPLE), 5);
}

/// Repositories named in `KEYSWEEP_ORACLE_REPOS`, separated by colons.
#[test]
fn equals_git_log_on_given_repositories() {
    let list = std::env::var_os("KEYSWEEP_ORACLE_REPOS").unwrap_or_default();
    for path in std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()) {
        let compared = compare(&path, SAMPLE);
        assert!(compared > 0, "{}: no blob is in a commit", path.display());
    }
}

#[test]
fn history_gives_up_when_asked_to() {
    let repo = tangled();
    let blobs = sample(repo.path(), SAMPLE);
    for cause in [StopCause::Deadline, StopCause::Interrupt] {
        let control = Control::default();
        let result = locate(repo.path(), &blobs, &control, || control.stop(cause));
        assert_eq!(result.err(), Some(GaveUp::Stopped));
    }
}

/// Nested folders: each tree has `names` that all lead to the one below, the last one to a blob.
/// One commit has the outermost. Returns the blob.
fn nested(repo: &TestRepo, depth: usize, names: &[String]) -> ObjectId {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    let blob = text(repo.git_stdin(&["hash-object", "-w", "--stdin"], b"hidden\n"));
    let entry = format!("100644 blob {blob}\tk\n");
    let mut tree = text(repo.git_stdin(&["mktree"], entry.as_bytes()));
    for _ in 0..depth {
        let row = |name: &String| format!("040000 tree {tree}\t{name}\n");
        let rows: Vec<String> = names.iter().map(row).collect();
        tree = text(repo.git_stdin(&["mktree"], rows.concat().as_bytes()));
    }
    let commit = text(repo.git_stdin(&["commit-tree", &tree, "-m", "nested"], b""));
    repo.git(&["update-ref", "refs/heads/main", &commit]);
    ObjectId::from_hex(blob.as_bytes()).unwrap()
}

#[test]
fn more_paths_than_anybody_can_list() {
    let repo = TestRepo::new(&[]);
    let names: Vec<String> = ["a", "b", "c", "d", "e", "f", "g", "h"]
        .map(|name| name.repeat(250))
        .to_vec();
    // 8^14 paths of 3,500 bytes and more.
    let blob = nested(&repo, 14, &names);
    let found = locate(repo.path(), &[blob].into(), &Control::default(), || ()).unwrap();
    let location = &found[&blob];
    assert!(location.path_count_at_least);
    assert!(location.path_count > 100_000);
    assert_eq!(location.paths.len(), 1, "two would be more than 4 KiB");
    assert_eq!(location.introduced_count, 1);
    assert!(location.introduced_path.is_some());
}

#[test]
fn a_path_too_long_to_list_is_counted() {
    let repo = TestRepo::new(&[]);
    let blob = nested(&repo, 20, &["n".repeat(250)]);
    let found = locate(repo.path(), &[blob].into(), &Control::default(), || ()).unwrap();
    let location = &found[&blob];
    assert_eq!(
        (location.path_count, location.path_count_at_least),
        (1, false)
    );
    assert!(location.paths.is_empty() && location.introduced_path.is_none());
    assert!(location.introduced.is_some());
}

#[test]
fn refs_are_counted_and_the_first_are_listed() {
    let repo = TestRepo::new(&[]);
    let commit = repo.commit("k", "key\n", "first");
    let blob = repo.git(&["rev-parse", "HEAD:k"]);
    let blob = ObjectId::from_hex(blob.as_bytes()).unwrap();
    let update = |name: String| format!("create {name} {commit}\n");
    let remotes = (0..60).map(|n| update(format!("refs/remotes/r{n:02}/x")));
    let heads = (0..60).map(|n| update(format!("refs/heads/b{n:02}")));
    let updates: String = remotes.chain(heads).collect();
    repo.git_stdin(&["update-ref", "--stdin"], updates.as_bytes());
    let told = exposures(repo.path(), &[blob]);
    // Those 120, and main.
    assert_eq!(told[0].ref_count, 121);
    assert_eq!(told[0].refs.len(), 50);
    assert_eq!(told[0].refs[0], "refs/heads/b00");
    assert!(told[0].refs.is_sorted());
    assert_eq!(told[0].pushed_to.len(), 50);
}

/// How far blobs have spread, each taken for a credential of its own.
fn exposures(path: &Path, blobs: &[ObjectId]) -> Vec<Exposure> {
    let control = Control::default();
    let (tips, objects) = open(path, &control);
    let hits = blobs.iter().copied().collect();
    let mut read = objects.read_contents(&control, Blind::who_wants_all);
    objects.read_trees(&control, &mut read, &hits, Blind::who_wants_all);
    let history = objects.trace(&read, &tips, &hits, false, &control).unwrap();
    let carriers: Vec<_> = blobs.iter().map(|id| vec![Carrier::Object(*id)]).collect();
    let (told, cut) = history.exposures(&carriers).unwrap();
    assert!(!cut);
    told
}
