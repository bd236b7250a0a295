//! The user's file of how far findings have come.

use std::io;
use std::path::PathBuf;

use super::save;
use crate::cli::failure::Failure;
use crate::remediation::{Progress, States};

/// `keysweep/findings.json` below the user's state folder; `None` without a home.
fn file() -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let folder = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")))?;
    Some(folder.join("keysweep/findings.json"))
}

/// What is remembered; nothing, if there is no file.
pub(super) fn read() -> Result<States, Failure> {
    let Some(file) = file() else {
        return Ok(States::default());
    };
    let shown = file.display();
    match std::fs::read(&file) {
        Ok(json) => States::read(&json).map_err(|error| {
            Failure::new(format!("`{shown}` is no state of findings: {error}"))
                .hinted("move it away; states then begin anew")
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(States::default()),
        Err(error) => Err(Failure::new(format!("`{shown}` cannot be read: {error}"))
            .hinted("mend the file's rights, or set XDG_STATE_HOME")),
    }
}

/// Remembers.
pub(super) fn write(states: &States) -> Result<(), Failure> {
    let Some(file) = file() else {
        return Err(Failure::new("there is no folder to remember states in")
            .hinted("set XDG_STATE_HOME to an absolute path"));
    };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::new(format!(
                "the folder `{}` cannot be made: {error}",
                folder.display()
            ))
            .hinted("set XDG_STATE_HOME to a folder that you can write to")
        })?;
    }
    save(&file, states.write().as_bytes(), 0o600)
}

/// Notes how far these findings have come.
pub(super) fn mark(fingerprints: &[String], progress: Progress) -> Result<(), Failure> {
    let mut states = read()?;
    for print in fingerprints {
        states.set(print, progress);
    }
    write(&states)
}
