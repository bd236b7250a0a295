//! What of a text stood in another one as it is: in the one that it was decoded from, or in the one
//! that a delta made it from. It was gone through there and gave nothing, so it gives nothing again:
//! only what is near to new bytes is gone through once more.

use std::ops::Range;

use super::map::View;
use super::transcode::{Class, Kinds, class_of};
use crate::model::Derivation;
use crate::scan::zones::widened;

/// How far ahead a step of decoding looks at most, unless it goes through a run, a list or the rows
/// of a dump: a line that may be a row.
const AHEAD: usize = 320;
/// How far behind itself a step looks at most.
const BEHIND: usize = 16;

/// The way through a text from one touched range to the next.
pub(super) struct Untouched {
    /// Ascending and disjoint.
    touched: Vec<Range<usize>>,
    next: usize,
    /// Nothing behind this was touched, up to the next range.
    from: usize,
}

impl Untouched {
    /// All of a text is gone through.
    pub(super) fn nothing() -> Untouched {
        Untouched {
            touched: Vec::new(),
            next: 0,
            from: usize::MAX,
        }
    }

    /// All but these ranges, ascending and disjoint ones.
    pub(super) fn between(touched: Vec<Range<usize>>) -> Untouched {
        Untouched {
            touched,
            next: 0,
            from: 0,
        }
    }

    /// What is known of a text from the one it was made from, if that was decoded in the same way.
    pub(super) fn since(earlier: Option<Earlier>, kinds: Kinds) -> Untouched {
        let same = earlier.filter(|earlier| earlier.kinds == kinds);
        same.map_or_else(Untouched::nothing, |earlier| {
            Untouched::between(earlier.touched)
        })
    }

    /// Where to go on from `at`, if nothing stands up to there.
    #[inline]
    pub(super) fn leap(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        if at < self.from {
            return None;
        }
        self.leap_from(bytes, at)
    }

    fn leap_from(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        while let Some(touched) = self.touched.get(self.next)
            && touched.start < at + AHEAD
        {
            self.from = touched.end + BEHIND;
            self.next += 1;
        }
        if at < self.from || (at > 0 && !is_barrier(bytes, at)) {
            return None;
        }
        let Some(touched) = self.touched.get(self.next) else {
            return Some(bytes.len());
        };
        // Without a barrier all up to the touched range is gone through.
        self.from = touched.end + BEHIND;
        self.next += 1;
        let mut places = (at + 1..=touched.start - AHEAD).rev();
        places.find(|to| is_barrier(bytes, *to))
    }
}

/// Most ranges that are kept for what is made from a text.
const TRACE_MAX: usize = 1024;

/// What decoding a text told, for texts made from it.
#[derive(Debug)]
pub(in crate::scan) struct Trace {
    kinds: Kinds,
    /// What was decoded, ascending and disjoint.
    touched: Vec<Range<u32>>,
}

impl Trace {
    /// `None` if there is too much to tell.
    pub(super) fn of(kinds: Kinds, view: Option<&View>, len: usize) -> Option<Trace> {
        let touched = view.map_or_else(Vec::new, |view| view.touched_source(len));
        if touched.len() > TRACE_MAX {
            return None;
        }
        let short = |range: Range<usize>| {
            let (start, end) = (range.start.try_into().ok()?, range.end.try_into().ok()?);
            Some(start..end)
        };
        let touched = touched.into_iter().map(short).collect::<Option<_>>()?;
        Some(Trace { kinds, touched })
    }

    /// How many bytes it takes.
    pub(in crate::scan) fn weight(&self) -> usize {
        self.touched.len() * size_of::<Range<u32>>()
    }

    /// The same for a text of `len` bytes that was made from this one: what is new may be anything.
    pub(in crate::scan) fn moved(&self, made: &Derivation<'_>, len: usize) -> Earlier {
        let mut touched = made.fresh.to_vec();
        // Decoders may look beyond an end.
        touched.extend([0..0, len..len]);
        for copy in made.copies {
            let end = copy.from + copy.len;
            let first = self
                .touched
                .partition_point(|range| range.end as usize <= copy.from);
            let inside = self.touched[first..].iter();
            let inside = inside.take_while(|range| (range.start as usize) < end);
            touched.extend(inside.map(|range| {
                let (start, end) = (range.start as usize, end.min(range.end as usize));
                copy.at + start.saturating_sub(copy.from)..copy.at + (end - copy.from)
            }));
        }
        touched.sort_unstable_by_key(|range| (range.start, range.end));
        Earlier {
            kinds: self.kinds,
            touched: widened(&touched, 0, len),
        }
    }
}

/// What is known of a text from the one it was made from.
pub(in crate::scan) struct Earlier {
    kinds: Kinds,
    /// What is new, or was decoded; ascending and disjoint.
    touched: Vec<Range<usize>>,
}

/// True if decoding comes to this byte whatever stands before it: neither a run nor a list goes on
/// over it, and it is no part of a wide character.
fn is_barrier(bytes: &[u8], at: usize) -> bool {
    let &[before, byte, behind] = &bytes[at - 1..bytes.len().min(at + 2)] else {
        return false;
    };
    let joins = matches!(
        byte,
        b',' | b' ' | b'\n' | b'\r' | b'\t' | b':' | b';' | b'"' | b'>' | b'|' | b'.'
    );
    matches!(class_of(byte), Class::Nothing | Class::High)
        && !joins
        // It may be the character between two quotes.
        && !matches!(before, 0 | b'\'' | b'\\')
        && behind != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::transcode::{Pass, transcode};
    use super::*;
    use crate::model::Copied;

    /// Pieces of text that decoders stop at, go through, or take for something.
    const PIECES: [&str; 36] = [
        "a",
        "word ",
        " {",
        "}\n",
        "(x)",
        "[",
        "]",
        "#",
        "<b>",
        "\n",
        "\r\n",
        ", ",
        "65, ",
        "0x41, ",
        "41 4b ",
        "'A', ",
        "'(', ",
        "'\\(', ",
        "\\n",
        "\\\\n",
        "\\\\x41",
        "%41",
        "%2541",
        "&amp;#65;",
        "=\n",
        "=3D41",
        "A=\nB=",
        "beef: 41 4b\n",
        "\0",
        "\0\0\0\0",
        "k\0e\0y\0=\0v\0a\0l\0",
        "(\0",
        "QUtJQQ==",
        "JTQxJTQyJTQzJTQ0JTQ1JTQ2",
        "c2VjcmV0PSU0MSU0MiU0MyU0NCU0NQ==",
        "7365637265743d25343125343225343325343",
    ];

    /// A text of pieces, some with much between them that may be left out.
    fn text(pieces: &[(usize, usize)]) -> Vec<u8> {
        const FILLERS: [&str; 3] = ["{*} plain <words>, ", "\u{e9}", "\0"];
        let mut text = Vec::new();
        for (piece, filler) in pieces {
            text.extend_from_slice(PIECES[*piece].as_bytes());
            let filler = FILLERS[*filler];
            let times = if piece % 3 == 0 {
                700 / filler.len()
            } else {
                0
            };
            text.extend_from_slice(filler.repeat(times).as_bytes());
        }
        text
    }

    fn pieces(max: usize) -> impl Strategy<Value = Vec<(usize, usize)>> {
        prop::collection::vec((0..PIECES.len(), 0..3_usize), 1..max)
    }

    fn decoded(text: &[u8], untouched: Untouched) -> (Kinds, Pass) {
        let kinds = Kinds::of(text);
        (kinds, transcode(text, kinds, &|_| false, untouched))
    }

    fn told(pass: &Pass) -> String {
        format!("{:?} {}", pass.view, pass.whole)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn leaving_out_what_a_view_took_over_changes_nothing(pieces in pieces(24)) {
            let mut text = text(&pieces);
            for _ in 0..4 {
                let (kinds, pass) = decoded(&text, Untouched::nothing());
                let Some(view) = pass.view else {
                    break;
                };
                if pass.repeats && Kinds::of(&view.bytes) == kinds {
                    let less = decoded(&view.bytes, Untouched::between(view.touched())).1;
                    let all = decoded(&view.bytes, Untouched::nothing()).1;
                    prop_assert_eq!(told(&less), told(&all));
                }
                text = view.bytes;
            }
        }

        #[test]
        fn leaving_out_what_a_delta_copies_changes_nothing(
            (old, new) in (pieces(24), pieces(4)),
            cut in (0..=1000_usize, 0..=1000_usize),
        ) {
            let (base, new) = (text(&old), text(&new));
            let place = |part: usize| part * base.len() / 1000;
            let (from, to) = (place(cut.0.min(cut.1)), place(cut.0.max(cut.1)));
            let made = [&base[..from], &new, &base[to..]].concat();
            let behind = from + new.len();
            let copies = [
                Copied { at: 0, from: 0, len: from },
                Copied { at: behind, from: to, len: base.len() - to },
            ];
            let fresh = from..behind;
            let derivation = Derivation {
                fresh: std::slice::from_ref(&fresh),
                copies: &copies,
                inserted: &new,
                seams: &[],
            };
            let (kinds, pass) = decoded(&base, Untouched::nothing());
            let trace = Trace::of(kinds, pass.view.as_ref(), base.len()).filter(|_| pass.repeats);
            if let Some(trace) = trace {
                let earlier = trace.moved(&derivation, made.len());
                let untouched = Untouched::since(Some(earlier), Kinds::of(&made));
                let less = decoded(&made, untouched).1;
                let all = decoded(&made, Untouched::nothing()).1;
                prop_assert_eq!(told(&less), told(&all));
            }
        }
    }
}
