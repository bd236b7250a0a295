//! Decoded text with the way back: which bytes of the source each decoded byte came from.

use std::ops::Range;

use crate::model::Encoding;
use crate::scan::zones::widened;

/// Most pieces of one view; what would need more is left encoded.
const SEGMENTS_MAX: usize = 1 << 21;

/// A run of units that decode alike: `unit_in` bytes of the source give `unit_out` bytes.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// Where it begins in the view.
    at: u32,
    /// Where it begins in the source.
    from: u32,
    unit_in: u8,
    unit_out: u8,
    /// `None` for what stands in the source as it is.
    encoding: Option<Encoding>,
}

impl Segment {
    /// The units of the source behind the view's bytes `d..e`, counted from the segment's start.
    fn source(&self, d: usize, e: usize) -> Range<usize> {
        let (unit_in, unit_out) = (usize::from(self.unit_in), usize::from(self.unit_out));
        let from = self.from as usize;
        from + d / unit_out * unit_in..from + e.div_ceil(unit_out) * unit_in
    }
}

/// A text with its encoded parts decoded in place.
#[derive(Debug)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    segments: Vec<Segment>,
    /// Where units stood that are nothing in the view, ascending: soft line breaks.
    voids: Vec<(u32, Encoding)>,
}

impl View {
    /// What of the source, `len` bytes, is decoded or dropped; ascending and disjoint.
    pub(super) fn touched_source(&self, len: usize) -> Vec<Range<usize>> {
        let behind = self.segments.iter().skip(1).map(|s| s.at as usize);
        let ends = behind.chain([self.bytes.len()]);
        let plain = self.segments.iter().zip(ends);
        let plain = plain.filter(|(segment, _)| segment.encoding.is_none());
        let plain = plain.map(|(segment, end)| {
            let from = segment.from as usize;
            from..from + end - segment.at as usize
        });
        let mut done = 0;
        plain
            .chain(std::iter::once(len..len))
            .map(|range| std::mem::replace(&mut done, range.end)..range.start)
            .filter(|gap| gap.start < gap.end)
            .collect()
    }

    /// What of the view is decoded, or stands beside something that is nothing in it; ascending and
    /// disjoint.
    pub(super) fn touched(&self) -> Vec<Range<usize>> {
        let behind = self.segments.iter().skip(1).map(|s| s.at as usize);
        let ends = behind.chain([self.bytes.len()]);
        let mut all: Vec<Range<usize>> = self
            .segments
            .iter()
            .zip(ends)
            .filter(|(segment, _)| segment.encoding.is_some())
            .map(|(segment, end)| segment.at as usize..end)
            .collect();
        let voids = self.voids.iter().map(|(at, _)| *at as usize);
        all.extend(voids.map(|at| at..at));
        all.sort_unstable_by_key(|range| (range.start, range.end));
        widened(&all, 0, self.bytes.len())
    }

    /// The fewest bytes of the source that hold these bytes of the view.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let parts = self.parts(range);
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
            return range.clone();
        };
        let (first_at, last_at) = (first.at as usize, last.at as usize);
        let start = first.source(range.start - first_at, range.start - first_at);
        // An empty range has a place as well.
        let end = last.source(0, range.end.saturating_sub(last_at));
        start.start..end.end.max(start.start)
    }

    /// What encodes these bytes of the view, each kind once, in the order of their places.
    pub(super) fn encodings(&self, range: &Range<usize>) -> Vec<Encoding> {
        let mut found = Vec::new();
        let first = self
            .voids
            .partition_point(|(at, _)| *at as usize <= range.start);
        let inside = self.voids[first..].iter();
        let inside = inside.take_while(|(at, _)| (*at as usize) < range.end);
        let parts = self.parts(range).iter().filter_map(|s| s.encoding);
        for encoding in parts.chain(inside.map(|(_, encoding)| *encoding)) {
            if !found.contains(&encoding) {
                found.push(encoding);
            }
        }
        found
    }

    fn parts(&self, range: &Range<usize>) -> &[Segment] {
        let first = self
            .segments
            .partition_point(|s| s.at as usize <= range.start);
        let behind = self
            .segments
            .partition_point(|s| (s.at as usize) < range.end);
        let first = first.saturating_sub(1);
        &self.segments[first..behind.max(first + 1).min(self.segments.len())]
    }
}

/// Puts a view together from left to right.
pub(super) struct Builder<'a> {
    source: &'a [u8],
    /// What of the source is copied so far.
    done: usize,
    bytes: Vec<u8>,
    segments: Vec<Segment>,
    voids: Vec<(u32, Encoding)>,
    decoded: bool,
    /// Something looked like the rows of a dump.
    pub(super) has_rows: bool,
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: &'a [u8]) -> Builder<'a> {
        Builder {
            source,
            done: 0,
            bytes: Vec::new(),
            segments: Vec::new(),
            voids: Vec::new(),
            decoded: false,
            has_rows: false,
        }
    }

    /// True if nothing more can be taken in.
    pub(super) fn is_full(&self) -> bool {
        self.segments.len() >= SEGMENTS_MAX
    }

    /// Copies the source as it is up to `to`.
    pub(super) fn plain_to(&mut self, to: usize) {
        if to > self.done {
            self.segment(self.done, 1, 1, None, to - self.done);
            self.bytes.extend_from_slice(&self.source[self.done..to]);
            self.done = to;
        }
    }

    /// A unit of `len` bytes at `from` that stands for `out`. What lies between it and the last
    /// unit is copied as it is.
    pub(super) fn unit(&mut self, encoding: Encoding, from: usize, len: usize, out: &[u8]) {
        self.plain_to(from);
        self.done = from + len;
        self.decoded = true;
        if out.is_empty() {
            self.voids.push((self.bytes.len() as u32, encoding));
        } else {
            self.segment(from, len as u8, out.len() as u8, Some(encoding), out.len());
            self.bytes.extend_from_slice(out);
        }
    }

    /// Bytes of the source that stand for nothing: line breaks inside of what is encoded.
    pub(super) fn skip_to(&mut self, to: usize) {
        self.done = self.done.max(to);
    }

    /// The same, up to a unit that belongs to a text that began at `begin`: unless it is the first.
    pub(super) fn skip_line_to(&mut self, to: usize, begin: usize) {
        if self.done > begin {
            self.skip_to(to);
        }
    }

    /// Begins or prolongs a segment.
    fn segment(
        &mut self,
        from: usize,
        unit_in: u8,
        unit_out: u8,
        encoding: Option<Encoding>,
        len: usize,
    ) {
        let at = self.bytes.len();
        if let Some(last) = self.segments.last()
            && (last.unit_in, last.unit_out, last.encoding) == (unit_in, unit_out, encoding)
            && (at - last.at as usize).is_multiple_of(usize::from(unit_out))
            && last.source(0, at - last.at as usize).end == from
            && len.is_multiple_of(usize::from(unit_out))
        {
            return;
        }
        self.segments.push(Segment {
            at: at as u32,
            from: from as u32,
            unit_in,
            unit_out,
            encoding,
        });
    }

    /// The view, if anything was decoded.
    pub(super) fn finish(mut self) -> Option<View> {
        if !self.decoded {
            return None;
        }
        self.plain_to(self.source.len());
        Some(View {
            bytes: self.bytes,
            segments: self.segments,
            voids: self.voids,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_nothing_encodes_what_is_around_it() {
        let mut builder = Builder::new(b"ab=\ncd");
        builder.unit(Encoding::QuotedPrintable, 2, 2, b"");
        let view = builder.finish().unwrap();
        assert_eq!(view.bytes, b"abcd");
        assert_eq!(view.source(&(0..4)), 0..6);
        assert_eq!(view.encodings(&(0..4)), [Encoding::QuotedPrintable]);
        assert_eq!(view.encodings(&(0..2)), []);
        assert_eq!(view.encodings(&(2..4)), []);
    }

    #[test]
    fn ranges_lead_back() {
        let source = b"a %41%42 c QUJD d";
        let mut builder = Builder::new(source);
        builder.unit(Encoding::Percent, 2, 3, b"A");
        builder.unit(Encoding::Percent, 5, 3, b"B");
        builder.unit(Encoding::Base64, 11, 4, b"ABC");
        let view = builder.finish().unwrap();
        assert_eq!(view.bytes, b"a AB c ABC d");
        let back = |range: Range<usize>| std::str::from_utf8(&source[view.source(&range)]).unwrap();
        assert_eq!(back(2..4), "%41%42");
        assert_eq!(back(3..4), "%42");
        assert_eq!(back(3..6), "%42 c");
        assert_eq!(back(8..9), "QUJD");
        assert_eq!(back(0..12), "a %41%42 c QUJD d");
        assert_eq!(
            view.encodings(&(0..12)),
            [Encoding::Percent, Encoding::Base64]
        );
        assert_eq!(view.encodings(&(0..2)), []);
    }

    #[test]
    fn what_stands_for_nothing_is_inside() {
        let source = b"QUJD\nREVG";
        let mut builder = Builder::new(source);
        builder.unit(Encoding::Base64, 0, 4, b"ABC");
        builder.skip_to(5);
        builder.unit(Encoding::Base64, 5, 4, b"DEF");
        let view = builder.finish().unwrap();
        assert_eq!(view.bytes, b"ABCDEF");
        assert_eq!(view.source(&(2..4)), 0..9);
        assert_eq!(view.source(&(3..4)), 5..9);
    }
}
