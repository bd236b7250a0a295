//! One object at a time: loose objects, and whatever its unit could not read.

use std::sync::atomic::Ordering;

use super::buffers::LARGE_LEN;
use super::damage::Damage;
use super::family::Worker;
use super::hash;
use super::loose::Loose;
use super::pack::Pack;
use super::reader::{ObjectReader, read_loose};
use super::store::{Copy, Store};
use super::stream;
use super::walk::{Origin, Visit};
use super::work::Work;
use crate::model::ObjectKind;

impl<V: Visit> Worker<'_, V> {
    /// Reads a loose object.
    pub(super) fn loose(&mut self, number: u32) {
        self.current = number;
        let result = self.visit_loose(number);
        self.settle(number, result);
    }

    fn visit_loose(&mut self, number: u32) -> Result<(), Damage> {
        let mut loose = Loose::open(&self.store().loose_path(number))?;
        let plan = self.shared.plan;
        if !plan.kinds.include(loose.kind) {
            self.shared.put_aside(number);
            return Ok(());
        }
        if loose.kind == ObjectKind::Blob && loose.size > LARGE_LEN {
            return self.streaming(|store, work, visitor| {
                stream::loose(&mut loose, store, number, work, visitor)
            });
        }
        let produced = self.shared.produced.load(Ordering::Relaxed);
        if produced + self.buffers.unreported + self.buffers.toll > plan.bounds.work_max {
            return Err(Damage::Work(plan.bounds.work_max));
        }
        let bytes = read_loose(&mut loose, plan.bounds.object_size_max)?;
        let name = hash::object_id(self.store().hash, loose.kind, &bytes);
        if name != Some(self.store().id(number)) {
            return Err(Damage::Hash);
        }
        self.buffers.unreported += bytes.len() as u64;
        self.visitor
            .object(number, loose.kind, &bytes, Origin::Whole);
        self.buffers.toll += self.visitor.take_toll();
        Ok(())
    }

    /// Reads one object that its unit could not read, through any of its copies.
    pub(super) fn single(&mut self, number: u32) {
        self.current = number;
        for copy in self.store().copies(number) {
            if let Some(result) = self.stream_copy(number, copy) {
                let done = result.is_ok();
                self.settle(number, result);
                if done {
                    return;
                }
            }
        }
        let bounds = self.shared.plan.bounds;
        let produced = self.shared.produced.load(Ordering::Relaxed);
        if produced > bounds.work_max {
            return self.shared.damage(number, Damage::Work(bounds.work_max));
        }
        let (store, control) = (self.store(), self.shared.plan.control);
        let reader = self.reader.get_or_insert_with(|| {
            let reader = ObjectReader::new(store, bounds.object_size_max);
            reader.under(bounds.work_max - produced, control)
        });
        match reader.read(number) {
            Ok((kind, bytes)) => self.show(number, kind, &bytes),
            Err(damage) => {
                let is_large = matches!(damage.root(), Damage::TooLarge { .. });
                let streamed = is_large.then(|| self.stream_derived(number)).flatten();
                self.settle(number, streamed.unwrap_or(Err(damage)));
            }
        }
        self.report_progress();
    }

    /// Streams a blob that deltas make, if it is too large to be held.
    fn stream_derived(&mut self, number: u32) -> Option<Result<(), Damage>> {
        let store = self.store();
        if !self.shared.plan.kinds.include(ObjectKind::Blob)
            || self.shared.plan.bounds.object_size_max < LARGE_LEN
        {
            return None;
        }
        let is_blob = |copy| match copy {
            Copy::Packed { pack, entry } => {
                let pack = &store.packs[pack as usize];
                (pack.forest.kind(entry) == Some(ObjectKind::Blob)).then_some((pack, entry))
            }
            Copy::Loose(_) => None,
        };
        let (pack, entry) = store.copies(number).find_map(is_blob)?;
        let object = (number, store.id(number), ObjectKind::Blob);
        self.streaming(|_, work, visitor| stream::derived(pack, entry, object, work, visitor))
    }

    /// Shows an object that was read by its number, and everything that hangs on it: deltas
    /// against it are read along with it, not each along its own chain.
    fn show(&mut self, number: u32, kind: ObjectKind, bytes: &[u8]) {
        self.settle(number, Ok(()));
        self.buffers.unreported += bytes.len() as u64;
        if !self.shared.plan.kinds.include(kind) {
            // Its pack said otherwise, or nothing at all: another pass must read it.
            self.shared.put_aside(number);
            return self.put_aside_family(number);
        }
        let carry = self.visitor.object(number, kind, bytes, Origin::Whole);
        self.buffers.toll += self.visitor.take_toll();
        let mut carry = Some(carry);
        for copy in self.store().copies(number) {
            if let Copy::Packed { pack, entry } = copy {
                let pack = &self.store().packs[pack as usize];
                self.subtree(pack, entry, (kind, bytes), carry.take());
            }
        }
    }

    pub(super) fn settle(&mut self, number: u32, result: Result<(), Damage>) {
        match result {
            Ok(()) => {
                self.shared.visited.insert(number);
            }
            // The stop itself is reported.
            Err(Damage::Stopped) => {}
            Err(damage) => self.shared.damage(number, damage),
        }
    }

    /// Everything that hangs on an object has its kind.
    fn put_aside_family(&mut self, number: u32) {
        let store = self.store();
        let packed = |copy| match copy {
            Copy::Packed { pack, entry } => Some((pack, entry)),
            Copy::Loose(_) => None,
        };
        let mut next: Vec<(u32, u32)> = store.copies(number).filter_map(packed).collect();
        while let Some((pack, entry)) = next.pop() {
            for child in store.packs[pack as usize].forest.children(entry) {
                let number = store.number(pack, *child);
                if self.shared.is_wanted(number) && self.shared.visited.insert(number) {
                    self.shared.put_aside(number);
                }
                next.push((pack, *child));
            }
        }
    }

    /// Lets something be streamed, within the bounds.
    fn streaming<T>(&mut self, stream: impl FnOnce(&Store, &mut Work<'_>, &mut V) -> T) -> T {
        let plan = self.shared.plan;
        let own = self.buffers.unreported + self.buffers.toll;
        let produced = self.shared.produced.load(Ordering::Relaxed) + own;
        let room = plan.bounds.work_max.saturating_sub(produced);
        let mut work = Work::new(room, Some(plan.control));
        let result = stream(plan.store, &mut work, &mut self.visitor);
        self.buffers.unreported += work.done();
        result
    }

    /// Streams a large blob of a pack.
    pub(super) fn stream_packed(
        &mut self,
        pack: &Pack,
        entry: u32,
        number: u32,
    ) -> Result<(), Damage> {
        self.streaming(|_, work, visitor| stream::packed(pack, entry, number, work, visitor))
    }

    /// Streams a copy if it is a large whole blob.
    fn stream_copy(&mut self, number: u32, copy: Copy) -> Option<Result<(), Damage>> {
        let store = self.store();
        if !self.shared.plan.kinds.include(ObjectKind::Blob) {
            return None;
        }
        match copy {
            Copy::Packed { pack, entry } => {
                let pack = &store.packs[pack as usize];
                let blob = pack.forest.kind(entry) == Some(ObjectKind::Blob);
                (blob && pack.is_large_whole(entry, LARGE_LEN))
                    .then(|| self.stream_packed(pack, entry, number))
            }
            Copy::Loose(file) => {
                let mut loose = Loose::open(&store.loose_path(file)).ok()?;
                (loose.kind == ObjectKind::Blob && loose.size > LARGE_LEN).then(|| {
                    self.streaming(|store, work, visitor| {
                        stream::loose(&mut loose, store, number, work, visitor)
                    })
                })
            }
        }
    }
}
