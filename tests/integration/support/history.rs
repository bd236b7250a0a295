//! Random histories through `git fast-import`, and git's own answers about them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::repo::Repo;
use super::seed::{Pair, Seed};

/// What a generated history may contain.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) commits: usize,
    pub(crate) keys: usize,
    /// True if a child may be older than its parent, as clocks have it.
    pub(crate) skewed: bool,
}

/// One planted key and the blobs that hold it.
pub(crate) struct Planted {
    pub(crate) pair: Pair,
    pub(crate) blobs: Vec<String>,
}

type Tree = BTreeMap<String, usize>;

const PATHS: [&str; 8] = [
    ".env",
    "config/aws.ini",
    "config/old.ini",
    "src/main.py",
    "src/util/keys.py",
    "a b.txt",
    "deep/er/est/x",
    "notes.md",
];

/// Fills an empty repository with a random history. Merges (octopus and evil ones too), several
/// roots, renames, copies, reverts and returns of old content all occur.
pub(crate) fn generate(repo: &Repo, seed: &mut Seed, shape: Shape) -> Vec<Planted> {
    let pairs: Vec<Pair> = (0..shape.keys).map(|_| seed.pair()).collect();
    let mut contents: Vec<Vec<u8>> = (0..4).map(|_| seed.prose(200)).collect();
    let clean = contents.len();
    for pair in &pairs {
        contents.push(pair.ini().into_bytes());
        if !shape.skewed && seed.chance(50) {
            // The same key in an edited file.
            contents.push(format!("# edited\n{}", pair.ini()).into_bytes());
        }
    }
    let mut stream = String::new();
    for (mark, content) in contents.iter().enumerate() {
        let text = std::str::from_utf8(content).unwrap();
        write!(
            stream,
            "blob\nmark :{}\ndata {}\n{text}\n",
            mark + 1,
            text.len()
        )
        .unwrap();
    }
    let mut trees: Vec<Tree> = Vec::new();
    let mut now = 1_700_000_000;
    for n in 0..shape.commits {
        let parents = parents_of(seed, n);
        let tree = next_tree(seed, &parents, &trees, contents.len());
        now += [0, 1, 60, 3600][seed.below(4)];
        let date = if shape.skewed {
            now - seed.below(10_000) as i64
        } else {
            now
        };
        write_commit(&mut stream, n, contents.len(), date, &parents, &tree);
        trees.push(tree);
    }
    stream.push_str("done\n");
    repo.feed(&["fast-import", "--quiet", "--done"], stream.as_bytes());
    name_refs(repo, seed, shape.commits);
    planted(repo, pairs, &contents[clean..])
}

/// Up to four distinct earlier commits, mostly recent ones; none for a root.
fn parents_of(seed: &mut Seed, n: usize) -> Vec<usize> {
    if n == 0 || seed.chance(6) {
        return Vec::new();
    }
    let count = [1, 1, 1, 1, 2, 2, 2, 3, 4][seed.below(9)];
    let mut parents = Vec::new();
    for _ in 0..count {
        let parent = n - 1 - seed.below(n.min(6));
        if !parents.contains(&parent) {
            parents.push(parent);
        }
    }
    parents
}

/// A tree made of the parents' trees and some changes, which in a merge are evil.
fn next_tree(seed: &mut Seed, parents: &[usize], trees: &[Tree], contents: usize) -> Tree {
    let mut tree = Tree::new();
    for parent in parents {
        for (path, content) in &trees[*parent] {
            if !tree.contains_key(path) || seed.chance(50) {
                tree.insert(path.clone(), *content);
            }
        }
    }
    let changes = if parents.len() > 1 {
        seed.below(2)
    } else {
        1 + seed.below(2)
    };
    for _ in 0..changes {
        let path = (*seed.pick(&PATHS)).to_owned();
        match seed.below(10) {
            0..=4 => {
                tree.insert(path, seed.below(contents));
            }
            5..=7 => {
                let first = tree.keys().next().cloned();
                let gone = if tree.contains_key(&path) {
                    Some(path)
                } else {
                    first
                };
                gone.and_then(|gone| tree.remove(&gone));
            }
            move_or_copy => {
                let from = tree.keys().nth(seed.below(tree.len().max(1))).cloned();
                let Some(from) = from else { continue };
                let content = tree[&from];
                if move_or_copy == 8 {
                    tree.remove(&from);
                }
                tree.insert(path, content);
            }
        }
    }
    if tree.is_empty() {
        tree.insert("keep".to_owned(), 0);
    }
    tree
}

fn write_commit(out: &mut String, n: usize, blobs: usize, date: i64, from: &[usize], tree: &Tree) {
    let mark = |commit: usize| blobs + 1 + commit;
    // A ref of its own for each commit: fast-import would make a parent of the branch's tip.
    writeln!(out, "commit refs/made/{n}\nmark :{}", mark(n)).unwrap();
    let written = date - 7;
    writeln!(out, "author A U Thor <author@example.com> {written} -0330").unwrap();
    writeln!(
        out,
        "committer C O Mitter <committer@example.com> {date} +0000"
    )
    .unwrap();
    let message = format!("Commit {n}\n");
    write!(out, "data {}\n{message}", message.len()).unwrap();
    for (i, parent) in from.iter().enumerate() {
        let word = if i == 0 { "from" } else { "merge" };
        writeln!(out, "{word} :{}", mark(*parent)).unwrap();
    }
    out.push_str("deleteall\n");
    for (path, content) in tree {
        writeln!(out, "M 100644 :{} {path}", content + 1).unwrap();
    }
    out.push('\n');
}

/// Names the last commit `main` and a few others by refs of every kind. Commits without a child
/// get a branch, so that all of history is reachable.
fn name_refs(repo: &Repo, seed: &mut Seed, commits: usize) {
    let parents = repo.git(&["log", "--all", "--format=%P"]);
    let inner: BTreeSet<&str> = parents.split_whitespace().collect();
    let mut refs = String::new();
    for n in 0..commits {
        let id = repo.id(&format!("refs/made/{n}"));
        writeln!(refs, "delete refs/made/{n}").unwrap();
        let name = match seed.below(12) {
            0 => format!("refs/tags/v{n}"),
            1 => format!("refs/remotes/origin/b{n}"),
            2 => format!("refs/pull/{n}/head"),
            _ if n + 1 == commits => "refs/heads/main".to_owned(),
            _ if inner.contains(id.as_str()) => continue,
            _ => format!("refs/heads/b{n}"),
        };
        writeln!(refs, "create {name} {id}").unwrap();
        if n + 1 == commits && name != "refs/heads/main" {
            writeln!(refs, "create refs/heads/main {id}").unwrap();
        }
    }
    repo.feed(&["update-ref", "--stdin"], refs.as_bytes());
    repo.git(&["tag", "-a", "-m", "A release", "annotated", "main"]);
}

fn planted(repo: &Repo, pairs: Vec<Pair>, contents: &[Vec<u8>]) -> Vec<Planted> {
    let ids: Vec<String> = contents.iter().map(|content| repo.blob(content)).collect();
    let holds = |pair: &Pair, n: usize| {
        contents[n]
            .windows(20)
            .any(|window| window == pair.id.as_bytes())
    };
    let blobs = |pair: &Pair| {
        (0..ids.len())
            .filter(|n| holds(pair, *n))
            .map(|n| ids[n].clone())
            .collect()
    };
    pairs
        .into_iter()
        .map(|pair| Planted {
            blobs: blobs(&pair),
            pair,
        })
        .collect()
}

/// A commit as git lists it.
pub(crate) struct Commit {
    pub(crate) id: String,
    pub(crate) parents: Vec<String>,
    pub(crate) time: i64,
    /// Every blob in its tree, with its paths.
    pub(crate) blobs: BTreeMap<String, BTreeSet<String>>,
}

/// All commits that any ref reaches, by id.
pub(crate) fn commits(repo: &Repo) -> BTreeMap<String, Commit> {
    let log = repo.git(&["log", "--all", "--format=%H %ct %P"]);
    let mut commits = BTreeMap::new();
    for line in log.lines() {
        let mut words = line.split_whitespace().map(str::to_owned);
        let id = words.next().unwrap();
        let time = words.next().unwrap().parse().unwrap();
        let blobs = blobs_of(repo, &id);
        let commit = Commit {
            id: id.clone(),
            parents: words.collect(),
            time,
            blobs,
        };
        commits.insert(id, commit);
    }
    commits
}

fn blobs_of(repo: &Repo, commit: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut blobs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in repo.git(&["ls-tree", "-r", "-t", "-z", commit]).split('\0') {
        if let Some((entry, path)) = line.split_once('\t') {
            let id = entry.split(' ').nth(2).unwrap().to_owned();
            blobs.entry(id).or_default().insert(path.to_owned());
        }
    }
    blobs
}
