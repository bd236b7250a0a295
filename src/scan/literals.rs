//! Searches for a handful of literals at once.

use aho_corasick::{AhoCorasick, MatchKind, packed};

use super::buckets;

/// SIMD where the processor has it, an automaton elsewhere.
pub(super) enum Literals {
    Packed {
        searcher: packed::Searcher,
        /// Numbers of the literals, in the searcher's order.
        numbers: Vec<usize>,
    },
    Automaton(AhoCorasick),
}

/// So many literals have a bucket of the searcher each.
const FEW: usize = 8;

impl Literals {
    pub(super) fn new(literals: &[&[u8]]) -> Literals {
        let mut config = packed::Config::new();
        config.match_kind(packed::MatchKind::LeftmostFirst);
        let numbers = if literals.len() > FEW {
            // Made for any literals, the searcher doubts that so few buckets do for so many.
            config.only_teddy_fat(Some(false));
            config.heuristic_pattern_limits(false);
            buckets::arrange(literals)
        } else {
            (0..literals.len()).collect()
        };
        let arranged = numbers.iter().map(|number| literals[*number]);
        match config.builder().extend(arranged).build() {
            Some(searcher) => Literals::Packed { searcher, numbers },
            None => Literals::Automaton(
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostFirst)
                    .build(literals)
                    .expect("a handful of short literals always builds"),
            ),
        }
    }

    /// The first literal at or after `from`: its place, and which one.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Literals::Packed { searcher, numbers } => {
                let span = aho_corasick::Span::from(from..bytes.len());
                let found = searcher.find_in(bytes, span)?;
                Some((found.start(), numbers[found.pattern().as_usize()]))
            }
            Literals::Automaton(automaton) => {
                let input = aho_corasick::Input::new(bytes).range(from..);
                let found = automaton.find(input)?;
                Some((found.start(), found.pattern().as_usize()))
            }
        }
    }

    /// All of them, overlapping ones included.
    pub(super) fn all<'s>(&'s self, bytes: &'s [u8]) -> impl Iterator<Item = (usize, usize)> + 's {
        let mut from = 0;
        std::iter::from_fn(move || {
            let found = self.next(bytes, from)?;
            from = found.0 + 1;
            Some(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITERALS: [&[u8]; 14] = [
        b"abcd",
        b"abce",
        b"abcdef",
        b"qbcd",
        b"1bcd",
        b"zz00",
        b"zz0000",
        b"\x00\xff\x00\xff",
        b"ecret",
        b"ECRET",
        b"AAAA",
        b"aaaa",
        b"baaa",
        b"AKIA",
    ];

    #[test]
    fn each_literal_is_found_wherever_it_stands() {
        let search = Literals::new(&LITERALS);
        let mut text = Vec::new();
        // Literals with their tails cut off, and some that overlap, at all distances.
        for round in 0..400_usize {
            let literal = LITERALS[round * 7 % LITERALS.len()];
            text.extend_from_slice(&literal[..literal.len() - usize::from(round % 3 == 0)]);
            text.extend(std::iter::repeat_n(b'.', round * round % 71));
        }
        for from in [0, 1, 2, 3, 40, 1000] {
            for len in [0, 3, 4, 18, 19, 34, 35, 36, 90, text.len() - from] {
                let piece = &text[from..from + len];
                let stands = |at: &usize| LITERALS.iter().any(|l| piece[*at..].starts_with(l));
                let naive: Vec<usize> = (0..len).filter(stands).collect();
                let found: Vec<(usize, usize)> = search.all(piece).collect();
                assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), naive);
                for (at, which) in found {
                    assert!(piece[at..].starts_with(LITERALS[which]));
                }
            }
        }
    }
}
