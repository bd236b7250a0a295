//! Repositories made to cost much: a few kilobytes on disk that unfold into floods of hits, long
//! chains and large objects. Each is swept within little memory, and what is left out is said.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::support::keysweep::{sweep_json, sweep_within};
use crate::support::pack::{BLOB, PackWriter, REF_DELTA, TAG, copy_all, object_name};
use crate::support::repo::Repo;
use crate::support::seed::Seed;

/// Code, libraries and stacks of two threads take some of it.
const LITTLE: u64 = 480_000;

#[test]
fn a_blob_full_of_hits() {
    let repo = Repo::new();
    let id = Seed::new(401).pair().id;
    let mut pack = PackWriter::new();
    let flood = format!("{id}\n").repeat(1_500_000);
    let name = object_name("blob", flood.as_bytes());
    pack.entry(&name, BLOB, flood.len() as u64, None, flood.as_bytes());
    pack.write(&repo);
    let report = sweep_within(LITTLE, &repo, &["-j2", "--max-hits", "50000"]);
    assert_eq!(report.gap_kinds(), BTreeSet::from(["hit-limit"]));
}

#[test]
fn a_long_chain_of_versions_full_of_hits() {
    const VERSIONS: usize = 4000;
    let repo = Repo::new();
    let mut seed = Seed::new(402);
    let text: String = (0..900)
        .flat_map(|_| [seed.pair().id, "\n".to_owned()])
        .collect();
    let mut pack = PackWriter::new();
    let mut base = object_name("blob", text.as_bytes());
    pack.entry(&base, BLOB, text.len() as u64, None, text.as_bytes());
    let mut content = text.into_bytes();
    for number in 0..VERSIONS {
        // Two versions of each, so that all of the chain waits for the second ones.
        let aside = copy_all(content.len(), format!("a{number}\n").as_bytes());
        pack.entry(
            &object_name(
                "blob",
                &[&content[..], format!("a{number}\n").as_bytes()].concat(),
            ),
            REF_DELTA,
            aside.len() as u64,
            Some(&base),
            &aside,
        );
        let delta = copy_all(content.len(), b"b\n");
        content.extend(b"b\n");
        let name = object_name("blob", &content);
        pack.entry(&name, REF_DELTA, delta.len() as u64, Some(&base), &delta);
        base = name;
    }
    pack.write(&repo);
    let reports = ["-j1", "-j2"].map(|threads| {
        let report = sweep_within(LITTLE, &repo, &[threads, "--max-hits", "20000"]);
        assert_eq!(report.gap_kinds(), BTreeSet::from(["hit-limit"]));
        report
    });
    assert_eq!(reports[0].0["findings"], reports[1].0["findings"]);
}

#[test]
fn tags_of_tags_with_a_ref_each() {
    const TAGS: usize = 15_000;
    let repo = Repo::new();
    let pair = Seed::new(403).pair();
    let mut pack = PackWriter::new();
    let text = pair.ini();
    let (mut named, mut kind) = (object_name("blob", text.as_bytes()), "blob");
    pack.entry(&named, BLOB, text.len() as u64, None, text.as_bytes());
    let mut refs = String::new();
    for number in 0..TAGS {
        let tag = format!("object {named}\ntype {kind}\ntag t\n\nx\n");
        named = object_name("tag", tag.as_bytes());
        kind = "tag";
        pack.entry(&named, TAG, tag.len() as u64, None, tag.as_bytes());
        writeln!(refs, "{named} refs/tags/t{number}").unwrap();
    }
    pack.write(&repo);
    std::fs::write(repo.git_path("packed-refs"), refs).unwrap();
    let report = sweep_within(LITTLE, &repo, &["-j2"]);
    assert!(report.gaps().is_empty());
    let exposure = &report.pair(&pair).0["exposure"];
    assert_eq!(exposure["ref_count"], TAGS);
}

#[test]
fn large_versions_of_a_file_are_read_in_any_case() {
    let repo = Repo::new();
    let mut seed = Seed::new(404);
    let (old, new) = (seed.pair(), seed.pair());
    let filler = "line after line of a long log\n".repeat(1_200_000);
    repo.commit_file("log", format!("{filler}{}", old.ini()));
    repo.commit_file("log", format!("{}{filler}", new.ini()));
    repo.git(&["repack", "-adfq"]);
    // Neither can be held, and git made one of them from the other.
    let (run, report) = sweep_json(repo.path(), &["--max-object-size", "20m"]);
    run.expect_code(1);
    assert!(report.gaps().is_empty(), "{:?}", report.gap_kinds());
    report.pair(&old);
    report.pair(&new);
}

#[test]
fn what_a_bad_copy_holds_is_not_told() {
    let repo = Repo::new();
    let mut seed = Seed::new(405);
    let (real, fake) = (seed.pair(), seed.pair());
    let filler = "x\n".repeat(9 << 20);
    repo.commit_file("big", format!("{}{filler}", real.ini()));
    let blob = repo.git(&["rev-parse", "HEAD:big"]);
    let blob = blob.trim();
    let loose = repo.git_path(&format!("objects/{}/{}", &blob[..2], &blob[2..]));
    repo.git(&["repack", "-aq"]);
    // A loose file of this name that holds something else is looked at first or last.
    let text = format!("{}{filler}", fake.ini());
    let bad = crate::support::pack::deflate(format!("blob {}\0{text}", text.len()).as_bytes());
    std::fs::remove_file(&loose).ok();
    std::fs::create_dir_all(loose.parent().unwrap()).unwrap();
    std::fs::write(&loose, bad).unwrap();
    for remove_good in [false, true] {
        if remove_good {
            std::fs::remove_dir_all(repo.git_path("objects/pack")).unwrap();
        }
        let (_, report) = sweep_json(repo.path(), &[]);
        let ids: Vec<&str> = report
            .findings()
            .iter()
            .filter_map(|finding| finding.0["access_key_id"].as_str())
            .collect();
        assert!(!ids.contains(&&*fake.id));
        assert_eq!(ids.contains(&&*real.id), !remove_good);
    }
}
