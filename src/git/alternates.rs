//! Object directories: the repository's own and those it borrows from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::repo::ObjectDir;
use super::{file, layout};
use crate::model::{Gap, GapKind, Note};

/// The largest `objects/info/alternates` that is read, in bytes.
const ALTERNATES_FILE_MAX: u64 = 1 << 20;

/// The most object directories of one repository; real ones have a handful.
const OBJECT_DIRS_MAX: usize = 256;

/// What following alternates gave.
#[derive(Debug, Default)]
pub(crate) struct ObjectDirs {
    /// The repository's own first, then in the order git looks into them.
    pub(crate) dirs: Vec<ObjectDir>,
    /// Alternates that cannot be used.
    pub(crate) gaps: Vec<Gap>,
    /// Alternates that name what is known already.
    pub(crate) notes: Vec<Note>,
}

/// Follows `info/alternates` from `own`, breadth first. `listed` are directories that the
/// environment adds, `home` is the repository's usual `objects/`, which is never foreign.
pub(crate) fn resolve(own: &Path, listed: &[PathBuf], home: &Path) -> ObjectDirs {
    let home = file::canonical(home);
    let own = file::canonical(own);
    let mut found = ObjectDirs::default();
    let mut seen = BTreeSet::from([own.clone()]);
    found.dirs.push(ObjectDir {
        path: own,
        foreign: false,
    });
    let environment = Path::new("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    for path in listed {
        found.add(environment, path, &home, &mut seen);
    }
    let mut next = 0;
    while let Some(dir) = found.dirs.get(next).cloned() {
        let list = dir.path.join("info").join("alternates");
        match file::read_small(&list, ALTERNATES_FILE_MAX) {
            Ok(None) => {}
            Ok(Some(bytes)) => {
                for entry in entries(&bytes, b'\n') {
                    match file::path_of(&entry) {
                        Some(path) => {
                            found.add(&list, &dir.path.join(path), &home, &mut seen);
                        }
                        None => found.refuse(&list, "a line in it is no path"),
                    }
                }
            }
            Err(error) => {
                let why = format!("cannot be read: {}", file::reason(&error));
                found.refuse(&list, &why);
            }
        }
        next += 1;
    }
    found
}

impl ObjectDirs {
    /// Adds what pushes left in `own` and nobody accepted or dropped.
    pub(crate) fn add_quarantines(&mut self, own: &Path) {
        let found = match layout::quarantines(own) {
            Ok(found) => found,
            Err(error) => {
                let shown = Path::new("objects");
                return self.gaps.push(file::unreadable(shown, &error));
            }
        };
        for path in found {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.notes.push(Note {
                kind: "quarantine",
                detail: format!("objects/{name} holds an unfinished push, which was read too"),
            });
            self.dirs.push(ObjectDir {
                path,
                foreign: false,
            });
        }
    }

    fn add(&mut self, named_by: &Path, path: &Path, home: &Path, seen: &mut BTreeSet<PathBuf>) {
        let named_by = file::quoted(named_by);
        let real = match std::fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => {
                let why = format!("named by {named_by}, but {}", file::reason(&error));
                return self.refuse(path, &why);
            }
        };
        if is_special(&real) || !real.is_dir() {
            return self.refuse(path, &format!("named by {named_by}, but no usual folder"));
        }
        if !seen.insert(real.clone()) {
            // Git drops it too, and nothing goes unread.
            self.notes.push(Note {
                kind: "alternate-again",
                detail: format!("{named_by} names an object directory that is known already"),
            });
            return;
        }
        if self.dirs.len() >= OBJECT_DIRS_MAX {
            let why = format!("more than {OBJECT_DIRS_MAX} object directories, the rest is left");
            return self.refuse(path, &why);
        }
        self.dirs.push(ObjectDir {
            foreign: real != home,
            path: real,
        });
    }

    fn refuse(&mut self, path: &Path, why: &str) {
        self.gaps.push(Gap::of_path(GapKind::Alternate, path, why));
    }
}

/// Folders of the kernel, where reading may have effects or never end.
fn is_special(path: &Path) -> bool {
    ["/proc", "/sys", "/dev"]
        .iter()
        .any(|special| path.starts_with(special))
}

/// The directories in `GIT_ALTERNATE_OBJECT_DIRECTORIES`, relative ones still relative.
pub(crate) fn from_environment(value: &std::ffi::OsStr) -> Vec<PathBuf> {
    let separator = if cfg!(windows) { b';' } else { b':' };
    entries(value.as_encoded_bytes(), separator)
        .iter()
        .filter_map(|entry| file::path_of(entry))
        .collect()
}

/// Splits a list of directories as git does: an entry that starts with `#` is a comment, one
/// that starts with `"` is quoted as in C.
fn entries(list: &[u8], separator: u8) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let quoted = rest.strip_prefix(b"\"").and_then(unquote);
        let (entry, after) = if let Some((entry, after)) = quoted {
            (entry, after.strip_prefix(&[separator]).unwrap_or(after))
        } else {
            let end = memchr::memchr(separator, rest).unwrap_or(rest.len());
            let plain = &rest[..end];
            let entry = if plain.starts_with(b"#") { b"" } else { plain };
            (entry.to_vec(), rest.get(end + 1..).unwrap_or_default())
        };
        if !entry.is_empty() {
            found.push(entry);
        }
        rest = after;
    }
    found
}

/// Reads a C-quoted string behind its opening quote. `None` if it is not one.
fn unquote(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        let byte = *text.get(at)?;
        at += 1;
        match byte {
            b'"' => return Some((out, &text[at..])),
            b'\\' => {
                let escape = *text.get(at)?;
                at += 1;
                out.push(match escape {
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 11,
                    b'\\' | b'"' => escape,
                    b'0'..=b'3' => {
                        let digits = [escape, *text.get(at)?, *text.get(at + 1)?];
                        at += 2;
                        octal(digits)?
                    }
                    _ => return None,
                });
            }
            other => out.push(other),
        }
    }
}

fn octal(digits: [u8; 3]) -> Option<u8> {
    digits.iter().try_fold(0_u8, |value, digit| {
        let digit = digit.checked_sub(b'0').filter(|d| *d < 8)?;
        value.checked_mul(8)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(folder: &Path, names: &[&str]) {
        for name in names {
            std::fs::create_dir_all(folder.join(name).join("info")).unwrap();
        }
    }

    fn names(found: &ObjectDirs) -> Vec<String> {
        found
            .dirs
            .iter()
            .map(|dir| dir.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn entries_are_split_as_git_does() {
        assert_eq!(
            entries(b"a\n# no\n\n\"b\\n\\303\"\nc", b'\n'),
            [b"a".to_vec(), b"b\n\xc3".to_vec(), b"c".to_vec()]
        );
        assert_eq!(entries(b"\"open\n", b'\n'), [b"\"open".to_vec()]);
        assert_eq!(
            entries(b"a:\"b:c\":d", b':'),
            [b"a".to_vec(), b"b:c".to_vec(), b"d".to_vec()]
        );
    }

    #[test]
    fn chains_are_followed_and_relative_to_each_directory() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        made(at, &["one", "two", "three"]);
        std::fs::write(at.join("one/info/alternates"), "../two\n").unwrap();
        std::fs::write(at.join("two/info/alternates"), "../three\n").unwrap();
        let found = resolve(&at.join("one"), &[], &at.join("one"));
        assert_eq!(names(&found), ["one", "two", "three"]);
        let foreign: Vec<_> = found.dirs.iter().map(|dir| dir.foreign).collect();
        assert_eq!(foreign, [false, true, true]);
        assert!(found.gaps.is_empty());
    }

    #[test]
    fn cycles_end_and_lost_directories_are_gaps() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        made(at, &["one", "two"]);
        std::fs::write(at.join("file"), "x").unwrap();
        std::fs::write(at.join("one/info/alternates"), "../two\n../none\n../file\n").unwrap();
        std::fs::write(at.join("two/info/alternates"), "../one\n../two\n/dev\n").unwrap();
        let found = resolve(&at.join("one"), &[], &at.join("one"));
        assert_eq!(names(&found), ["one", "two"]);
        assert_eq!(found.notes.len(), 2);
        assert_eq!(found.gaps.len(), 3);
        assert!(found.gaps.iter().all(|gap| gap.kind == GapKind::Alternate));
    }

    #[test]
    fn a_quarantine_names_its_home() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        made(at, &["incoming", "objects"]);
        let found = resolve(
            &at.join("incoming"),
            &[at.join("objects")],
            &at.join("objects"),
        );
        assert_eq!(names(&found), ["incoming", "objects"]);
        assert!(found.dirs.iter().all(|dir| !dir.foreign));
    }

    proptest::proptest! {
        #[test]
        fn any_list_is_split(bytes: Vec<u8>) {
            for entry in entries(&bytes, b'\n') {
                assert!(!entry.is_empty());
            }
        }
    }
}
