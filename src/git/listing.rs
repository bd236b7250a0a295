//! What lies in the object directories, before anything of it is opened.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::file;
use super::loose;
use super::repo::ObjectDir;
use crate::model::{Gap, GapKind, HashKind, ObjectId};

/// A pack by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PackAt {
    pub(super) path: PathBuf,
    /// True in an alternate.
    pub(super) foreign: bool,
}

/// The contents of all object directories.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// This repository's own come first, so that they are the copies in use.
    pub(super) packs: Vec<PackAt>,
    /// Loose objects, with the number of the directory they lie in.
    pub(super) loose: Vec<(u16, Vec<ObjectId>)>,
    pub(super) closed: Closed,
    pub(super) gaps: Vec<Gap>,
}

/// Where objects may lie that could not be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Closed {
    /// A pack, or a folder of packs, could not be opened.
    pub(super) packs: bool,
    /// First bytes of the names of loose objects whose folder could not be opened.
    pub(super) fans: BTreeSet<u8>,
}

impl Closed {
    /// True if an object of this name may lie where nothing could be opened.
    pub(super) fn may_hold(&self, id: &ObjectId) -> bool {
        self.packs || self.fans.contains(&id.as_bytes()[0])
    }
}

impl Listing {
    /// Lists everything. Packs come last: what `git gc` packs meanwhile is then met twice rather
    /// than not at all.
    pub(super) fn read(hash: HashKind, dirs: &[ObjectDir]) -> Listing {
        let mut listing = Listing::default();
        for (number, dir) in dirs.iter().enumerate() {
            let ids = loose::list(&dir.path, hash, &mut listing.closed.fans, &mut listing.gaps);
            listing.loose.push((number as u16, ids));
        }
        let before = listing.gaps.len();
        listing.packs = packs(dirs, &mut listing.gaps);
        listing.closed.packs = listing.gaps.len() > before;
        listing
    }

    /// True if there still are the packs that were listed, and no others.
    pub(super) fn is_current(&self, dirs: &[ObjectDir]) -> bool {
        packs(dirs, &mut Vec::new()) == self.packs
    }
}

fn packs(dirs: &[ObjectDir], gaps: &mut Vec<Gap>) -> Vec<PackAt> {
    let (own, foreign): (Vec<_>, Vec<_>) = dirs.iter().partition(|dir| !dir.foreign);
    let mut packs = Vec::new();
    for dir in own.into_iter().chain(foreign) {
        packs.extend(pack_paths(&dir.path, gaps).into_iter().map(|path| PackAt {
            path,
            foreign: dir.foreign,
        }));
    }
    packs
}

/// The packs of one object directory, by name.
fn pack_paths(dir: &Path, gaps: &mut Vec<Gap>) -> Vec<PathBuf> {
    let folder = dir.join("pack");
    let entries = match std::fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>)
    {
        Ok(entries) => entries,
        Err(e) if file::nothing_there(&folder, &e) => return Vec::new(),
        Err(e) => {
            gaps.push(file::unreadable(&folder, &e));
            return Vec::new();
        }
    };
    let mut names: Vec<_> = entries.into_iter().map(|entry| entry.file_name()).collect();
    names.sort_unstable();
    let mut packs = Vec::new();
    for name in &names {
        let path = folder.join(name);
        let is = |ending: &str| path.extension().is_some_and(|e| e == ending);
        let raw = name.as_encoded_bytes();
        if raw.starts_with(b"tmp_") || raw.starts_with(b".") {
            continue;
        }
        if is("pack") {
            packs.push(path);
        } else if is("idx") {
            let pack = path.with_extension("pack");
            let pack = pack.file_name().unwrap_or_default().to_owned();
            if names.binary_search(&pack).is_err() {
                let detail = "the pack of this index is not there";
                gaps.push(Gap::of_path(GapKind::Missing, &path, detail));
            }
        }
    }
    packs
}
