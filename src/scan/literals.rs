//! Searches for a handful of literals at once.

use aho_corasick::{AhoCorasick, MatchKind, packed};

/// SIMD where the processor has it, an automaton elsewhere. More than 8 literals halve its speed.
pub(super) enum Literals {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Literals {
    pub(super) fn new(literals: &[&[u8]]) -> Literals {
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostFirst)
            .builder()
            .extend(literals)
            .build();
        match packed {
            Some(searcher) => Literals::Packed(searcher),
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
            Literals::Packed(searcher) => {
                let span = aho_corasick::Span::from(from..bytes.len());
                let found = searcher.find_in(bytes, span)?;
                Some((found.start(), found.pattern().as_usize()))
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
