//! The pre-push hook, through real pushes: every shape of ref.

use crate::support::gates::{pair, passes, push, pushing, refs, said, stopped};
use crate::support::repo::Repo;

#[test]
fn a_leak_is_stopped_and_the_same_without_it_goes_through() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(1));
    work.commit_file("src/main.rs", "fn main() {}\n");
    passes(&pushes, &["origin", "main"]);
    let commit = work.commit_file("config/prod.env", key.ini());
    let text = stopped(&pushes, &["origin", "main"], &key);
    for part in [
        "config/prod.env, line 2",
        &commit[..10],
        "Nothing has left this machine yet",
        "git commit --amend",
        "git push --no-verify",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // What the message says is what takes it out.
    work.write("config/prod.env", "# from the vault\n");
    work.git(&["add", "--", "config/prod.env"]);
    work.git(&["commit", "-q", "--amend", "--no-edit"]);
    passes(&pushes, &["origin", "main"]);
}

#[test]
fn the_way_around_is_what_the_message_says() {
    let pushes = pushing(&[]);
    pushes.work.commit_file("k", pair(2).ini());
    passes(&pushes, &["--no-verify", "origin", "main"]);
}

#[test]
fn a_key_that_a_later_commit_takes_out_is_still_in_history() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(3));
    work.commit_file("k", key.ini());
    work.commit_file("k", "clean\n");
    let text = stopped(&pushes, &["origin", "main"], &key);
    assert!(text.contains("git rebase -i --rebase-merges"), "{text}");
}

#[test]
fn a_second_ref_hidden_behind_the_first_is_not_missed() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(4));
    work.commit_file("a", "clean\n");
    work.git(&["checkout", "-q", "-b", "z-last", "HEAD~1"]);
    work.commit_file("k", key.ini());
    work.git(&["checkout", "-q", "main"]);
    let text = stopped(&pushes, &["origin", "main", "z-last"], &key);
    assert!(text.contains("git switch z-last"), "{text}");
    stopped(&pushes, &["origin", "--all"], &key);
    stopped(&pushes, &["--mirror", "origin"], &key);
    passes(&pushes, &["origin", "main"]);
}

#[test]
fn tags_are_looked_at_with_what_they_say_and_what_they_are_for() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(5));
    work.git(&["tag", "-a", "-m", &key.line(), "told"]);
    stopped(&pushes, &["origin", "told"], &key);
    work.git(&["tag", "-a", "-m", "a tag of a tag", "outer", "told"]);
    stopped(&pushes, &["origin", "outer"], &key);
    let blob = work.blob(key.ini());
    work.git(&["tag", "of-a-blob", &blob]);
    stopped(&pushes, &["origin", "of-a-blob"], &key);
    let tree = work.tree("100644", &blob, "k");
    work.git(&["tag", "of-a-tree", &tree]);
    stopped(&pushes, &["origin", "of-a-tree"], &key);
    let commit = work.commit_tree(&tree, &[], "aside");
    work.git(&["tag", "light", &commit]);
    stopped(&pushes, &["origin", "light"], &key);
    work.git(&["tag", "-a", "-m", "fine", "v1", "main"]);
    passes(&pushes, &["origin", "v1"]);
}

#[test]
fn head_ids_notes_and_names_are_pushed_too() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(6));
    work.git(&["notes", "add", "-m", &key.line(), "HEAD"]);
    stopped(&pushes, &["origin", "refs/notes/commits"], &key);
    let name = format!("refs/heads/{}", key.id);
    let output = push(work, &["origin", &format!("main:{name}")]);
    let text = said(&output, 1);
    assert!(text.contains("the name of refs/heads/"), "{text}");
    let commit = work.commit_file("k", key.ini());
    stopped(&pushes, &["origin", "HEAD"], &key);
    stopped(&pushes, &["origin", "HEAD:refs/heads/other"], &key);
    stopped(
        &pushes,
        &["origin", &format!("{commit}:refs/heads/other")],
        &key,
    );
    work.git(&["checkout", "-q", "--detach"]);
    stopped(&pushes, &["origin", "HEAD:refs/heads/other"], &key);
}

#[test]
fn deletions_and_what_is_there_already_stop_nothing() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(7));
    work.git(&["push", "-q", "--no-verify", "origin", "main:gone"]);
    work.commit_file("k", key.ini());
    passes(&pushes, &["origin", "--delete", "gone"]);
    // Nothing to push, whatever else lies around here.
    passes(&pushes, &["origin", "HEAD~1:refs/heads/main"]);
    passes(&pushes, &["origin", "HEAD~1:refs/heads/new"]);
}

#[test]
fn forced_pushes_bring_what_is_new_in_them() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(8));
    work.commit_file("a", "one\n");
    passes(&pushes, &["origin", "main"]);
    work.write("a", "two\n").write("k", key.ini());
    work.git(&["add", "-A"]);
    work.git(&["commit", "-q", "--amend", "-m", "again"]);
    stopped(&pushes, &["--force", "origin", "main"], &key);
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    passes(&pushes, &["--force", "origin", "main"]);
}

#[test]
fn another_remote_has_nothing_yet() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(9));
    work.commit_file("k", key.ini());
    work.commit_file("k", "clean\n");
    // An old leak at origin, which the other remote does not have.
    passes(&pushes, &["--no-verify", "origin", "main"]);
    let other = pushes.server.beside("other.git");
    work.git(&["init", "-q", "--bare", other.path().to_str().unwrap()]);
    work.git(&["remote", "add", "other", other.path().to_str().unwrap()]);
    let text = said(&push(work, &["other", "main"]), 1);
    assert!(text.contains(&key.id) && refs(&other).is_empty(), "{text}");
    // The same without a name for it.
    let url = other.path().to_str().unwrap();
    let text = said(&push(work, &[url, "main"]), 1);
    assert!(text.contains(&key.id) && refs(&other).is_empty(), "{text}");
    work.commit_file("b", "clean\n");
    passes(&pushes, &["origin", "main"]);
}

#[test]
fn what_a_merge_brings_in_its_resolution_is_seen() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(10));
    work.commit_file("a", "one\n");
    work.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    work.commit_file("a", "two\n");
    work.git(&["checkout", "-q", "main"]);
    let merged = work.attempt(&["merge", "-q", "side"], b"");
    assert!(!merged.status.success(), "both sides changed it");
    work.write("a", format!("both\n{}", key.ini()));
    let merge = work.commit("merge");
    let text = stopped(&pushes, &["origin", "main"], &key);
    assert!(text.contains(&merge[..10]), "{text}");
}

#[test]
fn a_merge_of_what_others_have_is_not_blamed_for_it() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(11));
    work.git(&["checkout", "-q", "-b", "topic"]);
    work.commit_file("t", "mine\n");
    work.git(&["checkout", "-q", "main"]);
    work.commit_file("legacy", key.ini());
    passes(&pushes, &["--no-verify", "origin", "main"]);
    work.git(&["checkout", "-q", "topic"]);
    work.git(&["merge", "-q", "-m", "merge main", "main"]);
    passes(&pushes, &["origin", "topic"]);
}

#[test]
fn every_kind_of_repository_is_read() {
    for init in [
        &["--object-format=sha256"][..],
        &["--ref-format=reftable"],
        &["--object-format=sha256", "--ref-format=reftable"],
    ] {
        let pushes = pushing(init);
        let key = pair(12);
        pushes.work.commit_file("a", "clean\n");
        passes(&pushes, &["origin", "main"]);
        pushes.work.commit_file("k", key.ini());
        stopped(&pushes, &["origin", "main"], &key);
    }
}

#[test]
fn packed_shallow_and_linked_work_trees_are_read() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(13));
    work.commit_file("a", "one\n");
    passes(&pushes, &["origin", "main"]);
    work.commit_file("a", "two\n");
    work.pack_all();
    passes(&pushes, &["origin", "main"]);
    work.commit_file("k", key.ini());
    work.pack_all();
    stopped(&pushes, &["origin", "main"], &key);

    let linked = work.beside("linked");
    let place = linked.path().to_str().unwrap();
    work.git(&["worktree", "add", "-q", "-b", "linked", place, "HEAD~1"]);
    linked.commit_file("l", pair(14).ini());
    let text = said(&push(&linked, &["origin", "linked"]), 1);
    assert!(text.contains(&pair(14).id), "{text}");

    let shallow = pushes.server.clone_to("shallow", &["--depth", "1"]);
    said(
        &crate::support::gates::keysweep(&shallow, &["hook", "install"]),
        0,
    );
    shallow.commit_file("s", "clean\n");
    said(&push(&shallow, &["origin", "main"]), 0);
    shallow.git(&[
        "commit",
        "-q",
        "--no-verify",
        "--allow-empty",
        "-m",
        &key.line(),
    ]);
    let text = said(&push(&shallow, &["origin", "main"]), 1);
    assert!(text.contains(&key.id), "{text}");
}

#[test]
fn messages_people_and_file_names_are_looked_at() {
    let pushes = pushing(&[]);
    let (work, key) = (&pushes.work, pair(15));
    work.git(&["commit", "-q", "--allow-empty", "-m", &key.line()]);
    let text = stopped(&pushes, &["origin", "main"], &key);
    assert!(text.contains("the message of commit"), "{text}");
    work.git(&["reset", "-q", "--hard", "HEAD~1"]);
    work.commit_file(&format!("notes/{}.txt", key.id), "clean\n");
    let text = stopped(&pushes, &["origin", "main"], &key);
    assert!(text.contains("the name of the file notes/"), "{text}");
    // The folder was not new: only what is new counts.
    passes(&pushes, &["--no-verify", "origin", "main"]);
    work.commit_file("notes/another.txt", "clean\n");
    passes(&pushes, &["origin", "main"]);
}

#[test]
fn a_large_file_is_read_to_its_end() {
    let pushes = pushing(&[]);
    let (work, key): (&Repo, _) = (&pushes.work, pair(16));
    let mut large = vec![b'\n'; 17 << 20];
    large.extend_from_slice(key.ini().as_bytes());
    work.commit_file("large", &large);
    stopped(&pushes, &["origin", "main"], &key);
    work.git(&["repack", "-adq"]);
    stopped(&pushes, &["origin", "main"], &key);
}
