//! The files of a work tree as they are on disk, for `--worktree`.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::file;
use crate::model::{Gap, GapKind};

/// What lies at a path of the work tree.
#[derive(Debug)]
pub enum Content {
    /// A regular file, opened for reading.
    File(File),
    /// A symbolic link's target: its text, which is what git would store.
    Link(Vec<u8>),
}

/// Visits every file below `work_dir` in a fixed order: untracked and git-ignored ones, hidden
/// ones, links (their target's text, never what it leads to). Folders and files called `.git`
/// are left out, those of nested repositories too. FIFOs, sockets and devices are no content.
///
/// `respect_gitignore` leaves out what `.gitignore`, `.git/info/exclude` and the user's own
/// exclude file name, tracked or not; only then are these read.
///
/// `visit` gets the path from the top, raw and with slashes. Returns a gap for each file or
/// folder that cannot be read.
pub fn files(
    work_dir: &Path,
    respect_gitignore: bool,
    mut visit: impl FnMut(&[u8], Content),
) -> Vec<Gap> {
    let walk = WalkBuilder::new(work_dir)
        .standard_filters(false)
        .git_ignore(respect_gitignore)
        .git_exclude(respect_gitignore)
        .git_global(respect_gitignore)
        .parents(respect_gitignore)
        .follow_links(false)
        .sort_by_file_name(std::cmp::Ord::cmp)
        .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git")
        .build();
    let mut gaps = Vec::new();
    for step in walk {
        match step {
            Ok(entry) => {
                if let Err(gap) = open(work_dir, &entry, &mut visit) {
                    gaps.push(gap);
                }
            }
            Err(error) => gaps.push(walk_gap(work_dir, &error)),
        }
    }
    gaps
}

/// Opens a file once more by the path that `files` gave it. A link on the way to it, now, leads to
/// nothing.
pub fn open_again(work_dir: &Path, path: &[u8]) -> Option<File> {
    let whole = work_dir.join(file::path_of(path)?);
    let mut folder = whole.parent();
    while let Some(at) = folder.filter(|at| at.starts_with(work_dir) && *at != work_dir) {
        file::refuse_link(at).ok()?;
        folder = at.parent();
    }
    file::open_regular(&whole).ok()
}

fn open(
    work_dir: &Path,
    entry: &DirEntry,
    visit: &mut impl FnMut(&[u8], Content),
) -> Result<(), Gap> {
    let path = entry.path();
    let shown = path.strip_prefix(work_dir).unwrap_or(path);
    let Some(kind) = entry.file_type() else {
        return Ok(());
    };
    let content = if kind.is_file() {
        file::open_regular(path).map(Content::File)
    } else if kind.is_symlink() {
        std::fs::read_link(path)
            .map(|target| Content::Link(target.into_os_string().into_encoded_bytes()))
    } else {
        return Ok(());
    };
    match content {
        Ok(content) => {
            visit(&raw_path(shown), content);
            Ok(())
        }
        // It was removed while the walk went on.
        Err(error) if file::is_absent(&error) => Ok(()),
        Err(error) => Err(file::unreadable(shown, &error)),
    }
}

/// Some bytes of a regular file of the work tree: fewer if it is shorter.
///
/// # Errors
/// There is no such file, it is none of the work tree, or it cannot be read.
pub fn piece(work_dir: &Path, path: &[u8], span: Range<u64>) -> io::Result<Vec<u8>> {
    let absent = || io::Error::from(io::ErrorKind::NotFound);
    let path = file::path_of(path).ok_or_else(absent)?;
    let is_below = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !Path::new(&path).components().all(is_below) {
        return Err(absent());
    }
    let mut file = file::open_regular(&work_dir.join(path))?;
    file.seek(SeekFrom::Start(span.start))?;
    let mut bytes = Vec::new();
    file.take(span.end.saturating_sub(span.start))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The path as git writes it.
fn raw_path(path: &Path) -> Vec<u8> {
    let parts: Vec<&[u8]> = path
        .components()
        .map(|part| part.as_os_str().as_encoded_bytes())
        .collect();
    parts.join(&b'/')
}

fn walk_gap(work_dir: &Path, error: &ignore::Error) -> Gap {
    let why = error
        .io_error()
        .map_or_else(|| "cannot be walked".to_owned(), file::reason);
    let path = path_of(error).unwrap_or_default();
    let shown = path.strip_prefix(work_dir).unwrap_or(&path);
    Gap::of_path(GapKind::Unreadable, shown, format!("cannot be read: {why}"))
}

/// The path that an error of the walk is about: it may be wrapped in its depth.
fn path_of(mut error: &ignore::Error) -> Option<PathBuf> {
    // Each turn goes one layer down.
    loop {
        match error {
            ignore::Error::WithPath { path, .. } => return Some(path.clone()),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                error = err;
            }
            ignore::Error::Partial(errors) => error = errors.first()?,
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::git::testrepo::TestRepo;

    fn walked(path: &Path, respect_gitignore: bool) -> (Vec<(String, String)>, Vec<Gap>) {
        let mut seen = Vec::new();
        let gaps = files(path, respect_gitignore, |path, content| {
            let mut text = String::new();
            match content {
                Content::File(mut file) => {
                    file.read_to_string(&mut text).unwrap();
                }
                Content::Link(target) => text = format!("-> {}", String::from_utf8_lossy(&target)),
            }
            seen.push((String::from_utf8_lossy(path).into_owned(), text));
        });
        (seen, gaps)
    }

    fn names(seen: &[(String, String)]) -> Vec<&str> {
        seen.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn everything_but_git_s_own_is_visited() {
        let repo = TestRepo::new(&[]);
        repo.commit("tracked", "1", "first");
        repo.write(".gitignore", ".env\nignored/\n");
        repo.write(".env", "secret");
        repo.write("ignored/deep/file", "2");
        repo.write("untracked", "3");
        repo.write(".hidden/x", "4");
        repo.write(".ignore", "untracked\n");
        std::fs::create_dir(repo.path().join("nested")).unwrap();
        repo.git_in(&repo.path().join("nested"), &["init", "--quiet"]);
        repo.write("nested/inner", "5");
        repo.write("sub/.git", "gitdir: elsewhere\n");
        let (seen, gaps) = walked(repo.path(), false);
        assert_eq!(gaps, []);
        assert_eq!(
            names(&seen),
            [
                ".env",
                ".gitignore",
                ".hidden/x",
                ".ignore",
                "ignored/deep/file",
                "nested/inner",
                "tracked",
                "untracked"
            ]
        );
        let (seen, _) = walked(repo.path(), true);
        assert!(!names(&seen).contains(&".env") && !names(&seen).contains(&"ignored/deep/file"));
        assert!(names(&seen).contains(&"untracked"), "git knows no .ignore");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_text_and_fifos_are_nothing() {
        let repo = TestRepo::new(&[]);
        repo.write("folder/file", "x");
        std::os::unix::fs::symlink("folder", repo.path().join("to-folder")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", repo.path().join("to-file")).unwrap();
        std::os::unix::fs::symlink("..", repo.path().join("to-top")).unwrap();
        let fifo = repo.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let (seen, gaps) = walked(repo.path(), false);
        assert_eq!(gaps, []);
        let links: Vec<_> = seen
            .iter()
            .map(|(name, text)| format!("{name} {text}"))
            .collect();
        assert_eq!(
            links,
            [
                "folder/file x",
                "to-file -> /etc/hostname",
                "to-folder -> folder",
                "to-top -> .."
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn paths_are_raw() {
        use std::os::unix::ffi::OsStrExt;

        let repo = TestRepo::new(&[]);
        let name = std::ffi::OsStr::from_bytes(b"a\xffb");
        repo.write(name, "x");
        let mut seen = Vec::new();
        files(repo.path(), false, |path, _| seen.push(path.to_vec()));
        assert_eq!(seen, [b"a\xffb".to_vec()]);
    }

    #[test]
    fn a_lost_folder_is_a_gap() {
        let folder = TestRepo::empty_folder();
        let (seen, gaps) = walked(&folder.path().join("none"), false);
        assert!(seen.is_empty());
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].kind, GapKind::Unreadable);
    }
}
