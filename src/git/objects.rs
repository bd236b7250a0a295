//! The objects of a repository, opened for one sweep: what is read, what is traced, and what is
//! missing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use super::attribution::History;
use super::bits::Bits;
use super::commit::Commit;
use super::damage::Damage;
use super::history::edges::Traced;
use super::history::lineage::Lineage;
use super::opening::StoreOptions;
use super::reach;
use super::reader::ObjectReader;
use super::repo::Repo;
use super::source::{self, Read, ScanObjects, Source};
use super::store::Store;
use super::structure::{Absent, AbsentRow};
use super::tips::{TipKind, Tips};
use super::tree;
use super::walk::Bounds;
use crate::model::{Control, Coverage, Gap, GapKind, Location, Note, ObjectId, ObjectKind};

/// Objects opened for a sweep.
pub(crate) struct Objects {
    store: Store,
    absent: Absent,
    shallow: HashSet<u32>,
    wanted: Option<Bits>,
    /// True if the tips of a selection decide what is read.
    narrowed: bool,
    bounds: Bounds,
    full_scan: bool,
    promisor: bool,
    /// What could not be opened.
    gaps: Vec<Gap>,
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
            control,
        };
        let store = Store::open(repo, &options, &mut gaps);
        let bounds = Bounds::for_store(&store, opening.object_size_max);
        let mut objects = Objects {
            absent: Absent::new(&store),
            store,
            shallow: HashSet::new(),
            wanted: None,
            narrowed: opening.only_tips,
            bounds,
            full_scan: opening.full_scan,
            promisor: repo.promisor,
            gaps,
        };
        objects.find_boundary(&tips.shallow, control);
        objects.wanted = objects.select(tips, opening.only_tips, control);
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

    fn select(&self, tips: &Tips, only_tips: bool, control: &Control) -> Option<Bits> {
        if !only_tips && !self.store.has_foreign() {
            return None;
        }
        let ids: Vec<ObjectId> = tips.in_scope().iter().map(|tip| tip.id).collect();
        let mut wanted = reach::reach(&self.store, &self.shallow, &ids, self.bounds, control);
        if !only_tips {
            let own = |n: &u32| self.store.in_use(*n) && !self.store.is_foreign(*n);
            for number in (0..self.store.total()).filter(own) {
                wanted.insert(number);
            }
        }
        Some(wanted)
    }

    fn source<'a>(&'a self, control: &'a Control) -> Source<'a> {
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

    /// Traces the history of objects with hits, together with everything that is missing or
    /// damaged. `None` if there is nothing to trace, unless `always` asks for what is known of
    /// the repository as a whole.
    pub(crate) fn trace<'a, S>(
        &'a self,
        read: &'a Read<S>,
        tips: &'a Tips,
        hits: &BTreeSet<ObjectId>,
        always: bool,
    ) -> Option<History<'a>> {
        for tip in tips.in_scope() {
            self.absent.resolve(&self.store, &tip.id, None);
        }
        let absent = self.absent.rows();
        let mut targets: BTreeSet<u32> = hits
            .iter()
            .filter_map(|id| self.store.find(id.as_bytes()))
            .collect();
        targets.extend(absent.iter().map(|(number, _)| *number));
        targets.extend(read.damaged.iter().map(|(number, _)| *number));
        if targets.is_empty() && !always {
            return None;
        }
        let targets: Vec<u32> = targets.into_iter().collect();
        let lineage = Lineage::trace(&read.edges, &targets);
        let traced = (lineage, targets);
        let limit = self.bounds.object_size_max;
        Some(History::new(
            &self.store,
            &self.absent,
            &read.structure,
            tips,
            traced,
            limit,
        ))
    }

    /// The number of an object, for looking up its location.
    pub(crate) fn number(&self, id: &ObjectId) -> Option<u32> {
        self.store.find(id.as_bytes())
    }

    /// The name of the tree entry that byte `offset` of a tree lies in.
    pub(crate) fn entry_name(&self, tree: &ObjectId, offset: u64) -> Option<Vec<u8>> {
        let mut reader = ObjectReader::new(&self.store, self.bounds.object_size_max);
        let (_, content) = reader.read_id(tree)?.ok()?;
        let (mut names, mut bounds) = (Vec::new(), tree::Bounds::new());
        let show = |entry: tree::Entry<'_>| names.push(entry.name.to_vec());
        tree::entries(&content, self.store.hash.len(), &mut bounds, show).ok();
        let after = bounds.partition_point(|start| u64::from(*start) <= offset);
        names.into_iter().nth(after.checked_sub(1)?)
    }

    /// Says what was damaged, malformed or missing, and counts it.
    pub(crate) fn account<S>(
        &self,
        read: &Read<S>,
        history: Option<(&History<'_>, &BTreeMap<u32, Location>)>,
        coverage: &mut Coverage,
    ) -> (Vec<Gap>, Vec<Note>) {
        let mut notes = Vec::new();
        let mut gaps: Vec<Gap> = read
            .damaged
            .iter()
            .filter(|(number, damage)| !is_pruned(*number, damage, history, &mut notes))
            .map(|(number, damage)| self.damage_gap(*number, damage, history))
            .collect();
        gaps.extend(read.structure.malformed.iter().map(|(number, fault)| {
            Gap::of_object(GapKind::Damaged, self.store.id(*number), fault.to_string())
        }));
        let Some((history, locations)) = history else {
            return (gaps, notes);
        };
        let mut unneeded = 0;
        for (number, row) in self.absent.rows() {
            let location = locations.get(&number).cloned().unwrap_or_default();
            if !location.reachable {
                unneeded += 1;
                continue;
            }
            match row.kind {
                Some(kind) => coverage.of_mut(kind).missing += 1,
                None => coverage.unknown.missing += 1,
            }
            gaps.push(self.missing_gap(&row, &location, history.named_by(number)));
        }
        // In a narrowed sweep these may well be needed by what was not selected.
        if unneeded > 0 && !self.narrowed {
            let detail = format!(
                "{unneeded} missing objects are named only by unreachable objects, which git may drop at any time"
            );
            notes.push(Note {
                kind: "unreachable-missing",
                detail,
            });
        }
        (gaps, notes)
    }

    fn damage_gap(
        &self,
        number: u32,
        damage: &Damage,
        history: Option<(&History<'_>, &BTreeMap<u32, Location>)>,
    ) -> Gap {
        let id = self.store.id(number);
        let mut gap = Gap::of_object(
            damage.gap_kind(),
            id,
            format!("the object cannot be read: {damage}"),
        );
        if let Some(location) = history.and_then(|(_, locations)| locations.get(&number)) {
            gap.path = location.paths.first().cloned();
        }
        gap
    }

    fn missing_gap(&self, row: &AbsentRow, location: &Location, named_by: Option<&TipKind>) -> Gap {
        let kind = row.kind.map_or("object", ObjectKind::name);
        let by = match (&location.introduced, named_by) {
            (_, Some(TipKind::Ref(name))) => format!("{name} names"),
            (Some(stamp), _) => format!("commit {} needs", stamp.commit),
            _ => "something reachable needs".to_owned(),
        };
        let (gap_kind, place) = if self.store.may_be_closed(&row.id) {
            (GapKind::Unreadable, "what can be opened of the repository")
        } else if self.promisor {
            (GapKind::Promisor, "the repository")
        } else {
            (GapKind::Missing, "the repository")
        };
        let detail = format!("{by} this {kind}, which is not in {place}");
        let mut gap = Gap::of_object(gap_kind, row.id, detail);
        gap.path = location
            .paths
            .first()
            .filter(|path| !path.is_empty())
            .cloned();
        gap.reference = match named_by {
            Some(TipKind::Ref(name)) => Some(name.clone()),
            Some(TipKind::Head { worktree }) => Some(format!("HEAD of {worktree}")),
            _ => None,
        };
        gap
    }
}

/// True if an object was removed while the repository was read, and nothing reachable needs it:
/// git prunes such objects at any time. Says so in a note.
fn is_pruned(
    number: u32,
    damage: &Damage,
    history: Option<(&History<'_>, &BTreeMap<u32, Location>)>,
    notes: &mut Vec<Note>,
) -> bool {
    let location = history.map(|(_, locations)| locations.get(&number));
    let is_reachable = location.is_none_or(|known| known.is_some_and(|l| l.reachable));
    let is_pruned = *damage.root() == Damage::Vanished && !is_reachable;
    if is_pruned {
        notes.push(Note {
            kind: "pruned-meanwhile",
            detail: "unreachable objects were removed while the repository was read".to_owned(),
        });
    }
    is_pruned
}
