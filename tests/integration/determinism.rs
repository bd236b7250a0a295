//! The same objects give the same bytes, for any number of threads and any way they are stored.

use crate::support::history::{Shape, generate};
use crate::support::keysweep::{JSON, sweep};
use crate::support::repo::Repo;
use crate::support::seed::Seed;

/// A history with keys in it, an annotated tag, a stash-like ref and dangling objects.
fn fixture(seed: u64) -> Repo {
    let repo = Repo::new();
    let mut seed = Seed::new(seed);
    generate(
        &repo,
        &mut seed,
        Shape {
            commits: 40,
            keys: 8,
            skewed: false,
        },
    );
    let prose = String::from_utf8(seed.prose(3000)).unwrap();
    for n in 0..12 {
        // Long deltas with keys that come and go.
        let pair = seed.pair();
        repo.blob(format!("{prose}\n[p{}]\n{}\n{prose}", n % 3, pair.ini()));
    }
    repo
}

fn report(repo: &Repo, threads: &str) -> String {
    let mut args = JSON.to_vec();
    args.extend(["-j", threads]);
    let run = sweep(repo.path(), &args).expect_code(1);
    run.out()
}

#[test]
fn threads() {
    let repo = fixture(110);
    repo.pack_all();
    let one = report(&repo, "1");
    for threads in ["2", "8", "1"] {
        assert_eq!(report(&repo, threads), one, "{threads} threads");
    }
}

#[test]
fn packings() {
    let repo = fixture(111);
    let first = report(&repo, "2");
    let check = |what: &str| assert_eq!(report(&repo, "2"), first, "{what}");
    repo.unpack_all();
    check("loose");
    // Many packs, every other object in each, some in two.
    let list = repo.git(&[
        "cat-file",
        "--batch-all-objects",
        "--batch-check=%(objectname)",
    ]);
    for part in 0..4 {
        let ids: Vec<&str> = list.lines().skip(part).step_by(2 + part % 2).collect();
        let base = repo.git_path("objects/pack/pack");
        let args = ["pack-objects", "-q", "--depth=40", base.to_str().unwrap()];
        repo.feed(&args, (ids.join("\n") + "\n").as_bytes());
    }
    assert_eq!(repo.packs().len(), 4);
    check("many packs beside loose objects");
    repo.git(&["prune-packed", "-q"]);
    check("many packs");
    repo.git(&["multi-pack-index", "write"]);
    check("many packs and a multi-pack-index");
    repo.git(&["repack", "-q", "-adfk"]);
    check("repack -adfk");
    repo.git(&["-c", "pack.window=0", "repack", "-q", "-adfk"]);
    check("without deltas");
    repo.git(&["repack", "-q", "-adfk", "--depth=200", "--window=50"]);
    check("deep deltas");
    repo.git(&["-c", "pack.indexVersion=1", "repack", "-q", "-adfk"]);
    check("index version 1");
    repo.git(&[
        "-c",
        "repack.useDeltaBaseOffset=false",
        "repack",
        "-q",
        "-adfk",
    ]);
    check("REF deltas");
}

#[test]
fn a_second_run_says_the_same() {
    let repo = fixture(112);
    assert_eq!(report(&repo, "2"), report(&repo, "2"));
}
