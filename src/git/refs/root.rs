//! HEAD, pseudo-refs and the state of a rebase: refs that lie beside `refs/`, one set for each
//! worktree.

use std::path::Path;

use super::{RefValue, Stored, loose};
use crate::git::file::{self, EntryKind};
use crate::model::{Gap, GapKind, HashKind, ObjectId};

/// The root refs whose names do not end in `_HEAD`. See gitglossary(7), "pseudoref", and
/// `is_root_ref()` in git's refs.c.
const IRREGULAR: [&str; 5] = [
    "AUTO_MERGE",
    "BISECT_EXPECTED_REV",
    "MERGE_AUTOSTASH",
    "NOTES_MERGE_PARTIAL",
    "NOTES_MERGE_REF",
];

/// The root refs that git writes itself. What else ends in `_HEAD` may be anybody's file.
const WELL_KNOWN: [&str; 8] = [
    "BISECT_HEAD",
    "CHERRY_PICK_HEAD",
    "FETCH_HEAD",
    "HEAD",
    "MERGE_HEAD",
    "ORIG_HEAD",
    "REBASE_HEAD",
    "REVERT_HEAD",
];

/// Files of an unfinished rebase, cherry-pick or revert that hold one id.
const STATE: [&str; 12] = [
    "rebase-apply/abort-safety",
    "rebase-apply/autostash",
    "rebase-apply/orig-head",
    "rebase-apply/original-commit",
    "rebase-merge/amend",
    "rebase-merge/autostash",
    "rebase-merge/onto",
    "rebase-merge/orig-head",
    "rebase-merge/squash-onto",
    "rebase-merge/stopped-sha",
    "sequencer/abort-safety",
    "sequencer/head",
];

/// The longest line of a pseudo-ref that is looked at; the id stands at its start.
const LINE_MAX: usize = 1 << 12;

/// Adds the root refs of a worktree's `git_dir`. With reftable, HEAD's file is a dummy.
pub(crate) fn read(
    git_dir: &Path,
    place: &Path,
    hash: HashKind,
    reftable: bool,
    into: &mut Stored,
) {
    if !reftable {
        read_head(git_dir, place, hash, into);
    }
    let entries = match file::list(git_dir) {
        Ok(entries) => entries.unwrap_or_default(),
        Err(error) => {
            into.gaps.push(file::unreadable(place, &error));
            return;
        }
    };
    for entry in entries {
        let Some(name) = entry.name.to_str() else {
            continue;
        };
        if entry.kind != EntryKind::Folder && name != "HEAD" && is_root_ref(name) {
            read_pseudo(git_dir, place, name, hash, into);
        }
    }
    for name in STATE {
        let id = match file::read_small(&git_dir.join(name), 1 << 12) {
            Ok(bytes) => bytes.and_then(|bytes| id_of(bytes.trim_ascii(), hash)),
            Err(error) => {
                into.gaps.push(file::unreadable(&place.join(name), &error));
                continue;
            }
        };
        if let Some(id) = id {
            into.more.push((name.to_owned(), id));
        }
    }
}

fn read_head(git_dir: &Path, place: &Path, hash: HashKind, into: &mut Stored) {
    let (kind, detail) = match loose::read_one(&git_dir.join("HEAD"), b"HEAD", hash) {
        Ok(Some(value)) => return into.refs.push((b"HEAD".to_vec(), value)),
        Ok(None) => (GapKind::Metadata, "there is none".to_owned()),
        Err(error) => error,
    };
    into.broken.push(b"HEAD".to_vec());
    into.gaps.push(Gap {
        reference: Some("HEAD".to_owned()),
        ..Gap::of_path(kind, &place.join("HEAD"), detail)
    });
}

fn is_root_ref(name: &str) -> bool {
    let shape = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte == b'-';
    name.bytes().all(shape) && (name.ends_with("_HEAD") || IRREGULAR.contains(&name))
}

/// Reads a pseudo-ref. Some hold several ids, one at the start of each line.
fn read_pseudo(git_dir: &Path, place: &Path, name: &str, hash: HashKind, into: &mut Stored) {
    let path = git_dir.join(name);
    let gap = |kind, detail: String| Gap {
        reference: Some(name.to_owned()),
        ..Gap::of_path(kind, &place.join(name), detail)
    };
    let file = match file::open_regular(&path) {
        Ok(file) => file,
        Err(error) if file::is_absent(&error) => return,
        Err(error) => {
            let detail = format!("cannot be read: {}", file::reason(&error));
            return into.gaps.push(gap(GapKind::Unreadable, detail));
        }
    };
    let mut broken = false;
    let mut ids = Vec::new();
    let mut target = None;
    let done = file::for_each_line(file, LINE_MAX, |line| {
        if line.number == 1 && line.bytes.starts_with(b"ref:") {
            target = loose::parse(line.bytes, hash);
            return;
        }
        let word = line.bytes.split(u8::is_ascii_whitespace).next();
        match id_of(word.unwrap_or_default(), hash) {
            Some(id) => {
                ids.push(id);
                if name == "FETCH_HEAD" && !is_from_here(line.bytes) {
                    into.fetched.push(id);
                }
            }
            None => broken |= !line.bytes.trim_ascii().is_empty(),
        }
    });
    if let Err(error) = done {
        let detail = format!("cannot be read: {}", file::reason(&error));
        into.gaps.push(gap(GapKind::Unreadable, detail));
    }
    let is_gits = WELL_KNOWN.contains(&name) || IRREGULAR.contains(&name);
    if broken && is_gits {
        let detail = "holds a line without an object id".to_owned();
        into.gaps.push(gap(GapKind::Metadata, detail));
    }
    if let Some(value @ RefValue::Symbolic(_)) = target {
        into.refs.push((name.as_bytes().to_vec(), value));
    }
    match ids.as_slice() {
        [id] => into
            .refs
            .push((name.as_bytes().to_vec(), RefValue::Id(*id))),
        _ => into
            .more
            .extend(ids.iter().map(|id| (name.to_owned(), *id))),
    }
}

/// True for a line of `FETCH_HEAD` that a fetch from this very repository wrote: it ends with
/// the URL, which is a dot.
fn is_from_here(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.ends_with(b" of .") || line.ends_with(b"\t.")
}

fn id_of(word: &[u8], hash: HashKind) -> Option<ObjectId> {
    (word.len() == hash.hex_len())
        .then(|| ObjectId::from_hex(word))
        .flatten()
        .filter(|id| !id.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(files: &[(&str, &str)]) -> Stored {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut stored = Stored::default();
        let place = Path::new("");
        read(folder.path(), place, HashKind::Sha1, false, &mut stored);
        stored
    }

    #[test]
    fn several_ids_and_state_files_are_read() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let stored = stored(&[
            ("HEAD", "ref: refs/heads/main\n"),
            (
                "FETCH_HEAD",
                &format!("{a}\t\tbranch 'x' of y\n{b}\tnot-for-merge\tz\n"),
            ),
            ("ORIG_HEAD", &a),
            ("COMMIT_EDITMSG", &a),
            ("MERGE_MSG", "text"),
            ("rebase-merge/onto", &b),
            ("rebase-merge/msgnum", "1"),
        ]);
        assert!(stored.gaps.is_empty(), "{:?}", stored.gaps);
        let names: Vec<_> = stored.refs.iter().map(|(name, _)| &name[..]).collect();
        assert_eq!(names, [&b"HEAD"[..], b"ORIG_HEAD"]);
        let more: Vec<_> = stored.more.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(more, ["FETCH_HEAD", "FETCH_HEAD", "rebase-merge/onto"]);
    }

    #[test]
    fn broken_ones_are_named() {
        let stored = stored(&[("HEAD", ""), ("ORIG_HEAD", "rubbish"), ("MY_HEAD", "mine")]);
        let names: Vec<_> = stored
            .gaps
            .iter()
            .filter_map(|gap| gap.reference.clone())
            .collect();
        assert_eq!(names, ["HEAD", "ORIG_HEAD"]);
    }
}
