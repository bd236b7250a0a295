//! Files with a checksum over all of them. Whatever is not exactly what was written is no file.
//!
//! The checksum is a CRC-32, as git's own packs have it for each entry: it tells of torn and damaged
//! files. A SHA-256 was a tenth of a sweep of git/git after 100 new commits, by profile.
//! Against whoever may write to the folder no checksum without a key would help.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crc32fast::Hasher;

/// How every file begins; the number goes up when the format changes.
const MAGIC: [u8; 15] = *b"keysweep cache\x02";
/// Magic and kind.
const HEAD_LEN: usize = 16;
const CHECKSUM_LEN: usize = 4;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Record = b'r' as isize,
    Ids = b'i' as isize,
    Past = b'p' as isize,
}

/// The content with what belongs around it.
pub(super) fn seal(kind: Kind, content: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(HEAD_LEN + content.len() + CHECKSUM_LEN);
    file.extend_from_slice(&MAGIC);
    file.push(kind as u8);
    file.extend_from_slice(content);
    let checksum = crc32fast::hash(&file);
    file.extend_from_slice(&checksum.to_le_bytes());
    file
}

/// The content of a sealed file; `None` if there is no such file, or anything is wrong with it.
pub(super) fn read(path: &Path, kind: Kind, len_max: u64) -> Option<Vec<u8>> {
    let file = open(path).ok()?;
    let len = file.metadata().ok()?.len();
    if len > len_max {
        return None;
    }
    unseal(file, len, kind)
}

/// Reads what [`seal`] made of so many bytes, and takes away what it put around the content.
fn unseal(mut file: impl Read, len: u64, kind: Kind) -> Option<Vec<u8>> {
    let mut head = [0; HEAD_LEN];
    file.read_exact(&mut head).ok()?;
    if !head.starts_with(&MAGIC) || head[HEAD_LEN - 1] != kind as u8 {
        return None;
    }
    let rest = len.checked_sub((HEAD_LEN + CHECKSUM_LEN) as u64)?;
    let rest = usize::try_from(rest).ok()? + CHECKSUM_LEN;
    // With a byte to spare, so that the end is seen without more room. A file that grows
    // meanwhile is not ours.
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(rest + 1).ok()?;
    file.take(rest as u64 + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() != rest {
        return None;
    }
    let end = rest - CHECKSUM_LEN;
    let mut checksum = Hasher::new();
    checksum.update(&head);
    checksum.update(&bytes[..end]);
    if checksum.finalize().to_le_bytes()[..] != bytes[end..] {
        return None;
    }
    bytes.truncate(end);
    Some(bytes)
}

/// Writes a file as a whole: it appears under its name when all of it is there.
pub(super) fn write(path: &Path, sealed: &[u8]) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("tmp-{}-{number}", std::process::id());
    let temporary = path.with_file_name(name);
    let written = create(&temporary).and_then(|mut file| file.write_all(sealed));
    let renamed = written.and_then(|()| fs::rename(&temporary, path));
    if renamed.is_err() {
        // The next writer tries again.
        fs::remove_file(&temporary).ok();
    }
    renamed
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    // NONBLOCK: without it, opening a FIFO waits for a writer.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(
        path,
        flags | OFlags::NOCTTY,
        Mode::empty(),
    )?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // What a killed process with the same number left is in the way.
    fs::remove_file(path).ok();
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    fs::remove_file(path).ok();
    File::options().write(true).create_new(true).open(path)
}

/// Opens the file that writers lock.
#[cfg(unix)]
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let fd = rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR)?;
    Ok(File::from(fd))
}

/// Opens the file that writers lock.
#[cfg(not(unix))]
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsealed(file: &[u8]) -> Option<Vec<u8>> {
        unseal(file, file.len() as u64, Kind::Record)
    }

    #[test]
    fn nothing_but_the_whole_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let sealed = seal(Kind::Record, b"some content");
        write(&path, &sealed).unwrap();
        assert_eq!(read(&path, Kind::Record, 1000).unwrap(), b"some content");
        assert_eq!(read(&path, Kind::Ids, 1000), None);
        assert_eq!(read(&path, Kind::Record, 20), None, "too large");
        for len in 0..sealed.len() {
            assert_eq!(unsealed(&sealed[..len]), None, "{len}");
            let mut other = sealed.clone();
            other[len] ^= 1;
            assert_eq!(unsealed(&other), None, "{len}");
            // It became shorter or longer since it was measured.
            assert_eq!(unseal(&sealed[..], len as u64, Kind::Record), None, "{len}");
            let size = sealed.len() as u64;
            assert_eq!(unseal(&sealed[..len], size, Kind::Record), None, "{len}");
        }
        let longer = [&sealed[..], b"x"].concat();
        assert_eq!(unsealed(&longer), None);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file stays");
    }
}
