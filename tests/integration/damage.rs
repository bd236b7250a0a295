//! Damaged repositories: everything that can be read is, and what cannot is named.

use std::process::Command;

use crate::support::expect::{Place, assert_pair};
use crate::support::json::Report;
use crate::support::keysweep::sweep_json;
use crate::support::pack::{deflate, entry_of, swap_in_index};
use crate::support::repo::{Repo, edit, is_root, overwrite};
use crate::support::seed::{Pair, Seed};

/// Five files with a key each, in one pack without deltas.
struct Packed {
    repo: Repo,
    pack: std::path::PathBuf,
    planted: Vec<(Pair, String, String)>,
}

impl Packed {
    fn new() -> Packed {
        let repo = Repo::new();
        let mut seed = Seed::new(70);
        let mut planted = Vec::new();
        for n in 0..5 {
            let pair = seed.pair();
            let prose = String::from_utf8(seed.prose(600)).unwrap();
            let commit = repo.commit_file(&format!("f{n}"), format!("{prose}\n{}", pair.ini()));
            planted.push((pair, repo.id(&format!("HEAD:f{n}")), commit));
        }
        repo.git(&["-c", "pack.window=0", "repack", "-q", "-adf"]);
        let pack = repo.packs().remove(0);
        Packed {
            repo,
            pack,
            planted,
        }
    }

    fn sweep(&self, code: i32) -> Report {
        let (run, report) = sweep_json(self.repo.path(), &[]);
        run.expect_code(code);
        report
    }

    #[track_caller]
    fn assert_all_but(&self, report: &Report, lost: &[usize]) {
        for (n, (pair, blob, _)) in self.planted.iter().enumerate() {
            if lost.contains(&n) {
                assert!(!report.ids().contains(&pair.id));
            } else {
                assert_pair(&self.repo, report, pair, Place::blob(blob));
            }
        }
    }
}

/// A repository without a key whose objects are loose.
fn clean() -> Repo {
    let repo = Repo::new();
    repo.commit_file("a", "first\n");
    repo.commit_file("b", "second\n");
    repo
}

/// Sweeps a repository without a readable key: incomplete, and the first gap names the object.
#[track_caller]
fn assert_incomplete(repo: &Repo, kind: &str, object: &str) -> Report {
    let (run, report) = sweep_json(repo.path(), &[]);
    let run = run.expect_code(3);
    assert!(!report.complete());
    assert!(
        report.has_gap(kind, object),
        "{kind} {object}: {:#?}",
        report.gaps()
    );
    assert!(
        run.err().to_lowercase().contains("incomplete"),
        "stderr says so: {}",
        run.err()
    );
    report
}

#[test]
fn flipped_byte_in_a_packed_blob() {
    let packed = Packed::new();
    let lost = packed.planted[2].1.clone();
    let (offset, length) = entry_of(&packed.repo, &packed.pack, &lost);
    edit(&packed.pack, |pack| pack[offset + length / 2] ^= 0x10);
    let report = packed.sweep(1);
    assert!(!report.complete());
    assert!(report.has_gap("damaged", &lost), "{:#?}", report.gaps());
    assert_eq!(
        report.gaps().len(),
        1,
        "one damaged object, one gap: {:#?}",
        report.gaps()
    );
    packed.assert_all_but(&report, &[2]);
}

#[test]
fn flipped_byte_without_any_key_left_is_incomplete() {
    let repo = clean();
    let blob = repo.id("HEAD:b");
    let pack = repo.pack_all();
    let (offset, length) = entry_of(&repo, &pack, &blob);
    edit(&pack, |pack| pack[offset + length / 2] ^= 0x10);
    assert_incomplete(&repo, "damaged", &blob);
}

#[test]
fn truncated_pack() {
    let packed = Packed::new();
    let whole = std::fs::metadata(&packed.pack).unwrap().len() as usize;
    let cut = whole * 6 / 10;
    let extents: Vec<(usize, usize)> = packed
        .planted
        .iter()
        .map(|p| entry_of(&packed.repo, &packed.pack, &p.1))
        .collect();
    let commits: Vec<usize> = packed
        .planted
        .iter()
        .map(|p| entry_of(&packed.repo, &packed.pack, &p.2).0)
        .collect();
    assert!(
        commits.iter().all(|start| *start < cut),
        "git writes commits first"
    );
    edit(&packed.pack, |pack| pack.truncate(cut));
    let (run, report) = sweep_json(packed.repo.path(), &[]);
    assert!(!report.complete());
    let mut found = 0;
    for ((pair, blob, _), (start, length)) in packed.planted.iter().zip(extents) {
        if start + length <= cut {
            found += 1;
            let places = report.places();
            assert!(
                places.contains(&(blob.clone(), pair.id.clone())),
                "{blob} is before the cut"
            );
        } else {
            assert!(
                report.has_gap_of(blob),
                "{blob} is cut off: {:#?}",
                report.gaps()
            );
        }
    }
    run.expect_code(if found > 0 { 1 } else { 3 });
}

#[test]
fn missing_index() {
    let packed = Packed::new();
    std::fs::remove_file(packed.pack.with_extension("idx")).unwrap();
    // git cannot open this repository any more, so the report is compared with what was planted.
    let (run, report) = sweep_json(packed.repo.path(), &[]);
    run.expect_code(1);
    assert!(report.complete(), "{:#?}", report.gaps());
    for (pair, blob, commit) in &packed.planted {
        let finding = report.pair(pair);
        assert_eq!(
            finding.text("/exposure/introduced/commit"),
            Some(commit.as_str())
        );
        assert!(report.places().contains(&(blob.clone(), pair.id.clone())));
    }
}

#[test]
fn lying_index() {
    for crcs_too in [false, true] {
        let packed = Packed::new();
        let (one, other) = (packed.planted[0].1.clone(), packed.planted[3].1.clone());
        swap_in_index(&packed.pack, &one, &other, crcs_too);
        let (run, report) = sweep_json(packed.repo.path(), &[]);
        run.expect_code(1);
        for (pair, blob, _) in &packed.planted {
            report.pair(pair);
            let place = (blob.clone(), pair.id.clone());
            assert!(
                report.places().contains(&place),
                "crcs_too {crcs_too}: {blob}"
            );
        }
    }
}

#[test]
fn missing_pack() {
    let packed = Packed::new();
    let head = packed.repo.id("HEAD");
    std::fs::remove_file(&packed.pack).unwrap();
    let (run, report) = sweep_json(packed.repo.path(), &[]);
    run.expect_code(3);
    assert!(
        report.has_gap_of(&head),
        "what HEAD names is nowhere: {:#?}",
        report.gaps()
    );
}

#[test]
fn empty_and_cut_loose_objects() {
    let repo = clean();
    let (a, b) = (repo.id("HEAD:a"), repo.id("HEAD:b"));
    overwrite(&repo.loose(&a), b"");
    edit(&repo.loose(&b), |file| file.truncate(file.len() / 2));
    let report = assert_incomplete(&repo, "damaged", &a);
    assert!(report.has_gap("damaged", &b));
}

#[test]
fn loose_object_with_the_content_of_another() {
    let repo = clean();
    let blob = repo.id("HEAD:a");
    overwrite(&repo.loose(&blob), &deflate(b"blob 6\0other\n"));
    assert_incomplete(&repo, "damaged", &blob);
}

#[test]
fn a_good_second_copy_closes_the_gap() {
    let repo = Repo::new();
    let pair = Seed::new(71).pair();
    let commit = repo.commit_file("k", pair.ini());
    let blob = repo.id("HEAD:k");
    repo.git(&["repack", "-q", "-a"]);
    let pack = repo.packs().remove(0);
    assert!(
        repo.loose(&blob).exists(),
        "repack without -d keeps the loose copy"
    );
    let (offset, length) = entry_of(&repo, &pack, &blob);
    edit(&pack, |pack| pack[offset + length / 2] ^= 0x10);
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(1);
    assert!(report.complete(), "{:#?}", report.gaps());
    assert_pair(&repo, &report, &pair, Place::file(&blob, "k", &commit));
}

#[test]
fn a_damaged_loose_copy_beside_a_good_pack() {
    let repo = Repo::new();
    let pair = Seed::new(72).pair();
    repo.commit_file("k", pair.ini());
    let blob = repo.id("HEAD:k");
    repo.git(&["repack", "-q", "-a"]);
    overwrite(&repo.loose(&blob), b"rubbish");
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(1);
    assert!(report.complete(), "{:#?}", report.gaps());
    report.pair(&pair);
}

#[test]
fn missing_blob_tree_and_commit() {
    for rev in ["HEAD:b", "HEAD^{tree}", "HEAD~1^{tree}", "HEAD~1", "HEAD"] {
        let repo = clean();
        let id = repo.id(rev);
        std::fs::remove_file(repo.loose(&id)).unwrap();
        let report = assert_incomplete(&repo, "missing", &id);
        let coverage = report.0["coverage"]["objects"].to_string();
        assert!(coverage.contains("\"missing\":1"), "{rev}: {coverage}");
    }
}

#[test]
fn what_only_unreachable_objects_need_is_no_gap() {
    let repo = clean();
    let blob = repo.blob("soon gone\n");
    repo.tree("100644", &blob, "x");
    std::fs::remove_file(repo.loose(&blob)).unwrap();
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(0);
    assert!(report.complete(), "{:#?}", report.gaps());
}

#[test]
fn ref_whose_target_is_nowhere() {
    let repo = clean();
    let nowhere = "06".repeat(20);
    std::fs::write(repo.git_path("refs/heads/broken"), format!("{nowhere}\n")).unwrap();
    let report = assert_incomplete(&repo, "missing", &nowhere);
    assert!(report.0["gaps"].to_string().contains("refs/heads/broken"));
}

#[test]
fn refs_that_are_no_folder_are_a_gap() {
    for put_a_file in [true, false] {
        let repo = clean();
        repo.git(&["pack-refs", "--all"]);
        let refs = repo.git_path("refs");
        std::fs::remove_dir_all(&refs).unwrap();
        if put_a_file {
            std::fs::write(&refs, "").unwrap();
        }
        let (run, report) = sweep_json(repo.path(), &[]);
        run.expect_code(3);
        assert_eq!(report.gaps()[0]["kind"], "metadata", "{put_a_file}");
        assert_eq!(report.gaps()[0]["path"], "refs/");
    }
}

#[test]
fn broken_lines_in_ref_files() {
    let repo = clean();
    repo.git(&["branch", "other"]);
    repo.git(&["pack-refs", "--all"]);
    edit(&repo.git_path("packed-refs"), |file| {
        file.extend(b"not an id refs/heads/broken\n");
    });
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(3);
    assert!(
        report.gap_kinds().contains("metadata"),
        "{:#?}",
        report.gaps()
    );
    assert!(report.0["gaps"].to_string().contains("packed-refs"));

    let repo = clean();
    std::fs::write(repo.git_path("refs/heads/broken"), "rubbish\n").unwrap();
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(3);
    assert!(
        report.0["gaps"].to_string().contains("refs/heads/broken"),
        "{:#?}",
        report.gaps()
    );
}

#[test]
fn unreadable_object() {
    use std::os::unix::fs::PermissionsExt;
    let repo = clean();
    let blob = repo.id("HEAD:a");
    let path = repo.loose(&blob);
    if is_root() {
        // No permission stops root; a folder cannot be read as a file by anybody.
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
    } else {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    }
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(3);
    assert!(report.has_gap_of(&blob), "{:#?}", report.gaps());
}

#[test]
fn fifos_in_place_of_files_do_not_hang_it() {
    let mkfifo = |path: &std::path::Path| {
        std::fs::remove_file(path).ok();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let repo = clean();
    let blob = repo.id("HEAD:a");
    mkfifo(&repo.loose(&blob));
    let (run, report) = sweep_json(repo.path(), &[]);
    run.expect_code(3);
    assert!(report.has_gap_of(&blob), "{:#?}", report.gaps());

    let packed = Packed::new();
    mkfifo(&packed.pack);
    mkfifo(&packed.repo.path().join(".git/packed-refs"));
    mkfifo(&packed.repo.path().join(".git/objects/info/alternates"));
    let (run, report) = sweep_json(packed.repo.path(), &[]);
    run.expect_code(3);
    assert!(!report.complete());
}
