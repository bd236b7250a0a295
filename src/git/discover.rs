//! Finding the git directory that a path belongs to.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::file;
use super::repo::OpenError;

/// The largest `.git` file, `commondir` or `gitdir` that is read, in bytes: one path each.
const POINTER_MAX: u64 = 1 << 16;

/// The variables by which a user or a hook points git elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `GIT_DIR`.
    pub git_dir: Option<OsString>,
    /// `GIT_WORK_TREE`.
    pub work_tree: Option<OsString>,
    /// `GIT_COMMON_DIR`.
    pub common_dir: Option<OsString>,
    /// `GIT_OBJECT_DIRECTORY`.
    pub object_directory: Option<OsString>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
    pub alternates: Option<OsString>,
    /// `GIT_CEILING_DIRECTORIES`.
    pub ceilings: Option<OsString>,
    /// Pass over a `.git` that is no repository, as git does. Without it that is an error: who
    /// names a path wants the repository that lies there, not the one around it.
    pub passes_over: bool,
}

impl Environment {
    /// What this process was given. Empty values count as absent.
    pub fn of_process() -> Environment {
        let get = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
        Environment {
            git_dir: get("GIT_DIR"),
            work_tree: get("GIT_WORK_TREE"),
            common_dir: get("GIT_COMMON_DIR"),
            object_directory: get("GIT_OBJECT_DIRECTORY"),
            alternates: get("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
            ceilings: get("GIT_CEILING_DIRECTORIES"),
            passes_over: true,
        }
    }

    /// The directory of objects that is named, seen from `path`.
    pub(super) fn objects(&self, path: &Path) -> Option<PathBuf> {
        self.object_directory.as_ref().map(|dir| path.join(dir))
    }
}

/// A git directory and how it was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The git directory, links resolved.
    pub(crate) git_dir: PathBuf,
    /// The folder whose `.git` led there.
    pub(crate) work_dir: Option<PathBuf>,
    /// What lies on the way to it under the name `.git`, and is no repository.
    pub(crate) passed_over: Vec<PathBuf>,
}

/// Looks upward from `path` as git does.
pub(crate) fn discover(path: &Path, environment: &Environment) -> Result<Found, OpenError> {
    let metadata = std::fs::metadata(path).map_err(|error| cannot_open(path, &error))?;
    let start = std::fs::canonicalize(path).map_err(|error| cannot_open(path, &error))?;
    let ceilings: Vec<PathBuf> = match &environment.ceilings {
        Some(list) => std::env::split_paths(list).collect(),
        None => Vec::new(),
    };
    // A file below the work tree, or a submodule's `.git` file itself.
    let mut at: &Path = &start;
    if !metadata.is_dir() {
        at = start.parent().unwrap_or(&start);
    }
    let mut passed_over = Vec::new();
    let objects = environment.objects(path);
    loop {
        if let Some(found) = here(at, objects.as_deref(), &mut passed_over)? {
            return match passed_over.first() {
                Some(first) if !environment.passes_over => Err(not_mended(first, Some(&found))),
                _ => Ok(Found {
                    passed_over,
                    ..found
                }),
            };
        }
        match at.parent() {
            Some(parent) if !ceilings.iter().any(|ceiling| ceiling == parent) => at = parent,
            _ => break,
        }
    }
    if let Some(first) = passed_over.first() {
        return Err(not_mended(first, None));
    }
    Err(OpenError::new(
        format!("{} is not in a git repository", file::quoted(path)),
        "give the path of a repository, or run `git clone` first",
    ))
}

/// The git directory that `GIT_DIR` names.
pub(crate) fn named(git_dir: &Path, objects: Option<&Path>) -> Result<Found, OpenError> {
    let metadata = std::fs::metadata(git_dir).map_err(|error| cannot_open(git_dir, &error))?;
    let target = if metadata.is_file() {
        follow_gitfile(git_dir)?
    } else {
        git_dir.to_owned()
    };
    match inspect(&target, true, objects)? {
        Verdict::GitDir => Ok(Found {
            git_dir: file::canonical(&target),
            work_dir: None,
            passed_over: Vec::new(),
        }),
        Verdict::WithoutObjects => Err(without_objects(&target)),
        Verdict::Other => Err(OpenError::new(
            format!(
                "GIT_DIR names {}, which is not a git repository",
                file::quoted(git_dir)
            ),
            "unset GIT_DIR, or give the path of a repository",
        )),
    }
}

fn here(
    dir: &Path,
    objects: Option<&Path>,
    passed_over: &mut Vec<PathBuf>,
) -> Result<Option<Found>, OpenError> {
    let dot_git = dir.join(".git");
    match std::fs::metadata(&dot_git) {
        Ok(metadata) if metadata.is_file() => {
            let target = follow_gitfile(&dot_git)?;
            return match inspect(&target, true, objects)? {
                Verdict::GitDir => Ok(Some(Found {
                    git_dir: file::canonical(&target),
                    work_dir: Some(dir.to_owned()),
                    passed_over: Vec::new(),
                })),
                Verdict::WithoutObjects => Err(without_objects(&target)),
                Verdict::Other => Err(nowhere(&dot_git, &target)),
            };
        }
        Ok(metadata) if metadata.is_dir() => match inspect(&dot_git, true, objects)? {
            Verdict::GitDir => {
                return Ok(Some(Found {
                    git_dir: file::canonical(&dot_git),
                    work_dir: Some(dir.to_owned()),
                    passed_over: Vec::new(),
                }));
            }
            Verdict::WithoutObjects => return Err(without_objects(&dot_git)),
            Verdict::Other => passed_over.push(dot_git),
        },
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(cannot_open(&dot_git, &error));
        }
        // A link that leads nowhere, a FIFO and the like.
        _ if std::fs::symlink_metadata(&dot_git).is_ok() => passed_over.push(dot_git),
        _ => {}
    }
    let is_dot_git = dir.file_name().is_some_and(|name| name == ".git");
    match inspect(dir, is_dot_git, objects)? {
        Verdict::GitDir => Ok(Some(Found {
            git_dir: dir.to_owned(),
            work_dir: None,
            passed_over: Vec::new(),
        })),
        Verdict::WithoutObjects => Err(without_objects(dir)),
        Verdict::Other => Ok(None),
    }
}

enum Verdict {
    GitDir,
    /// It would be one if its objects had not gone.
    WithoutObjects,
    Other,
}

/// Judges whether `dir` is a git directory. `expected` says that something else (its name, a
/// `.git` file, `GIT_DIR`) already calls it one: then a damaged one, say without HEAD, is
/// opened too, rather than passed over for a repository further up. With `objects`, the directory
/// that the environment names, it needs none of its own, as in git.
fn inspect(dir: &Path, expected: bool, objects: Option<&Path>) -> Result<Verdict, OpenError> {
    let exists = |path: PathBuf| match std::fs::symlink_metadata(&path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(cannot_open(&path, &error))
        }
        Err(_) => Ok(false),
    };
    let head = exists(dir.join("HEAD"))?;
    let common = common_dir(dir)?;
    let objects = common.join("objects").is_dir() || objects.is_some_and(Path::is_dir);
    let refs = exists(common.join("refs"))?;
    let other = exists(common.join("config"))? || exists(common.join("packed-refs"))?;
    Ok(match (head, refs, objects) {
        (true, true, true) => Verdict::GitDir,
        (true, true, false) if expected || other => Verdict::WithoutObjects,
        (true, false, false) | (false, true, false) if expected && other => Verdict::WithoutObjects,
        (_, _, true) if expected && (head || refs || other) => Verdict::GitDir,
        _ => Verdict::Other,
    })
}

/// The directory that `commondir` names, or `git_dir` itself.
pub(crate) fn common_dir(git_dir: &Path) -> Result<PathBuf, OpenError> {
    let file = git_dir.join("commondir");
    match read_pointer(&file) {
        Ok(None) => Ok(git_dir.to_owned()),
        Ok(Some(target)) => Ok(file::canonical(&git_dir.join(target))),
        Err(error) => Err(cannot_open(&file, &error)),
    }
}

/// Reads a file that holds one path. `None` if there is no such file.
pub(crate) fn read_pointer(path: &Path) -> io::Result<Option<PathBuf>> {
    let Some(bytes) = file::read_small(path, POINTER_MAX)? else {
        return Ok(None);
    };
    file::path_of(bytes.trim_ascii_end())
        .map(Some)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "holds no path"))
}

/// Where a `.git` file points to, without a look at the target. `None` if it is no such file.
pub(crate) fn gitfile_target(path: &Path) -> io::Result<Option<PathBuf>> {
    let Some(bytes) = file::read_small(path, POINTER_MAX)? else {
        return Ok(None);
    };
    let target = bytes.strip_prefix(b"gitdir: ").unwrap_or_default();
    let target = target.trim_ascii_end();
    let folder = path.parent().unwrap_or(Path::new("."));
    file::path_of(target)
        .map(|target| Some(folder.join(target)))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a `gitdir: ` line"))
}

fn follow_gitfile(path: &Path) -> Result<PathBuf, OpenError> {
    match gitfile_target(path) {
        Ok(Some(target)) => Ok(target),
        Ok(None) => Err(cannot_open(path, &io::ErrorKind::NotFound.into())),
        Err(error) => Err(cannot_open(path, &error)),
    }
}

fn nowhere(gitfile: &Path, target: &Path) -> OpenError {
    OpenError::new(
        format!(
            "{} points to {}, which is not a git repository",
            file::quoted(gitfile),
            file::quoted(target)
        ),
        "for a worktree run `git worktree repair` in the main repository, \
         for a submodule `git submodule update --init`",
    )
}

fn not_mended(dot_git: &Path, around: Option<&Found>) -> OpenError {
    let hint = match around {
        Some(found) => format!(
            "mend it or remove it; to sweep the repository around it, name {}",
            file::quoted(found.work_dir.as_deref().unwrap_or(&found.git_dir))
        ),
        None => "mend it, or sweep another clone".to_owned(),
    };
    OpenError::new(
        format!(
            "{} is no git repository, or a damaged one",
            file::quoted(dot_git)
        ),
        hint,
    )
}

fn without_objects(git_dir: &Path) -> OpenError {
    OpenError::new(
        format!(
            "the git repository {} has no objects folder",
            file::quoted(git_dir)
        ),
        "restore `objects` from a backup, or sweep another clone",
    )
}

/// The error for a path that cannot be opened at all.
pub(crate) fn cannot_open(path: &Path, error: &io::Error) -> OpenError {
    if file::is_absent(error) {
        return OpenError::new(
            format!("there is no {}", file::quoted(path)),
            "check the path; a repository, a folder in it or a bare repository will do",
        );
    }
    let hint = if error.kind() == io::ErrorKind::PermissionDenied {
        "run the sweep as a user who may read it"
    } else {
        "run `git fsck` there, or sweep another clone"
    };
    OpenError::new(
        format!(
            "{} cannot be read: {}",
            file::quoted(path),
            file::reason(error)
        ),
        hint,
    )
}
