//! One object at a time: loose objects, and whatever its unit could not read.

use std::sync::atomic::Ordering;

use super::buffers::LARGE_LEN;
use super::damage::Damage;
use super::family::Worker;
use super::hash;
use super::loose::Loose;
use super::reader::{ObjectReader, read_loose};
use super::store::Copy;
use super::stream;
use super::walk::{Origin, Visit};
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
            return stream::loose(&mut loose, self.store(), number, &mut self.visitor);
        }
        let bytes = read_loose(&mut loose, plan.bounds.object_size_max)?;
        let name = hash::object_id(self.store().hash, loose.kind, &bytes);
        if name != Some(self.store().id(number)) {
            return Err(Damage::Hash);
        }
        self.buffers.unreported += bytes.len() as u64;
        self.visitor
            .object(number, loose.kind, &bytes, Origin::Whole);
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
        if self.shared.produced.load(Ordering::Relaxed) > bounds.work_max {
            return self.shared.damage(number, Damage::Work(bounds.work_max));
        }
        let store = self.store();
        let reader = self
            .reader
            .get_or_insert_with(|| ObjectReader::new(store, bounds.object_size_max));
        match reader.read(number) {
            Ok((kind, bytes)) => {
                self.buffers.unreported += bytes.len() as u64;
                if self.shared.plan.kinds.include(kind) {
                    self.visitor.object(number, kind, &bytes, Origin::Whole);
                } else {
                    // Its pack said otherwise: another pass must read it.
                    self.shared.put_aside(number);
                }
                self.settle(number, Ok(()));
            }
            Err(damage) => self.settle(number, Err(damage)),
        }
        self.report_progress();
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
                    .then(|| stream::packed(pack, entry, number, &mut self.visitor))
            }
            Copy::Loose(file) => {
                let mut loose = Loose::open(&store.loose_path(file)).ok()?;
                (loose.kind == ObjectKind::Blob && loose.size > LARGE_LEN)
                    .then(|| stream::loose(&mut loose, store, number, &mut self.visitor))
            }
        }
    }
}
