//! The decoder against git itself: same objects, same kinds, same bytes, however they are packed.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::*;
use crate::git::opening::StoreOptions;
use crate::git::repo::{ObjectDir, Repo};
use crate::git::testrepo::TestRepo;
use crate::model::{Copied, Gap, HashKind, ObjectId};

/// Everything read, by id.
pub(super) type Contents = BTreeMap<ObjectId, (ObjectKind, Vec<u8>)>;

#[derive(Default)]
struct Record {
    contents: Vec<(u32, ObjectKind, Vec<u8>)>,
    streaming: Option<(u32, ObjectKind, Vec<u8>)>,
    /// The object that was glanced at last.
    glanced: Option<(u32, Vec<u8>)>,
}

/// How much around what is new is rebuilt for a glance.
const MARGIN: usize = 8;

impl Visit for Record {
    /// The content, to check what a delta's trail says of it.
    type Carry = Vec<u8>;

    fn object(
        &mut self,
        number: u32,
        kind: ObjectKind,
        bytes: &[u8],
        origin: Origin<'_, Vec<u8>>,
    ) -> Vec<u8> {
        if let Origin::Delta { trail, base, .. } = origin {
            for Copied { at, from, len } in trail.copies.iter().copied() {
                assert_eq!(bytes[at..at + len], base[from..from + len]);
            }
            let glanced = self.glanced.take().filter(|(of, _)| *of == number);
            let seen = glanced.map_or_else(|| bytes.to_vec(), |(_, seen)| seen);
            for fresh in &trail.fresh {
                let end = bytes.len().min(fresh.end + MARGIN);
                let around = fresh.start.saturating_sub(MARGIN)..end;
                assert_eq!(seen[around.clone()], bytes[around]);
            }
        }
        self.contents.push((number, kind, bytes.to_vec()));
        bytes.to_vec()
    }

    fn extent<'c>(&self, _: ObjectKind, _: u64, _: &'c Vec<u8>) -> Option<Extent<'c>> {
        Some(Extent::Ends {
            start: MARGIN,
            end: MARGIN,
        })
    }

    fn glance(
        &mut self,
        number: u32,
        _: ObjectKind,
        bytes: &[u8],
        _: (&Trail, &[u8]),
        _: &Vec<u8>,
    ) -> bool {
        self.glanced = Some((number, bytes.to_vec()));
        false
    }

    fn begin(&mut self, number: u32, kind: ObjectKind, _: u64) {
        self.streaming = Some((number, kind, Vec::new()));
    }

    fn piece(&mut self, bytes: &[u8]) {
        self.streaming.as_mut().unwrap().2.extend_from_slice(bytes);
    }

    fn end(&mut self, whole: bool) {
        let streamed = self.streaming.take().unwrap();
        if whole {
            self.contents.push(streamed);
        }
    }
}

pub(super) fn repo(test: &TestRepo, alternates: &[&TestRepo]) -> Repo {
    let dir = |test: &TestRepo, foreign| ObjectDir {
        path: test.git_dir().join("objects"),
        foreign,
    };
    let hash = match test.git(&["rev-parse", "--show-object-format"]).as_str() {
        "sha256" => HashKind::Sha256,
        _ => HashKind::Sha1,
    };
    let mut object_dirs = vec![dir(test, false)];
    object_dirs.extend(alternates.iter().map(|other| dir(other, true)));
    Repo {
        remotes: super::super::remotes::Remotes::default(),
        git_dir: test.git_dir(),
        common_dir: test.git_dir(),
        hash,
        reftable: false,
        promisor: false,
        worktrees: Vec::new(),
        object_dirs,
        gaps: Vec::new(),
        notes: Vec::new(),
    }
}

pub(super) fn open(repo: &Repo, gaps: &mut Vec<Gap>) -> Store {
    let options = StoreOptions {
        liars: &BTreeSet::new(),
        object_size_max: None,
        partial: None,
        control: &Control::default(),
    };
    Store::open(repo, &options, gaps)
}

pub(super) struct Outcome {
    pub(super) contents: Contents,
    pub(super) damaged: BTreeMap<ObjectId, Damage>,
    pub(super) gaps: Vec<Gap>,
}

pub(super) fn read(repo: &Repo) -> Outcome {
    let mut gaps = Vec::new();
    let store = open(repo, &mut gaps);
    let outcome = read_store(&store);
    Outcome { gaps, ..outcome }
}

/// Reads everything in a store.
pub(super) fn read_store(store: &Store) -> Outcome {
    let whole = read_in_parts(store, units::PART_BYTES_MIN);
    let parts = read_in_parts(store, 1);
    assert_eq!(whole.contents, parts.contents, "however families are cut");
    assert_eq!(whole.damaged, parts.damaged);
    whole
}

fn read_in_parts(store: &Store, part_cost_min: u64) -> Outcome {
    let control = Control::default();
    let bounds = Bounds::for_store(store, None);
    let plan = WalkPlan {
        store,
        kinds: Kinds(u8::MAX),
        aside: None,
        wanted: None,
        bounds,
        part_cost_min,
        control: &control,
    };
    let walked = walk(&plan, Record::default);
    let mut contents = Contents::new();
    for (number, kind, bytes) in walked
        .visitors
        .into_iter()
        .flat_map(|visitor| visitor.contents)
    {
        let twice = contents.insert(store.id(number), (kind, bytes));
        assert!(twice.is_none(), "{} was read twice", store.id(number));
    }
    let damaged = walked
        .damaged
        .into_iter()
        .map(|(number, damage)| (store.id(number), damage))
        .collect();
    Outcome {
        contents,
        damaged,
        gaps: Vec::new(),
    }
}

/// What git says is there.
pub(super) fn oracle(test: &TestRepo) -> Contents {
    let raw = test.git_stdin(
        &["cat-file", "--batch-all-objects", "--batch", "--unordered"],
        b"",
    );
    let mut contents = Contents::new();
    let mut rest = &raw[..];
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n').unwrap();
        let header = std::str::from_utf8(&rest[..end]).unwrap();
        let mut words = header.split(' ');
        let id = ObjectId::from_hex(words.next().unwrap().as_bytes()).unwrap();
        let name = words.next().unwrap();
        let kind = ObjectKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .unwrap();
        let len: usize = words.next().unwrap().parse().unwrap();
        contents.insert(id, (kind, rest[end + 1..end + 1 + len].to_vec()));
        rest = &rest[end + 1 + len + 1..];
    }
    contents
}

/// A history of edits to a few files, as a stream for `git fast-import`.
fn history(seed: u64, commits: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    let mut files: Vec<Vec<String>> = (0..4)
        .map(|f| {
            (0..random(80) + 3)
                .map(|l| format!("file {f} line {l} {}", random(1 << 30)))
                .collect()
        })
        .collect();
    let mut out = String::new();
    for n in 0..commits {
        let f = random(files.len());
        for _ in 0..=random(3) {
            let at = random(files[f].len());
            match random(3) {
                0 => files[f].insert(at, format!("new {}", random(1 << 30))),
                1 if files[f].len() > 2 => drop(files[f].remove(at)),
                _ => files[f][at] = format!("edit {}", random(1 << 30)),
            }
        }
        let text = files[f].join("\n");
        let message = format!("commit {n} {}", random(1 << 30));
        writeln!(
            out,
            "commit refs/heads/main\ncommitter C <c@example.com> {} +0000",
            1_600_000_000 + n
        )
        .unwrap();
        writeln!(out, "data {}\n{message}", message.len()).unwrap();
        writeln!(
            out,
            "M 100644 inline dir{}/file{f}.txt\ndata {}\n{text}",
            f % 2,
            text.len()
        )
        .unwrap();
    }
    writeln!(
        out,
        "tag v{seed}\nfrom refs/heads/main\ntagger T <t@example.com> 1700000000 +0000\ndata 4\ntag!"
    )
    .unwrap();
    out.into_bytes()
}

pub(super) fn imported(init: &[&str], seed: u64, commits: usize) -> TestRepo {
    let test = TestRepo::new(init);
    test.git_stdin(
        &["fast-import", "--quiet", "--force"],
        &history(seed, commits),
    );
    test
}

fn assert_equal(test: &TestRepo, repo: &Repo) {
    let outcome = read(repo);
    assert_eq!(outcome.gaps, []);
    assert_eq!(outcome.damaged, BTreeMap::new());
    let expected = oracle(test);
    assert_eq!(outcome.contents.len(), expected.len());
    assert!(outcome.contents == expected, "contents differ from git's");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_packing_reads_like_git(seed in 1u64..1 << 40, depth in 0usize..60, window in 1usize..20,
                                  ref_deltas: bool, sha256: bool) {
        let format = if sha256 { "--object-format=sha256" } else { "--object-format=sha1" };
        let test = imported(&[format], seed, 40);
        let offsets = if ref_deltas { "repack.useDeltaBaseOffset=false" } else { "repack.useDeltaBaseOffset=true" };
        test.git(&["-c", offsets, "repack", "-adfq", &format!("--depth={depth}"), &format!("--window={window}")]);
        assert_equal(&test, &repo(&test, &[]));
    }
}

#[test]
fn loose_objects_read_like_git() {
    let test = TestRepo::new(&[]);
    for n in 0..5 {
        test.commit("a", format!("content {n}\n"), "commit");
    }
    test.commit("empty", "", "empty blob");
    assert_equal(&test, &repo(&test, &[]));
}

#[test]
fn several_packs_a_midx_and_duplicates_read_like_git() {
    let test = imported(&[], 11, 20);
    test.git(&["repack", "-q"]);
    test.git_stdin(&["fast-import", "--quiet", "--force"], &history(12, 20));
    test.git(&["repack", "-q", "-k"]);
    // A pack of everything beside the others: most objects now lie in two packs.
    let all = test.git(&["rev-list", "--objects", "--all"]);
    let ids: Vec<&str> = all
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    test.git_stdin(
        &["pack-objects", "-q", ".git/objects/pack/pack"],
        ids.join("\n").as_bytes(),
    );
    test.git(&["multi-pack-index", "write"]);
    assert_equal(&test, &repo(&test, &[]));
}

#[test]
fn a_completed_thin_pack_reads_like_git() {
    let base = imported(&[], 21, 20);
    let test = TestRepo::new(&[]);
    test.git(&["fetch", "-q", base.path().to_str().unwrap(), "+main:copy"]);
    base.git_stdin(&["fast-import", "--quiet", "--force"], &history(21, 30));
    test.git(&[
        "-c",
        "fetch.unpackLimit=1",
        "fetch",
        "-q",
        "-f",
        base.path().to_str().unwrap(),
        "+main:copy",
    ]);
    assert_equal(&test, &repo(&test, &[]));
}

#[test]
fn an_alternate_reads_like_git() {
    let base = imported(&[], 31, 20);
    let test = TestRepo::new(&[]);
    test.write_git(
        "objects/info/alternates",
        format!("{}\n", base.git_dir().join("objects").display()),
    );
    test.commit("own", "own content\n", "own");
    assert_equal(&test, &repo(&test, &[&base]));
}

#[test]
fn a_pack_without_index_is_indexed_in_memory() {
    for (format, offsets) in [("sha1", "true"), ("sha256", "true"), ("sha1", "false")] {
        let test = imported(&[&format!("--object-format={format}")], 41, 40);
        test.git(&[
            "-c",
            &format!("repack.useDeltaBaseOffset={offsets}"),
            "repack",
            "-adfq",
            "--depth=30",
        ]);
        let expected = oracle(&test);
        for index in pack_files(&test, "idx") {
            std::fs::remove_file(index).unwrap();
        }
        let outcome = read(&repo(&test, &[]));
        assert_eq!(outcome.gaps, []);
        assert!(outcome.contents == expected, "{format} {offsets}");
    }
}

#[test]
fn version_1_indexes_read_like_git() {
    let test = imported(&[], 51, 20);
    test.git(&["-c", "pack.indexVersion=1", "repack", "-adfq"]);
    assert_equal(&test, &repo(&test, &[]));
}

#[test]
fn large_blobs_are_streamed() {
    let test = TestRepo::new(&[]);
    let noise: Vec<u8> = (0u32..5 << 20)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    test.commit("large", &noise, "loose");
    assert_equal(&test, &repo(&test, &[]));
    test.git(&["repack", "-adq"]);
    assert_equal(&test, &repo(&test, &[]));
}

pub(super) fn pack_files(test: &TestRepo, ending: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(test.git_dir().join("objects/pack")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == ending));
    paths.sort();
    for path in &paths {
        let mut rights = std::fs::metadata(path).unwrap().permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "a file of this test")]
        rights.set_readonly(false);
        std::fs::set_permissions(path, rights).unwrap();
    }
    paths
}
