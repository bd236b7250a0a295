//! What users typed and git keeps in files of its own, beside objects: the logs of refs, and the
//! messages and to-do lists of unfinished work.

use std::path::{Path, PathBuf};

use super::file;
use super::repo::Repo;
use super::walkdir;
use super::worktree::Content;
use crate::model::Gap;

/// Files of a worktree's git directory that hold a message.
const FILES: [&str; 9] = [
    "BRANCH_DESCRIPTION",
    "COMMIT_EDITMSG",
    "EDIT_DESCRIPTION",
    "GITGUI_EDITMSG",
    "GITGUI_MSG",
    "MERGE_MSG",
    "NOTES_EDITMSG",
    "SQUASH_MSG",
    "TAG_EDITMSG",
];

/// Folders of unfinished work: messages, patches, to-do lists.
const FOLDERS: [&str; 4] = ["logs", "rebase-apply", "rebase-merge", "sequencer"];

/// Visits each of these files of every worktree, in a fixed order, with its path below the
/// shared git directory. Logs that a reftable holds are no files; see
/// [`super::tips::Tips::messages`].
pub(crate) fn files(repo: &Repo, mut visit: impl FnMut(&[u8], Content)) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let linked = repo.worktrees.iter().map(|tree| tree.git_dir.as_path());
    let mut dirs: Vec<&Path> = linked.chain([repo.common_dir.as_path()]).collect();
    dirs.sort_unstable();
    dirs.dedup();
    for dir in dirs {
        let mut paths: Vec<PathBuf> = FILES.iter().map(PathBuf::from).collect();
        for top in FOLDERS {
            // What cannot be listed among logs was said when their ids were read.
            let mut unlisted = Vec::new();
            walkdir::files(dir, top, &mut unlisted, |path, _| paths.push(path));
            if top != "logs" {
                gaps.extend(
                    unlisted
                        .into_iter()
                        .map(|(path, error)| file::unreadable(repo.shown(&dir.join(path)), &error)),
                );
            }
        }
        for path in paths {
            let full = dir.join(&path);
            match file::open_regular(&full) {
                Ok(file) => {
                    let shown = repo.shown(&full).as_os_str().as_encoded_bytes().to_vec();
                    visit(&shown, Content::File(file));
                }
                Err(error) if file::is_absent(&error) => {}
                Err(_) if path.starts_with("logs") => {}
                Err(error) => gaps.push(file::unreadable(repo.shown(&full), &error)),
            }
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::git::testrepo::TestRepo;

    #[test]
    fn logs_and_messages_of_all_worktrees_are_visited() {
        let repo = TestRepo::new(&[]);
        repo.commit("a", "a", "first words");
        repo.git(&["worktree", "add", "--quiet", "--detach", "../linked"]);
        repo.write_git("rebase-merge/message", "unfinished");
        repo.write_git("worktrees/linked/MERGE_MSG", "merging");
        repo.write_git("hooks/x", "no message");
        let opened = Repo::open(repo.path(), true).unwrap();
        let mut seen = Vec::new();
        let gaps = files(&opened, |path, content| {
            let Content::File(mut file) = content else {
                panic!("{path:?} is no file")
            };
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            seen.push((String::from_utf8(path.to_vec()).unwrap(), text));
        });
        assert_eq!(gaps, []);
        let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "COMMIT_EDITMSG",
                "logs/HEAD",
                "logs/refs/heads/main",
                "rebase-merge/message",
                "worktrees/linked/MERGE_MSG",
                "worktrees/linked/logs/HEAD",
            ]
        );
        assert!(seen[1].1.contains("first words"));
    }
}
