//! Base64 and hexadecimal digits, decoded at every alignment, whatever the rest of a run stands for.
//!
//! The layers decode a run only if it looks like something as a whole. A value may stand in it all
//! the same, between bytes that mean nothing.

use std::cell::Cell;
use std::ops::Range;

use super::Known;
use super::runs::{ENCODED, Runs};
use crate::model::Encoding;
use crate::scan::layers::signs::sextet_of;
use crate::scan::matcher::Found;

impl Known {
    /// Values that stand encoded in runs of a text.
    pub(super) fn find_directly(&self, bytes: &[u8], toll: &Cell<u64>) -> Vec<Found> {
        let mut all = Vec::new();
        for run in Runs::new(bytes, ENCODED, self.len_min() * 4 / 3) {
            let text = &bytes[run.clone()];
            for from in 0..4 {
                let decoded = base64(&text[from..]);
                toll.set(toll.get().saturating_add(decoded.len() as u64));
                self.take(
                    &decoded,
                    (run.start + from, 3, 4),
                    base64_of(text),
                    toll,
                    &mut all,
                );
            }
            let digits = text.iter().filter(|b| b.is_ascii_hexdigit()).count();
            for from in (0..2).filter(|_| digits >= self.len_min() * 2) {
                let decoded = hex(&text[from..]);
                self.take(
                    &decoded,
                    (run.start + from, 1, 2),
                    Encoding::Hex,
                    toll,
                    &mut all,
                );
            }
        }
        all.sort_by_key(|one| (one.span.start, one.span.end));
        all.dedup_by(|a, b| a.span == b.span && a.rule == b.rule);
        all
    }

    /// Takes what stands in a decoded run, of which `unit_out` bytes are `unit_in` of the text.
    fn take(
        &self,
        decoded: &[u8],
        (start, unit_out, unit_in): (usize, usize, usize),
        encoding: Encoding,
        toll: &Cell<u64>,
        all: &mut Vec<Found>,
    ) {
        if !self.may_hold(decoded) {
            return;
        }
        let source = |span: &Range<usize>| {
            start + span.start / unit_out * unit_in..start + span.end.div_ceil(unit_out) * unit_in
        };
        for mut one in self.find(decoded, toll) {
            one.span = source(&one.span);
            one.encodings.insert(0, encoding);
            all.push(one);
        }
    }
}

fn base64_of(run: &[u8]) -> Encoding {
    if run.iter().any(|b| matches!(b, b'-' | b'_')) {
        Encoding::Base64Url
    } else {
        Encoding::Base64
    }
}

/// Whole groups; what is left at the end gives its bytes too.
fn base64(run: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(run.len() / 4 * 3 + 3);
    for quad in run.chunks(4) {
        let bits = quad.iter().fold(0_u32, |bits, b| {
            bits << 6 | u32::from(sextet_of(*b).unwrap_or(0))
        });
        let bits = bits << (6 * (4 - quad.len()));
        decoded.extend_from_slice(&bits.to_be_bytes()[1..=quad.len().saturating_sub(1)]);
    }
    decoded
}

/// Pairs of digits; a zero for what are none.
fn hex(run: &[u8]) -> Vec<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let pairs = run.as_chunks::<2>().0.iter();
    pairs
        .map(|pair| match digit(pair[0]).zip(digit(pair[1])) {
            Some((a, b)) => (a << 4 | b) as u8,
            None => 0,
        })
        .collect()
}
