//! The file of a pack: held open, or opened anew for each read where a repository has more packs
//! than the process may hold files.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::window::read_up_to;
use crate::git::file;

/// A pack's file. A pack is never changed, only replaced, so what is opened anew must be the
/// same file still.
#[derive(Debug)]
pub(crate) struct PackFile {
    path: PathBuf,
    kept: Option<File>,
    identity: Identity,
}

/// What tells a file from another one of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    len: u64,
    #[cfg(unix)]
    device_and_inode: (u64, u64),
}

impl Identity {
    fn of(metadata: &Metadata) -> Identity {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Identity {
            len: metadata.len(),
            #[cfg(unix)]
            device_and_inode: (metadata.dev(), metadata.ino()),
        }
    }
}

impl PackFile {
    /// Opens the pack at `path`; with `keep` it stays open.
    pub(crate) fn open(path: &Path, keep: bool) -> io::Result<PackFile> {
        let file = file::open_regular(path)?;
        let identity = Identity::of(&file.metadata()?);
        Ok(PackFile {
            path: path.to_owned(),
            kept: keep.then_some(file),
            identity,
        })
    }

    /// Its length in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.identity.len
    }

    /// Reads into `buf` from `offset`, until it is full or the file ends. Returns how much was
    /// read. A file that was replaced meanwhile is an error of kind `NotFound`.
    pub(crate) fn read_up_to(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if let Some(file) = &self.kept {
            return read_up_to(file, buf, offset);
        }
        let file = file::open_regular(&self.path)?;
        if Identity::of(&file.metadata()?) != self.identity {
            return Err(io::ErrorKind::NotFound.into());
        }
        read_up_to(&file, buf, offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_same_open_or_not_and_notices_a_replacement() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pack");
        std::fs::write(&path, b"0123456789").unwrap();
        let mut buf = [0; 4];
        let handles = [true, false].map(|keep| PackFile::open(&path, keep).unwrap());
        for handle in &handles {
            assert_eq!(handle.len(), 10);
            assert_eq!(handle.read_up_to(&mut buf, 8).unwrap(), 2);
            assert_eq!(&buf[..2], b"89");
        }
        let other = folder.path().join("other");
        std::fs::write(&other, b"9876543210").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(handles[0].read_up_to(&mut buf, 0).unwrap(), 4);
        assert_eq!(&buf, b"0123");
        let error = handles[1].read_up_to(&mut buf, 0).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
