//! Scanning an object in pieces, for those too large to hold in memory.
//!
//! What can still change, because bytes that decide about it are to come, waits; so each hit comes
//! out once, and the result equals that of a scan at once, however the pieces are cut.

use crate::model::{Field, Hit, NewRanges, Object, ObjectId, ObjectKind, Place};

use super::matcher::VALUE_LEN_MAX;
use super::{Scanner, fields, locate};

/// Bytes gathered before they are scanned: small pieces would scan their overlap again and again.
const STEP: usize = 256 << 10;
/// A header longer than this is no header that git wrote. Its last field then takes the rest.
const HEADER_MAX: usize = 1 << 20;

/// One object on its way through a scanner.
///
/// Blobs, and the messages of commits and tags, need memory for a few hundred kilobytes, whatever
/// their size; trees as much as their longest entry.
pub struct Stream<'s> {
    scanner: &'s mut Scanner,
    id: ObjectId,
    kind: ObjectKind,
    phase: Phase,
    /// What is still needed of the object, from offset `base`.
    buffer: Vec<u8>,
    base: u64,
    /// Hits that begin before this offset are out.
    done: u64,
    /// Bytes that came since the last scan.
    pending: usize,
    lines: locate::Lines,
    hits: Vec<Hit>,
    pub(super) step: usize,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Some rule needs the whole object: nothing is scanned before the end.
    Whole,
    /// Headers of a commit or tag, not complete yet.
    Headers,
    /// One long field.
    Text(Field, usize),
    /// Entries of a tree.
    Entries,
}

impl<'s> Stream<'s> {
    /// Begins an object.
    pub fn new(scanner: &'s mut Scanner, id: ObjectId, kind: ObjectKind) -> Stream<'s> {
        let phase = match (scanner.reach, kind) {
            (None, _) => Phase::Whole,
            (Some(reach), ObjectKind::Blob) => Phase::Text(Field::Content, reach),
            (Some(_), ObjectKind::Commit | ObjectKind::Tag) => Phase::Headers,
            (Some(_), ObjectKind::Tree) => Phase::Entries,
        };
        Stream {
            scanner,
            id,
            kind,
            phase,
            buffer: Vec::new(),
            base: 0,
            done: 0,
            pending: 0,
            lines: locate::Lines::new(),
            hits: Vec::new(),
            step: STEP,
        }
    }

    /// Takes the next piece of the object's content.
    pub fn push(&mut self, chunk: &[u8]) {
        for piece in chunk.chunks(self.step.max(1)) {
            self.buffer.extend_from_slice(piece);
            self.pending += piece.len();
            if self.pending >= self.step {
                self.pending = 0;
                self.work(false);
            }
        }
    }

    /// Ends the object; its hits are added in order.
    pub fn finish(mut self, hits: &mut Vec<Hit>) {
        self.work(true);
        hits.append(&mut self.hits);
    }

    fn work(&mut self, last: bool) {
        if let Phase::Headers = self.phase
            && (last || self.buffer.len() > HEADER_MAX || has_blank_line(&self.buffer))
        {
            self.scan_headers();
        }
        match self.phase {
            Phase::Whole if last => self.scan_whole(),
            Phase::Text(field, reach) => self.scan_text(field, reach, last),
            Phase::Entries => self.scan_entries(),
            Phase::Whole | Phase::Headers => {}
        }
    }

    fn place(&self) -> Place {
        Place::Object {
            id: self.id,
            kind: self.kind,
        }
    }

    fn scan_whole(&mut self) {
        let object = Object {
            id: self.id,
            kind: self.kind,
            bytes: &self.buffer,
            new: NewRanges::All,
        };
        self.scanner.scan(&object, &mut self.hits);
    }

    /// Scans all fields but the last, which goes on as text.
    fn scan_headers(&mut self) {
        let Some(reach) = self.scanner.reach else {
            return;
        };
        let mut ranges = fields::split(self.kind, &self.buffer);
        let (field, rest) = ranges.pop().unwrap_or((Field::Header, 0..0));
        let place = self.place();
        for (field, range) in ranges {
            let bytes = &self.buffer[range.clone()];
            let first = self.hits.len();
            self.scanner
                .scan_piece(bytes, &place, field, range.start, &mut self.hits);
            for hit in &mut self.hits[first..] {
                self.lines.advance(&self.buffer, 0, hit.span.start);
                hit.position = self.lines.position();
                let at = (hit.span.start as usize) - range.start;
                hit.section = locate::section(bytes, range.start as u64, at);
            }
        }
        self.lines.advance(&self.buffer, 0, rest.start as u64);
        self.base = rest.start as u64;
        self.done = self.base;
        self.buffer.drain(..rest.start);
        self.phase = Phase::Text(field, reach);
    }

    fn scan_text(&mut self, field: Field, reach: usize, last: bool) {
        let len = self.buffer.len();
        let settled = if last {
            len
        } else {
            len.saturating_sub(reach + VALUE_LEN_MAX)
        };
        let limit = self.base + settled as u64;
        if limit < self.done {
            return;
        }
        let place = self.place();
        let mut found = Vec::new();
        let base = self.base as usize;
        self.scanner
            .scan_piece(&self.buffer, &place, field, base, &mut found);
        for mut hit in found {
            if hit.span.start >= self.done && (hit.span.start < limit || last) {
                self.lines.advance(&self.buffer, self.base, hit.span.start);
                hit.position = self.lines.position();
                let at = (hit.span.start - self.base) as usize;
                hit.section = locate::section(&self.buffer, self.base, at);
                self.hits.push(hit);
            }
        }
        self.lines.advance(&self.buffer, self.base, limit);
        self.done = limit;
        let context = (reach + VALUE_LEN_MAX).max(locate::SECTION_LOOKBACK + 1);
        let drop = settled.saturating_sub(context);
        self.buffer.drain(..drop);
        self.base += drop as u64;
    }

    fn scan_entries(&mut self) {
        let place = self.place();
        let id_len = self.id.as_bytes().len();
        let (names, end) = fields::entry_names(&self.buffer, id_len);
        for name in names {
            let bytes = &self.buffer[name.clone()];
            let base = self.base + name.start as u64;
            let first = self.hits.len();
            self.scanner.scan_piece(
                bytes,
                &place,
                Field::EntryName,
                base as usize,
                &mut self.hits,
            );
            for hit in &mut self.hits[first..] {
                locate::place(hit, bytes, base);
            }
        }
        self.buffer.drain(..end);
        self.base += end as u64;
    }
}

fn has_blank_line(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'\n') || memchr::memmem::find(bytes, b"\n\n").is_some()
}
