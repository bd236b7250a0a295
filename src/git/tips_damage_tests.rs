//! Tests of collecting tips from damaged and odd repositories.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::repo::Repo;
use super::testrepo::TestRepo;
use super::tips::collect;
use super::tips_tests::{refs, tips_of};
use crate::model::GapKind;

#[test]
fn each_broken_ref_costs_only_itself() {
    let repo = TestRepo::new(&[]);
    let id = repo.commit("a", "a", "a");
    repo.git(&["branch", "good"]);
    let heads = repo.git_dir().join("refs/heads");
    repo.write_git("refs/heads/empty", "");
    repo.write_git("refs/heads/rubbish", "not an id");
    repo.write_git("refs/heads/zero", "0".repeat(40));
    repo.write_git("refs/heads/loop", "ref: refs/heads/pool\n");
    repo.write_git("refs/heads/pool", "ref: refs/heads/loop\n");
    repo.write_git("refs/heads/dangling", "ref: refs/heads/none\n");
    repo.write_git("refs/heads/illegal~name", format!("{id}\n"));
    repo.write_git("refs/heads/.hidden", "not an id");
    repo.write_git("refs/heads/good.lock", "");
    repo.write_git("packed-refs", format!("{id} refs/tags/packed\nrubbish\n"));
    std::fs::create_dir_all(heads.join("folder/below")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", heads.join("outside")).unwrap();
        std::os::unix::fs::symlink("refs/heads/good", heads.join("old-style")).unwrap();
        let fifo = std::process::Command::new("mkfifo")
            .arg(heads.join("fifo"))
            .status();
        assert!(fifo.unwrap().success());
    }
    let tips = tips_of(repo.path());
    let gaps: BTreeSet<_> = tips
        .gaps
        .iter()
        .map(|gap| (gap.kind, gap.reference.clone().unwrap_or_default()))
        .collect();
    let (bad, shut) = (GapKind::Metadata, GapKind::Unreadable);
    let mut expected: BTreeSet<_> = ["empty", "rubbish", "zero", "loop", "pool"]
        .map(|name| (bad, format!("refs/heads/{name}")))
        .into();
    expected.insert((bad, String::new()));
    let mut names = vec![
        "refs/heads/good",
        "refs/heads/illegal~name",
        "refs/heads/main",
    ];
    if cfg!(unix) {
        expected.extend(["fifo", "outside"].map(|name| (shut, format!("refs/heads/{name}"))));
        names.push("refs/heads/old-style");
    }
    assert_eq!(gaps, expected);
    names.push("refs/tags/packed");
    let found = refs(&tips);
    assert_eq!(
        found.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        names
    );
    let kinds: Vec<_> = tips.notes.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, ["dangling-symref", "illegal-ref-name"]);
    assert!(tips.ref_names.contains(&b"refs/heads/rubbish".to_vec()));
    assert!(
        tips.gaps
            .iter()
            .all(|gap| !gap.detail.contains("not an id"))
    );
}

#[test]
fn a_broken_head_is_a_gap() {
    for text in [Some(""), Some("rubbish"), None] {
        let repo = TestRepo::new(&[]);
        repo.commit("a", "a", "a");
        let head = repo.git_dir().join("HEAD");
        match text {
            Some(text) => std::fs::write(&head, text).unwrap(),
            None => std::fs::remove_file(&head).unwrap(),
        }
        let tips = tips_of(repo.path());
        assert_eq!(tips.gaps.len(), 1, "{text:?}");
        assert_eq!(tips.gaps[0].reference.as_deref(), Some("HEAD"));
        assert_eq!(refs(&tips).len(), 1);
    }
}

#[test]
fn names_that_are_no_text_are_kept_raw() {
    let repo = TestRepo::new(&[]);
    let id = repo.commit("a", "a", "a");
    let mut line = format!("{id} refs/heads/").into_bytes();
    line.extend(b"\xff\xfe\n");
    repo.write_git("packed-refs", line);
    let tips = tips_of(repo.path());
    assert_eq!(tips.gaps, []);
    assert!(tips.ref_names.contains(&b"refs/heads/\xff\xfe".to_vec()));
}

#[test]
fn a_hundred_thousand_refs_are_read_at_once() {
    let repo = TestRepo::new(&[]);
    let id = repo.commit("a", "a", "a");
    let mut text = String::from("# pack-refs with: peeled fully-peeled sorted \n");
    for number in 0..100_000 {
        writeln!(text, "{id} refs/tags/{number:06}").unwrap();
    }
    repo.write_git("packed-refs", text);
    let start = std::time::Instant::now();
    let tips = tips_of(repo.path());
    assert_eq!(tips.coverage.tags, 100_000);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[cfg(unix)]
#[test]
fn a_fifo_in_place_of_any_file_is_a_gap_and_no_wait() {
    for name in [
        "HEAD",
        "FETCH_HEAD",
        "config",
        "index",
        "logs/HEAD",
        "objects/info/alternates",
        "packed-refs",
        "rebase-merge/onto",
        "shallow",
    ] {
        let repo = TestRepo::new(&[]);
        repo.commit("a", "a", "a");
        repo.write_git(name, "");
        let path = repo.git_dir().join(name);
        std::fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let opened = Repo::open(repo.path(), true).unwrap();
        let tips = collect(&opened);
        let gaps: Vec<_> = opened.gaps.iter().chain(&tips.gaps).collect();
        assert_eq!(gaps.len(), 1, "{name}: {gaps:?}");
        let shown = String::from_utf8(gaps[0].path.clone().unwrap()).unwrap();
        assert!(shown.ends_with(name), "{shown}");
        assert!(
            refs(&tips)
                .iter()
                .any(|(name, _)| name == "refs/heads/main")
        );
    }
}

#[test]
fn after_a_stop_the_rest_is_left_out() {
    let repo = TestRepo::new(&[]);
    repo.commit("a", "a", "a");
    let opened = Repo::open(repo.path(), true).unwrap();
    assert!(!collect(&opened).index_paths.is_empty());
    let control = crate::model::Control::default();
    control.stop(crate::model::StopCause::Terminate);
    let tips = super::tips::collect_under(&opened, &control);
    assert!(tips.index_paths.is_empty());
}
