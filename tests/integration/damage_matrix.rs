//! The corruption matrix: a small pack and its index with a byte changed, or cut off, at places
//! of every class. Whatever happens, a run finds all keys or says that it is incomplete.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use crate::support::keysweep::{Run, sweep_json};
use crate::support::pack::entry_of;
use crate::support::repo::{Repo, overwrite};
use crate::support::seed::Seed;

type Places = BTreeSet<(String, String)>;

/// One way to damage a file.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
}

/// A pack of about 2 KB with deltas, and what it holds.
fn specimen(name: &str) -> (Repo, Places) {
    let repo = Repo::new();
    let mut seed = Seed::new(80);
    let mut truth = Places::new();
    let mut text = String::from_utf8(seed.prose(300)).unwrap();
    for n in 0..3 {
        let pair = seed.pair();
        write!(text, "\n[p{n}]\n{}", pair.line()).unwrap();
        repo.commit_file("k", &text);
        let blob = repo.id("HEAD:k");
        let ids = crate::support::oracle::key_ids(text.as_bytes());
        truth.extend(ids.into_iter().map(|id| (blob.clone(), id)));
    }
    let pack = repo.pack_all();
    assert!(pack.exists(), "{name}");
    // Nothing but the objects: an index or a reflog would name missing ones too, which is fine,
    // but slower.
    std::fs::remove_file(repo.git_path("index")).unwrap();
    (repo, truth)
}

fn check(run: &Run, found: &Places, complete: bool, truth: &Places, case: &str) {
    let code = run
        .code
        .unwrap_or_else(|| panic!("{case}: ended by a signal"));
    assert!(
        [1, 2, 3].contains(&code),
        "{case}: exit code {code}\n{}",
        run.err()
    );
    assert!(found.is_subset(truth), "{case}: found what is not there");
    assert!(found == truth || !complete, "{case}: keys lost, and no gap");
    assert_eq!(code == 1, !found.is_empty(), "{case}: 1 means findings");
}

fn apply(bytes: &[u8], damage: Damage) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match damage {
        Damage::Flip(at, mask) => bytes[at] ^= mask,
        Damage::Cut(length) => bytes.truncate(length),
    }
    bytes
}

/// Runs all cases on one file, then puts it right again.
fn run_cases(repo: &Repo, truth: &Places, file: &Path, cases: &[Damage]) {
    let whole = std::fs::read(file).unwrap();
    let name = file.extension().unwrap().to_string_lossy().into_owned();
    for damage in cases {
        overwrite(file, &apply(&whole, *damage));
        let case = format!("{name} {damage:?} of {}", whole.len());
        // One thread: the matrix runs beside other tests.
        let (run, report) = sweep_json(repo.path(), &["-j", "1"]);
        check(&run, &report.places(), report.complete(), truth, &case);
    }
    overwrite(file, &whole);
}

/// Every position below `dense`, every `stride`-th after it, and the end.
fn positions(length: usize, dense: usize, stride: usize) -> Vec<usize> {
    (0..length)
        .filter(|at| *at < dense || at % stride == 0 || at + 1 == length)
        .collect()
}

#[test]
fn pack_bytes() {
    let (repo, truth) = specimen("pack");
    let pack = repo.packs().remove(0);
    let whole = std::fs::metadata(&pack).unwrap().len() as usize;
    let mut cases = Vec::new();
    for at in positions(whole, 12, 17) {
        cases.push(Damage::Flip(at, if at % 2 == 0 { 0xff } else { 0x01 }));
    }
    let objects = repo.git(&[
        "cat-file",
        "--batch-all-objects",
        "--batch-check=%(objectname)",
    ]);
    for id in objects.lines() {
        // The first bytes of an entry: type, size, delta base, zlib header.
        let (start, _) = entry_of(&repo, &pack, id);
        cases.extend((0..3).map(|n| Damage::Flip(start + n, 0x40)));
        cases.push(Damage::Flip(start, 0x10));
    }
    cases.extend([0, 4, 11, 12, whole / 3, whole - 21, whole - 1].map(Damage::Cut));
    run_cases(&repo, &truth, &pack, &cases);
}

#[test]
fn index_bytes() {
    let (repo, truth) = specimen("idx");
    let idx = repo.packs().remove(0).with_extension("idx");
    let whole = std::fs::metadata(&idx).unwrap().len() as usize;
    let tables = 8 + 1024;
    let mut cases: Vec<Damage> = (0..8).map(|at| Damage::Flip(at, 0xff)).collect();
    cases.extend((8..tables).step_by(61).map(|at| Damage::Flip(at, 0x01)));
    cases.extend((11..tables).step_by(128).map(|at| Damage::Flip(at, 0x80)));
    cases.extend((tables..whole).step_by(7).map(|at| Damage::Flip(at, 0x20)));
    cases.extend([0, 3, 7, 8, tables - 1, tables, tables + 33, whole - 21].map(Damage::Cut));
    run_cases(&repo, &truth, &idx, &cases);
}

#[test]
fn loose_object_bytes() {
    let (repo, truth) = specimen("loose");
    repo.unpack_all();
    let (blob, _) = truth.first().unwrap();
    for id in [blob.clone(), repo.id("HEAD"), repo.id("HEAD^{tree}")] {
        let path = repo.loose(&id);
        let file = path.with_extension("object");
        std::fs::copy(&path, &file).unwrap();
        let whole = std::fs::read(&file).unwrap();
        for at in positions(whole.len(), 4, 19) {
            overwrite(&path, &apply(&whole, Damage::Flip(at, 0x04)));
            let (run, report) = sweep_json(repo.path(), &["-j", "1"]);
            let case = format!("loose {id} byte {at} of {}", whole.len());
            check(&run, &report.places(), report.complete(), &truth, &case);
        }
        overwrite(&path, &whole);
        std::fs::remove_file(file).unwrap();
    }
}
