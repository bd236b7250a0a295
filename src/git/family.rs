//! One worker: walks delta families depth-first, with an explicit stack and reused buffers.

use std::sync::atomic::Ordering;

use super::buffers::{Buf, Buffers, LARGE_LEN};
use super::damage::Damage;
use super::hash;
use super::pack::delta::Trail;
use super::pack::forest::FAR;
use super::pack::inflate::{Inflate, OneShot};
use super::pack::window::Window;
use super::pack::{Pack, delta};
use super::reader::ObjectReader;
use super::split::Part;
use super::store::Store;
use super::stream;
use super::units::Unit;
use super::walk::{Origin, Shared, Visit};
use crate::model::ObjectKind;

/// Buffers of one worker's stack may hold this much before subtrees are left for later.
const LIVE_MAX: u64 = 128 << 20;
/// Objects between two looks at the clock.
const CHECK_EVERY: u32 = 256;

/// An object whose deltas are being read.
struct Frame<C> {
    entry: u32,
    buf: Buf,
    /// Which child comes next.
    next: usize,
    /// Where the children end that are read here.
    end: usize,
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
    delta_len: usize,
    trail: Trail,
    pub(super) buffers: Buffers<'a>,
    stack: Vec<Frame<V::Carry>>,
    /// Bytes in the buffers of `stack`.
    live: u64,
    pub(super) reader: Option<ObjectReader<'a>>,
    /// The object being read, for when something panics.
    pub(super) current: u32,
    since_check: u32,
}

impl<'a, V: Visit> Worker<'a, V> {
    pub(super) fn new(shared: &'a Shared<'a>, visitor: V) -> Self {
        Worker {
            shared,
            visitor,
            inflate: OneShot::default(),
            window: Window::default(),
            delta: Vec::new(),
            delta_len: 0,
            trail: Trail::default(),
            buffers: Buffers::new(shared),
            stack: Vec::new(),
            live: 0,
            reader: None,
            current: 0,
            since_check: 0,
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
        self.buffers.leave_lane();
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
            Unit::Part { pack, part, .. } => {
                self.part(&self.store().packs[*pack as usize], part);
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
        self.buffers.leave_lane();
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
        let bytes = std::mem::take(&mut self.buffers.unreported);
        control.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.shared.produced.fetch_add(bytes, Ordering::Relaxed);
        self.since_check = 0;
    }

    /// Reads a root and everything that hangs on it.
    fn family(&mut self, pack: &'a Pack, root: u32) {
        let number = self.store().number(pack.number, root);
        self.current = number;
        let Some(kind) = pack.forest.kind(root) else {
            return;
        };
        if kind == ObjectKind::Blob && pack.is_lone_giant(root, LARGE_LEN) {
            let streamed = stream::packed(pack, root, number, &mut self.visitor);
            return self.settle(number, streamed);
        }
        match self.inflate_root(pack, root) {
            Ok(buf) => {
                let frame = self.enter(pack, root, kind, buf, None, false);
                self.stack.extend(frame);
            }
            Err(damage) => self.shared.damage(number, damage),
        }
        self.descend(pack, kind);
    }

    /// Reads a part of a family. What leads to it is rebuilt, and shown by whoever reads the rest.
    fn part(&mut self, pack: &'a Pack, part: &Part) {
        self.current = self.store().number(pack.number, part.base);
        let Some(kind) = pack.forest.kind(part.base) else {
            return;
        };
        // What cannot be rebuilt is damage that the one who shows it meets, too.
        if let Ok(buf) = self.rebuild(pack, part.base) {
            self.live += buf.len();
            let (entry, end) = (part.base, part.children.end);
            match self.wanted_child(pack, entry, part.children.start, end) {
                Some(next) => self.stack.push(Frame {
                    entry,
                    buf,
                    next,
                    end,
                    carry: None,
                }),
                None => self.live = 0,
            }
        }
        self.descend(pack, kind);
    }

    /// Rebuilds an object and shows nothing.
    fn rebuild(&mut self, pack: &'a Pack, entry: u32) -> Result<Buf, Damage> {
        let mut path = vec![entry];
        let mut at = entry;
        // A cycle hangs on no root, so nothing in one is ever split.
        while pack.forest.bases[at as usize] < FAR {
            at = pack.forest.bases[at as usize];
            path.push(at);
        }
        let mut buf = self.inflate_root(pack, at)?;
        for entry in path.into_iter().rev().skip(1) {
            let sizes = self.load_delta(pack, entry)?;
            let mut derived = self.buffers.take(sizes.result)?;
            let delta = &self.delta[..self.delta_len];
            delta::apply(buf.get(), delta, &sizes, derived.get_mut(), &mut self.trail)?;
            self.buffers.recycle(std::mem::replace(&mut buf, derived));
            if self.should_stop() {
                return Err(Damage::Internal("stopped".to_owned()));
            }
        }
        Ok(buf)
    }

    /// Reads everything that hangs on what is on the stack.
    fn descend(&mut self, pack: &'a Pack, kind: ObjectKind) {
        while let Some(frame) = self.stack.pop() {
            self.next_child(pack, kind, frame);
            if self.should_stop() {
                self.stack.clear();
                self.live = 0;
            }
        }
    }

    /// Reads the next delta against the object of a frame.
    fn next_child(&mut self, pack: &'a Pack, kind: ObjectKind, mut frame: Frame<V::Carry>) {
        let child = pack.forest.children(frame.entry)[frame.next];
        self.current = self.store().number(pack.number, child);
        let derived = self.derive(pack, child, kind, &frame);
        let next = self.wanted_child(pack, frame.entry, frame.next + 1, frame.end);
        if next.is_none() {
            // The base's bytes are needed no more, and the child may be as large.
            self.live -= frame.buf.len();
            self.buffers.recycle(std::mem::take(&mut frame.buf));
        }
        let entered = match derived {
            Ok(Some(buf)) => self.enter(pack, child, kind, buf, frame.carry.as_ref(), true),
            Ok(None) => None,
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

    /// The next child in these places that is wanted or leads to something wanted.
    fn wanted_child(&self, pack: &Pack, entry: u32, from: usize, end: usize) -> Option<usize> {
        let children = pack.forest.children(entry);
        match self.shared.weights.get(pack.number as usize) {
            Some(weights) => (from..end).find(|at| weights[children[*at] as usize] > 0),
            None => (from < end).then_some(from),
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
        if self.shared.is_wanted(number) {
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
                Err(damage) => self.shared.damage(number, damage),
            }
        }
        let room = LIVE_MAX.max(self.shared.plan.bounds.object_size_max);
        let end = self.shared.children_here(pack, entry);
        match self.wanted_child(pack, entry, 0, end) {
            Some(next) if self.live + buf.len() <= room => {
                self.live += buf.len();
                Some(Frame {
                    entry,
                    buf,
                    next,
                    end,
                    carry,
                })
            }
            _ => {
                self.buffers.recycle(buf);
                None
            }
        }
    }

    fn checked(&self, pack: &Pack, number: u32, kind: ObjectKind, buf: &Buf) -> Result<(), Damage> {
        let name = || hash::object_id(pack.hash, kind, buf.get());
        if self.shared.is_doubtful(pack, number) && name() != Some(self.store().id(number)) {
            return Err(Damage::Hash);
        }
        Ok(())
    }

    fn inflate_root(&mut self, pack: &'a Pack, entry: u32) -> Result<Buf, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let mut buf = self.buffers.take(header.size)?;
        self.inflate.inflate(data, buf.get_mut())?;
        self.window.shrink();
        Ok(buf)
    }

    /// Reads the delta of an entry into `self.delta`; gives the sizes it declares.
    fn load_delta(&mut self, pack: &'a Pack, entry: u32) -> Result<delta::Sizes, Damage> {
        let (header, data) = pack.entry(entry, &mut self.window)?;
        let limit = self.shared.plan.bounds.object_size_max;
        if header.size > limit {
            let size = header.size;
            return Err(Damage::TooLarge { size, limit });
        }
        self.delta_len = header.size as usize;
        if self.delta.len() < self.delta_len {
            self.delta.resize(self.delta_len, 0);
        }
        let delta = &mut self.delta[..self.delta_len];
        self.inflate.inflate(data, delta)?;
        self.window.shrink();
        let sizes = delta::sizes(delta)?;
        if sizes.result > 1 << 20 && delta::produced(delta, &sizes)? != sizes.result {
            return Err(Damage::Delta("it does not produce what it declares"));
        }
        Ok(sizes)
    }

    /// Makes the object of a delta; `None` if a glance at it was enough.
    fn derive(
        &mut self,
        pack: &'a Pack,
        entry: u32,
        kind: ObjectKind,
        base: &Frame<V::Carry>,
    ) -> Result<Option<Buf>, Damage> {
        let here = self.shared.children_here(pack, entry);
        let leaf = self.wanted_child(pack, entry, 0, here).is_none();
        let sizes = self.load_delta(pack, entry)?;
        let mut buf = self.buffers.take(sizes.result)?;
        let delta = &self.delta[..self.delta_len];
        let (bytes, trail) = (base.buf.get(), &mut self.trail);
        if let Some(carry) = base.carry.as_ref().filter(|_| leaf)
            && self.shared.is_wanted(self.current)
            && !self.shared.is_doubtful(pack, self.current)
            && let Some(extent) = self.visitor.extent(kind, sizes.result, carry)
        {
            delta::apply_extent(bytes, delta, &sizes, buf.get_mut(), trail, extent)?;
            let seen = self
                .visitor
                .glance(self.current, kind, buf.get(), trail, carry);
            if seen {
                self.shared.visited.insert(self.current);
                self.buffers.recycle(buf);
                return Ok(None);
            }
        }
        delta::apply(bytes, delta, &sizes, buf.get_mut(), trail)?;
        Ok(Some(buf))
    }

    pub(super) fn settle(&mut self, number: u32, result: Result<(), Damage>) {
        match result {
            Ok(()) => {
                self.shared.visited.insert(number);
            }
            Err(damage) => self.shared.damage(number, damage),
        }
    }
}
