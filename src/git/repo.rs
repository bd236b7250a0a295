//! Opening a repository without running or trusting anything in it.
//!
//! Who owns it makes no difference: nothing of its configuration is executed.

use std::path::{Path, PathBuf};

use super::alternates::{self, ObjectDirs};
use super::config::ConfigFacts;
pub use super::discover::Environment;
use super::discover::{self, Found};
use super::file;
use super::layout;
use super::remotes::Remotes;
use crate::model::{Gap, GapKind, HashKind, Note};

/// The largest configuration file that is read, in bytes.
const CONFIG_MAX: u64 = 16 << 20;

/// A directory of objects: `objects/`, or one that `objects/info/alternates` names.
#[derive(Clone, Debug)]
pub struct ObjectDir {
    /// The directory that holds `pack/` and the loose objects' fan-out folders.
    pub path: PathBuf,
    /// True for alternates: their objects count only if this repository reaches them.
    pub foreign: bool,
}

/// A worktree of the repository: the main one, or a linked one.
#[derive(Clone, Debug)]
pub struct Worktree {
    /// `main`, or the name below `.git/worktrees/` (`worktrees/main` if that is `main` too).
    pub name: String,
    /// Its own git directory, with its HEAD, index and pseudo-refs.
    pub git_dir: PathBuf,
    /// The checked-out files, if the folder can be known; `None` for bare repositories.
    pub work_dir: Option<PathBuf>,
}

impl Worktree {
    /// What git puts before the name of a ref that this linked worktree has for itself.
    pub(crate) fn ref_prefix(name: &str) -> String {
        let name = name.strip_prefix("worktrees/").unwrap_or(name);
        format!("worktrees/{name}/")
    }
}

/// An opened repository.
#[derive(Clone, Debug)]
pub struct Repo {
    /// The git directory of the worktree that PATH lies in.
    pub git_dir: PathBuf,
    /// The directory shared by all worktrees: refs, objects, config.
    pub common_dir: PathBuf,
    /// How objects are named.
    pub hash: HashKind,
    /// True if refs are stored as reftable.
    pub reftable: bool,
    /// True if missing objects may have been promised by a remote (partial clone).
    pub promisor: bool,
    /// All worktrees, the main one first (absent in a bare repository without HEAD).
    pub worktrees: Vec<Worktree>,
    /// The object directories, this repository's own first.
    pub object_dirs: Vec<ObjectDir>,
    /// What is known of remotes.
    pub(crate) remotes: Remotes,
    /// What could not be read while opening: alternates, the configuration.
    pub gaps: Vec<Gap>,
    /// Worth knowing.
    pub notes: Vec<Note>,
}

/// Why a repository cannot be opened: exit code 2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OpenError {
    /// What is wrong, with the path. Repository bytes are escaped.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl OpenError {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> OpenError {
        OpenError {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl Repo {
    /// Opens the repository that `path` lies in. An explicit path beats `GIT_DIR` and its
    /// companions; otherwise they are honoured as git does.
    pub fn open(path: &Path, path_is_explicit: bool) -> Result<Repo, OpenError> {
        let environment = if path_is_explicit {
            Environment::default()
        } else {
            Environment::of_process()
        };
        Repo::open_with(path, &environment)
    }

    /// The URL of a remote, as this repository's configuration has it.
    pub fn remote_url(&self, name: &str) -> Option<&str> {
        self.remotes.facts.urls.get(name).map(String::as_str)
    }

    /// The same with the variables given.
    pub fn open_with(path: &Path, environment: &Environment) -> Result<Repo, OpenError> {
        let Found {
            git_dir,
            work_dir,
            passed_over,
        } = match &environment.git_dir {
            Some(git_dir) => {
                let objects = environment.objects(path);
                discover::named(&path.join(git_dir), objects.as_deref())?
            }
            None => discover::discover(path, environment)?,
        };
        let common_dir = match &environment.common_dir {
            Some(dir) if environment.git_dir.is_some() => file::canonical(&path.join(dir)),
            _ => discover::common_dir(&git_dir)?,
        };
        let mut gaps = Vec::new();
        let read = read_config(&common_dir, &git_dir, &mut gaps);
        check_format(&common_dir, read.as_ref())?;
        let known = read.is_some();
        let config = read.unwrap_or_default();

        let (own, objects) = object_dirs(path, environment, &common_dir)?;
        gaps.extend(objects.gaps);

        let guess = || layout::guess_hash(&own, &common_dir);
        let hash = match config
            .hash()
            .map_err(|value| format_error(&common_dir, value))?
        {
            Some(hash) => hash,
            None if known => HashKind::Sha1,
            None => guess().unwrap_or(HashKind::Sha1),
        };
        let storage = config.reftable();
        let reftable = match storage.map_err(|value| storage_error(&common_dir, value))? {
            Some(reftable) => reftable,
            None => !known && common_dir.join("reftable").join("tables.list").exists(),
        };
        let promisor = config.promisor || layout::has_promisor_pack(&objects.dirs);
        let chosen = environment.work_tree.as_ref().map(|dir| path.join(dir));
        let opened = Worktree {
            name: String::new(),
            git_dir: git_dir.clone(),
            work_dir: chosen.or(work_dir.filter(|_| config.bare != Some(true))),
        };
        let worktrees = layout::worktrees(&common_dir, &opened, &config, &mut gaps);
        let remotes = Remotes {
            is_shared: layout::is_shared(&common_dir, &worktrees),
            facts: config.remotes,
            ..Remotes::default()
        };
        let mut notes = objects.notes;
        notes.extend(passed_over.iter().map(|path| passed_over_note(path)));
        Ok(Repo {
            git_dir,
            common_dir,
            hash,
            reftable,
            promisor,
            worktrees,
            object_dirs: objects.dirs,
            remotes,
            gaps,
            notes,
        })
    }

    /// The worktree that PATH lies in.
    pub fn worktree(&self) -> Option<&Worktree> {
        let is_opened = |worktree: &&Worktree| worktree.git_dir == self.git_dir;
        self.worktrees.iter().find(is_opened)
    }

    /// `path` below the git directory, for reports; the path as it is if it lies elsewhere.
    pub fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.common_dir)
            .or_else(|_| path.strip_prefix(&self.git_dir))
            .unwrap_or(path)
    }
}

/// The repository's own object directory, and all that its objects lie in.
fn object_dirs(
    path: &Path,
    environment: &Environment,
    common_dir: &Path,
) -> Result<(PathBuf, ObjectDirs), OpenError> {
    let home = common_dir.join("objects");
    let own = environment.objects(path).unwrap_or_else(|| home.clone());
    if !own.is_dir() {
        return Err(OpenError::new(
            format!("the object directory {} is no folder", file::quoted(&own)),
            "restore it from a backup, or unset GIT_OBJECT_DIRECTORY",
        ));
    }
    let listed: Vec<PathBuf> = environment
        .alternates
        .as_deref()
        .map_or_else(Vec::new, |list| {
            let dirs = alternates::from_environment(list);
            dirs.iter().map(|dir| path.join(dir)).collect()
        });
    let mut objects = alternates::resolve(&own, &listed, &home);
    // Inside a hook git says itself which quarantine counts.
    if environment.object_directory.is_none() {
        objects.add_quarantines(&own);
    }
    Ok((own, objects))
}

fn passed_over_note(path: &Path) -> Note {
    Note {
        kind: "passed-over",
        detail: format!(
            "{} is no git repository, or a damaged one; the repository around it was swept",
            file::quoted(path)
        ),
    }
}

/// Reads `config` and, if it says so, `config.worktree`. `None` if there is none that can be
/// read; then the layout of the repository has to tell.
fn read_config(common_dir: &Path, git_dir: &Path, gaps: &mut Vec<Gap>) -> Option<ConfigFacts> {
    let mut config = read_config_file(&common_dir.join("config"), gaps)?;
    if config.worktree_config {
        let own = git_dir.join("config.worktree");
        if let Some(worktree) = read_config_file(&own, gaps) {
            config.overlay(worktree);
        }
    }
    Some(config)
}

fn read_config_file(path: &Path, gaps: &mut Vec<Gap>) -> Option<ConfigFacts> {
    let shown = Path::new(path.file_name()?);
    match file::read_small(path, CONFIG_MAX) {
        Ok(bytes) => match ConfigFacts::parse(&bytes?) {
            Ok(facts) => Some(facts),
            Err(why) => {
                let detail = format!("cannot be understood, the defaults are taken: {why}");
                gaps.push(Gap::of_path(GapKind::Metadata, shown, detail));
                None
            }
        },
        Err(error) => {
            gaps.push(file::unreadable(shown, &error));
            None
        }
    }
}

/// Refuses formats that this reader does not know: it would read them in part only.
fn check_format(common_dir: &Path, config: Option<&ConfigFacts>) -> Result<(), OpenError> {
    let Some(config) = config else {
        return Ok(());
    };
    let shown = file::quoted(common_dir);
    let version = config.version.unwrap_or(0);
    if !(0..=1).contains(&version) {
        return Err(OpenError::new(
            format!("{shown} has a repository format version that keysweep does not know"),
            "look for a newer keysweep, or sweep a fresh `git clone` of it",
        ));
    }
    // Git ignores unknown extensions at version 0.
    match config.unknown_extensions.first() {
        Some(name) if version == 1 => Err(OpenError::new(
            format!("{shown} uses the repository extension \"{name}\", unknown to keysweep"),
            "look for a newer keysweep, or sweep a fresh `git clone` of it",
        )),
        _ => Ok(()),
    }
}

fn format_error(common_dir: &Path, value: &str) -> OpenError {
    let shown = file::quoted(common_dir);
    OpenError::new(
        format!("{shown} has the object format \"{value}\"; keysweep knows sha1 and sha256"),
        "mend `extensions.objectFormat` in its config, or look for a newer keysweep",
    )
}

fn storage_error(common_dir: &Path, value: &str) -> OpenError {
    let shown = file::quoted(common_dir);
    OpenError::new(
        format!("{shown} has the ref storage \"{value}\"; keysweep knows files and reftable"),
        "mend `extensions.refStorage` in its config, or look for a newer keysweep",
    )
}
