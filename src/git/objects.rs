//! The objects of a repository, opened for one sweep: what is read, what is traced, and what is
//! missing.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::attribution::{History, Parts};
use super::bits::Bits;
use super::commit::Commit;
use super::history::edges::Traced;
use super::opening::StoreOptions;
use super::partial::Partial;
use super::past::Past;
use super::past::bound::Bound;
use super::reach;
use super::reader::ObjectReader;
use super::repo::Repo;
use super::source::{self, Read, ScanObjects, Source};
use super::store::{Copy, Store};
use super::structure::{Absent, Elsewhere};
use super::tips::Tips;
use super::tree;
use super::walk::Bounds;
use crate::model::{Control, Gap, GapKind, ObjectId, ObjectKind};

/// Objects opened for a sweep.
pub(crate) struct Objects {
    store: Store,
    absent: Absent,
    shallow: HashSet<u32>,
    pub(super) wanted: Option<Bits>,
    /// True if the tips of a selection decide what is read.
    narrowed: bool,
    bounds: Bounds,
    full_scan: bool,
    promisor: bool,
    /// What could not be opened.
    gaps: Vec<Gap>,
    /// What is remembered of history.
    past: Option<Arc<Bound>>,
}

/// How to open.
pub(crate) struct Opening<'a> {
    /// Packs whose index is not used.
    pub(crate) liars: &'a BTreeSet<PathBuf>,
    /// Read only what the tips reach.
    pub(crate) only_tips: bool,
    /// Largest object held whole, in bytes; `None` chooses by the repository's size.
    pub(crate) object_size_max: Option<u64>,
    /// Scan every object as a whole.
    pub(crate) full_scan: bool,
    /// Open only this much; what is left aside is known to this.
    pub(crate) partial: Option<(&'a Partial, Elsewhere)>,
    /// What is remembered of history.
    pub(crate) past: Option<Arc<Past>>,
}

impl<'a> Opening<'a> {
    /// Everything, as a sweep opens it that knows nothing.
    pub(crate) fn everything(liars: &'a BTreeSet<PathBuf>) -> Opening<'a> {
        Opening {
            liars,
            only_tips: false,
            object_size_max: None,
            full_scan: false,
            partial: None,
            past: None,
        }
    }
}

impl Objects {
    /// Opens the store.
    pub(crate) fn open(
        repo: &Repo,
        tips: &Tips,
        opening: &Opening<'_>,
        control: &Control,
    ) -> Objects {
        let mut gaps = Vec::new();
        let options = StoreOptions {
            liars: opening.liars,
            object_size_max: opening.object_size_max,
            partial: opening.partial.as_ref().map(|(partial, _)| *partial),
            control,
        };
        let store = Store::open(repo, &options, &mut gaps);
        let bounds = Bounds::for_store(&store, opening.object_size_max);
        let elsewhere = opening
            .partial
            .as_ref()
            .map(|(_, elsewhere)| elsewhere.clone());
        let past = opening.past.clone();
        let past = past.and_then(|past| Bound::new(past, &store)).map(Arc::new);
        let mut objects = Objects {
            absent: Absent::new(&store).but(elsewhere).after(past.clone()),
            past,
            store,
            shallow: HashSet::new(),
            wanted: None,
            narrowed: opening.only_tips,
            bounds,
            full_scan: opening.full_scan,
            promisor: repo.promisor,
            gaps,
        };
        // With a part alone neither can be told; whoever opens a part knows both.
        if opening.partial.is_none() {
            objects.find_boundary(&tips.shallow, control);
            objects.wanted = objects.select(tips, opening.only_tips, control);
        }
        objects.narrow_boundary();
        objects
    }

    /// Commits whose parents a shallow clone left out. A shallow file that names others hides
    /// nothing from us.
    fn find_boundary(&mut self, shallow: &[ObjectId], control: &Control) {
        let store = &self.store;
        let reader = ObjectReader::new(store, self.bounds.object_size_max);
        let mut reader = reader.under(self.bounds.work_max, control);
        for id in shallow {
            let Some(number) = store.find(id.as_bytes()) else {
                continue;
            };
            let Ok((ObjectKind::Commit, content)) = reader.read(number) else {
                continue;
            };
            let parents = Commit::parse(&content).parents;
            if parents
                .iter()
                .any(|parent| store.find(parent.as_bytes()).is_none())
            {
                self.shallow.insert(number);
                let detail = "a shallow clone left out this commit's parents: the history before it was not read";
                self.gaps
                    .push(Gap::of_object(GapKind::Shallow, *id, detail));
            }
        }
    }

    /// A boundary that the selection does not reach is no gap of it.
    fn narrow_boundary(&mut self) {
        let Some(wanted) = &self.wanted else { return };
        let in_scope = |id: &ObjectId| {
            self.store
                .find(id.as_bytes())
                .is_some_and(|number| wanted.contains(number))
        };
        self.gaps
            .retain(|gap| gap.kind != GapKind::Shallow || gap.object.as_ref().is_none_or(in_scope));
    }

    fn select(&mut self, tips: &Tips, only_tips: bool, control: &Control) -> Option<Bits> {
        if !only_tips && !self.store.has_foreign() {
            return None;
        }
        let ids: Vec<ObjectId> = tips.in_scope().iter().map(|tip| tip.id).collect();
        let (mut wanted, cut) =
            reach::reach(&self.store, &self.shallow, &ids, self.bounds, control);
        if cut {
            let detail = "the trees name more than can be kept in memory: what the selection \
                          reaches was not read in full";
            self.gaps.push(Gap::new(GapKind::TooLarge, detail));
        }
        if !only_tips {
            let own = |n: &u32| self.store.in_use(*n) && !self.store.is_foreign(*n);
            for number in (0..self.store.total()).filter(own) {
                wanted.insert(number);
            }
        }
        Some(wanted)
    }

    pub(super) fn source<'a>(&'a self, control: &'a Control) -> Source<'a> {
        Source {
            store: &self.store,
            absent: &self.absent,
            shallow: &self.shallow,
            wanted: self.wanted.as_ref(),
            bounds: self.bounds,
            full_scan: self.full_scan,
            control,
        }
    }

    /// Reads everything that was selected but trees.
    pub(crate) fn read_contents<S: ScanObjects>(
        &self,
        control: &Control,
        make: impl Fn() -> S + Sync,
    ) -> Read<S> {
        let mut read = self.source(control).read_contents(make);
        read.gaps.extend(self.gaps.iter().cloned());
        read
    }

    /// Reads the trees that were selected, and remembers which of them lead to objects with hits.
    pub(crate) fn read_trees<S: ScanObjects>(
        &self,
        control: &Control,
        read: &mut Read<S>,
        hits: &BTreeSet<ObjectId>,
        make: impl Fn() -> S + Sync,
    ) {
        let hits = hits.iter().filter_map(|id| self.number(id));
        let damaged = read.damaged.iter().map(|(number, _)| *number);
        let traced = Traced::these(&self.store, hits.chain(damaged));
        self.source(control).read_trees(read, &traced, make);
        if let (Some(past), Some(wanted)) = (&self.past, &self.wanted) {
            let read = (&mut read.structure, &mut read.edges);
            past.add_to(read, (&self.store, &self.absent), wanted);
        }
        if self.narrowed && !traced.is_empty() {
            self.widen(control, read, &traced);
        }
    }

    /// Reads what all commits, tags and trees name, those out of scope too: only that tells
    /// where something in scope went.
    fn widen<S>(&self, control: &Control, read: &mut Read<S>, traced: &Traced) {
        let shape = reach::Shape {
            store: &self.store,
            absent: &self.absent,
            shallow: &self.shallow,
            bounds: self.bounds,
            control,
        };
        let malformed = std::mem::take(&mut read.structure.malformed);
        read.structure = shape.read_structure();
        read.structure.malformed = malformed;
        read.edges = shape.read_edges(traced);
        read.gaps.extend(control.stopped().map(source::stop_gap));
    }

    /// Packs whose index turned out to lie while they were read. The sweep must begin anew without
    /// these indexes: names and contents were mixed up.
    pub(crate) fn lying_indexes<S>(&self, read: &Read<S>, control: &Control) -> BTreeSet<PathBuf> {
        // Damage that has nothing to do with the index needs no look at the pack.
        let suspicious = read
            .damaged
            .iter()
            .filter(|(_, damage)| damage.may_be_the_index());
        let suspicious = suspicious.map(|(number, _)| *number);
        let suspicious = suspicious.chain(read.doubted.iter().copied());
        self.store.lying_indexes(suspicious, control)
    }

    /// What the history of objects with hits, and of what is missing or damaged, is told from.
    /// `None` if there is nothing to tell, unless `always` asks for what is known of the
    /// repository as a whole.
    pub(crate) fn trace<'a, S>(
        &'a self,
        read: &'a Read<S>,
        tips: &'a Tips,
        hits: &BTreeSet<ObjectId>,
        always: bool,
        control: &'a Control,
    ) -> Option<History<'a>> {
        for tip in tips.in_scope() {
            self.absent.resolve(&self.store, &tip.id, None);
        }
        let hits: Vec<u32> = hits.iter().filter_map(|id| self.number(id)).collect();
        let nothing = hits.is_empty() && read.damaged.is_empty() && self.absent.is_empty();
        if nothing && !always {
            return None;
        }
        Some(History::new(Parts {
            store: &self.store,
            past: self.past.as_deref(),
            absent: &self.absent,
            structure: &read.structure,
            edges: &read.edges,
            tips,
            hits,
            damaged: read.damaged.iter().map(|(number, _)| *number).collect(),
            object_size_max: self.bounds.object_size_max,
            control,
        }))
    }

    /// The number of an object, for looking up its location.
    pub(crate) fn number(&self, id: &ObjectId) -> Option<u32> {
        self.store.find(id.as_bytes())
    }

    /// The name of an object.
    pub(crate) fn id(&self, number: u32) -> ObjectId {
        self.store.id(number)
    }

    /// Reads single objects, until it is asked to stop.
    pub(crate) fn reader<'o>(&'o self, control: &'o Control) -> ObjectReader<'o> {
        let reader = ObjectReader::new(&self.store, self.bounds.object_size_max);
        reader.under(self.bounds.work_max, control)
    }

    /// The names of a tree's entries, and where they lie; `None` if it cannot be read.
    pub(crate) fn entry_names(
        &self,
        tree: &ObjectId,
        reader: &mut ObjectReader<'_>,
    ) -> Option<EntryNames> {
        let (_, content) = reader.read_id(tree)?.ok()?;
        let (mut names, mut bounds) = (Vec::new(), tree::Bounds::new());
        let id_len = self.store.hash.len();
        let show = |entry: tree::Entry<'_>| {
            let end = entry.end - entry.id.len() - 1;
            names.push(end - entry.name.len()..end);
        };
        tree::entries(&content, id_len, &mut bounds, show).ok();
        Some(EntryNames {
            content,
            names,
            bounds,
        })
    }

    /// Where all copies of an object lie on disk, for people.
    pub(crate) fn stored(&self, number: u32) -> String {
        let place = |copy: Copy| {
            let (path, foreign) = match copy {
                Copy::Packed { pack, .. } => {
                    let path = &self.store.packs[pack as usize].path;
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let kept = path.with_extension("keep").exists();
                    let kept = if kept { " (with a .keep file)" } else { "" };
                    (format!("pack {name}{kept}"), self.store.is_foreign(number))
                }
                Copy::Loose(_) => ("loose".to_owned(), self.store.is_foreign(number)),
            };
            if foreign {
                format!("alternate: {path}")
            } else {
                path
            }
        };
        let mut places: Vec<String> = self.store.copies(number).map(place).collect();
        places.sort();
        places.dedup();
        places.join(", ")
    }

    /// True if some commits' parents were left out by a shallow clone.
    pub(super) fn is_shallow(&self) -> bool {
        !self.shallow.is_empty()
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// What is remembered of history.
    pub(crate) fn past(&self) -> Option<&Bound> {
        self.past.as_deref()
    }

    pub(super) fn absent(&self) -> &Absent {
        &self.absent
    }

    /// True if only what some refs reach is read.
    pub(super) fn is_narrowed(&self) -> bool {
        self.narrowed
    }

    /// What an object that is not there is called in a report.
    pub(super) fn missing_kind(&self) -> GapKind {
        if self.promisor {
            GapKind::Promisor
        } else {
            GapKind::Missing
        }
    }
}

/// The names of a tree's entries.
pub(crate) struct EntryNames {
    content: Vec<u8>,
    names: Vec<Range<usize>>,
    bounds: tree::Bounds,
}

impl EntryNames {
    /// The name of the entry that byte `offset` of the tree lies in.
    pub(crate) fn at(&self, offset: u64) -> Option<&[u8]> {
        let after = self
            .bounds
            .partition_point(|start| u64::from(*start) <= offset);
        let range = self.names.get(after.checked_sub(1)?)?;
        self.content.get(range.clone())
    }
}
