//! The one pass over every byte: where does a literal of any rule stand?

use super::gate;
use super::layers::flags::{SIGNS, is_sign};
use super::literals::Literals;
use super::marks::Marks;
use crate::rules::{Gate, RuleSet};

/// All literals of all rules, and all that may be a sign of something encoded. Made once a thread.
pub(super) struct Prefilter {
    search: Literals,
    literals: Vec<Literal>,
    len_max: usize,
    /// A bit for each two bytes that stand next to each other in some literal: see [`pairs`].
    pairs: Box<[u64; 1024]>,
}

/// No literal is shorter, in bytes.
const LITERAL_LEN_MIN: usize = 4;

/// Shortest mode of a tree's entry with the blank behind it, and shortest id, in bytes.
const MODE_LEN_MIN: usize = 1;
const ID_LEN_MIN: usize = 20;
/// Up to this a look at each two bytes of a name takes less time than a search.
const SHORT_NAME_LEN: usize = 48;

/// A literal with who asked for it.
struct Literal {
    bytes: Vec<u8>,
    /// Its rules with their gates, most specific first.
    rules: Vec<(usize, Gate)>,
    /// The same gates, each once.
    gates: Vec<Gate>,
    /// Other literals that begin with it, or that it begins with: a search names only one.
    kin: Vec<usize>,
    /// Which of [`SIGNS`] it is.
    sign: Option<usize>,
}

/// What stands in some bytes.
pub(super) struct Survey {
    pub(super) marks: Marks,
    /// Some gate is open: a pattern may match.
    pub(super) open: bool,
    /// The same, of tight gates: see [`Prefilter::any`].
    pub(super) counts: bool,
    /// Something in them is encoded.
    pub(super) sign: bool,
}

impl Survey {
    /// The same for whom literals tell nothing.
    pub(super) fn opened(self) -> Survey {
        Survey {
            marks: Marks::Many,
            open: true,
            counts: true,
            ..self
        }
    }

    /// Of bytes in which nothing is to be found.
    pub(super) fn nothing() -> Survey {
        Survey {
            marks: Marks::none(),
            open: false,
            counts: false,
            sign: false,
        }
    }
}

impl Prefilter {
    pub(super) fn new(set: &RuleSet) -> Prefilter {
        let mut literals: Vec<Literal> = Vec::new();
        for (index, rule) in set.rules().iter().enumerate() {
            for literal in &rule.prefilter {
                let asked = (index, rule.gate);
                match literals.iter_mut().find(|l| l.bytes == *literal) {
                    Some(known) => known.rules.push(asked),
                    None => literals.push(Literal::new(literal, Some(asked), None)),
                }
            }
        }
        for (index, sign) in SIGNS.iter().enumerate() {
            match literals.iter_mut().find(|l| l.bytes == *sign) {
                Some(known) => known.sign = Some(index),
                None => literals.push(Literal::new(sign, None, Some(index))),
            }
        }
        let bytes: Vec<Vec<u8>> = literals.iter().map(|l| l.bytes.clone()).collect();
        for (index, literal) in literals.iter_mut().enumerate() {
            for (_, gate) in &literal.rules {
                if !literal.gates.contains(gate) {
                    literal.gates.push(*gate);
                }
            }
            let kin = |other: &Vec<u8>| {
                other.starts_with(&literal.bytes) || literal.bytes.starts_with(other)
            };
            let others = bytes.iter().enumerate();
            literal.kin = others
                .filter(|(other, bytes)| *other != index && kin(bytes))
                .map(|(other, _)| other)
                .collect();
        }
        Prefilter {
            search: Literals::new(&bytes.iter().map(Vec::as_slice).collect::<Vec<_>>()),
            len_max: bytes.iter().map(Vec::len).max().unwrap_or(1),
            pairs: pairs(&bytes),
            literals,
        }
    }

    /// True if a literal may stand across this place.
    #[inline]
    pub(super) fn may_straddle(&self, bytes: &[u8], at: usize) -> bool {
        let pair = bytes.get(at.wrapping_sub(1)..=at);
        pair.is_some_and(|pair| self.has_pair(pair)) && self.straddles(bytes, at)
    }

    /// The same, looked at more closely.
    fn straddles(&self, bytes: &[u8], at: usize) -> bool {
        let reach = self.len_max - 1;
        let around = || &bytes[at.saturating_sub(reach)..bytes.len().min(at + reach)];
        // A literal has three pairs at least.
        let near = &bytes[at.saturating_sub(LITERAL_LEN_MIN - 1)..];
        let near = &near[..near.len().min(2 * (LITERAL_LEN_MIN - 1))];
        self.may_hold(near) && self.next(around(), 0).is_some()
    }

    /// True if two bytes stand next to each other in some literal.
    #[inline]
    fn has_pair(&self, pair: &[u8]) -> bool {
        let pair = usize::from(pair[0]) << 8 | usize::from(pair[1]);
        self.pairs[pair >> 6] >> (pair & 63) & 1 == 1
    }

    /// A quick look at a few bytes: false if no literal stands in them.
    #[inline]
    fn may_hold(&self, few: &[u8]) -> bool {
        let mut row = 0;
        few.windows(2).any(|pair| {
            row = if self.has_pair(pair) { row + 1 } else { 0 };
            row == LITERAL_LEN_MIN - 1
        })
    }

    /// The first literal at or after `from`: its place, and which one.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        self.search.next(bytes, from)
    }

    /// True if some literal of a rule stands in the bytes, and no tight gate of all its rules is
    /// closed.
    pub(super) fn any(&self, bytes: &[u8]) -> bool {
        self.all(bytes)
            .any(|(at, which)| self.counts(bytes, at, which))
    }

    /// The same for entries of a tree, of which only the names matter. A single one has a mode of at
    /// least [`MODE_LEN_MIN`] bytes in front of its name, and an id of [`ID_LEN_MIN`] or more behind it.
    pub(super) fn any_in_names(&self, entries: &[u8]) -> bool {
        let name = entries
            .get(MODE_LEN_MIN..entries.len().saturating_sub(ID_LEN_MIN))
            .filter(|name| name.len() <= SHORT_NAME_LEN);
        name.is_none_or(|name| self.may_hold(name)) && self.any(entries)
    }

    /// All literals: places, ascending, and which.
    pub(super) fn all<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = (usize, usize)> + 'b {
        self.search.all(bytes)
    }

    /// One pass over an object.
    pub(super) fn survey(&self, bytes: &[u8]) -> Survey {
        let (mut places, mut all) = (Vec::new(), Survey::nothing());
        for (at, literal) in self.all(bytes) {
            all.sign = all.sign || self.is_sign(bytes, at, literal);
            all.open = all.open || self.is_open(bytes, at, literal);
            all.counts = all.counts || all.open || self.counts(bytes, at, literal);
            places.push(at);
        }
        all.marks = Marks::of(places.into_iter());
        all
    }

    /// True if the literal that stands at `at` is of no interest: its gates are closed, and it is no
    /// sign of something encoded.
    pub(super) fn is_quiet(&self, bytes: &[u8], at: usize) -> bool {
        self.at(bytes, at).is_none_or(|literal| {
            !self.is_open(bytes, at, literal) && !self.is_sign(bytes, at, literal)
        })
    }

    /// True if a sign of something encoded stands at `at`.
    pub(super) fn is_sign_at(&self, bytes: &[u8], at: usize) -> bool {
        let literal = self.at(bytes, at);
        literal.is_some_and(|literal| self.is_sign(bytes, at, literal))
    }

    /// The literal that stands at `at`.
    fn at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let end = bytes.len().min(at + self.len_max);
        let (found, literal) = self.next(&bytes[..end], at)?;
        (found == at).then_some(literal)
    }

    fn is_open(&self, bytes: &[u8], at: usize, found: usize) -> bool {
        self.here(bytes, at, found).any(|literal| {
            let mut gates = literal.gates.iter();
            gates.any(|gate| gate::opens(*gate, bytes, at, literal.len()))
        })
    }

    /// True if some literal counts, or is a sign of something encoded.
    pub(super) fn any_or_sign(&self, bytes: &[u8]) -> bool {
        self.all(bytes)
            .any(|(at, which)| self.is_sign(bytes, at, which) || self.counts(bytes, at, which))
    }

    /// True if the bytes have a sign of something encoded.
    pub(super) fn has_sign(&self, bytes: &[u8]) -> bool {
        self.all(bytes)
            .any(|(at, which)| self.is_sign(bytes, at, which))
    }

    fn is_sign(&self, bytes: &[u8], at: usize, found: usize) -> bool {
        let mut signs = self.here(bytes, at, found).filter_map(|l| l.sign);
        signs.any(|sign| is_sign(sign, bytes, at))
    }

    /// True if a literal of a rule stands in the bytes, whatever its gates say.
    pub(super) fn has_literal(&self, bytes: &[u8]) -> bool {
        let of_rule = |l: &Literal| !l.rules.is_empty();
        self.all(bytes)
            .any(|(at, which)| self.here(bytes, at, which).any(of_rule))
    }

    fn counts(&self, bytes: &[u8], at: usize, found: usize) -> bool {
        self.here(bytes, at, found).any(|literal| {
            let opens =
                |gate: Gate| !gate.is_tight() || gate::opens(gate, bytes, at, literal.len());
            literal.gates.iter().any(|gate| opens(*gate))
        })
    }

    /// Length of the longest literal.
    pub(super) fn len_max(&self) -> usize {
        self.len_max
    }

    /// The rules whose literal stands here and whose gate is open, most specific first.
    pub(super) fn asked(&self, bytes: &[u8], at: usize, found: usize, into: &mut Vec<usize>) {
        into.clear();
        for literal in self.here(bytes, at, found) {
            // Rules that share a literal mostly share a gate: it is asked once.
            let mut known = None;
            for (rule, gate) in &literal.rules {
                let open = match known {
                    Some((same, open)) if same == gate => open,
                    _ => gate::opens(*gate, bytes, at, literal.len()),
                };
                known = Some((gate, open));
                if open {
                    into.push(*rule);
                }
            }
        }
        into.sort_unstable();
        into.dedup();
    }

    /// The literal that was found, and its kin that stand here as well.
    fn here<'a>(
        &'a self,
        bytes: &'a [u8],
        at: usize,
        found: usize,
    ) -> impl Iterator<Item = &'a Literal> {
        let kin = self.literals[found].kin.iter();
        let kin = kin.map(|other| &self.literals[*other]);
        std::iter::once(&self.literals[found])
            .chain(kin.filter(move |l| bytes[at..].starts_with(&l.bytes)))
    }
}

impl Literal {
    fn new(bytes: &[u8], rule: Option<(usize, Gate)>, sign: Option<usize>) -> Literal {
        Literal {
            bytes: bytes.to_vec(),
            rules: rule.into_iter().collect(),
            gates: Vec::new(),
            kin: Vec::new(),
            sign,
        }
    }

    fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// See [`Prefilter::pairs`].
fn pairs(literals: &[Vec<u8>]) -> Box<[u64; 1024]> {
    let mut bits = Box::new([0; 1024]);
    for pair in literals.iter().flat_map(|literal| literal.windows(2)) {
        let pair = usize::from(pair[0]) << 8 | usize::from(pair[1]);
        bits[pair >> 6] |= 1 << (pair & 63);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_in_a_name_is_seen_wherever_it_stands() {
        let prefilter = Prefilter::new(&RuleSet::builtin().unwrap());
        for literal in &prefilter.literals {
            for (before, behind) in [(0, 0), (1, 0), (0, 1), (7, 3), (40, 40)] {
                let name = [
                    vec![b'x'; before],
                    literal.bytes.clone(),
                    vec![b'-'; behind],
                ]
                .concat();
                assert!(prefilter.may_hold(&name), "{name:?}");
                let entry = [b"100644 ".to_vec(), name, vec![0], vec![7; 20]].concat();
                assert_eq!(prefilter.any_in_names(&entry), prefilter.any(&entry));
                // Pieces of it on both sides of a seam.
                let at = entry.len() / 2;
                for at in [at - 1, at, at + 1] {
                    let inside = prefilter.all(&entry).any(|(start, which)| {
                        start < at && at < start + prefilter.literals[which].len()
                    });
                    assert!(prefilter.may_straddle(&entry, at) || !inside);
                }
            }
        }
    }
}
