//! Where objects lie, looked up one name at a time: no index is read whole, and nothing is listed
//! but the packs' names.

use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::git::pack::handle::PackFile;
use crate::git::pack::open;
use crate::git::pack::seek::Seeker;
use crate::git::repo::ObjectDir;
use crate::git::{file, loose};
use crate::model::{Gap, HashKind, ObjectId};

/// A copy of an object.
#[derive(Clone, Debug)]
pub(crate) enum Spot {
    /// A file of its own.
    Loose(PathBuf),
    /// An entry of a pack.
    Packed {
        /// The pack's number.
        pack: usize,
        /// Where the entry begins.
        offset: u64,
    },
}

/// A pack, opened when it is first needed.
struct Pack {
    path: PathBuf,
    seeker: OnceCell<Option<Seeker>>,
    file: OnceCell<Option<Rc<Opened>>>,
}

/// The file of a pack.
pub(crate) struct Opened {
    pub(crate) file: PackFile,
    /// Where its entries end.
    pub(crate) end: u64,
}

/// The object directories of a repository.
pub(crate) struct Shelf {
    pub(crate) hash: HashKind,
    dirs: Vec<PathBuf>,
    packs: RefCell<Vec<Rc<Pack>>>,
    /// Where the last object was found: its neighbours are most likely there, too.
    last: Cell<usize>,
    is_listed_anew: Cell<bool>,
    /// What could not be opened.
    gaps: RefCell<Vec<Gap>>,
}

impl Shelf {
    /// Lists the packs of these directories.
    pub(crate) fn open(hash: HashKind, dirs: &[ObjectDir]) -> Shelf {
        let shelf = Shelf {
            hash,
            dirs: dirs.iter().map(|dir| dir.path.clone()).collect(),
            packs: RefCell::new(Vec::new()),
            last: Cell::new(0),
            is_listed_anew: Cell::new(false),
            gaps: RefCell::new(Vec::new()),
        };
        shelf.list();
        shelf
    }

    /// What could not be opened so far.
    pub(crate) fn gaps(&self) -> Vec<Gap> {
        self.gaps.borrow().clone()
    }

    fn list(&self) {
        let mut packs = self.packs.borrow_mut();
        for dir in &self.dirs {
            let folder = dir.join("pack");
            let entries = match file::list(&folder) {
                Ok(entries) => entries.unwrap_or_default(),
                Err(error) => {
                    let gap = file::unreadable(&folder, &error);
                    self.gaps.borrow_mut().push(gap);
                    continue;
                }
            };
            for entry in entries {
                let path = folder.join(&entry.name);
                let is_index = path.extension().is_some_and(|ending| ending == "idx");
                if is_index && !packs.iter().any(|pack| pack.path == path) {
                    packs.push(Rc::new(Pack {
                        path,
                        seeker: OnceCell::new(),
                        file: OnceCell::new(),
                    }));
                }
            }
        }
    }

    /// All copies of an object, one after the other. If there is none, packs are listed once more:
    /// git may have packed it meanwhile.
    pub(crate) fn spots(&self, id: &ObjectId) -> impl Iterator<Item = Spot> + '_ {
        let id = *id;
        let mut dirs = self.dirs.iter();
        let mut tried = 0;
        let mut is_found = false;
        std::iter::from_fn(move || {
            for dir in dirs.by_ref() {
                let path = loose::path(dir, &id);
                if std::fs::symlink_metadata(&path).is_ok() {
                    is_found = true;
                    return Some(Spot::Loose(path));
                }
            }
            loop {
                let count = self.packs.borrow().len();
                if tried >= count {
                    if is_found || self.is_listed_anew.replace(true) {
                        return None;
                    }
                    self.list();
                    if self.packs.borrow().len() == count {
                        return None;
                    }
                    continue;
                }
                // The pack that had the last one first, then all in their order.
                let last = self.last.get().min(count - 1);
                let pack = match tried {
                    0 => last,
                    n if n <= last => n - 1,
                    n => n,
                };
                tried += 1;
                if let Some(offset) = self.offset(pack, &id) {
                    self.last.set(pack);
                    is_found = true;
                    return Some(Spot::Packed { pack, offset });
                }
            }
        })
    }

    /// True if some copy of it lies here.
    pub(crate) fn has(&self, id: &ObjectId) -> bool {
        self.spots(id).next().is_some()
    }

    /// True if a copy of it lies in another directory than this one.
    pub(crate) fn has_outside(&self, dir: &Path, id: &ObjectId) -> bool {
        let outside = |spot: Spot| match spot {
            Spot::Loose(path) => !path.starts_with(dir),
            Spot::Packed { pack, .. } => {
                let packs = self.packs.borrow();
                packs
                    .get(pack)
                    .is_some_and(|pack| !pack.path.starts_with(dir))
            }
        };
        self.spots(id).any(outside)
    }

    /// Where a pack has an object.
    pub(crate) fn offset(&self, pack: usize, id: &ObjectId) -> Option<u64> {
        let pack = Rc::clone(self.packs.borrow().get(pack)?);
        let seeker = pack.seeker.get_or_init(|| {
            let opened = Seeker::open(&pack.path, self.hash);
            opened.map_err(|error| self.refuse(&pack.path, &error)).ok()
        });
        match seeker.as_ref()?.offset(id) {
            Ok(offset) => offset,
            Err(error) => {
                self.refuse(&pack.path, &error);
                None
            }
        }
    }

    /// The file of a pack.
    pub(crate) fn file(&self, pack: usize) -> Option<Rc<Opened>> {
        let pack = Rc::clone(self.packs.borrow().get(pack)?);
        let opened = pack.file.get_or_init(|| {
            let path = pack.path.with_extension("pack");
            let file = PackFile::open(&path, true);
            let file = file.map_err(|error| self.refuse(&path, &error)).ok()?;
            let facts = open::facts(&file, self.hash).map_err(|why| {
                let error = io::Error::new(io::ErrorKind::InvalidData, format!("the pack {why}"));
                self.refuse(&path, &error);
            });
            let end = facts.ok()?.end;
            Some(Rc::new(Opened { file, end }))
        });
        opened.clone()
    }

    /// All names that begin with these digits, at least four.
    pub(crate) fn beginning_with(&self, digits: &str) -> Vec<ObjectId> {
        let digits = digits.to_ascii_lowercase();
        let mut found = Vec::new();
        for dir in &self.dirs {
            let entries = file::list(&dir.join(&digits[..2])).ok().flatten();
            for entry in entries.unwrap_or_default() {
                let name = format!("{}{}", &digits[..2], entry.name.to_string_lossy());
                if name.starts_with(&digits) {
                    found.extend(ObjectId::from_hex(name.as_bytes()));
                }
            }
        }
        for pack in self.packs.borrow().iter() {
            let names = Seeker::open(&pack.path, self.hash).and_then(|s| s.beginning_with(&digits));
            match names {
                Ok(names) => found.extend(names),
                Err(error) => self.refuse(&pack.path, &error),
            }
        }
        found
    }

    /// The names of everything that lies in this object directory.
    pub(crate) fn names_in(&self, dir: &Path) -> Vec<ObjectId> {
        let mut gaps = self.gaps.borrow_mut();
        let closed = &mut std::collections::BTreeSet::new();
        let mut names = loose::list(dir, self.hash, closed, &mut gaps);
        drop(gaps);
        let folder = dir.join("pack");
        let packs = self.packs.borrow().clone();
        for pack in packs.iter().filter(|pack| pack.path.starts_with(&folder)) {
            let read = Seeker::open(&pack.path, self.hash);
            match read.and_then(|seeker| seeker.names(0..seeker.count())) {
                Ok(more) => names.extend(more),
                Err(error) => self.refuse(&pack.path, &error),
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Only gaps that matter are told: whatever is looked for is then found nowhere, or elsewhere.
    fn refuse(&self, path: &Path, error: &io::Error) {
        if file::is_absent(error) {
            return;
        }
        let gap = file::unreadable(path, error);
        let mut gaps = self.gaps.borrow_mut();
        if !gaps.contains(&gap) {
            gaps.push(gap);
        }
    }
}
