//! The one pass over every byte: where does a literal of any rule stand?

use aho_corasick::{AhoCorasick, MatchKind, packed};

use crate::rules::RuleSet;

/// All literals of all rules. Made once a thread.
pub(super) struct Prefilter {
    search: Search,
    /// For each literal the rules that asked for it, most specific first.
    rules: Vec<Vec<usize>>,
    len_max: usize,
}

/// SIMD where the processor has it, an automaton elsewhere.
enum Search {
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Prefilter {
    pub(super) fn new(set: &RuleSet) -> Prefilter {
        let mut literals: Vec<&[u8]> = Vec::new();
        let mut rules: Vec<Vec<usize>> = Vec::new();
        for (index, rule) in set.rules().iter().enumerate() {
            for literal in &rule.prefilter {
                if let Some(known) = literals.iter().position(|l| l == literal) {
                    rules[known].push(index);
                } else {
                    literals.push(literal);
                    rules.push(vec![index]);
                }
            }
        }
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostFirst)
            .builder()
            .extend(&literals)
            .build();
        let search = match packed {
            Some(searcher) => Search::Packed(searcher),
            None => Search::Automaton(
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostFirst)
                    .build(&literals)
                    .expect("a handful of short literals always builds"),
            ),
        };
        let len_max = literals.iter().map(|l| l.len()).max().unwrap_or(1);
        Prefilter {
            search,
            rules,
            len_max,
        }
    }

    /// The first literal at or after `from`: its place, and which one.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        match &self.search {
            Search::Packed(searcher) => {
                let span = aho_corasick::Span::from(from..bytes.len());
                let found = searcher.find_in(bytes, span)?;
                Some((found.start(), found.pattern().as_usize()))
            }
            Search::Automaton(automaton) => {
                let input = aho_corasick::Input::new(bytes).range(from..);
                let found = automaton.find(input)?;
                Some((found.start(), found.pattern().as_usize()))
            }
        }
    }

    /// Length of the longest literal.
    pub(super) fn len_max(&self) -> usize {
        self.len_max
    }

    /// The rules that asked for this literal.
    pub(super) fn rules_of(&self, literal: usize) -> &[usize] {
        &self.rules[literal]
    }
}
