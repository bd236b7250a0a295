//! Contents too large to be held in memory: looked through piece by piece, as they stand.

use crate::model::{Field, Hit, Limit, Place};
use crate::scan::layers::flags::Flags;
use crate::scan::locate::Lines;
use crate::scan::stream::{HOLD, not_looked_into};

use super::Seeker;

/// Bytes gathered before they are looked through.
const STEP: usize = 1 << 20;

/// One blob or file on its way through a seeker.
pub struct SeekStream {
    place: Place,
    field: Field,
    buffer: Vec<u8>,
    /// Offset of the buffer's first byte.
    base: u64,
    /// Hits that begin before this offset are out.
    done: u64,
    pending: usize,
    is_long: bool,
    is_deep: bool,
    lines: Lines,
    hits: Vec<Hit>,
}

impl SeekStream {
    /// Begins a content.
    pub fn new(place: Place, field: Field) -> SeekStream {
        SeekStream {
            place,
            field,
            buffer: Vec::new(),
            base: 0,
            done: 0,
            pending: 0,
            is_long: false,
            is_deep: false,
            lines: Lines::new(),
            hits: Vec::new(),
        }
    }

    /// Takes the next piece.
    pub fn push(&mut self, seeker: &Seeker, piece: &[u8]) {
        for part in piece.chunks(STEP) {
            self.buffer.extend_from_slice(part);
            self.pending += part.len();
            if !self.is_long && self.buffer.len() > HOLD {
                self.is_long = true;
                self.is_deep = Flags::in_head(&self.buffer);
            }
            if self.is_long && self.pending >= STEP && self.hits.len() < seeker.hits_max {
                self.look(seeker, false);
            }
        }
    }

    /// Ends the content; its hits are added in order.
    pub fn finish(mut self, seeker: &mut Seeker, hits: &mut Vec<Hit>) {
        if !self.is_long {
            seeker.seek_text(self.place, self.field, &self.buffer, hits);
            return;
        }
        self.look(seeker, true);
        if self.is_deep {
            seeker.limits.push(limit(&self.place));
        }
        self.hits.truncate(seeker.hits_max);
        hits.append(&mut self.hits);
    }

    /// Looks through what is gathered; what lies so near the end that more decides about it waits.
    fn look(&mut self, seeker: &Seeker, last: bool) {
        self.pending = 0;
        let keep = seeker.overlap();
        let len = self.buffer.len();
        let settled = if last { len } else { len.saturating_sub(keep) };
        let limit = self.base + settled as u64;
        self.is_deep |= seeker.known.has_sign(&self.buffer);
        for found in seeker.known.find(&self.buffer, &seeker.toll) {
            let start = self.base + found.span.start as u64;
            if start >= self.done && (start < limit || last) {
                let mut hit = seeker.hit(found, &self.place, self.field, self.base as usize);
                self.lines.advance(&self.buffer, self.base, start);
                hit.position = self.lines.position();
                self.hits.push(hit);
            }
        }
        self.lines.advance(&self.buffer, self.base, limit);
        self.done = limit;
        let drop = settled.saturating_sub(keep);
        self.buffer.drain(..drop);
        self.base += drop as u64;
    }
}

fn limit(place: &Place) -> Limit {
    not_looked_into(match place {
        Place::Object { id, .. } => Some(*id),
        _ => None,
    })
}

impl Seeker {
    /// How far apart bytes may lie that decide about one value.
    fn overlap(&self) -> usize {
        self.known.lengths.end.max(crate::scan::pieces::SPAN_MAX) + 2 * super::windows::CONTEXT
    }

    /// Looks through a content in memory that is too large to be looked into, as if it came in
    /// pieces; true if something in it is encoded.
    pub(super) fn seek_large(&mut self, place: &Place, bytes: &[u8], hits: &mut Vec<Hit>) -> bool {
        let found = self.known.find(bytes, &self.toll);
        hits.extend(
            found
                .into_iter()
                .map(|f| self.hit(f, place, Field::Content, 0)),
        );
        let is_deep = self.known.has_sign(bytes) || Flags::in_head(bytes);
        if is_deep {
            self.limits.push(limit(place));
        }
        is_deep
    }
}
