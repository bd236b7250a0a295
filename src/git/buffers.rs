//! Buffers for rebuilt objects: reused, bounded in size and in what they hold together.

use std::sync::MutexGuard;
use std::sync::atomic::Ordering;

use super::damage::Damage;
use super::pack::inflate::ROOM;
use super::walk::Shared;

/// Objects above this are streamed if they are whole blobs, and read one at a time otherwise.
pub(super) const LARGE_LEN: u64 = 16 << 20;
/// Buffers above this are given back rather than kept for the next object.
pub(super) const KEEP_LEN: usize = 4 << 20;

/// A reused buffer: it only ever grows, so that its bytes need not be zeroed each time.
#[derive(Default)]
pub(super) struct Buf {
    bytes: Vec<u8>,
    len: usize,
}

impl Buf {
    /// The same bytes with a new length; what stood behind that stays, too.
    pub(super) fn sized(mut self, len: usize) -> Buf {
        if self.bytes.len() < len + ROOM {
            self.bytes.resize(len + ROOM, 0);
        }
        self.len = len;
        self
    }

    pub(super) fn len(&self) -> u64 {
        self.len as u64
    }

    pub(super) fn get(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The buffer with the room behind it.
    pub(super) fn roomy_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len + ROOM]
    }

    /// True if an object of this size may take over the buffer: a much smaller one would keep memory
    /// that nobody counts.
    pub(super) fn suits(&self, size: u64) -> bool {
        let room = self.bytes.len();
        room <= KEEP_LEN || room as u64 <= size.saturating_mul(2)
    }

    /// All bytes that there is room for.
    pub(super) fn all_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    pub(super) fn get_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }
}

/// One worker's buffers.
pub(super) struct Buffers<'a> {
    shared: &'a Shared<'a>,
    pool: Vec<Buf>,
    /// Held while a buffer above [`LARGE_LEN`] is in use.
    lane: Option<MutexGuard<'a, ()>>,
    /// Bytes produced since the last report.
    pub(super) unreported: u64,
    /// Work since then that made no bytes.
    pub(super) toll: u64,
}

impl<'a> Buffers<'a> {
    pub(super) fn new(shared: &'a Shared<'a>) -> Buffers<'a> {
        Buffers {
            shared,
            pool: Vec::new(),
            lane: None,
            unreported: 0,
            toll: 0,
        }
    }

    /// A buffer for an object of this size, if that is allowed.
    pub(super) fn take(&mut self, size: u64) -> Result<Buf, Damage> {
        self.allow(size)?;
        Ok(self.sized(size))
    }

    /// A buffer of this size, which was allowed.
    pub(super) fn sized(&mut self, size: u64) -> Buf {
        self.pool.pop().unwrap_or_default().sized(size as usize)
    }

    /// Counts an object of this size; an error if it is not allowed to be made.
    pub(super) fn allow(&mut self, size: u64) -> Result<(), Damage> {
        let shared = self.shared;
        let bounds = shared.plan.bounds;
        if size > bounds.object_size_max {
            let limit = bounds.object_size_max;
            return Err(Damage::TooLarge { size, limit });
        }
        let own = self.unreported + self.toll;
        if shared.produced.load(Ordering::Relaxed) + own > bounds.work_max {
            return Err(Damage::Work(bounds.work_max));
        }
        if size > LARGE_LEN && self.lane.is_none() {
            let guard = shared.large_lane.lock();
            self.lane = Some(guard.unwrap_or_else(std::sync::PoisonError::into_inner));
        }
        self.unreported += size;
        Ok(())
    }

    /// A buffer with what someone else made.
    pub(super) fn copy_of(&mut self, bytes: &[u8]) -> Buf {
        let mut buf = self.pool.pop().unwrap_or_default().sized(bytes.len());
        buf.get_mut().copy_from_slice(bytes);
        buf
    }

    /// Takes back what is needed no more.
    pub(super) fn recycle(&mut self, buf: Buf) {
        if (1..=KEEP_LEN).contains(&buf.bytes.len()) {
            self.pool.push(buf);
        }
    }

    /// Lets another worker use large buffers.
    pub(super) fn leave_lane(&mut self) {
        self.lane = None;
    }
}
