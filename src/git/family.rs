//! One worker: walks delta families depth-first, with an explicit stack and reused buffers.

use std::ops::Range;
use std::sync::MutexGuard;
use std::sync::atomic::Ordering;

use super::damage::Damage;
use super::hash;
use super::loose::Loose;
use super::pack::forest::WHOLE;
use super::pack::inflate::{Inflate, OneShot};
use super::pack::window::Window;
use super::pack::{Pack, delta};
use super::reader::{ObjectReader, read_loose};
use super::store::{Copy, Store};
use super::stream;
use super::walk::{Shared, Unit, Visit};
use crate::model::{NewRanges, ObjectKind};

/// Objects above this are streamed if they are whole, and read one at a time if they are deltas.
pub(super) const LARGE_LEN: u64 = 16 << 20;
/// Buffers of one worker's stack may hold this much before subtrees are left for later.
const LIVE_MAX: u64 = 128 << 20;
/// Buffers above this are given back rather than kept for the next object.
const KEEP_LEN: usize = 4 << 20;
/// Objects between two looks at the stop flag.
const CHECK_EVERY: u32 = 256;

/// A reused buffer: it only ever grows, so that its bytes need not be zeroed each time.
#[derive(Default)]
struct Buf {
    bytes: Vec<u8>,
    len: usize,
}

impl Buf {
    fn sized(mut self, len: usize) -> Buf {
        if self.bytes.len() < len {
            self.bytes.resize(len, 0);
        }
        self.len = len;
        self
    }

    fn get(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn get_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }
}

/// An object whose deltas are being read.
struct Frame {
    entry: u32,
    buf: Buf,
    /// Which child comes next.
    next: usize,
    /// What the visitor said of it.
    flag: bool,
}

/// Reads units and shows the objects to its visitor.
pub(super) struct Worker<'a, V> {
    shared: &'a Shared<'a>,
    visitor: V,
    inflate: OneShot,
    window: Window,
    delta: Vec<u8>,
    fresh: Vec<Range<usize>>,
    pool: Vec<Buf>,
    stack: Vec<Frame>,
    /// Bytes in the buffers of `stack`.
    live: u64,
    /// Held while a buffer above [`LARGE_LEN`] is in use.
    lane: Option<MutexGuard<'a, ()>>,
    reader: Option<ObjectReader<'a>>,
    /// The object being read, for when something panics.
    current: u32,
    since_check: u32,
    unreported_bytes: u64,
}

impl<'a, V: Visit> Worker<'a, V> {
    pub(super) fn new(shared: &'a Shared<'a>, visitor: V) -> Self {
        Worker {
            shared,
            visitor,
            inflate: OneShot::default(),
            window: Window::default(),
            delta: Vec::new(),
            fresh: Vec::new(),
            pool: Vec::new(),
            stack: Vec::new(),
            live: 0,
            lane: None,
            reader: None,
            current: 0,
            since_check: 0,
            unreported_bytes: 0,
        }
    }

    pub(super) fn into_visitor(self) -> V {
        self.visitor
    }

    fn store(&self) -> &'a Store {
        self.shared.plan.store
    }

    /// After a panic: names the object it happened in, and makes the worker usable again.
    pub(super) fn recover(&mut self) {
        self.shared.damage(
            self.current,
            Damage::Internal("reading it panicked".to_owned()),
        );
        self.stack.clear();
        self.live = 0;
        self.lane = None;
        self.inflate = OneShot::default();
        self.window = Window::default();
        self.reader = None;
    }

    pub(super) fn unit(&mut self, unit: &Unit) {
        match unit {
            Unit::Families { pack, roots, .. } => {
                for root in roots {
                    if self.should_stop() {
                        return;
                    }
                    self.family(&self.store().packs[*pack as usize], *root);
                }
            }
            Unit::Loose(numbers) => {
                for number in numbers.clone() {
                    if self.should_stop() {
                        return;
                    }
                    if self.shared.is_wanted(number) {
                        self.loose(number);
                    }
                }
            }
        }
        self.lane = None;
        self.report_progress();
    }

    fn should_stop(&mut self) -> bool {
        self.since_check += 1;
        if self.since_check < CHECK_EVERY {
            return self.shared.plan.control.stopped().is_some();
        }
        self.report_progress();
        self.shared.plan.control.check_clock().is_some()
    }

    fn report_progress(&mut self) {
        let control = self.shared.plan.control;
        control
            .objects
            .fetch_add(u64::from(self.since_check), Ordering::Relaxed);
        control
            .bytes
            .fetch_add(self.unreported_bytes, Ordering::Relaxed);
        self.shared
            .produced
            .fetch_add(self.unreported_bytes, Ordering::Relaxed);
        self.since_check = 0;
        self.unreported_bytes = 0;
    }

    /// Reads a root and everything that hangs on it.
    fn family(&mut self, pack: &'a Pack, root: u32) {
        let number = self.store().number(pack.number, root);
        self.current = number;
        let Some(kind) = pack.forest.kind(root) else {
            return;
        };
        let alone = pack.forest.children(root).is_empty();
        if alone
            && kind == ObjectKind::Blob
            && u64::from(pack.forest.sizes[root as usize]) > LARGE_LEN
        {
            let streamed = stream::packed(pack, root, number, &mut self.visitor);
            return self.settle(number, streamed);
        }
        match self.inflate_root(pack, root) {
            Ok(buf) => self.enter(pack, root, kind, buf, false, true),
            Err(damage) => self.shared.damage(number, damage),
        }
        while let Some(mut frame) = self.stack.pop() {
            let children = pack.forest.children(frame.entry);
            let child = children[frame.next];
            frame.next += 1;
            self.current = self.store().number(pack.number, child);
            let base_flag = frame.flag;
            let derived = self.derive(pack, child, &frame.buf);
            if frame.next == children.len() {
                self.live -= frame.buf.len as u64;
                self.recycle(frame.buf);
            } else {
                self.stack.push(frame);
            }
            match derived {
                Ok(buf) => self.enter(pack, child, kind, buf, base_flag, false),
                Err(damage) => self.shared.damage(self.current, damage),
            }
            if self.should_stop() {
                self.stack.clear();
                self.live = 0;
            }
        }
    }

    /// Shows an object to the visitor, and puts it on the stack if deltas of it are wanted.
    fn enter(
        &mut self,
        pack: &Pack,
        entry: u32,
        kind: ObjectKind,
        buf: Buf,
        base_flag: bool,
        whole: bool,
    ) {
        let number = self.current;
        let mut flag = true;
        if self.shared.is_wanted(number) {
            let new = if whole {
                NewRanges::All
            } else {
                NewRanges::Only(&self.fresh)
            };
            // A base that was not visited says nothing about what was copied from it.
            match self.checked(pack, number, kind, &buf) {
                Ok(()) => {
                    flag = self.visitor.object(number, kind, buf.get(), new, base_flag);
                    self.shared.visited.insert(number);
                }
                Err(damage) => self.shared.damage(number, damage),
            }
        }
        let children = pack.forest.children(entry);
        // The lightest children come first: those with nothing wanted below them are skipped.
        let first = match self.shared.weights.get(pack.number as usize) {
            Some(weights) => children
                .iter()
                .position(|c| weights[*c as usize] > 0)
                .unwrap_or(children.len()),
            None => 0,
        };
        if first < children.len()
            && self.live + buf.len as u64 <= LIVE_MAX.max(self.shared.plan.bounds.object_size_max)
        {
            self.live += buf.len as u64;
            self.stack.push(Frame {
                entry,
                buf,
                next: first,
                flag,
            });
        } else {
            self.recycle(buf);
        }
    }

    /// Without CRCs every object is hashed.
    fn checked(&self, pack: &Pack, number: u32, kind: ObjectKind, buf: &Buf) -> Result<(), Damage> {
        if pack.crcs.is_empty()
            && hash::object_id(pack.hash, kind, buf.get()) != Some(self.store().id(number))
        {
            return Err(Damage::Hash);
        }
        Ok(())
    }

    fn inflate_root(&mut self, pack: &'a Pack, entry: u32) -> Result<Buf, Damage> {
        let size = u64::from(pack.forest.sizes[entry as usize]);
        let mut buf = self.buffer(size)?;
        let (header, data) = pack.entry(entry, &mut self.window)?;
        if header.size != size {
            return Err(Damage::Header("it changed while it was read"));
        }
        self.inflate.inflate(data, buf.get_mut())?;
        self.window.shrink();
        Ok(buf)
    }

    fn derive(&mut self, pack: &'a Pack, entry: u32, base: &Buf) -> Result<Buf, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let limit = self.shared.plan.bounds.object_size_max;
        if header.size > limit {
            return Err(Damage::TooLarge {
                size: header.size,
                limit,
            });
        }
        let len = header.size as usize;
        if self.delta.len() < len {
            self.delta.resize(len, 0);
        }
        self.inflate.inflate(data, &mut self.delta[..len])?;
        let sizes = delta::sizes(&self.delta[..len])?;
        if sizes.result > 1 << 20 && delta::produced(&self.delta[..len], &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        let mut buf = self.buffer(sizes.result)?;
        delta::apply(
            base.get(),
            &self.delta[..len],
            &sizes,
            buf.get_mut(),
            &mut self.fresh,
        )?;
        self.window.shrink();
        Ok(buf)
    }

    /// A buffer for an object of this size, if that is allowed.
    fn buffer(&mut self, size: u64) -> Result<Buf, Damage> {
        let bounds = self.shared.plan.bounds;
        if size > bounds.object_size_max {
            return Err(Damage::TooLarge {
                size,
                limit: bounds.object_size_max,
            });
        }
        if self.shared.produced.load(Ordering::Relaxed) + self.unreported_bytes > bounds.work_max {
            return Err(Damage::Work(bounds.work_max));
        }
        if size > LARGE_LEN && self.lane.is_none() {
            let lane = self
                .shared
                .large_lane
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            self.lane = Some(lane);
        }
        self.unreported_bytes += size;
        Ok(self.pool.pop().unwrap_or_default().sized(size as usize))
    }

    fn recycle(&mut self, buf: Buf) {
        if buf.bytes.len() <= KEEP_LEN {
            self.pool.push(buf);
        }
    }

    fn settle(&mut self, number: u32, result: Result<(), Damage>) {
        match result {
            Ok(()) => drop(self.shared.visited.insert(number)),
            Err(damage) => self.shared.damage(number, damage),
        }
    }

    fn loose(&mut self, number: u32) {
        self.current = number;
        let result = self.visit_loose(number);
        self.settle(number, result);
    }

    fn visit_loose(&mut self, number: u32) -> Result<(), Damage> {
        let mut loose = Loose::open(&self.store().loose_path(number))?;
        if self.shared.plan.only.is_some_and(|only| only != loose.kind) {
            return Ok(());
        }
        if loose.kind == ObjectKind::Blob && loose.size > LARGE_LEN {
            return stream::loose(&mut loose, self.store(), number, &mut self.visitor);
        }
        let bytes = read_loose(&mut loose, self.shared.plan.bounds.object_size_max)?;
        if hash::object_id(self.store().hash, loose.kind, &bytes) != Some(self.store().id(number)) {
            return Err(Damage::Hash);
        }
        self.unreported_bytes += bytes.len() as u64;
        self.visitor
            .object(number, loose.kind, &bytes, NewRanges::All, false);
        Ok(())
    }

    /// Reads one object that its unit could not read, through any of its copies.
    pub(super) fn single(&mut self, number: u32) {
        self.current = number;
        for copy in self.store().copies(number) {
            let streamed = match copy {
                Copy::Packed { pack, entry } => {
                    let pack = &self.store().packs[pack as usize];
                    let whole = pack.forest.bases[entry as usize] == WHOLE;
                    let large = u64::from(pack.forest.sizes[entry as usize]) > LARGE_LEN;
                    let blob = pack.forest.kind(entry) == Some(ObjectKind::Blob);
                    (whole && blob && large)
                        .then(|| stream::packed(pack, entry, number, &mut self.visitor))
                }
                Copy::Loose(loose) => match Loose::open(&self.store().loose_path(loose)) {
                    Ok(mut loose) if loose.size > LARGE_LEN => Some(stream::loose(
                        &mut loose,
                        self.store(),
                        number,
                        &mut self.visitor,
                    )),
                    _ => None,
                },
            };
            match streamed {
                Some(Ok(())) => return self.settle(number, Ok(())),
                Some(Err(damage)) => self.shared.damage(number, damage),
                None => {}
            }
        }
        if self.shared.produced.load(Ordering::Relaxed) > self.shared.plan.bounds.work_max {
            return self
                .shared
                .damage(number, Damage::Work(self.shared.plan.bounds.work_max));
        }
        let limit = self.shared.plan.bounds.object_size_max;
        let store = self.store();
        let reader = self
            .reader
            .get_or_insert_with(|| ObjectReader::new(store, limit));
        match reader.read(number) {
            Ok((kind, bytes)) => {
                if self.shared.plan.only.is_none_or(|only| only == kind) {
                    self.visitor
                        .object(number, kind, &bytes, NewRanges::All, false);
                }
                self.unreported_bytes += bytes.len() as u64;
                self.settle(number, Ok(()));
            }
            Err(damage) => self.settle(number, Err(damage)),
        }
        self.report_progress();
    }
}
