//! Loose refs: one file for each ref, below `refs/`.

use std::path::{Component, Path};

use super::{RefValue, Stored};
use crate::git::{file, walkdir};
use crate::model::{Gap, GapKind, HashKind, ObjectId};

/// The largest loose ref that is read, in bytes; a symbolic one holds another ref's name.
const REF_FILE_MAX: u64 = 1 << 16;

/// Where all refs are; git takes nothing without it for a repository.
const ALL: &str = "refs/";

/// Adds all loose refs of `git_dir` below `top`, which ends with a slash (`refs/`).
/// `place` is what reports put before a file's name.
pub(crate) fn read(git_dir: &Path, top: &str, place: &Path, hash: HashKind, into: &mut Stored) {
    if top == ALL && is_no_folder(&git_dir.join(top)) {
        let detail = "is no folder, so nobody knows which branches and tags there are: sweep another clone, \
                      or bring it back from a backup";
        let gap = Gap::of_path(GapKind::Metadata, &place.join(top), detail);
        into.gaps.push(gap);
    }
    let mut unlisted = Vec::new();
    walkdir::files(git_dir, top, &mut unlisted, |path, name| {
        match read_one(&git_dir.join(&path), &name, hash) {
            Ok(Some(value)) => into.refs.push((name, value)),
            Ok(None) => {}
            Err((kind, detail)) => {
                into.gaps.push(Gap {
                    reference: Some(super::name::text(&name)),
                    ..Gap::of_path(kind, &place.join(&path), detail)
                });
                into.broken.push(name);
            }
        }
    });
    let unlisted = unlisted.into_iter();
    into.gaps
        .extend(unlisted.map(|(path, error)| file::unreadable(&place.join(path), &error)));
}

/// True if nothing is there, or anything else; what may not be looked at is told by who lists it.
fn is_no_folder(path: &Path) -> bool {
    // Without the slash at its end, which asks for a folder.
    let plain = path.components().collect::<std::path::PathBuf>();
    match std::fs::metadata(plain) {
        Ok(found) => !found.is_dir(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Reads one ref file. `None` if it vanished meanwhile.
pub(crate) fn read_one(
    path: &Path,
    name: &[u8],
    hash: HashKind,
) -> Result<Option<RefValue>, (GapKind, String)> {
    if let Ok(target) = std::fs::read_link(path) {
        return link_value(name, &target).map(Some).ok_or_else(|| {
            let detail = "a symbolic link that leads to no ref, which is not followed";
            (GapKind::Unreadable, detail.to_owned())
        });
    }
    match file::read_small(path, REF_FILE_MAX) {
        Ok(Some(bytes)) => match parse(&bytes, hash) {
            Some(value) => Ok(Some(value)),
            None if bytes.trim_ascii().is_empty() => {
                Err((GapKind::Metadata, "an empty ref".to_owned()))
            }
            None => Err((
                GapKind::Metadata,
                "holds neither an object id nor another ref's name".to_owned(),
            )),
        },
        Ok(None) => Ok(None),
        Err(error) => Err((
            GapKind::Unreadable,
            format!("cannot be read: {}", file::reason(&error)),
        )),
    }
}

/// Understands a ref file's content as git does.
pub(crate) fn parse(bytes: &[u8], hash: HashKind) -> Option<RefValue> {
    if let Some(target) = bytes.strip_prefix(b"ref:") {
        let target = target.trim_ascii();
        let plain = !target.is_empty() && !target.contains(&b'\n') && !target.contains(&0);
        return plain.then(|| RefValue::Symbolic(target.to_vec()));
    }
    let (hex, rest) = bytes.split_at_checked(hash.hex_len())?;
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    let id = ObjectId::from_hex(hex)?;
    (ends && !id.is_null()).then_some(RefValue::Id(id))
}

/// Old gits made symbolic refs with links. The link's text is read, never its target.
fn link_value(name: &[u8], target: &Path) -> Option<RefValue> {
    if target.starts_with("refs") {
        let text = target.as_os_str().as_encoded_bytes();
        return super::name::is_legal(text).then(|| RefValue::Symbolic(text.to_vec()));
    }
    let mut parts: Vec<&[u8]> = name.split(|byte| *byte == b'/').collect();
    parts.pop();
    for component in target.components() {
        match component {
            Component::Normal(part) => parts.push(part.as_encoded_bytes()),
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let text = parts.join(&b'/');
    (text.starts_with(b"refs/") && super::name::is_legal(&text) && text != name)
        .then_some(RefValue::Symbolic(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbolic(name: &str) -> RefValue {
        RefValue::Symbolic(name.as_bytes().to_vec())
    }

    #[test]
    fn contents_are_read_as_git_does() {
        let hex = "a".repeat(40);
        let id = ObjectId::from_hex(hex.as_bytes()).map(RefValue::Id);
        let parse = |text: &str| parse(text.as_bytes(), HashKind::Sha1);
        assert_eq!(parse(&hex), id);
        assert_eq!(parse(&format!("{hex}\n")), id);
        assert_eq!(parse(&format!("{hex}\trest")), id);
        assert_eq!(parse(&format!("{hex}b\n")), None);
        assert_eq!(parse(&format!("{}\n", "0".repeat(40))), None);
        assert_eq!(parse("ref: refs/heads/x\n"), Some(symbolic("refs/heads/x")));
        assert_eq!(parse("ref:\n"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn links_are_names() {
        let value = |name: &[u8], target: &str| link_value(name, Path::new(target));
        assert_eq!(
            value(b"HEAD", "refs/heads/x"),
            Some(symbolic("refs/heads/x"))
        );
        assert_eq!(value(b"refs/heads/y", "x"), Some(symbolic("refs/heads/x")));
        assert_eq!(
            value(b"refs/heads/y", "../tags/x"),
            Some(symbolic("refs/tags/x"))
        );
        assert_eq!(value(b"refs/heads/y", "../../config"), None);
        assert_eq!(value(b"refs/heads/y", "../../../../etc/passwd"), None);
        assert_eq!(value(b"refs/heads/y", "/etc/passwd"), None);
    }
}
