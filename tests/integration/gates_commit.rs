//! The hooks around a commit, and `sweep --staged`.

use crate::support::gates::{keysweep, pair, said};
use crate::support::json::Report;
use crate::support::repo::Repo;

/// A repository with one commit and our hooks.
fn hooked(init: &[&str]) -> Repo {
    let repo = Repo::with(init);
    repo.commit_file("README.md", "nothing\n");
    said(&keysweep(&repo, &["hook", "install"]), 0);
    repo
}

fn commit(repo: &Repo, args: &[&str]) -> std::process::Output {
    let mut all = vec!["commit", "-q"];
    all.extend(args);
    repo.attempt(&all, b"")
}

#[test]
fn only_what_is_staged_counts() {
    let (repo, key) = (hooked(&[]), pair(201));
    repo.write("k", key.ini()).write("a", "clean\n");
    repo.git(&["add", "a"]);
    // The file on disk holds a key; what is staged does not.
    said(&commit(&repo, &["-m", "clean"]), 0);
    repo.git(&["add", "k"]);
    let text = said(&commit(&repo, &["-m", "leak"]), 1);
    for part in [
        "k, line 2",
        "Nothing was committed",
        "git restore --staged -- k",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        text.contains(&key.id) && !text.contains(&key.secret),
        "{text}"
    );
    repo.git(&["restore", "--staged", "--", "k"]);
    repo.git(&["rm", "-q", "--cached", "--ignore-unmatch", "k"]);
    said(&commit(&repo, &["--allow-empty", "-m", "without"]), 0);
    // Staged, then changed on disk: what is staged counts.
    repo.git(&["add", "k"]);
    repo.write("k", "clean\n");
    said(&commit(&repo, &["-m", "leak"]), 1);
    said(&commit(&repo, &["--no-verify", "-m", "leak"]), 0);
}

#[test]
fn commits_of_single_files_use_an_index_of_their_own() {
    let (repo, key) = (hooked(&[]), pair(202));
    repo.commit_file("k", "clean\n");
    repo.write("k", key.ini()).write("README.md", "more\n");
    said(&commit(&repo, &["-m", "one file", "README.md"]), 0);
    let text = said(&commit(&repo, &["-m", "the other", "k"]), 1);
    assert!(text.contains(&key.id), "{text}");
    said(&commit(&repo, &["-a", "-m", "all"]), 1);
}

#[test]
fn the_first_commit_and_every_kind_of_repository() {
    let kinds: [&[&str]; 3] = [&[], &["--object-format=sha256"], &["--ref-format=reftable"]];
    for init in kinds {
        let (repo, key) = (Repo::with(init), pair(203));
        said(&keysweep(&repo, &["hook", "install"]), 0);
        repo.write("k", key.ini());
        repo.git(&["add", "k"]);
        said(&commit(&repo, &["-m", "first"]), 1);
        repo.write("k", "clean\n");
        repo.git(&["add", "k"]);
        said(&commit(&repo, &["-m", "first"]), 0);
    }
}

#[test]
fn an_old_key_nearby_stops_nothing() {
    let (repo, key) = (hooked(&[]), pair(204));
    repo.write("k", key.ini());
    repo.git(&["add", "k"]);
    said(&commit(&repo, &["--no-verify", "-m", "old"]), 0);
    repo.write("k", format!("# why\n{}", key.ini()));
    said(&commit(&repo, &["-a", "-m", "a comment"]), 0);
    repo.git(&["mv", "k", "moved"]);
    said(&commit(&repo, &["-m", "moved"]), 0);
    repo.write("new", key.line());
    repo.git(&["add", "new"]);
    said(&commit(&repo, &["-m", "again, elsewhere"]), 1);
}

#[test]
fn messages_are_looked_at_but_not_the_diff_below_them() {
    let (repo, key) = (hooked(&[]), pair(205));
    let text = said(&commit(&repo, &["--allow-empty", "-m", &key.line()]), 1);
    assert!(text.contains("in its message"), "{text}");
    assert!(!text.contains(&key.secret), "{text}");
    // Taking a key out must not be stopped by the diff that shows it.
    repo.write("k", key.ini());
    repo.git(&["add", "k"]);
    said(&commit(&repo, &["--no-verify", "-m", "old"]), 0);
    repo.git(&["rm", "-q", "k"]);
    let editor = ["-c", "core.editor=sed -i 1iout"];
    let output = repo.attempt(&[&editor[..], &["commit", "-q", "-v"]].concat(), b"");
    said(&output, 0);
    let missing = keysweep(&repo, &["hook", "commit-msg", "nowhere"]);
    assert!(said(&missing, 2).contains("git commit --no-verify"));
}

#[test]
fn staged_content_can_be_swept_without_a_hook() {
    let (repo, key) = (hooked(&[]), pair(206));
    let args = ["sweep", "--staged", "-f", "json", "--no-timings"];
    let clean = keysweep(&repo, &args);
    said(&clean, 0);
    repo.write(&format!("dir/{}.env", key.id), key.ini());
    repo.git(&["add", "-A"]);
    let output = keysweep(&repo, &args);
    said(&output, 1);
    let report = Report(serde_json::from_slice(&output.stdout).unwrap());
    let finding = report.pair(&key);
    assert_eq!(finding.text("/exposure/pushed"), Some("not-seen"));
    let path = format!("dir/{}.env", key.id);
    let secret = finding.occurrences("secret");
    assert_eq!(secret[0]["path"], path.as_str());
    assert!(report.complete());
    // Conflicts: every stage counts.
    let blob = repo.blob(pair(207).ini());
    let line = format!("100644 {blob} 2\tconflict\n");
    repo.feed(&["update-index", "--index-info"], line.as_bytes());
    let output = keysweep(&repo, &args);
    let report = Report(serde_json::from_slice(&output.stdout).unwrap());
    report.pair(&pair(207));
}

#[test]
fn split_and_sparse_indexes_are_read() {
    let (repo, key) = (hooked(&[]), pair(208));
    repo.git(&["update-index", "--split-index"]);
    repo.write("k", key.ini());
    repo.git(&["add", "k"]);
    said(&keysweep(&repo, &["sweep", "--staged"]), 1);
    let (repo, key) = (hooked(&[]), pair(209));
    for n in 0..3 {
        repo.write(&format!("d{n}/f"), format!("{n}\n"));
    }
    repo.commit("folders");
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "d0"]);
    said(&keysweep(&repo, &["sweep", "--staged"]), 0);
    repo.write("d0/k", key.ini());
    repo.git(&["add", "d0/k"]);
    said(&keysweep(&repo, &["sweep", "--staged"]), 1);
}

#[test]
fn comments_count_on_the_developers_machine_and_are_told() {
    let (repo, key) = (hooked(&[]), pair(210));
    repo.write("k", format!("{} # keysweep:allow\n", key.line()));
    repo.git(&["add", "k"]);
    said(&commit(&repo, &["-m", "allowed here"]), 0);
}
