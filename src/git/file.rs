//! Reading files of a repository that may be hostile.
//!
//! Only regular files are opened: a FIFO would hang the sweep, a device could do worse, and a
//! symbolic link may lead out of the repository. Folders may be links, since people share
//! `objects/` that way.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use crate::model::{Gap, GapKind};

/// Opens a regular file for reading. A symbolic link, FIFO, socket, device or folder is an
/// error, and never blocks.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let file = open_without_following(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ))
    }
}

#[cfg(unix)]
fn open_without_following(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};

    // NONBLOCK: without it, opening a FIFO waits for a writer.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags | OFlags::NOCTTY, Mode::empty()) {
        Ok(fd) => Ok(File::from(fd)),
        Err(rustix::io::Errno::LOOP) => Err(link_error()),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(not(unix))]
fn open_without_following(path: &Path) -> io::Result<File> {
    if std::fs::symlink_metadata(path)?.is_symlink() {
        return Err(link_error());
    }
    File::open(path)
}

fn link_error() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        "a symbolic link, which is not followed",
    )
}

/// An error if the path is a symbolic link; nothing is said of where it leads.
pub(crate) fn refuse_link(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(link_error()),
        // Whoever opens it says what is wrong.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Reads a whole regular file of at most `cap` bytes. `None` if there is no such file; a longer
/// one is an error of kind `FileTooLarge`.
pub(crate) fn read_small(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match open_regular(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if is_mostly_hole(&file)? {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it claims a size that it does not have on disk",
        ));
    }
    let mut bytes = Vec::new();
    file.take(cap.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > cap {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("larger than {cap} bytes, the most that is read of such a file"),
        ));
    }
    Ok(Some(bytes))
}

/// Smaller files may be holes as they like.
const HOLE_LEN_MIN: u64 = 16 << 20;

/// True for a large file of which next to nothing is on disk. Nothing that is read as a whole is all
/// zeros, and no file system packs names and hashes like that.
#[cfg(unix)]
pub(crate) fn is_mostly_hole(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata()?;
    let stored = metadata.blocks().saturating_mul(512);
    Ok(metadata.len() > HOLE_LEN_MIN && stored.saturating_mul(64) < metadata.len())
}

/// Elsewhere nobody tells.
#[cfg(not(unix))]
pub(crate) fn is_mostly_hole(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// True if the error says that nothing has this name.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// True if reading a folder failed because nothing has its name: no file that is in its place, and
/// no symbolic link that leads nowhere.
pub(crate) fn nothing_there(folder: &Path, error: &io::Error) -> bool {
    is_absent(error) && std::fs::symlink_metadata(folder).is_err()
}

/// Length of a file in bytes; 0 if that cannot be told.
pub(crate) fn len(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Of files that are read again and again, how large the smallest is that can be held open. The
/// rest is opened for each read.
pub(crate) fn smallest_kept(sizes: &[u64]) -> u64 {
    // The other half is for everything else, a second look at the same files included.
    let room = open_files_max() / 2;
    if sizes.len() <= room {
        return 0;
    }
    let mut sizes = sizes.to_vec();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    // Those of the same size as the last one that has no room have none either.
    sizes[room].saturating_add(1)
}

/// How many files this process may hold open.
#[cfg(unix)]
fn open_files_max() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let current = limit.current.unwrap_or(u64::MAX);
    usize::try_from(current).unwrap_or(usize::MAX)
}

/// How many files this process may hold open.
#[cfg(not(unix))]
fn open_files_max() -> usize {
    1024
}

/// Why reading failed, in words, without the operating system's number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A path for messages: in quotes, and as it is. Whoever prints a message escapes it, once.
pub(crate) fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy())
}

/// The gap that an unreadable file leaves.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Gap {
    Gap::of_path(
        GapKind::Unreadable,
        path,
        format!("cannot be read: {}", reason(error)),
    )
}

/// The gap that a symbolic link leaves where git has a folder.
pub(crate) fn not_followed(path: &Path) -> Gap {
    unreadable(path, &link_error())
}

/// What a folder entry is, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A folder.
    Folder,
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// FIFO, socket or device.
    Other,
}

/// One entry of a folder.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its name in the folder.
    pub(crate) name: OsString,
    /// What it is.
    pub(crate) kind: EntryKind,
}

/// Lists a folder, sorted by name. `None` if there is no such folder.
pub(crate) fn list(folder: &Path) -> io::Result<Option<Vec<Entry>>> {
    let reader = match std::fs::read_dir(folder) {
        Ok(reader) => reader,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut entries = Vec::new();
    for entry in reader {
        let entry = entry?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_dir() => EntryKind::Folder,
            Ok(kind) if kind.is_file() => EntryKind::File,
            Ok(kind) if kind.is_symlink() => EntryKind::Link,
            // It vanished meanwhile, or it is something that is never opened.
            Ok(_) | Err(_) => EntryKind::Other,
        };
        entries.push(Entry {
            name: entry.file_name(),
            kind,
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(entries))
}

/// One line of a file.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: u64,
    /// Without its end; only the start of a line that is longer than was asked for.
    pub(crate) bytes: &'a [u8],
    /// True if all of it is there and the file did not end before its end.
    pub(crate) is_whole: bool,
}

/// Refs and logs of the largest repositories have some hundred megabytes; a file with a hole in it can
/// have any length.
const LINES_LEN_MAX: u64 = 2 << 30;

/// Reads a file line by line in bounded memory: of a longer line the first `keep` bytes. A file above
/// 2 GiB is an error of kind `FileTooLarge`, once so much was read.
pub(crate) fn for_each_line(
    file: impl Read,
    keep: usize,
    mut each: impl FnMut(Line<'_>),
) -> io::Result<()> {
    let mut reader = io::BufReader::with_capacity(1 << 16, file);
    let mut line = Vec::new();
    let mut number = 1;
    let mut is_whole = true;
    let mut is_open = false;
    let mut read = 0;
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            break;
        }
        if read > LINES_LEN_MAX {
            let why =
                format!("larger than {LINES_LEN_MAX} bytes, the most that is read of such a file");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        let end = memchr::memchr(b'\n', chunk);
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let kept = part.len().min(keep.saturating_sub(line.len()));
        is_whole &= kept == part.len();
        is_open = end.is_none();
        let used = part.len() + usize::from(end.is_some());
        read += used as u64;
        line.extend_from_slice(&part[..kept]);
        if end.is_some() {
            each(Line {
                number,
                bytes: &line,
                is_whole,
            });
            line.clear();
            number += 1;
            is_whole = true;
        }
        reader.consume(used);
    }
    if is_open {
        each(Line {
            number,
            bytes: &line,
            is_whole: false,
        });
    }
    Ok(())
}

/// The path that these bytes of a git file name. `None` where the platform has no such path.
pub(crate) fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    if bytes.is_empty() || bytes.contains(&0) {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
    }
    #[cfg(not(unix))]
    {
        std::str::from_utf8(bytes).ok().map(PathBuf::from)
    }
}

/// Resolves `.`, `..` and links; the path itself if that fails.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
