//! Planted keys in names: of files and folders, of branches, in an index, where a link leads.

use crate::support::expect::{Place, assert_pair, cut, healthy, span};
use crate::support::json::text;
use crate::support::repo::Repo;
use crate::support::seed::{Pair, Seed};

fn start() -> Repo {
    let repo = Repo::new();
    repo.commit_file("README.md", "nothing to see\n");
    repo
}

fn pair(seed: u64) -> Pair {
    Seed::new(seed).pair()
}

#[test]
fn symlink_target() {
    let (repo, pair) = (start(), pair(27));
    let blob = repo.blob(pair.line());
    repo.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("120000,{blob},link"),
    ]);
    let commit = repo.commit_index("Link");
    let report = healthy(&repo);
    assert_pair(&repo, &report, &pair, Place::file(&blob, "link", &commit));
}

#[test]
fn file_and_directory_names() {
    let repo = start();
    let (file, folder) = (Seed::new(28).plain_pair(), Seed::new(29).plain_pair());
    repo.write(&format!("d/{}", file.name()), "clean\n");
    repo.write(&format!("{}/x", folder.name()), "clean\n");
    repo.commit("Names");
    let report = healthy(&repo);
    let (top, below) = (repo.id("HEAD^{tree}"), repo.id("HEAD:d"));
    assert_pair(
        &repo,
        &report,
        &file,
        Place::field(&below, "tree", "entry-name"),
    );
    assert_pair(
        &repo,
        &report,
        &folder,
        Place::field(&top, "tree", "entry-name"),
    );
}

#[test]
fn file_name_with_an_extension() {
    let (repo, pair) = (start(), Seed::new(32).plain_pair());
    repo.commit_file(&format!("{}.txt", pair.name()), "clean\n");
    let report = healthy(&repo);
    let tree = repo.id("HEAD^{tree}");
    assert_pair(
        &repo,
        &report,
        &pair,
        Place::field(&tree, "tree", "entry-name"),
    );
}

#[test]
fn branch_name_loose_and_packed() {
    let (repo, pair) = (start(), Seed::new(30).plain_pair());
    let name = format!("refs/heads/{}", pair.name());
    repo.git(&["update-ref", &name, "HEAD"]);
    for packed in [false, true] {
        if packed {
            repo.git(&["pack-refs", "--all"]);
        }
        let report = healthy(&repo);
        let finding = report.pair(&pair);
        for (part, value) in [("id", &pair.id), ("secret", &pair.secret)] {
            let places = finding.occurrences(part);
            let place = places
                .iter()
                .find(|o| text(o, "/field") == Some("ref-name"));
            let place = place.expect("the ref's name is reported");
            assert_eq!(text(place, "/object"), None, "a name is in no object");
            assert_eq!(cut(name.as_bytes(), place), value.as_bytes());
        }
    }
}

#[test]
fn path_in_the_index_only() {
    let (repo, pair) = (start(), Seed::new(31).plain_pair());
    let path = format!("dir/{}", pair.name());
    repo.write(&path, "clean\n");
    repo.git(&["add", "."]);
    let report = healthy(&repo);
    let place = report.pair(&pair).occurrences("id")[0];
    assert_eq!(text(place, "/field"), Some("index-path"));
    assert_eq!(text(place, "/object"), None);
    let (start, end) = span(place);
    assert_eq!(&path[start..end], pair.id);
}
