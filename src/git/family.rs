//! One worker: walks delta families depth-first, with an explicit stack and reused buffers.

use std::sync::MutexGuard;
use std::sync::atomic::Ordering;

use super::damage::Damage;
use super::hash;
use super::pack::delta::Trail;
use super::pack::inflate::{Inflate, OneShot};
use super::pack::window::Window;
use super::pack::{Pack, delta};
use super::reader::ObjectReader;
use super::store::Store;
use super::walk::{Origin, Shared, Unit, Visit};
use crate::model::ObjectKind;

/// Objects above this are streamed if they are whole blobs, and read one at a time otherwise.
pub(super) const LARGE_LEN: u64 = 16 << 20;
/// Buffers of one worker's stack may hold this much before subtrees are left for later.
const LIVE_MAX: u64 = 128 << 20;
/// Buffers above this are given back rather than kept for the next object.
const KEEP_LEN: usize = 4 << 20;
/// Objects between two looks at the clock.
const CHECK_EVERY: u32 = 256;

/// A reused buffer: it only ever grows, so that its bytes need not be zeroed each time.
#[derive(Default)]
pub(super) struct Buf {
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
struct Frame<C> {
    entry: u32,
    buf: Buf,
    /// Which child comes next.
    next: usize,
    /// What the visitor carries over; `None` if it did not see the object.
    carry: Option<C>,
}

/// Reads units and shows the objects to its visitor.
pub(super) struct Worker<'a, V: Visit> {
    pub(super) shared: &'a Shared<'a>,
    pub(super) visitor: V,
    inflate: OneShot,
    window: Window,
    delta: Vec<u8>,
    trail: Trail,
    pool: Vec<Buf>,
    stack: Vec<Frame<V::Carry>>,
    /// Bytes in the buffers of `stack`.
    live: u64,
    /// Held while a buffer above [`LARGE_LEN`] is in use.
    lane: Option<MutexGuard<'a, ()>>,
    pub(super) reader: Option<ObjectReader<'a>>,
    /// The object being read, for when something panics.
    pub(super) current: u32,
    since_check: u32,
    pub(super) unreported_bytes: u64,
    /// True while reading what families left: some of it may have been read already.
    is_retrying: bool,
}

impl<'a, V: Visit> Worker<'a, V> {
    pub(super) fn new(shared: &'a Shared<'a>, visitor: V) -> Self {
        Worker {
            shared,
            visitor,
            inflate: OneShot::default(),
            window: Window::default(),
            delta: Vec::new(),
            trail: Trail::default(),
            pool: Vec::new(),
            stack: Vec::new(),
            live: 0,
            lane: None,
            reader: None,
            current: 0,
            since_check: 0,
            unreported_bytes: 0,
            is_retrying: false,
        }
    }

    pub(super) fn into_visitor(self) -> V {
        self.visitor
    }

    pub(super) fn store(&self) -> &'a Store {
        self.shared.plan.store
    }

    /// After a panic: names the object it happened in, and makes the worker usable again.
    pub(super) fn recover(&mut self) {
        let damage = Damage::Internal("reading it panicked".to_owned());
        self.shared.damage(self.current, damage);
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
                for number in numbers.iter().copied() {
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

    pub(super) fn report_progress(&mut self) {
        let control = self.shared.plan.control;
        let objects = u64::from(self.since_check);
        control.objects.fetch_add(objects, Ordering::Relaxed);
        let bytes = self.unreported_bytes;
        control.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.shared.produced.fetch_add(bytes, Ordering::Relaxed);
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
        if kind == ObjectKind::Blob && pack.is_lone_giant(root, LARGE_LEN) {
            let streamed = self.stream_packed(pack, root, number);
            return self.settle(number, streamed);
        }
        match self.inflate_root(pack, root) {
            Ok(buf) => {
                let frame = self.enter(pack, root, kind, buf, None, false);
                self.stack.extend(frame);
            }
            Err(damage) => self.shared.damage(number, damage),
        }
        self.empty_stack(pack, kind);
    }

    fn empty_stack(&mut self, pack: &'a Pack, kind: ObjectKind) {
        while let Some(frame) = self.stack.pop() {
            self.next_child(pack, kind, frame);
            if self.should_stop() {
                self.stack.clear();
                self.live = 0;
            }
        }
    }

    /// Reads everything that hangs on an entry whose object was read in another way. From here on
    /// every object is hashed: the entry may not be the copy that was read.
    pub(super) fn subtree(
        &mut self,
        pack: &'a Pack,
        entry: u32,
        (kind, bytes): (ObjectKind, &[u8]),
        carry: Option<V::Carry>,
    ) {
        self.is_retrying = true;
        let Some(next) = self.wanted_child(pack, entry, 0) else {
            return;
        };
        let mut buf = self.pool.pop().unwrap_or_default().sized(bytes.len());
        buf.get_mut().copy_from_slice(bytes);
        self.live += buf.len as u64;
        self.stack.push(Frame {
            entry,
            buf,
            next,
            carry,
        });
        self.empty_stack(pack, kind);
    }

    /// Reads the next delta against the object of a frame.
    fn next_child(&mut self, pack: &'a Pack, kind: ObjectKind, mut frame: Frame<V::Carry>) {
        let child = pack.forest.children(frame.entry)[frame.next];
        self.current = self.store().number(pack.number, child);
        let derived = self.derive(pack, child, &frame.buf);
        let next = self.wanted_child(pack, frame.entry, frame.next + 1);
        if next.is_none() {
            // The base's bytes are needed no more, and the child may be as large.
            self.live -= frame.buf.len as u64;
            self.recycle(std::mem::take(&mut frame.buf));
        }
        let entered = match derived {
            Ok(buf) => self.enter(pack, child, kind, buf, frame.carry.as_ref(), true),
            Err(damage) => {
                self.shared.damage(self.current, damage);
                None
            }
        };
        if let Some(next) = next {
            frame.next = next;
            self.stack.push(frame);
        }
        self.stack.extend(entered);
    }

    /// The next child, from place `from` on, that is wanted or leads to something wanted.
    fn wanted_child(&self, pack: &Pack, entry: u32, from: usize) -> Option<usize> {
        let children = pack.forest.children(entry);
        match self.shared.weights.get(pack.number as usize) {
            Some(weights) => (from..children.len()).find(|at| weights[children[*at] as usize] > 0),
            None => (from < children.len()).then_some(from),
        }
    }

    /// Shows an object to the visitor; returns a frame if deltas against it are wanted.
    fn enter(
        &mut self,
        pack: &Pack,
        entry: u32,
        kind: ObjectKind,
        buf: Buf,
        base: Option<&V::Carry>,
        is_delta: bool,
    ) -> Option<Frame<V::Carry>> {
        let number = self.current;
        let mut carry = None;
        let is_due = !self.is_retrying || !self.shared.visited.contains(number);
        if is_due && self.shared.is_wanted(number) {
            // A base that was not visited says nothing about what was copied from it.
            let origin = match base {
                Some(base) if is_delta => Origin::Delta {
                    trail: &self.trail,
                    base,
                },
                _ => Origin::Whole,
            };
            match self.checked(pack, number, kind, &buf) {
                Ok(()) => {
                    carry = Some(self.visitor.object(number, kind, buf.get(), origin));
                    self.shared.visited.insert(number);
                }
                Err(damage) => {
                    // What hangs on it was made for other bytes.
                    self.shared.damage(number, damage);
                    self.recycle(buf);
                    return None;
                }
            }
        }
        let room = LIVE_MAX.max(self.shared.plan.bounds.object_size_max);
        match self.wanted_child(pack, entry, 0) {
            Some(next) if self.live + buf.len as u64 <= room => {
                self.live += buf.len as u64;
                Some(Frame {
                    entry,
                    buf,
                    next,
                    carry,
                })
            }
            _ => {
                self.recycle(buf);
                None
            }
        }
    }

    /// Without CRCs every object is hashed, and so is one with several copies: they cannot all be
    /// right if they differ. CRCs do not tell that an index has exchanged names: commits and tags
    /// are hashed for that, at 3 % of a sweep's time (git/git). Trees would double it.
    fn checked(&self, pack: &Pack, number: u32, kind: ObjectKind, buf: &Buf) -> Result<(), Damage> {
        let name = || hash::object_id(pack.hash, kind, buf.get());
        let is_certain = !self.is_retrying && !pack.crcs.is_empty();
        let is_history = matches!(kind, ObjectKind::Commit | ObjectKind::Tag);
        let doubtful = !is_certain || is_history || self.store().has_copies(number);
        if doubtful && name() != Some(self.store().id(number)) {
            return Err(Damage::Hash);
        }
        Ok(())
    }

    fn inflate_root(&mut self, pack: &'a Pack, entry: u32) -> Result<Buf, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let mut buf = buffer(
            self.shared,
            &mut self.lane,
            &mut self.pool,
            &mut self.unreported_bytes,
            header.size,
        )?;
        self.inflate.inflate(data, buf.get_mut())?;
        self.window.shrink();
        Ok(buf)
    }

    fn derive(&mut self, pack: &'a Pack, entry: u32, base: &Buf) -> Result<Buf, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let limit = self.shared.plan.bounds.object_size_max;
        if header.size > limit {
            let size = header.size;
            return Err(Damage::TooLarge { size, limit });
        }
        let len = header.size as usize;
        if self.delta.len() < len {
            self.delta.resize(len, 0);
        }
        self.inflate.inflate(data, &mut self.delta[..len])?;
        let delta = &self.delta[..len];
        let sizes = delta::sizes(delta)?;
        if sizes.result > 1 << 20 && delta::produced(delta, &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        let mut buf = buffer(
            self.shared,
            &mut self.lane,
            &mut self.pool,
            &mut self.unreported_bytes,
            sizes.result,
        )?;
        delta::apply(base.get(), delta, &sizes, buf.get_mut(), &mut self.trail)?;
        self.window.shrink();
        Ok(buf)
    }

    fn recycle(&mut self, buf: Buf) {
        if buf.bytes.len() <= KEEP_LEN {
            self.pool.push(buf);
        }
    }
}

/// A buffer for an object of this size, if that is allowed.
fn buffer<'a>(
    shared: &'a Shared<'a>,
    lane: &mut Option<MutexGuard<'a, ()>>,
    pool: &mut Vec<Buf>,
    unreported_bytes: &mut u64,
    size: u64,
) -> Result<Buf, Damage> {
    let bounds = shared.plan.bounds;
    if size > bounds.object_size_max {
        let limit = bounds.object_size_max;
        return Err(Damage::TooLarge { size, limit });
    }
    if shared.produced.load(Ordering::Relaxed) + *unreported_bytes > bounds.work_max {
        return Err(Damage::Work(bounds.work_max));
    }
    if size > LARGE_LEN && lane.is_none() {
        let guard = shared.large_lane.lock();
        *lane = Some(guard.unwrap_or_else(std::sync::PoisonError::into_inner));
    }
    *unreported_bytes += size;
    Ok(pool.pop().unwrap_or_default().sized(size as usize))
}
