//! Opening the object store, also while git moves objects from one file to another.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::file;
use super::listing::Listing;
use super::pack::open::{self, How, Unopened};
use super::pack::rebuild::Effort;
use super::partial::{self, Partial};
use super::repo::{ObjectDir, Repo};
use super::store::Store;
use super::walk::Bounds;
use super::work::Work;
use crate::model::{Control, Gap, GapKind, HashKind, ObjectId};

/// How often opening begins anew when packs come and go meanwhile.
const ATTEMPTS_MAX: usize = 4;

/// How a store is opened.
#[derive(Clone, Copy)]
pub(crate) struct StoreOptions<'a> {
    /// Packs whose indexes are not used.
    pub(crate) liars: &'a BTreeSet<PathBuf>,
    /// Largest object held whole, in bytes; `None` chooses by the repository's size.
    pub(crate) object_size_max: Option<u64>,
    /// Open only this much.
    pub(crate) partial: Option<&'a Partial>,
    pub(crate) control: &'a Control,
}

impl Store {
    /// Opens everything; what cannot be opened is added to `gaps`.
    pub(crate) fn open(repo: &Repo, options: &StoreOptions<'_>, gaps: &mut Vec<Gap>) -> Store {
        Store::open_dirs(repo.hash, &repo.object_dirs, options, gaps)
    }

    /// A repository may be repacked at any time: opens until nothing changed meanwhile.
    fn open_dirs(
        hash: HashKind,
        dirs: &[ObjectDir],
        options: &StoreOptions<'_>,
        gaps: &mut Vec<Gap>,
    ) -> Store {
        let mut attempts = 1;
        loop {
            let mut listing = Listing::read(hash, dirs);
            let mut trouble = std::mem::take(&mut listing.gaps);
            let (store, vanished) = Store::build(hash, dirs, &listing, options, &mut trouble);
            let settled = vanished.is_empty() && listing.is_current(dirs);
            if settled || attempts == ATTEMPTS_MAX || options.control.check_clock().is_some() {
                let detail = "the pack was removed while the repository was opened";
                trouble.extend(
                    vanished
                        .iter()
                        .map(|path| Gap::of_path(GapKind::Missing, path, detail)),
                );
                gaps.append(&mut trouble);
                return store;
            }
            attempts += 1;
        }
    }

    /// Opens what was listed; gives the packs that were not there any more, too.
    fn build(
        hash: HashKind,
        dirs: &[ObjectDir],
        listing: &Listing,
        options: &StoreOptions<'_>,
        gaps: &mut Vec<Gap>,
    ) -> (Store, Vec<PathBuf>) {
        let mut store = Store::empty(hash, dirs);
        store.closed = listing.closed.clone();
        let sizes = listing.packs.iter().map(|pack| file::len(&pack.path));
        let sizes: Vec<u64> = sizes.collect();
        let bounds = Bounds::of(sizes.iter().sum(), options.object_size_max);
        let mut effort = Effort {
            size_max: bounds.object_size_max,
            work: &mut Work::new(bounds.work_max, Some(options.control)),
        };
        let kept_len = file::smallest_kept(&sizes);
        let mut vanished = Vec::new();
        for (pack, size) in listing.packs.iter().zip(sizes) {
            let mut how = How {
                number: store.packs.len() as u32,
                hash,
                keep: size >= kept_len,
                trust_index: !options.liars.contains(&pack.path),
                effort: &mut effort,
            };
            let rows = options.partial.and_then(|part| part.packs.get(&pack.path));
            let opened = match rows {
                Some(rows) => {
                    partial::open_rows(&pack.path, (how.number, hash), rows, how.keep, gaps)
                }
                None => open::open(&pack.path, &mut how, gaps),
            };
            match opened {
                Ok(opened) => store.add_pack(opened, pack, gaps),
                Err(Unopened::Vanished) => vanished.push(pack.path.clone()),
                Err(Unopened::Reported) => store.closed.packs = true,
            }
        }
        store.firsts.push(store.total());
        for (dir, ids) in &listing.loose {
            let aside = |id: &ObjectId| options.partial.is_some_and(|part| part.leaves(id));
            for id in ids.iter().filter(|id| !aside(id)) {
                store.ids.extend_from_slice(id.as_bytes());
                store.loose_dir_of.push(*dir);
            }
        }
        store.index();
        store.link();
        (store, vanished)
    }

    /// The same object directories as they are now: for objects that were moved, as `git gc` does,
    /// since they were opened. `None` for a store that was itself opened again.
    pub(crate) fn again(&self, control: Option<&Control>) -> Option<&Store> {
        let open = || {
            let idle = Control::default();
            let options = StoreOptions {
                liars: &BTreeSet::new(),
                object_size_max: None,
                partial: None,
                control: control.unwrap_or(&idle),
            };
            let store = Store::open_dirs(self.hash, &self.dirs, &options, &mut Vec::new());
            store.again.set(None).ok();
            Some(Box::new(store))
        };
        self.again.get_or_init(open).as_deref()
    }
}

#[cfg(test)]
#[path = "opening_tests.rs"]
mod tests;
