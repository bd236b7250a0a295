//! Listing folders of a git directory whose files are named like refs.

use std::io;
use std::path::{Path, PathBuf};

use super::file::{self, EntryKind};

/// Visits every file below `dir/top`, with its path from `dir` and that path as raw bytes with
/// slashes. What git itself passes over is left out: names with a dot in front, and locks.
/// Folders that cannot be listed are added to `unlisted`, and so is a top folder that is a symbolic
/// link: files elsewhere are none of the repository's.
pub(crate) fn files(
    dir: &Path,
    top: &str,
    unlisted: &mut Vec<(PathBuf, io::Error)>,
    mut visit: impl FnMut(PathBuf, Vec<u8>),
) {
    let top = top.trim_end_matches('/');
    if let Err(error) = file::refuse_link(&dir.join(top)) {
        unlisted.push((PathBuf::from(top), error));
        return;
    }
    let mut folders = vec![top.as_bytes().to_vec()];
    while let Some(prefix) = folders.pop() {
        let Some(relative) = file::path_of(&prefix) else {
            continue;
        };
        let entries = match file::list(&dir.join(&relative)) {
            Ok(entries) => entries.unwrap_or_default(),
            Err(error) => {
                unlisted.push((relative, error));
                continue;
            }
        };
        for entry in entries {
            let bytes = entry.name.as_encoded_bytes();
            if bytes.starts_with(b".") || bytes.ends_with(b".lock") {
                continue;
            }
            let name = [&prefix, &b"/"[..], bytes].concat();
            if entry.kind == EntryKind::Folder {
                folders.push(name);
            } else {
                visit(relative.join(&entry.name), name);
            }
        }
    }
}
