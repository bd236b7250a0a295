//! Through what an object can still be had: each ref, log and file of git's by its own name.

use serde_json::{Value, json};

use crate::support::expect::healthy;
use crate::support::json::texts;
use crate::support::repo::{PSEUDO_REFS, Repo};
use crate::support::seed::{Pair, Seed};

/// A repository, a key in a commit that nothing names, and the commit.
fn dangling(seed: u64) -> (Repo, Pair, String) {
    let (repo, key) = (Repo::new(), Seed::new(seed).pair());
    repo.commit_file("README.md", "nothing to see\n");
    let blob = repo.blob(key.ini());
    let tree = repo.tree("100644", &blob, "k");
    let commit = repo.commit_tree(&tree, &[], "With a key");
    (repo, key, commit)
}

/// What the report says of the key: refs, and what holds it where no ref does.
fn held(repo: &Repo, key: &Pair) -> (Vec<String>, Value) {
    let report = healthy(repo);
    let finding = report.pair(key);
    let refs = texts(finding.0, "/exposure/refs");
    assert_eq!(finding.0["exposure"]["reachable"], !refs.is_empty());
    let held = finding.0["exposure"].get("held_by").cloned();
    (refs, held.unwrap_or(json!([])))
}

#[test]
fn pseudo_refs_by_their_names() {
    let others = [
        "AUTO_MERGE",
        "BISECT_EXPECTED_REV",
        "rebase-merge/orig-head",
        "sequencer/head",
    ];
    for name in PSEUDO_REFS.into_iter().chain(others) {
        let (repo, key, commit) = dangling(1201);
        let head = repo.id("HEAD");
        let path = repo.git_path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = match name {
            // The key is in the second of several.
            "FETCH_HEAD" => {
                format!("{head}\t\tbranch 'a' of u\n{commit}\tnot-for-merge\tbranch 'b' of u\n")
            }
            "MERGE_HEAD" => format!("{head}\n{commit}\n"),
            _ => format!("{commit}\n"),
        };
        std::fs::write(&path, text).unwrap();
        let expected = json!([{"kind": "pseudo-ref", "name": name}]);
        assert_eq!(held(&repo, &key), (vec![], expected), "{name}");
    }
    let (repo, key, _) = dangling(1202);
    let nothing = json!([{"kind": "dangling"}]);
    assert_eq!(held(&repo, &key), (vec![], nothing));
}

#[test]
fn worktrees_have_refs_of_their_own() {
    let (repo, key, commit) = dangling(1203);
    repo.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = repo.beside("linked");
    linked.git(&["update-ref", "ORIG_HEAD", &commit]);
    let own = json!([{"kind": "pseudo-ref", "name": "worktrees/linked/ORIG_HEAD"}]);
    assert_eq!(held(&repo, &key), (vec![], own.clone()));
    assert_eq!(held(&linked, &key), (vec![], own));
    linked.git(&["update-ref", "refs/bisect/bad", &commit]);
    let name = "worktrees/linked/refs/bisect/bad";
    assert_eq!(repo.id(name), commit);
    assert_eq!(held(&repo, &key), (vec![name.to_owned()], json!([])));
    linked.git(&["update-ref", "-d", "refs/bisect/bad"]);
    linked.git(&["checkout", "-q", &commit]);
    let (refs, held) = held(&repo, &key);
    assert!(refs.is_empty());
    let expected = json!([
        {"kind": "reflog", "name": "worktrees/linked/HEAD"},
        {"kind": "worktree", "name": "linked"},
        {"kind": "pseudo-ref", "name": "worktrees/linked/ORIG_HEAD"},
        {"kind": "index", "name": "linked"},
    ]);
    assert_eq!(held, expected);
}

#[test]
fn symbolic_and_broken_refs() {
    let (repo, key, commit) = dangling(1204);
    repo.git(&["update-ref", "refs/x/real", &commit]);
    repo.git(&["symbolic-ref", "refs/heads/alias", "refs/x/real"]);
    let log = json!([{"kind": "reflog", "name": "refs/heads/alias"}]);
    let both = vec!["refs/heads/alias".to_owned(), "refs/x/real".to_owned()];
    assert_eq!(held(&repo, &key), (both.clone(), log.clone()));
    // One that leads nowhere names nothing, and hides nothing.
    repo.git(&["symbolic-ref", "refs/heads/nowhere", "refs/heads/none"]);
    assert_eq!(held(&repo, &key), (both, log));
}
