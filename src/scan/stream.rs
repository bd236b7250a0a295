//! Scanning an object in pieces, for those too large to hold in memory.
//!
//! What can still change, because bytes that decide about it are to come, waits; so each hit comes
//! out once, and the result equals that of a scan at once, however the pieces are cut.

use crate::model::{Field, Hit, Limit, Object, ObjectId, Place};
use crate::rules::EXTENT_MAX;

use super::layers::flags::Flags;
use super::{Scanner, locate};

/// Bytes gathered before they are scanned: small pieces would scan their overlap again and again.
const STEP: usize = 256 << 10;
/// What is no longer than this is held until it is complete, since what is encoded or packed in it
/// is looked into as a whole.
pub(super) const HOLD: usize = 32 << 20;

/// One blob or file on its way through a scanner.
///
/// Needs memory for 32 MiB whatever its size, unless some rule needs the whole.
pub struct Stream {
    place: Place,
    field: Field,
    /// The farthest reach of all rules; `None` if some rule needs the whole.
    reach: Option<usize>,
    /// What is still needed of the content, from offset `base`.
    buffer: Vec<u8>,
    base: u64,
    /// Hits that begin before this offset are out.
    done: u64,
    /// Bytes that came since the last scan.
    pending: usize,
    lines: locate::Lines,
    /// The first line.
    head: Vec<u8>,
    hits: Vec<Hit>,
    pub(super) step: usize,
    pub(super) hold: usize,
    /// Something in what is too long to be held is encoded or packed.
    deep: bool,
    /// So much was found that the rest is not looked at.
    full: bool,
}

impl Stream {
    /// Begins the content of a blob or file. Every piece must go through a scanner of the same
    /// rules.
    pub fn new(scanner: &Scanner, place: Place) -> Stream {
        Stream {
            place,
            field: Field::Content,
            reach: scanner.reach,
            buffer: Vec::new(),
            base: 0,
            done: 0,
            pending: 0,
            lines: locate::Lines::new(),
            head: Vec::new(),
            hits: Vec::new(),
            step: STEP,
            hold: HOLD,
            deep: false,
            full: false,
        }
    }

    /// Scans an object that lies in memory and is too large for more than that, with the result
    /// that it has when it comes in pieces: it depends on how it is stored which way it comes.
    pub(super) fn scan_at_once(scanner: &mut Scanner, object: &Object<'_>, hits: &mut Vec<Hit>) {
        let Object { id, kind, bytes } = *object;
        let mut stream = Stream::new(scanner, Place::Object { id, kind });
        stream.push(scanner, bytes);
        stream.finish(scanner, hits);
    }

    /// The same for what is no content.
    #[must_use]
    pub fn of_field(self, field: Field) -> Stream {
        Stream { field, ..self }
    }

    /// Takes the next piece.
    pub fn push(&mut self, scanner: &mut Scanner, piece: &[u8]) {
        for part in piece.chunks(self.step.max(1)) {
            if self.full {
                return;
            }
            // Doubling would need twice as much.
            if self.buffer.capacity() - self.buffer.len() < part.len() {
                self.buffer
                    .reserve_exact(part.len().max(self.buffer.len() / 8));
            }
            self.buffer.extend_from_slice(part);
            self.pending += part.len();
            if self.hold > 0 && self.buffer.len() <= self.hold {
                continue;
            }
            if std::mem::take(&mut self.hold) > 0 {
                self.deep = Flags::in_head(&self.buffer);
            }
            if self.pending >= self.step && self.reach.is_some() {
                self.pending = 0;
                self.scan(scanner, false);
            }
        }
    }

    /// Ends the content; its hits are added in order.
    pub fn finish(mut self, scanner: &mut Scanner, hits: &mut Vec<Hit>) {
        if self.hold > 0 {
            scanner.scan_text(self.place, self.field, &self.buffer, hits);
            return;
        }
        if !self.full {
            self.scan(scanner, true);
        }
        if self.deep {
            scanner.limits.push(not_looked_into(match self.place {
                Place::Object { id, .. } => Some(id),
                _ => None,
            }));
        }
        hits.append(&mut self.hits);
    }

    /// Scans what is gathered. What lies so near the end that bytes to come decide about it waits,
    /// unless these were the last.
    fn scan(&mut self, scanner: &mut Scanner, last: bool) {
        let reach = self.reach.unwrap_or(0);
        let len = self.buffer.len();
        let settled = if last {
            len
        } else {
            len.saturating_sub(reach + EXTENT_MAX)
        };
        let limit = self.base + settled as u64;
        if limit < self.done {
            return;
        }
        if self.done == 0 {
            self.head = locate::first_line(&self.buffer).to_vec();
        }
        let mut found = Vec::new();
        let base = self.base as usize;
        scanner.scan_piece(&self.buffer, &self.place, self.field, base, &mut found);
        self.deep |= scanner.matcher.has_sign(&self.buffer) || Flags::in_bytes(&self.buffer, false);
        for mut hit in found {
            if hit.span.start >= self.done && (hit.span.start < limit || last) {
                self.lines.advance(&self.buffer, self.base, hit.span.start);
                hit.position = self.lines.position();
                locate::stand(&mut hit, &self.buffer, self.base, &self.head);
                self.hits.push(hit);
            }
        }
        if self.hits.len() >= scanner.hits_max {
            self.hits.truncate(scanner.hits_max);
            self.buffer = Vec::new();
            self.full = true;
            return;
        }
        self.lines.advance(&self.buffer, self.base, limit);
        self.done = limit;
        let context = (reach + EXTENT_MAX).max(locate::SECTION_LOOKBACK + 1);
        let drop = settled.saturating_sub(context);
        self.buffer.drain(..drop);
        self.base += drop as u64;
    }
}

/// Says that something encoded or packed was left alone.
pub(super) fn not_looked_into(object: Option<ObjectId>) -> Limit {
    Limit {
        kind: "encoded-size",
        object,
        detail: "something in it is encoded or packed, and it is too large to be looked into"
            .to_owned(),
    }
}
