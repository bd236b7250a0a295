//! `keysweep hook install`, `uninstall`, `status`.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::script::{self, Before, CLIENT_HOOKS, MARK, PREVIOUS};
use crate::cli::args::gates::{HookName, Install, Uninstall};
use crate::cli::failure::Failure;
use crate::cli::{exit, git};

/// From this version on git runs hooks from its configuration.
const WITH_SETTINGS: (u32, u32) = (2, 54);

/// How hooks are kept.
enum Way {
    /// As files in this folder.
    Files(PathBuf),
    /// As files in this folder, which hides those of each repository.
    GlobalFolder(PathBuf),
    /// As settings.
    Settings { global: bool },
}

fn say(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "standard output cannot be written to: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Writes hooks.
pub(super) fn install(args: &Install) -> Result<u8, Failure> {
    let program = git::this_program()?;
    let way = way(args.global)?;
    let hooks = if args.hooks.is_empty() {
        usual(args.global)?
    } else {
        args.hooks.clone()
    };
    for hook in &hooks {
        let done = match &way {
            Way::Settings { global } => settings(&program, *hook, *global, args.dry_run)?,
            Way::Files(folder) => {
                let text = script::file(&program, Some(*hook), &Before::Beside);
                place(folder, hook.name(), &text, args.dry_run)?
            }
            Way::GlobalFolder(folder) => {
                let before = Before::InRepository(hook.name());
                let text = script::file(&program, Some(*hook), &before);
                place(folder, hook.name(), &text, args.dry_run)?
            }
        };
        say(&done)?;
    }
    if let Way::GlobalFolder(folder) = &way {
        say(&hide_nothing(&program, folder, &hooks, args.dry_run)?)?;
    }
    Ok(exit::CLEAN)
}

/// In a bare repository others push; elsewhere somebody works.
fn usual(global: bool) -> Result<Vec<HookName>, Failure> {
    let is_bare = !global && git::ask(&["rev-parse", "--is-bare-repository"])? == "true";
    Ok(if is_bare {
        vec![HookName::PreReceive]
    } else {
        vec![HookName::PrePush, HookName::PreCommit, HookName::CommitMsg]
    })
}

fn way(global: bool) -> Result<Way, Failure> {
    if git::version()? >= WITH_SETTINGS {
        return Ok(Way::Settings { global });
    }
    let everywhere = git::setting(&["--global", "--type=path", "core.hooksPath"])?;
    if global {
        let ours = global_folder()?;
        return match everywhere {
            Some(folder) if Path::new(&folder) != ours => Err(Failure::new(format!(
                "core.hooksPath is `{folder}` for all repositories already"
            ))
            .hinted("call `keysweep hook pre-push` and the like from the hooks in there")),
            _ => Ok(Way::GlobalFolder(ours)),
        };
    }
    let own = git::setting(&["--local", "core.hooksPath"])?;
    if let (Some(folder), None) = (everywhere, own) {
        return Err(Failure::new(format!(
            "core.hooksPath is `{folder}` for all repositories: hooks in this one never run"
        ))
        .hinted(
            "call `keysweep hook pre-push` and the like from the hooks in there, or use \
                 `keysweep hook install --global` where that folder is keysweep's",
        ));
    }
    folder().map(Way::Files)
}

/// Where git looks for the hooks of this repository, whatever worktree this is.
fn folder() -> Result<PathBuf, Failure> {
    let path = PathBuf::from(git::ask(&["rev-parse", "--git-path", "hooks"])?);
    std::path::absolute(&path)
        .map_err(|error| Failure::new(format!("`{}`: {error}", path.display())))
}

fn global_folder() -> Result<PathBuf, Failure> {
    let absolute = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let config =
        absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|h| h.join(".config")));
    config
        .map(|config| config.join("keysweep").join("hooks"))
        .ok_or_else(|| Failure::new("neither XDG_CONFIG_HOME nor HOME names a folder"))
}

fn settings(program: &Path, hook: HookName, global: bool, dry: bool) -> Result<String, Failure> {
    let scope = if global { "--global" } else { "--local" };
    let mut said = String::new();
    for (name, value) in script::settings(program, hook) {
        if dry {
            said.push_str(&format!("git config {scope} {name} \"{value}\"\n"));
        } else {
            git::ask(&["config", scope, "--replace-all", &name, &value])?;
        }
    }
    if !dry {
        said = format!("{}: set in git's configuration ({scope})\n", hook.name());
    }
    Ok(said)
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("`{}`: {error}", path.display()))
        .hinted("what was there before is unchanged; mend the cause and run again")
}

fn is_ours(path: &Path) -> bool {
    fs::read(path).is_ok_and(|text| {
        let head = &text[..text.len().min(256)];
        memchr::memmem::find(head, MARK.as_bytes()).is_some()
    })
}

fn previous(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.{PREVIOUS}"))
}

/// Writes the file of a hook; one that is there runs first from now on.
fn place(folder: &Path, name: &str, text: &str, dry: bool) -> Result<String, Failure> {
    let path = folder.join(name);
    if dry {
        return Ok(format!("--- {}\n{text}", path.display()));
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let kept = previous(folder, name);
    let mut chained = String::new();
    if path.symlink_metadata().is_ok() && !is_ours(&path) {
        if kept.symlink_metadata().is_ok() {
            return Err(Failure::new(format!(
                "`{}` and `{}` are both there, and neither is keysweep's",
                path.display(),
                kept.display()
            ))
            .hinted("take one of them out"));
        }
        fs::rename(&path, &kept).map_err(|error| failed(&path, &error))?;
    }
    if kept.symlink_metadata().is_ok() {
        chained = format!(", after {}", kept.display());
    }
    if let Err(error) = write_whole(&path, text) {
        // What was there runs on.
        if kept.symlink_metadata().is_ok() && path.symlink_metadata().is_err() {
            fs::rename(&kept, &path).ok();
        }
        return Err(failed(&path, &error));
    }
    Ok(format!("{name}: {}{chained}\n", path.display()))
}

/// A file that is there as a whole and can be run, or not at all.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::Permissions::from_mode(0o755);
        file.as_file().set_permissions(mode)?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A global folder hides the hooks of each repository: each is called from there.
fn hide_nothing(
    program: &Path,
    folder: &Path,
    ours: &[HookName],
    dry: bool,
) -> Result<String, Failure> {
    for name in CLIENT_HOOKS {
        if !ours.iter().any(|hook| hook.name() == name) && !dry {
            let text = script::file(program, None, &Before::InRepository(name));
            place(folder, name, &text, dry)?;
        }
    }
    let folder = folder.display().to_string();
    if dry {
        return Ok(format!("git config --global core.hooksPath {folder}\n"));
    }
    git::ask(&["config", "--global", "core.hooksPath", &folder])?;
    Ok(format!(
        "core.hooksPath is {folder} for all repositories now; hooks of their own run as before\n"
    ))
}

/// Takes our hooks out.
pub(super) fn uninstall(args: &Uninstall) -> Result<u8, Failure> {
    let hooks = if args.hooks.is_empty() {
        HookName::ALL.to_vec()
    } else {
        args.hooks.clone()
    };
    let scope = if args.global { "--global" } else { "--local" };
    let mut found = false;
    for hook in &hooks {
        let section = format!("hook.keysweep-{}", hook.name());
        if git::setting(&[scope, "--get", &format!("{section}.command")])?.is_some() {
            git::ask(&["config", scope, "--remove-section", &section])?;
            say(&format!("{}: out of git's configuration\n", hook.name()))?;
            found = true;
        }
    }
    let folder = if args.global {
        global_folder()?
    } else {
        folder()?
    };
    for hook in &hooks {
        let path = folder.join(hook.name());
        if !is_ours(&path) {
            continue;
        }
        fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        let kept = previous(&folder, hook.name());
        let mut back = "";
        if kept.symlink_metadata().is_ok() {
            fs::rename(&kept, &path).map_err(|error| failed(&kept, &error))?;
            back = ", what was there before is back";
        }
        say(&format!("{}: taken out{back}\n", hook.name()))?;
        found = true;
    }
    if args.global && args.hooks.is_empty() {
        found |= drop_global_folder(&folder)?;
    }
    if !found {
        say("no hook of keysweep's is here\n")?;
    }
    Ok(exit::CLEAN)
}

fn drop_global_folder(folder: &Path) -> Result<bool, Failure> {
    for name in CLIENT_HOOKS {
        let path = folder.join(name);
        if is_ours(&path) {
            fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        }
    }
    let set = git::setting(&["--global", "--type=path", "core.hooksPath"])?;
    let is_set = set.is_some_and(|set| Path::new(&set) == folder);
    if is_set {
        git::ask(&["config", "--global", "--unset", "core.hooksPath"])?;
        say("core.hooksPath is unset again\n")?;
    }
    Ok(is_set)
}

/// What is known of a hook of this repository.
pub(in crate::cli) struct Installed {
    /// Which.
    pub(in crate::cli) hook: HookName,
    /// A line for people; `None` if it is not there.
    pub(in crate::cli) how: Option<String>,
}

/// Which of our hooks run in this repository.
pub(in crate::cli) fn installed() -> Result<Vec<Installed>, Failure> {
    let folder = folder()?;
    let found = HookName::ALL.into_iter().map(|hook| {
        let command = format!("hook.keysweep-{}.command", hook.name());
        let how = match git::setting(&["--get", &command])? {
            Some(_) => Some("in git's configuration".to_owned()),
            None => on_disk(&folder, hook),
        };
        Ok(Installed { hook, how })
    });
    found.collect()
}

fn on_disk(folder: &Path, hook: HookName) -> Option<String> {
    let path = folder.join(hook.name());
    let text = fs::read(&path).ok()?;
    let shown = path.display();
    let runs = if is_executable(&path) {
        ""
    } else {
        ", but it cannot be run: git passes over it"
    };
    if is_ours(&path) {
        let kept = previous(folder, hook.name());
        let after = if kept.symlink_metadata().is_ok() {
            format!(", after {}", kept.display())
        } else {
            String::new()
        };
        return Some(format!("{shown}{after}{runs}"));
    }
    let calls = ["keysweep", "pre-commit", "prek", "lefthook", "husky"];
    let caller = calls
        .iter()
        .find(|name| memchr::memmem::find(&text, name.as_bytes()).is_some());
    caller.map(|name| format!("perhaps, through {name} in {shown}{runs}"))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(path, Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

/// Says which hooks run.
pub(super) fn status() -> Result<u8, Failure> {
    for found in installed()? {
        let how = found.how.unwrap_or_else(|| "not installed".to_owned());
        say(&format!("{}: {how}\n", found.hook.name()))?;
    }
    say("whether they fire: keysweep doctor\n")?;
    Ok(exit::CLEAN)
}
