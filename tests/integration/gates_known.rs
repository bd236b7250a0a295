//! What others have already stops nothing, and errors stop everything.

use std::process::Stdio;

use crate::support::gates::{command, pair, passes, push, pushing, said, stopped};
use crate::support::repo::overwrite;

#[test]
fn an_old_key_nearby_stops_nothing_and_a_new_one_does() {
    let pushes = pushing(&[]);
    let (work, old, new) = (&pushes.work, pair(101), pair(102));
    work.commit_file("legacy/app.ini", format!("{}\nport = 1\n", old.ini()));
    passes(&pushes, &["--no-verify", "origin", "main"]);
    work.commit_file("legacy/app.ini", format!("{}\nport = 2\n", old.ini()));
    passes(&pushes, &["origin", "main"]);
    // Twice, with a commit in between.
    work.commit_file("legacy/app.ini", format!("{}\nport = 3\n", old.ini()));
    work.commit_file("legacy/app.ini", format!("# x\n{}\nport = 4\n", old.ini()));
    passes(&pushes, &["origin", "main"]);
    work.git(&["mv", "legacy/app.ini", "legacy/renamed.ini"]);
    work.commit("a file moves");
    passes(&pushes, &["origin", "main"]);
    work.git(&["mv", "legacy", "moved"]);
    work.write("moved/renamed.ini", format!("{}\nport = 5\n", old.ini()));
    work.commit("a folder moves");
    passes(&pushes, &["origin", "main"]);
    work.commit_file("moved/renamed.ini", format!("{}\n{}", old.ini(), new.ini()));
    let text = stopped(&pushes, &["origin", "main"], &new);
    assert!(!text.contains(&old.id), "only what is new: {text}");
}

#[test]
fn a_new_secret_for_an_old_id_is_new() {
    let pushes = pushing(&[]);
    let (work, old, new) = (&pushes.work, pair(103), pair(104));
    work.commit_file("k", old.ini());
    passes(&pushes, &["--no-verify", "origin", "main"]);
    let mixed = old.ini().replace(&old.secret, &new.secret);
    work.commit_file("k", mixed);
    let text = said(&push(work, &["origin", "main"]), 1);
    assert!(
        text.contains(&old.id) && !text.contains(&new.secret),
        "{text}"
    );
}

#[test]
fn what_cannot_be_read_stops_the_push_and_names_the_way_around() {
    let pushes = pushing(&[]);
    let work = &pushes.work;
    work.commit_file("a", "content\n");
    let blob = work.id("HEAD:a");
    std::fs::remove_file(work.loose(&blob)).unwrap();
    let output = push(work, &["origin", "main"]);
    let text = said(&output, 1);
    assert!(
        text.contains("not everything in it could be read"),
        "{text}"
    );
    assert!(
        text.contains(&blob) && text.contains("git push --no-verify"),
        "{text}"
    );
}

#[test]
fn damage_outside_of_the_push_stops_nothing() {
    let pushes = pushing(&[]);
    let work = &pushes.work;
    work.commit_file("old", "content\n");
    passes(&pushes, &["origin", "main"]);
    let old = work.id("HEAD:old");
    work.commit_file("new", "more\n");
    overwrite(&work.loose(&old), b"damaged");
    // git itself may refuse to send; the hook must not.
    let lines = format!(
        "refs/heads/main {} refs/heads/main {}\n",
        work.id("HEAD"),
        work.id("HEAD~1")
    );
    let output = hook(&pushes.work, &["pre-push", "origin", "url"], &lines);
    said(&output, 0);
}

/// A hook by hand, with these lines.
fn hook(repo: &crate::support::repo::Repo, args: &[&str], lines: &str) -> std::process::Output {
    use std::io::Write as _;
    let mut command = command(repo);
    let mut child = command
        .arg("hook")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(lines.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[test]
fn lines_that_are_not_gits_stop_the_push() {
    let pushes = pushing(&[]);
    for lines in ["rubbish\n", "a b c d\n"] {
        let text = said(
            &hook(&pushes.work, &["pre-push", "origin", "url"], lines),
            2,
        );
        assert!(text.contains("git push --no-verify"), "{text}");
    }
    let unknown = format!("x {} refs/heads/x {}\n", "1".repeat(40), "0".repeat(40));
    let text = said(
        &hook(&pushes.work, &["pre-push", "origin", "url"], &unknown),
        2,
    );
    assert!(
        text.contains("is no commit") && text.contains("--no-verify"),
        "{text}"
    );
    let output = hook(&pushes.work, &["pre-receive"], "rubbish\n");
    assert!(said(&output, 2).contains("take the hook out"));
}

#[test]
fn without_lines_all_branches_and_tags_are_looked_at() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(105));
    said(&hook(work, &["pre-push", "origin", "url"], ""), 0);
    said(
        &hook(work, &["pre-push", "--stdin-is-gits", "origin", "url"], ""),
        0,
    );
    work.git(&["checkout", "-q", "-b", "aside"]);
    work.commit_file("k", key.ini());
    work.git(&["checkout", "-q", "main"]);
    let text = said(&hook(work, &["pre-push", "origin", "url"], ""), 1);
    assert!(
        text.contains(&key.id) && text.contains("use_stdin"),
        "{text}"
    );
    said(
        &hook(work, &["pre-push", "--stdin-is-gits", "origin", "url"], ""),
        0,
    );
    work.git(&["branch", "-q", "-D", "aside"]);
    work.git(&["tag", "-a", "-m", &key.line(), "v1"]);
    said(&hook(work, &["pre-push", "origin", "url"], ""), 1);
}

#[test]
fn many_branches_at_the_remote_change_nothing() {
    let pushes = pushing(&[]);
    let (work, old, new) = (&pushes.work, pair(106), pair(107));
    let tree = work.id("HEAD^{tree}");
    for n in 0..60 {
        let commit = work.commit_tree(&tree, &[], &format!("branch {n}"));
        let name = format!("refs/remotes/origin/b{n}");
        work.git(&["update-ref", &name, &commit]);
    }
    work.commit_file("k", old.ini());
    work.commit_file("a", "clean\n");
    passes(&pushes, &["--no-verify", "origin", "main"]);
    // Behind what the remote has: none of its branches ends there.
    work.git(&["checkout", "-q", "-b", "topic", "HEAD~1"]);
    work.commit_file("b", "clean\n");
    passes(&pushes, &["origin", "topic"]);
    work.commit_file("n", new.ini());
    let text = stopped(&pushes, &["origin", "topic"], &new);
    assert!(!text.contains(&old.id), "{text}");
}

#[test]
fn old_dates_neither_cost_much_nor_blame_the_push_for_what_others_have() {
    let pushes = pushing(&[]);
    let (work, old, new) = (&pushes.work, pair(108), pair(109));
    let root = work.id("HEAD");
    let commit = |parents: &[&str], content: &str, date: i64| {
        let tree = work.tree("100644", &work.blob(content), "k");
        let parents: String = parents.iter().map(|id| format!("parent {id}\n")).collect();
        let who = format!("A <a@example.com> {date} +0000");
        let text = format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\nx\n");
        work.object("commit", text.as_bytes())
    };
    // The remote has it far behind its branch, by a way that only a long walk finds.
    let aside = commit(&[&root], &old.ini(), 1000);
    let merge = commit(&[&root, &aside], "merged\n", 1_600_000_000);
    let mut stream = format!("reset refs/heads/long\nfrom {merge}\n\n");
    for n in 0..600 {
        stream += &format!(
            "commit refs/heads/long\ncommitter A <a@example.com> {} +0000\ndata 1\nx\n",
            1_600_000_100 + n
        );
    }
    work.feed(&["fast-import", "--quiet"], stream.as_bytes());
    passes(&pushes, &["--no-verify", "origin", "long"]);
    work.git(&["branch", "again", &aside]);
    passes(&pushes, &["origin", "again"]);
    work.git(&["push", "-q", "--no-verify", "origin", ":again"]);
    let fresh = commit(&[&aside], "clean\n", 900);
    work.git(&["branch", "fresh", &fresh]);
    passes(&pushes, &["origin", "fresh"]);
    let leak = commit(&[&fresh], &new.ini(), 800);
    work.git(&["branch", "leak", &leak]);
    let text = stopped(&pushes, &["origin", "leak"], &new);
    assert!(!text.contains(&old.id), "{text}");
}
