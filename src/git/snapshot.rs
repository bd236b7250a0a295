//! Which files hold a repository's objects, and whether they are still what they were.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::listing::Listing;
use super::loose;
use super::repo::Repo;
use crate::model::ObjectId;

/// A file that changed so short a time ago, in nanoseconds, may change once more without its times
/// telling. Twice the coarsest tick that a kernel stamps files with.
#[cfg(unix)]
const TICK: i128 = 20_000_000;
/// The same where a file system counts in steps of two seconds, as its whole times show.
#[cfg(unix)]
const COARSE_TICK: i128 = 2_000_000_000;

/// What tells a file's content from another content, as far as the system knows without reading
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    len: u64,
    inode: u64,
    /// Content and inode: seconds and nanoseconds of the last change.
    times: [i64; 4],
    /// Old enough for the times to tell of any later change.
    settled: bool,
}

impl Stamp {
    #[cfg(unix)]
    fn of(path: &Path, now: SystemTime) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::symlink_metadata(path).ok()?;
        let changed = [metadata.ctime(), metadata.ctime_nsec()];
        Some(Stamp {
            len: metadata.len(),
            inode: metadata.ino(),
            times: [
                metadata.mtime(),
                metadata.mtime_nsec(),
                changed[0],
                changed[1],
            ],
            settled: is_settled(changed, now)?,
        })
    }

    /// Nothing here tells for sure that a file did not change.
    #[cfg(not(unix))]
    fn of(path: &Path, _: SystemTime) -> Option<Stamp> {
        Some(Stamp {
            len: std::fs::symlink_metadata(path).ok()?.len(),
            inode: 0,
            times: [0; 4],
            settled: false,
        })
    }

    /// True if the file is what it was when this stamp was taken.
    fn still_is(&self, now: &Stamp) -> bool {
        self.settled && self.is_like(now)
    }

    fn is_like(&self, other: &Stamp) -> bool {
        (self.len, self.inode, self.times) == (other.len, other.inode, other.times)
    }
}

/// True if a file that changed at this time, in seconds and nanoseconds, would be seen to change again.
#[cfg(unix)]
fn is_settled([seconds, nanos]: [i64; 2], now: SystemTime) -> Option<bool> {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos();
    let changed = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    let is_coarse = nanos % 1_000_000 == 0;
    let tick = if is_coarse { COARSE_TICK } else { TICK };
    Some(changed + tick < i128::try_from(now).ok()?)
}

/// Stamps the files of one folder after the other: for these the system need not follow the whole path
/// each time: with 120,000 loose objects that was half of what the system did for it, by profile.
struct Folder {
    #[cfg(unix)]
    open: rustix::fd::OwnedFd,
    #[cfg(not(unix))]
    path: PathBuf,
}

impl Folder {
    #[cfg(unix)]
    fn open(path: &Path) -> Option<Folder> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = rustix::fs::open(path, flags, Mode::empty()).ok()?;
        Some(Folder { open })
    }

    #[cfg(unix)]
    fn stamp(&self, name: &str, now: SystemTime) -> Option<Stamp> {
        use rustix::fs::{AtFlags, statat};
        /// The fields' types differ from system to system.
        fn wide(number: impl TryInto<i64>) -> i64 {
            number.try_into().unwrap_or(i64::MAX)
        }
        let stat = statat(&self.open, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let changed = [wide(stat.st_ctime), wide(stat.st_ctime_nsec)];
        let [seconds, nanos] = changed;
        Some(Stamp {
            len: wide(stat.st_size) as u64,
            inode: stat.st_ino,
            times: [
                wide(stat.st_mtime),
                wide(stat.st_mtime_nsec),
                seconds,
                nanos,
            ],
            settled: is_settled(changed, now)?,
        })
    }

    #[cfg(not(unix))]
    fn open(path: &Path) -> Option<Folder> {
        let path = path.to_owned();
        Some(Folder { path })
    }

    #[cfg(not(unix))]
    fn stamp(&self, name: &str, now: SystemTime) -> Option<Stamp> {
        Stamp::of(&self.path.join(name), now)
    }
}

/// A pack and its index.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PackFacts {
    /// The object directory it lies in, by its place in the list of these.
    dir: u16,
    foreign: bool,
    name: String,
    pack: Stamp,
    index: Option<Stamp>,
}

impl PackFacts {
    fn is_at_the_place_of(&self, other: &PackFacts) -> bool {
        (self.dir, self.foreign, &self.name) == (other.dir, other.foreign, &other.name)
    }

    fn compare(&self, other: &PackFacts, same: fn(&Stamp, &Stamp) -> bool) -> bool {
        let indexes = match (&self.index, &other.index) {
            (Some(own), Some(other)) => same(own, other),
            (None, None) => true,
            _ => false,
        };
        self.is_at_the_place_of(other) && same(&self.pack, &other.pack) && indexes
    }
}

/// A loose object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LooseFacts {
    dir: u16,
    pub(crate) id: ObjectId,
    stamp: Stamp,
}

impl LooseFacts {
    fn compare(&self, other: &LooseFacts, same: fn(&Stamp, &Stamp) -> bool) -> bool {
        (self.dir, &self.id) == (other.dir, &other.id) && same(&self.stamp, &other.stamp)
    }
}

/// All files that hold objects, alternates' included.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    packs: Vec<PackFacts>,
    pub(crate) loose: Vec<LooseFacts>,
    /// Where the packs lie now; not kept.
    #[serde(skip)]
    paths: Vec<PathBuf>,
}

impl Snapshot {
    /// Looks at all files. `None` if some cannot be looked at: nothing is then known for sure.
    pub(crate) fn take(repo: &Repo) -> Option<Snapshot> {
        let now = SystemTime::now();
        let listing = Listing::read(repo.hash, &repo.object_dirs);
        if !listing.gaps.is_empty() || listing.closed != super::listing::Closed::default() {
            return None;
        }
        let mut snapshot = Snapshot {
            packs: Vec::new(),
            loose: Vec::new(),
            paths: Vec::new(),
        };
        for at in &listing.packs {
            let is_its = |dir: &super::repo::ObjectDir| {
                dir.foreign == at.foreign && at.path.starts_with(dir.path.join("pack"))
            };
            snapshot.packs.push(PackFacts {
                dir: repo.object_dirs.iter().position(is_its)? as u16,
                foreign: at.foreign,
                name: at.path.file_name()?.to_str()?.to_owned(),
                pack: Stamp::of(&at.path, now)?,
                index: Stamp::of(&at.path.with_extension("idx"), now),
            });
            snapshot.paths.push(at.path.clone());
        }
        for (dir, ids) in listing.loose {
            let objects = &repo.object_dirs[usize::from(dir)].path;
            for ids in ids.chunk_by(|a, b| a.as_bytes()[0] == b.as_bytes()[0]) {
                let folder = Folder::open(loose::path(objects, &ids[0]).parent()?)?;
                for id in ids {
                    let stamp = folder.stamp(&id.to_string()[2..], now)?;
                    let id = *id;
                    snapshot.loose.push(LooseFacts { dir, id, stamp });
                }
            }
        }
        Some(snapshot)
    }

    /// True if all files are what they were when this snapshot was taken, and there are no others.
    pub(crate) fn still_is(&self, now: &Snapshot) -> bool {
        self.compare(now, Stamp::still_is)
    }

    /// True if nothing happened between two looks, as far as these can tell.
    pub(crate) fn is_like(&self, other: &Snapshot) -> bool {
        self.compare(other, Stamp::is_like)
    }

    fn compare(&self, other: &Snapshot, same: fn(&Stamp, &Stamp) -> bool) -> bool {
        let packs = self.packs.iter().zip(&other.packs);
        let loose = self.loose.iter().zip(&other.loose);
        self.packs.len() == other.packs.len()
            && self.loose.len() == other.loose.len()
            && packs.into_iter().all(|(a, b)| a.compare(b, same))
            && loose.into_iter().all(|(a, b)| a.compare(b, same))
    }

    /// Where each of the packs lies now, by its number then; `None` for what is not the same.
    pub(crate) fn settled_packs(&self, now: &Snapshot) -> Vec<Option<PathBuf>> {
        let place = |facts: &PackFacts| (facts.dir, facts.foreign, facts.name.clone());
        let there: HashMap<_, usize> = now.packs.iter().map(place).zip(0..).collect();
        let settled = self.packs.iter().map(|facts| {
            let at = *there.get(&place(facts))?;
            let same = facts.compare(&now.packs[at], Stamp::still_is);
            same.then(|| now.paths[at].clone())
        });
        settled.collect()
    }

    /// Loose objects whose files are the same, ascending.
    pub(crate) fn settled_loose(&self, now: &Snapshot) -> Vec<ObjectId> {
        // Both are in the order of folders and names.
        let place = |facts: &LooseFacts| (facts.dir, facts.id);
        let mut there = now.loose.iter().peekable();
        let mut settled = Vec::new();
        for facts in &self.loose {
            while there.next_if(|now| place(now) < place(facts)).is_some() {}
            let now = there.peek();
            if now.is_some_and(|now| facts.compare(now, Stamp::still_is)) {
                settled.push(facts.id);
            }
        }
        settled.sort_unstable();
        settled
    }

    /// The number of the pack at this path.
    pub(crate) fn pack_at(&self, path: &Path) -> Option<u32> {
        self.paths
            .iter()
            .position(|own| own == path)
            .map(|at| at as u32)
    }

    /// True if there are objects of alternates.
    pub(crate) fn has_foreign(&self, repo: &Repo) -> bool {
        let is_foreign = |facts: &LooseFacts| repo.object_dirs[usize::from(facts.dir)].foreign;
        self.packs.iter().any(|pack| pack.foreign) || self.loose.iter().any(is_foreign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_stamp_by_its_path_and_in_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (name, len) in [("empty", 0), ("full", 70_000)] {
            let path = dir.path().join(name);
            std::fs::write(&path, vec![7; len]).unwrap();
            let alone = Stamp::of(&path, now).unwrap();
            let folder = Folder::open(dir.path()).unwrap();
            assert_eq!(folder.stamp(name, now), Some(alone.clone()));
            assert_eq!(alone.len, len as u64);
        }
        let folder = Folder::open(dir.path()).unwrap();
        assert_eq!(folder.stamp("missing", now), None);
        assert!(Folder::open(&dir.path().join("missing")).is_none());
    }
}
