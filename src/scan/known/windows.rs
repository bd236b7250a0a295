//! Values as they stand in a text: whole, or in pieces that the language joins.

use std::cell::Cell;
use std::ops::Range;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Known;
use super::runs::{self, BASE64, OPENER, Runs, is_of};
use crate::model::{Alphabet, Confidence, Encoding, Mark, PEM_HEAD, Secret};
use crate::scan::checks::class_changes;
use crate::scan::glue::glue;
use crate::scan::matcher::{Found, SECRET_LEN};
use crate::scan::pieces::{self, SPAN_MAX};

/// What hashing one block costs, in bytes that are merely gone through.
const BLOCK_COST: u64 = 256;
/// What an attempt to join pieces costs.
const JOIN_COST: u64 = 256;

/// How far around a value in pieces bytes decide whether it is one.
pub(super) const CONTEXT: usize = 160;

/// Values of one length and alphabet.
pub(super) struct Group {
    pub(super) len: usize,
    pub(super) alphabet: Alphabet,
    /// Hashes with the values' numbers, ascending.
    hashes: Vec<([u8; 32], usize)>,
}

impl Group {
    pub(super) fn new(len: usize, alphabet: Alphabet, sha256: [u8; 32], number: usize) -> Group {
        Group {
            len,
            alphabet,
            hashes: vec![(sha256, number)],
        }
    }

    pub(super) fn add(&mut self, sha256: [u8; 32], number: usize) {
        self.hashes.push((sha256, number));
    }

    pub(super) fn sort(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup_by_key(|(hash, _)| *hash);
    }

    /// The number of the value that these bytes are.
    pub(super) fn number(&self, window: &[u8]) -> Option<usize> {
        let hash: [u8; 32] = Sha256::digest(window).into();
        let at = self.hashes.binary_search_by(|(known, _)| known.cmp(&hash));
        at.ok().map(|at| self.hashes[at].1)
    }

    /// What the windows of a range of starts cost.
    pub(super) fn cost(&self, windows: usize) -> u64 {
        (windows as u64).saturating_mul((self.len as u64 / 64 + 1) * BLOCK_COST)
    }
}

/// A value that was found as it stands.
pub(super) fn found(number: usize, span: Range<usize>, value: &[u8]) -> Found {
    Found {
        rule: number,
        span,
        value: Secret::new(value.to_vec()),
        encodings: Vec::new(),
        confidence: Confidence::High,
        disclosure: None,
        related: None,
        stem: 0,
    }
}

impl Known {
    /// All values that stand in a text, in order.
    pub(super) fn find(&self, bytes: &[u8], toll: &Cell<u64>) -> Vec<Found> {
        self.find_near(bytes, &(0..bytes.len()), toll)
    }

    /// Those that touch a zone of it, and perhaps others.
    pub(super) fn find_near(
        &self,
        bytes: &[u8],
        zone: &Range<usize>,
        toll: &Cell<u64>,
    ) -> Vec<Found> {
        let mut all = Vec::new();
        if bytes.len() < self.len_min() {
            return all;
        }
        self.find_ids(bytes, zone, &mut all);
        for group in &self.groups {
            if group.alphabet == Alphabet::Pem {
                find_pem(group, bytes, toll, &mut all);
            } else {
                find_windows(group, bytes, zone, toll, &mut all);
            }
        }
        self.find_pieces(bytes, zone, toll, &mut all);
        all.sort_by_key(|one| (one.span.start, one.span.end));
        all
    }

    /// True if a text has a run that is long enough for a value.
    pub(super) fn may_hold(&self, bytes: &[u8]) -> bool {
        let literals = self.literals.as_ref();
        literals.is_some_and(|literals| literals.next(bytes, 0).is_some())
            || self.groups.iter().any(|group| match group.alphabet {
                Alphabet::Pem => memchr::memmem::find(bytes, PEM_HEAD).is_some(),
                alphabet => Runs::new(bytes, runs::class_of(alphabet), group.len)
                    .next()
                    .is_some(),
            })
    }

    /// True if private keys are looked for.
    pub(super) fn has_pem(&self) -> bool {
        let mut groups = self.groups.iter();
        groups.any(|group| group.alphabet == Alphabet::Pem)
    }

    fn find_ids(&self, bytes: &[u8], zone: &Range<usize>, all: &mut Vec<Found>) {
        let Some(literals) = &self.literals else {
            return;
        };
        let from = zone.start.saturating_sub(self.lengths.end);
        let to = bytes.len().min(zone.end + self.lengths.end);
        for (at, which) in literals.all(&bytes[from..to]) {
            let number = self.ids[which];
            if let Mark::Literal(id) = &self.values[number].mark {
                let span = from + at..from + at + id.len();
                all.push(found(number, span.clone(), &bytes[span]));
            }
        }
    }

    /// Values in pieces: wherever glue may follow what may be a first piece.
    fn find_pieces(
        &self,
        bytes: &[u8],
        zone: &Range<usize>,
        toll: &Cell<u64>,
        all: &mut Vec<Found>,
    ) {
        let secrets = self
            .groups
            .iter()
            .find(|g| g.len == SECRET_LEN && g.alphabet == Alphabet::Base64);
        if secrets.is_none() && self.ids.is_empty() {
            return;
        }
        let from = zone.start.saturating_sub(SPAN_MAX).max(1);
        let to = bytes.len().min(zone.end + SPAN_MAX);
        let mut behind = from - 1;
        for at in from..to {
            if !is_of(bytes[at], OPENER) || !is_of(bytes[at - 1], BASE64) {
                continue;
            }
            let piece = bytes[behind..at].iter().rev();
            let len = piece
                .take(SECRET_LEN)
                .take_while(|b| is_of(**b, BASE64))
                .count();
            behind = at;
            if !(2..SECRET_LEN).contains(&len) || is_prose(bytes, at - len, at) {
                continue;
            }
            if glue(bytes, at).is_none() {
                continue;
            }
            toll.set(toll.get().saturating_add(JOIN_COST));
            self.join(bytes, at - len, secrets, all);
            // An escape may stand before the value: `\nABC`.
            if len > 3 && bytes[..at - len].ends_with(b"\\") {
                self.join(bytes, at - len + 1, secrets, all);
            }
        }
    }

    fn join(&self, bytes: &[u8], start: usize, secrets: Option<&Group>, all: &mut Vec<Found>) {
        let mut add = |number: usize, span: Range<usize>, value: Secret| {
            all.push(Found {
                encodings: vec![Encoding::Concatenation],
                value,
                ..found(number, span, b"")
            });
        };
        if let Some(group) = secrets
            && let Some((span, value)) = pieces::join(bytes, start, pieces::Alphabet::Secret)
            && let Some(number) = group.number(value.expose())
        {
            add(number, span, value);
        }
        let begins = |number: &&usize| match &self.values[**number].mark {
            Mark::Literal(id) => id.as_bytes()[..2] == bytes[start..start + 2],
            Mark::Hash { .. } => false,
        };
        if self.ids.iter().any(|number| begins(&number))
            && let Some((span, value)) = pieces::join(bytes, start, pieces::Alphabet::Id)
        {
            let is_it = |number: &&usize| match &self.values[**number].mark {
                Mark::Literal(id) => id.as_bytes() == value.expose(),
                Mark::Hash { .. } => false,
            };
            if let Some(number) = self.ids.iter().find(is_it) {
                add(*number, span, value);
            }
        }
    }
}

/// True if the word before a space or a line's end is one of prose, which is no piece: most are.
fn is_prose(bytes: &[u8], start: usize, end: usize) -> bool {
    if !matches!(bytes[end], b' ' | b'\n' | b'\r') {
        return false;
    }
    let piece = &bytes[start..end];
    let in_a_row =
        bytes[..start].ends_with(b" ") && start >= 2 && bytes[start - 2].is_ascii_alphanumeric();
    in_a_row || (piece.len() >= 4 && class_changes(piece) * 4 < piece.len())
}

fn find_windows(
    group: &Group,
    bytes: &[u8],
    zone: &Range<usize>,
    toll: &Cell<u64>,
    all: &mut Vec<Found>,
) {
    let len = group.len;
    let from = zone.start.saturating_sub(len);
    let to = bytes.len().min(zone.end + len);
    let near = &bytes[from..to];
    for run in Runs::new(near, runs::class_of(group.alphabet), len) {
        let starts = run.start..run.end - len + 1;
        toll.set(toll.get().saturating_add(group.cost(starts.len())));
        for start in starts {
            let window = &near[start..start + len];
            if let Some(number) = group.number(window) {
                let span = from + start..from + start + len;
                all.push(found(number, span, window));
            }
        }
    }
}

/// Private keys: as they stand, and with line feeds that are written as escapes.
fn find_pem(group: &Group, bytes: &[u8], toll: &Cell<u64>, all: &mut Vec<Found>) {
    for start in memchr::memmem::find_iter(bytes, PEM_HEAD) {
        toll.set(toll.get().saturating_add(group.cost(2)));
        if let Some(window) = bytes.get(start..start + group.len)
            && let Some(number) = group.number(window)
        {
            all.push(found(number, start..start + group.len, window));
            continue;
        }
        let (window, end) = unescaped(bytes, start, group.len);
        if let Some(number) = group.number(&window).filter(|_| window.len() == group.len) {
            all.push(Found {
                encodings: vec![Encoding::JsonEscape],
                ..found(number, start..end, &window)
            });
        }
    }
}

/// So many bytes from `start` on with their line feeds unescaped, and where they end.
fn unescaped(bytes: &[u8], start: usize, len: usize) -> (Zeroizing<Vec<u8>>, usize) {
    let mut window = Zeroizing::new(Vec::with_capacity(len));
    let mut at = start;
    while let Some(byte) = bytes.get(at).filter(|_| window.len() < len) {
        let is_feed = bytes[at..].starts_with(b"\\n");
        window.push(if is_feed { b'\n' } else { *byte });
        at += if is_feed { 2 } else { 1 };
    }
    (window, at)
}
