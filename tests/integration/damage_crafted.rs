//! Packs and loose objects that no git wrote: circles, bases that are nowhere, absurd sizes. Each is
//! swept with little memory and little time.

use crate::support::json::Report;
use crate::support::keysweep::sweep_within;
use crate::support::pack::{BLOB, PackWriter, REF_DELTA, deflate, varint};
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

/// A repository with one key, to which a hand-made pack is added.
fn with_pack(fill: impl FnOnce(&mut PackWriter)) -> (Report, Pair) {
    let (repo, pair) = (Repo::new(), Seed::new(73).pair());
    repo.commit_file("k", pair.ini());
    let mut pack = PackWriter::new();
    fill(&mut pack);
    pack.write(&repo);
    (sweep_within(3_000_000, &repo, &[]), pair)
}

/// Ids that no object hashes to.
fn made_up(n: u8) -> String {
    format!("{n:02x}").repeat(20)
}

#[test]
fn delta_cycles() {
    let delta = [varint(5), varint(5), vec![0x90, 5]].concat();
    let (report, pair) = with_pack(|pack| {
        for (id, base) in [(1, 2), (2, 1), (3, 3), (4, 1)] {
            let base = made_up(base);
            pack.entry(
                &made_up(id),
                REF_DELTA,
                delta.len() as u64,
                Some(&base),
                &delta,
            );
        }
    });
    report.pair(&pair);
    for n in 1..=4 {
        assert!(report.has_gap_of(&made_up(n)), "{n}: {:#?}", report.gaps());
    }
}

#[test]
fn delta_whose_base_is_nowhere() {
    let delta = [varint(5), varint(5), vec![0x90, 5]].concat();
    let (report, pair) = with_pack(|pack| {
        pack.entry(
            &made_up(1),
            REF_DELTA,
            delta.len() as u64,
            Some(&made_up(9)),
            &delta,
        );
    });
    report.pair(&pair);
    assert!(report.has_gap_of(&made_up(1)), "{:#?}", report.gaps());
}

#[test]
fn absurd_declared_sizes() {
    let huge = 1 << 50;
    let (repo, healthy) = (Repo::new(), Seed::new(75).pair());
    let text = healthy.ini();
    let id = repo.feed(&["hash-object", "--stdin"], text.as_bytes());
    let id = String::from_utf8(id).unwrap().trim().to_owned();
    let size = text.len() as u64;
    let (report, pair) = with_pack(|pack| {
        pack.entry(&made_up(1), BLOB, huge, None, b"small");
        pack.entry(&id, BLOB, size, None, text.as_bytes());
        // A result of a petabyte; a copy far out of the base; a base of another size.
        for (n, base_size, result, copy) in [
            (2, size, huge, vec![0x90, 6]),
            (3, size, 6, vec![0x9f, 0xff, 0xff, 0xff, 0x7f, 6]),
            (4, huge, 6, vec![0x90, 6]),
        ] {
            let delta = [varint(base_size), varint(result), copy].concat();
            pack.entry(
                &made_up(n),
                REF_DELTA,
                delta.len() as u64,
                Some(&id),
                &delta,
            );
        }
    });
    report.pair(&pair);
    report.pair(&healthy);
    for n in 1..=4 {
        assert!(report.has_gap_of(&made_up(n)), "{n}: {:#?}", report.gaps());
    }
}

#[test]
fn absurd_size_of_a_loose_object() {
    let (repo, pair) = (Repo::new(), Seed::new(74).pair());
    repo.commit_file("k", pair.ini());
    let id = made_up(5);
    let path = repo.loose(&id);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, deflate(b"blob 1125899906842624\0small")).unwrap();
    let report = sweep_within(3_000_000, &repo, &[]);
    report.pair(&pair);
    assert!(report.has_gap_of(&id), "{:#?}", report.gaps());
}
