//! The same key in every way git stores an object, and in repositories of every shape: nothing
//! of it changes what is found.

use crate::support::expect::{Place, assert_pair, healthy, healthy_at};
use crate::support::keysweep::sweep_json;
use crate::support::pack::{chunk, reseal};
use crate::support::repo::{Repo, edit, overwrite};
use crate::support::seed::{Pair, Seed};

/// A repository whose first commit holds a key in `k`, and two clean commits on top.
struct Fixture {
    repo: Repo,
    pair: Pair,
    blob: String,
    commit: String,
}

impl Fixture {
    fn new(init: &[&str]) -> Fixture {
        let (repo, pair) = (Repo::with(init), Seed::new(50).pair());
        let commit = repo.commit_file("k", pair.ini());
        let blob = repo.id("HEAD:k");
        repo.git(&["rm", "-q", "k"]);
        repo.commit_file("README.md", "clean\n");
        repo.commit_file("more", "clean too\n");
        Fixture {
            repo,
            pair,
            blob,
            commit,
        }
    }

    #[track_caller]
    fn check(&self) {
        self.check_at(self.repo.path());
    }

    #[track_caller]
    fn check_at(&self, path: &std::path::Path) {
        let report = healthy_at(path);
        let place = Place::file(&self.blob, "k", &self.commit);
        assert_pair(&self.repo, &report, &self.pair, place);
    }
}

#[test]
fn loose_then_packed() {
    let fixture = Fixture::new(&[]);
    fixture.check();
    fixture.repo.pack_all();
    fixture.check();
}

#[test]
fn several_packs_and_a_multi_pack_index() {
    let fixture = Fixture::new(&[]);
    fixture.repo.git(&["repack", "-q", "-d"]);
    fixture.repo.commit_file("third", "3\n");
    fixture.repo.git(&["repack", "-q", "-d"]);
    assert_eq!(fixture.repo.packs().len(), 2);
    fixture.check();
    fixture.repo.git(&["multi-pack-index", "write"]);
    fixture.check();
}

#[test]
fn lying_multi_pack_index() {
    let fixture = Fixture::new(&[]);
    fixture.repo.git(&["repack", "-q", "-ad"]);
    fixture.repo.git(&["multi-pack-index", "write"]);
    let midx = fixture.repo.git_path("objects/pack/multi-pack-index");
    edit(&midx, |file| {
        let (start, end) = chunk(file, 12, b"OOFF");
        let first = file[start..start + 8].to_vec();
        for entry in file[start..end].chunks_mut(8) {
            entry.copy_from_slice(&first);
        }
        reseal(file);
    });
    fixture.check();
    overwrite(&midx, b"MIDX, but not really");
    fixture.check();
}

#[test]
fn thin_pack_completed_by_a_push() {
    let fixture = Fixture::new(&[]);
    let bare = fixture.repo.beside("bare.git");
    fixture.repo.git(&[
        "init",
        "-q",
        "--bare",
        "-b",
        "main",
        bare.path().to_str().unwrap(),
    ]);
    bare.git(&["config", "receive.unpackLimit", "1"]);
    let text = String::from_utf8(Seed::new(51).prose(4000)).unwrap();
    fixture.repo.commit_file("long", &text);
    fixture.repo.git(&["push", "-q", "../bare.git", "main"]);
    let other = Seed::new(52).pair();
    let commit = fixture
        .repo
        .commit_file("long", format!("{text}\n{}", other.ini()));
    let blob = fixture.repo.id("HEAD:long");
    fixture
        .repo
        .git(&["push", "-q", "--thin", "../bare.git", "main"]);
    assert_eq!(bare.packs().len(), 2);
    fixture.check_at(bare.path());
    let report = healthy(&bare);
    assert_pair(&bare, &report, &other, Place::file(&blob, "long", &commit));
}

#[test]
fn alternates_count_only_where_they_are_reached() {
    let fixture = Fixture::new(&[]);
    let hidden = Seed::new(53).pair();
    fixture.repo.blob(hidden.ini());
    fixture
        .repo
        .git(&["clone", "-q", "--shared", ".", "../borrower"]);
    let borrower = fixture.repo.beside("borrower");
    assert!(
        !borrower
            .git_path("objects")
            .join(&fixture.blob[..2])
            .exists()
    );
    fixture.check_at(borrower.path());
    let report = healthy(&borrower);
    assert!(
        !report.ids().contains(&hidden.id),
        "unreachable, and in the alternate only"
    );
    let own = Seed::new(54).pair();
    let blob = borrower.blob(own.ini());
    let report = healthy(&borrower);
    assert_pair(&borrower, &report, &own, Place::blob(&blob));
}

#[test]
fn sha256() {
    let fixture = Fixture::new(&["--object-format=sha256"]);
    assert_eq!(fixture.blob.len(), 64);
    fixture.check();
    fixture.repo.pack_all();
    fixture.check();
}

#[test]
fn reftable() {
    let fixture = Fixture::new(&["--ref-format=reftable"]);
    let name = Seed::new(55).plain_pair();
    fixture.repo.git(&["branch", &name.name(), "HEAD"]);
    let stashed = Seed::new(56).pair();
    fixture.repo.write("more", stashed.ini());
    fixture.repo.git(&["stash", "push", "-q"]);
    fixture.repo.write("more", "something clean\n");
    fixture.repo.git(&["stash", "push", "-q"]);
    let reflogged = Seed::new(57).pair();
    let commit = fixture.repo.commit_file("gone", reflogged.ini());
    let blob = fixture.repo.id("HEAD:gone");
    fixture.repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    for _ in 0..2 {
        fixture.check();
        let report = healthy(&fixture.repo);
        report.pair(&name);
        report.pair(&stashed);
        let place = Place::file(&blob, "gone", &commit);
        assert_pair(&fixture.repo, &report, &reflogged, place);
        fixture.repo.git(&["pack-refs", "--all"]);
    }
}

#[test]
fn bare_and_mirror() {
    let fixture = Fixture::new(&[]);
    fixture.check_at(fixture.repo.clone_to("bare.git", &["--bare"]).path());
    fixture.check_at(fixture.repo.clone_to("mirror.git", &["--mirror"]).path());
}

#[test]
fn every_way_to_name_the_repository() {
    let fixture = Fixture::new(&[]);
    fixture.repo.write("deep/er/file", "x\n");
    fixture.repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = fixture.repo.beside("linked");
    linked.write("in/linked", "x\n");
    fixture.check_at(&fixture.repo.path().join("deep/er"));
    fixture.check_at(&fixture.repo.path().join(".git"));
    fixture.check_at(linked.path());
    fixture.check_at(&linked.path().join("in"));
}

#[test]
fn gitattributes_hide_nothing() {
    let fixture = Fixture::new(&[]);
    let other = Seed::new(58).pair();
    fixture.repo.write(
        ".gitattributes",
        "* -diff -text binary filter=none\n*.sec export-ignore\n",
    );
    let commit = fixture.repo.commit_file("x.sec", other.ini());
    let blob = fixture.repo.id("HEAD:x.sec");
    fixture.check();
    let report = healthy(&fixture.repo);
    assert_pair(
        &fixture.repo,
        &report,
        &other,
        Place::file(&blob, "x.sec", &commit),
    );
}

#[test]
fn replace_refs_and_grafts_hide_nothing() {
    let fixture = Fixture::new(&[]);
    let clean = fixture.repo.blob("clean replacement\n");
    let parent = fixture.repo.id("HEAD~1");
    fixture.repo.git(&["replace", &fixture.blob, &clean]);
    fixture.check();
    fixture.repo.git(&["replace", "--graft", "HEAD"]);
    fixture.check();
    let grafts = fixture.repo.git_path("info/grafts");
    std::fs::create_dir_all(grafts.parent().unwrap()).unwrap();
    std::fs::write(grafts, format!("{parent}\n")).unwrap();
    fixture.check();
}

#[test]
fn commit_graph_present_lying_and_broken() {
    let fixture = Fixture::new(&[]);
    fixture.repo.git(&["commit-graph", "write", "--reachable"]);
    fixture.check();
    let graph = fixture.repo.git_path("objects/info/commit-graph");
    edit(&graph, |file| {
        let (start, end) = chunk(file, 8, b"CDAT");
        for commit in file[start..end].chunks_mut(36) {
            // "No first parent": every commit becomes a root.
            commit[20..24].copy_from_slice(&0x7000_0000_u32.to_be_bytes());
        }
        reseal(file);
    });
    fixture.check();
    overwrite(&graph, b"CGPH, but not really");
    fixture.check();
}

/// A content made of a key.
type Content<'a> = &'a dyn Fn(&Pair) -> Vec<u8>;

#[test]
fn odd_content() {
    let repo = Repo::new();
    let mut seed = Seed::new(59);
    let long = "x".repeat(70_000);
    let cases: [(&str, Content<'_>); 6] = [
        ("nul", &|p: &Pair| {
            [b"\0\x01\xff\0", p.ini().as_bytes(), b"\0\0\xfe"].concat()
        }),
        ("bom", &|p: &Pair| {
            [b"\xef\xbb\xbf", p.ini().as_bytes()].concat()
        }),
        ("crlf", &|p: &Pair| {
            p.ini().replace('\n', "\r\n").into_bytes()
        }),
        ("no-newline-at-end", &|p: &Pair| {
            p.ini().trim_end().as_bytes().to_vec()
        }),
        ("latin1", &|p: &Pair| {
            [b"# schl\xfcssel\n", p.ini().as_bytes()].concat()
        }),
        ("long-line", &|p: &Pair| {
            format!("{long} {}", p.line()).into_bytes()
        }),
    ];
    let mut planted = Vec::new();
    for (name, content) in cases {
        let pair = seed.pair();
        let commit = repo.commit_file(name, content(&pair));
        planted.push((name, pair, repo.id(&format!("HEAD:{name}")), commit));
    }
    let report = healthy(&repo);
    for (name, pair, blob, commit) in &planted {
        assert_pair(&repo, &report, pair, Place::file(blob, name, commit));
    }
}

/// 20 MiB of log with keys at the start, at the end and across marks. `from_mark` says how far
/// before the mark the text begins, so that the ID or the secret lies across it.
fn large_log(seed: &mut Seed, from_mark: usize) -> (Vec<u8>, Vec<Pair>) {
    const MIB: usize = 1 << 20;
    let line = b"0123456789 a line of a log that says nothing of interest, sixty-three\n";
    let mut content: Vec<u8> = line.iter().copied().cycle().take(20 * MIB).collect();
    let mut pairs = Vec::new();
    let length = 1 + seed.pair().ini().len();
    let marks = [64 * 1024, 128 * 1024, MIB, 16 * MIB].map(|mark| mark - from_mark);
    for start in [0, 20 * MIB - length].into_iter().chain(marks) {
        let pair = seed.pair();
        let text = format!("\n{}", pair.ini());
        content[start..start + text.len()].copy_from_slice(text.as_bytes());
        pairs.push(pair);
    }
    (content, pairs)
}

/// Packed without a delta, and large enough to be read as a stream.
#[test]
fn large_blob() {
    let repo = Repo::new();
    let mut seed = Seed::new(60);
    let id_at = "\n[default]\naws_access_key_id = ".len();
    let secret_at = id_at + 20 + "\naws_secret_access_key = ".len();
    let mut planted = Vec::new();
    for (name, from_mark) in [("id.log", id_at + 7), ("secret.log", secret_at + 11)] {
        let (content, pairs) = large_log(&mut seed, from_mark);
        let commit = repo.commit_file(name, &content);
        planted.push((name, repo.id(&format!("HEAD:{name}")), commit, pairs));
    }
    for packed in [false, true] {
        if packed {
            repo.git(&["-c", "pack.window=0", "repack", "-q", "-adf"]);
        }
        let report = healthy(&repo);
        for (name, blob, commit, pairs) in &planted {
            for pair in pairs {
                assert_pair(&repo, &report, pair, Place::file(blob, name, commit));
            }
        }
    }
}

#[test]
fn coverage_counts_equal_gits() {
    let fixture = Fixture::new(&[]);
    fixture.repo.git(&["tag", "-a", "-m", "release", "v1"]);
    fixture.repo.blob("dangling\n");
    fixture.repo.git(&["repack", "-q", "-d"]);
    fixture.repo.commit_file("loose", "loose\n");
    let list = fixture.repo.git(&[
        "cat-file",
        "--batch-all-objects",
        "--batch-check=%(objecttype) %(objectsize)",
    ]);
    let (_, report) = sweep_json(fixture.repo.path(), &[]);
    let coverage = &report.0["coverage"];
    for kind in ["blob", "commit", "tag", "tree"] {
        let expected = list.lines().filter(|line| line.starts_with(kind)).count();
        let counts = coverage["objects"].get(kind).expect("counts by kind");
        assert_eq!(counts["read"].as_u64(), Some(expected as u64), "{kind}");
        assert_eq!(counts["skipped"].as_u64(), Some(0), "{kind}");
        assert_eq!(counts["missing"].as_u64(), Some(0), "{kind}");
    }
    let bytes: u64 = list
        .lines()
        .map(|l| l.split_once(' ').unwrap().1.parse::<u64>().unwrap())
        .sum();
    assert_eq!(coverage["bytes"].as_u64(), Some(bytes));
}
