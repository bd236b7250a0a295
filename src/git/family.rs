//! One worker: walks delta families depth-first, with an explicit stack and reused buffers.

use std::sync::atomic::Ordering;

use super::buffers::{Buf, Buffers, LARGE_LEN};
use super::damage::Damage;
use super::hash;
use super::pack::Pack;
use super::pack::delta::Trail;
use super::pack::inflate::OneShot;
use super::pack::window::Window;
use super::reader::ObjectReader;
use super::split::Part;
use super::store::Store;
use super::units::Unit;
use super::walk::{Origin, Shared, Visit};
use crate::model::ObjectKind;

/// One worker's stack may hold this much, or an object and its base that are larger, before subtrees
/// are left for later.
const LIVE_MAX: u64 = 64 << 20;
/// Objects between two looks at the clock.
const CHECK_EVERY: u32 = 256;

/// An object whose deltas are being read.
pub(super) struct Frame<C> {
    pub(super) entry: u32,
    pub(super) buf: Buf,
    /// Which child comes next.
    next: usize,
    /// Where the children end that are read here.
    end: usize,
    /// What the visitor carries over; `None` if it did not see the object.
    pub(super) carry: Option<C>,
    /// How many bytes that takes.
    weight: u64,
}

/// Reads units and shows the objects to its visitor.
pub(super) struct Worker<'a, V: Visit> {
    pub(super) shared: &'a Shared<'a>,
    pub(super) visitor: V,
    pub(super) inflate: OneShot,
    pub(super) window: Window,
    pub(super) delta: Vec<u8>,
    pub(super) delta_len: usize,
    pub(super) trail: Trail,
    pub(super) buffers: Buffers<'a>,
    stack: Vec<Frame<V::Carry>>,
    /// Bytes in the buffers of `stack`.
    live: u64,
    pub(super) reader: Option<ObjectReader<'a>>,
    /// The object being read, for when something panics.
    pub(super) current: u32,
    since_check: u32,
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
            delta_len: 0,
            trail: Trail::default(),
            buffers: Buffers::new(shared),
            stack: Vec::new(),
            live: 0,
            reader: None,
            current: 0,
            since_check: 0,
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

    pub(super) fn should_stop(&mut self) -> bool {
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
        let toll = std::mem::take(&mut self.buffers.toll);
        self.shared
            .produced
            .fetch_add(bytes + toll, Ordering::Relaxed);
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
                    weight: 0,
                }),
                None => self.live = 0,
            }
        }
        self.descend(pack, kind);
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
        let end = self.children_here(pack, entry);
        let Some(next) = self.wanted_child(pack, entry, 0, end) else {
            return;
        };
        let buf = self.buffers.copy_of(bytes);
        let weight = carry.as_ref().map_or(0, V::weight);
        self.live += buf.len() + weight;
        self.stack.push(Frame {
            entry,
            buf,
            next,
            end,
            carry,
            weight,
        });
        self.descend(pack, kind);
    }

    /// Reads the next delta against the object of a frame.
    fn next_child(&mut self, pack: &'a Pack, kind: ObjectKind, mut frame: Frame<V::Carry>) {
        let child = pack.forest.children(frame.entry)[frame.next];
        self.current = self.store().number(pack.number, child);
        let next = self.wanted_child(pack, frame.entry, frame.next + 1, frame.end);
        let base_len = frame.buf.len();
        let derived = self.derive(pack, child, kind, &mut frame, next.is_none());
        if next.is_none() {
            // The base's bytes are needed no more, and the child may be as large.
            self.live -= base_len + frame.weight;
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

    /// How many children of an entry are read together with it. What was left is read by one.
    pub(super) fn children_here(&self, pack: &Pack, entry: u32) -> usize {
        if self.is_retrying {
            return pack.forest.children(entry).len();
        }
        self.shared.children_here(pack, entry)
    }

    /// The next child in these places that is wanted or leads to something wanted.
    pub(super) fn wanted_child(
        &self,
        pack: &Pack,
        entry: u32,
        from: usize,
        end: usize,
    ) -> Option<usize> {
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
        let is_due = !self.is_retrying || !self.shared.visited.contains(number);
        if is_due && self.shared.is_wanted(number) {
            // A base that was not visited says nothing about what was copied from it.
            let origin = match base {
                Some(base) if is_delta => Origin::Delta {
                    trail: &self.trail,
                    delta: &self.delta[..self.delta_len],
                    base,
                },
                _ => Origin::Whole,
            };
            match self.checked(pack, number, kind, &buf) {
                Ok(()) => {
                    carry = Some(self.visitor.object(number, kind, buf.get(), origin));
                    self.buffers.toll += self.visitor.take_toll();
                    self.shared.visited.insert(number);
                }
                Err(damage) => {
                    // What hangs on it was made for other bytes.
                    self.shared.damage(number, damage);
                    self.buffers.recycle(buf);
                    return None;
                }
            }
        }
        let weight = carry.as_ref().map_or(0, V::weight);
        let live = self.live + buf.len() + weight;
        let end = self.children_here(pack, entry);
        match self.wanted_child(pack, entry, 0, end) {
            Some(next) if live <= LIVE_MAX || self.stack.is_empty() => {
                self.live = live;
                Some(Frame {
                    entry,
                    buf,
                    next,
                    end,
                    carry,
                    weight,
                })
            }
            _ => {
                self.buffers.recycle(buf);
                None
            }
        }
    }

    /// True if an object must be hashed: its pack has no CRCs, or it has several copies, which cannot
    /// all be right if they differ, or something was wrong with it before.
    pub(super) fn is_doubtful(&self, pack: &Pack, number: u32) -> bool {
        self.is_retrying || pack.crcs.is_empty() || self.store().has_copies(number)
    }

    /// CRCs do not tell that an index has exchanged names: commits and tags are hashed for that, at
    /// 1 % of a sweep's time (git/git).
    fn checked(&self, pack: &Pack, number: u32, kind: ObjectKind, buf: &Buf) -> Result<(), Damage> {
        let id = self.store().raw_id(number);
        let is_right = if self.is_doubtful(pack, number) {
            let name = hash::object_id(pack.hash, kind, buf.get());
            name.is_some_and(|name| name.as_bytes() == id)
        } else {
            let is_history = matches!(kind, ObjectKind::Commit | ObjectKind::Tag);
            !is_history || hash::has_id(pack.hash, kind, buf.get(), id)
        };
        if is_right { Ok(()) } else { Err(Damage::Hash) }
    }
}
