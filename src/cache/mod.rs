//! What sweeps remember in files: sets of object names, and one record for each repository.
//!
//! A cache is a convenience, never a source of truth: whatever is wrong with it (a bad checksum,
//! another version's files, no permission, somebody else's folder) costs time, not correctness.
//! Every file is sealed by a checksum over all of it, appears whole or not at all, and is never
//! changed in place. Only the owner can read it. Writers exclude each other by a lock; readers
//! need none.
//!
//! ```text
//! DIR/CACHEDIR.TAG
//! DIR/KEY/lock            held while something is written
//! DIR/KEY/record-TAG      what is known of one repository
//! DIR/KEY/ids-DIGEST      a sorted set of object names with their kinds
//! DIR/KEY/past-DIGEST     what is known of a history
//! ```
//!
//! KEY stands for everything that decides what a sweep finds in an object: rules, code, options.

mod folder;
mod ids;
mod sealed;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::model::{HashKind, ObjectId, ObjectKind};

pub(crate) use folder::{Refused, reason};
pub(crate) use ids::IdSet;

/// Records that nobody used for so long are dropped.
const AGE_MAX: Duration = Duration::from_hours(90 * 24);
/// Most bytes all files of a cache may take; the records that were used least lately go first.
const BYTES_MAX: u64 = 2 << 30;
/// A record that is used is marked as used when this much time has passed.
const TOUCH_AFTER: Duration = Duration::from_hours(12);
/// Largest record that is read or written, in bytes.
const RECORD_LEN_MAX: u64 = 256 << 20;
/// Largest set that is read, in bytes: a thousand million objects are enough.
const SET_LEN_MAX: u64 = 33_000_000_000;

/// A folder of remembered things.
#[derive(Debug)]
pub(crate) struct Cache {
    root: PathBuf,
    dir: PathBuf,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaved {
    /// Somebody else is writing.
    #[error("another sweep is writing there")]
    Busy,
    /// The system refused.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Cache {
    /// Opens the cache in `root`, which is made if it is not there. `key` names all that decides
    /// what is found in an object; `outside` are folders that it must not lie in.
    pub(crate) fn open(root: &Path, key: &[&[u8]], outside: &[&Path]) -> Result<Cache, Refused> {
        folder::prepare(root, outside)?;
        let mut hash = Sha256::new();
        for part in key {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let name = data_encoding::HEXLOWER.encode(&hash.finalize()[..16]);
        let dir = root.join(name);
        folder::prepare(&dir, &[])?;
        let tag = root.join("CACHEDIR.TAG");
        if !tag.exists() {
            // Only for back-up programs.
            sealed::write(&tag, folder::TAG).ok();
        }
        Ok(Cache {
            root: root.to_owned(),
            dir,
        })
    }

    /// The tag of a repository: a name for its record that says nothing about it.
    pub(crate) fn tag(place: &Path) -> String {
        let digest = Sha256::digest(place.as_os_str().as_encoded_bytes());
        data_encoding::HEXLOWER.encode(&digest[..16])
    }

    /// The record with this tag.
    pub(crate) fn record(&self, tag: &str) -> Option<Vec<u8>> {
        let path = self.dir.join(format!("record-{tag}"));
        let record = sealed::read(&path, sealed::Kind::Record, RECORD_LEN_MAX)?;
        touch(&path);
        Some(record)
    }

    /// The records of all other repositories, the latest first.
    pub(crate) fn other_records(&self, tag: &str) -> impl Iterator<Item = Vec<u8>> {
        let own = format!("record-{tag}");
        let mut others = self.files("record-");
        others.retain(|file| file.name != own);
        others.sort_by_key(|file| std::cmp::Reverse(file.used));
        others
            .into_iter()
            .filter_map(|file| sealed::read(&file.path, sealed::Kind::Record, RECORD_LEN_MAX))
    }

    /// The set of this name.
    pub(crate) fn set(&self, name: &str, hash: HashKind) -> Option<IdSet> {
        IdSet::parse(self.named("ids-", name, sealed::Kind::Ids)?, hash)
    }

    /// The past of this name.
    pub(crate) fn past(&self, name: &str) -> Option<Vec<u8>> {
        self.named("past-", name, sealed::Kind::Past)
    }

    fn named(&self, prefix: &str, name: &str, kind: sealed::Kind) -> Option<Vec<u8>> {
        let is_digest = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_digest {
            return None;
        }
        let path = self.dir.join(format!("{prefix}{name}"));
        sealed::read(&path, kind, SET_LEN_MAX)
    }

    /// Begins to write; the lock is held until the result goes.
    pub(crate) fn begin(&self) -> Result<Writer<'_>, Unsaved> {
        let lock = sealed::open_lock(&self.dir.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Writer {
                cache: self,
                _lock: lock,
            }),
            Err(std::fs::TryLockError::WouldBlock) => Err(Unsaved::Busy),
            Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }

    fn files(&self, prefix: &str) -> Vec<Stored> {
        folder::files(&self.dir, prefix)
    }
}

/// Says that a record was used; whoever tidies up goes by that.
fn touch(path: &Path) {
    let is_old = |file: &File| {
        let modified = file.metadata().and_then(|metadata| metadata.modified());
        modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > TOUCH_AFTER))
    };
    let file = File::options().append(true).open(path);
    if let Ok(file) = file
        && is_old(&file)
    {
        // A cache that cannot be written to is not tidied up either.
        file.set_modified(SystemTime::now()).ok();
    }
}

/// A file of the cache.
#[derive(Debug)]
struct Stored {
    path: PathBuf,
    name: String,
    len: u64,
    used: SystemTime,
}

/// Writes to a cache, alone.
#[derive(Debug)]
pub(crate) struct Writer<'c> {
    cache: &'c Cache,
    /// Let go of when the process ends, however it ends.
    _lock: File,
}

impl Writer<'_> {
    /// Writes a set, and gives its name.
    pub(crate) fn set(
        &self,
        hash: HashKind,
        objects: &[(ObjectId, ObjectKind)],
    ) -> Result<String, Unsaved> {
        let bytes = ids::bytes(hash, objects);
        self.named("ids-", sealed::Kind::Ids, &bytes)
    }

    /// Writes a past, and gives its name.
    pub(crate) fn past(&self, bytes: &[u8]) -> Result<String, Unsaved> {
        self.named("past-", sealed::Kind::Past, bytes)
    }

    fn named(&self, prefix: &str, kind: sealed::Kind, bytes: &[u8]) -> Result<String, Unsaved> {
        let sealed = sealed::seal(kind, bytes);
        let name = data_encoding::HEXLOWER.encode(&Sha256::digest(&sealed));
        let path = self.cache.dir.join(format!("{prefix}{name}"));
        sealed::write(&path, &sealed)?;
        Ok(name)
    }

    /// Writes the record of a repository, then drops what nobody needs any more. `needs` gives the
    /// names of the sets and pasts that a record needs.
    pub(crate) fn record(
        &self,
        tag: &str,
        record: &[u8],
        needs: impl Fn(&[u8]) -> Vec<String>,
    ) -> Result<(), Unsaved> {
        if record.len() as u64 > RECORD_LEN_MAX {
            return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge).into());
        }
        let path = self.cache.dir.join(format!("record-{tag}"));
        sealed::write(&path, &sealed::seal(sealed::Kind::Record, record))?;
        self.tidy(tag, &needs);
        Ok(())
    }

    /// Drops old records, what no record needs, and what a writer that was killed left.
    fn tidy(&self, own: &str, needs: &impl Fn(&[u8]) -> Vec<String>) {
        folder::drop_old_keys(&self.cache.root, &self.cache.dir, AGE_MAX);
        let drop_file = |file: &Stored| std::fs::remove_file(&file.path).ok();
        self.cache.files("tmp-").iter().for_each(|file| {
            drop_file(file);
        });
        let mut records = self.cache.files("record-");
        records.sort_by_key(|file| {
            (
                file.name != format!("record-{own}"),
                std::cmp::Reverse(file.used),
            )
        });
        let mut stored = self.cache.files("ids-");
        stored.extend(self.cache.files("past-"));
        let digest = |file: &Stored| {
            let digest = file.name.split_once('-').map(|(_, digest)| digest);
            digest.unwrap_or_default().to_owned()
        };
        let len_of = |name: &String| {
            let file = stored.iter().find(|file| digest(file) == *name);
            file.map_or(0, |file| file.len)
        };
        let (mut needed, mut total) = (BTreeSet::new(), 0);
        for file in &records {
            let is_own = file.name[7..] == *own;
            let is_old = file.used.elapsed().is_ok_and(|age| age > AGE_MAX);
            let record = sealed::read(&file.path, sealed::Kind::Record, RECORD_LEN_MAX);
            let Some(record) = record.filter(|_| is_own || !is_old) else {
                drop_file(file);
                continue;
            };
            let names = needs(&record);
            let more = names.iter().filter(|name| !needed.contains(*name));
            let len = file.len + more.map(len_of).sum::<u64>();
            if !is_own && total + len > BYTES_MAX {
                drop_file(file);
                continue;
            }
            total += len;
            needed.extend(names);
        }
        for file in stored.iter().filter(|file| !needed.contains(&digest(file))) {
            drop_file(file);
        }
    }
}
