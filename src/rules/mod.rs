//! The rules: what is looked for, as data.
//!
//! `patterns/*.toml` is embedded at build time, read by `schema`, checked and compiled by
//! `compile`. Nothing here looks at an object; that is `scan`'s job.

mod builtin;
mod check;
mod compile;
mod pattern;
mod schema;

use std::sync::Arc;

use crate::model::{Confidence, CredentialKind, Part};

pub use builtin::FILES;
pub use check::Check;
pub use compile::read_extra;
pub use pattern::Pattern;
pub use schema::{Example, OneOrMany, Role, RuleFile};

/// Why rules cannot be used. Built-in rules are tested, so that users see this only for theirs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not TOML of the expected form.
    #[error("rule file {file}: {detail}")]
    Syntax {
        /// The file's name.
        file: String,
        /// What the parser says.
        detail: String,
    },
    /// A user's rule says something that cannot be.
    #[error("{file}:{line}: rule {rule}: {detail}")]
    Extra {
        /// The file's name.
        file: String,
        /// Where the rule begins, from 1.
        line: usize,
        /// The rule's id.
        rule: String,
        /// What is wrong.
        detail: String,
    },
    /// The file is well-formed, but says something that cannot be.
    #[error("rule {rule}: {detail}")]
    Meaning {
        /// The rule's id, or the file's name where the id is at fault.
        rule: String,
        /// What is wrong.
        detail: String,
    },
}

/// How far around a value bytes decide whether it is a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// So many bytes to either side.
    Bytes(usize),
    /// There is no bound.
    WholeObject,
}

/// Cheap check by hand at a literal, before the pattern runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nothing is checked.
    Open,
    /// 16 of `[A-Z0-9]` follow, and nothing on either side continues them; or an ID in pieces begins.
    KeyIdShape,
    /// A run of 40 or more characters of base64 (or escapes of them) that is no row of joined words
    /// stands not far behind, and what goes on right behind the literal ends within 96 characters.
    LongRunAhead,
    /// The same run stands not far before.
    LongRunBehind,
    /// A literal of the language that may be a piece of a value stands not far behind.
    PieceAhead,
    /// A run of 12 or more characters of base64url (or percent escapes) follows, with at most
    /// four other characters in between.
    RunAhead,
    /// The same, and the literal begins the value: no longer run stands right before it.
    KeyAhead,
    /// The literal is the issuer in the head of a session token: what stands before it fits.
    TokenHead,
    /// Twelve digits follow, and no thirteenth.
    AccountAhead,
}

impl Gate {
    /// True if the gate looks at no byte but those within [`GATE_REACH`] of the literal's start,
    /// so that a literal behind a closed one is as good as none.
    pub const fn is_tight(self) -> bool {
        matches!(
            self,
            Gate::KeyIdShape
                | Gate::RunAhead
                | Gate::KeyAhead
                | Gate::TokenHead
                | Gate::AccountAhead
        )
    }
}

/// Most bytes that a literal and what a tight gate looks at before and behind it take together.
pub const GATE_REACH: usize = 64;

/// What a value goes on with behind what its pattern captured, up to [`EXTENT_MAX`] bytes from its
/// start. Whether it is a hit does not depend on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Base64, plain or escaped, and its padding.
    Base64,
    /// Base64url with dots in between, plain or percent-encoded.
    Base64Url,
    /// The rest of a private key in PEM, its last line included.
    Pem,
}

/// Longest value, as it stands in the text. Known session tokens stay below a tenth of it.
pub const EXTENT_MAX: usize = 16 << 10;

/// An ID of another rule that must stand near a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// Index of the other rule.
    pub rule: usize,
    /// Most bytes between the two.
    pub within: usize,
}

/// A compiled rule.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name. Lives as long as the process, as reports need it to.
    pub id: &'static str,
    /// One line for people.
    pub title: String,
    /// What the capture is.
    pub part: Part,
    /// True if the capture is no credential and only others are near to it.
    pub context: bool,
    /// Which service key it is.
    pub kind: Option<CredentialKind>,
    /// What a value goes on with.
    pub extends: Option<Extent>,
    /// Literals at which the pattern is tried; empty for rules that search around IDs.
    pub prefilter: Vec<Vec<u8>>,
    /// Cheap check at a literal.
    pub gate: Gate,
    /// Most bytes of label before the literal that the pattern sees.
    pub label_head: usize,
    /// True if the value stands before its label, so that those bytes may be any.
    pub value_first: bool,
    /// True if the pattern contains a label.
    pub labelled: bool,
    /// The pattern; its group `value` is the capture. Anchored unless it has no prefilter.
    pub pattern: Pattern,
    /// True if the value may stand in pieces: joined by the language, or wrapped.
    pub pieces: bool,
    /// An ID that must stand near.
    pub near: Option<Near>,
    /// True if the value is all there is in a file: the pattern is tried on short files only.
    pub alone: bool,
    /// How far around a value bytes matter.
    pub reach: Reach,
    /// The confidence of a hit that passes everything.
    pub confidence: Confidence,
    /// What a value must pass.
    pub require: Vec<Check>,
    /// What lowers the confidence to medium when it fails.
    pub medium_unless: Vec<Check>,
    /// What lowers the confidence to low when it fails.
    pub low_unless: Vec<Check>,
}

/// All rules, compiled. Cheap to clone: threads share it.
#[derive(Clone, Debug)]
pub struct RuleSet {
    rules: Arc<[Rule]>,
    hash: Arc<str>,
}

impl RuleSet {
    /// The rules in `patterns/`.
    pub fn builtin() -> Result<RuleSet, Error> {
        compile::compile(FILES)
    }

    /// The built-in rules and those of a user's file, which `name` is for messages.
    ///
    /// # Errors
    /// The file is not of the expected form, or says what cannot be.
    pub fn with_extra(name: &str, text: &str) -> Result<RuleSet, Error> {
        compile::with_extra(FILES, name, text)
    }

    /// The rules, most specific first: where two find the same bytes, the first one names them.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// 12 hexadecimal digits of SHA-256 over all rule files, placeholders included: equal hashes
    /// look for the same things.
    pub fn hash(&self) -> String {
        self.hash.to_string()
    }

    /// How far a change in an object can reach: no hit depends on bytes farther than this from
    /// its value. `None` if some rule needs whole objects.
    pub fn reach(&self) -> Option<usize> {
        self.most_reach(|_| true)
    }

    /// The same without the rules that need an ID nearby: what is left where no ID was.
    pub fn reach_without_ids(&self) -> Option<usize> {
        self.most_reach(|rule| rule.near.is_none())
    }

    fn most_reach(&self, counts: impl Fn(&Rule) -> bool) -> Option<usize> {
        let reaches = self.rules.iter().filter(|rule| counts(rule));
        reaches
            .map(|rule| match rule.reach {
                Reach::Bytes(n) => Some(n),
                Reach::WholeObject => None,
            })
            .try_fold(0, |most, reach| Some(most.max(reach?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtin_rules_compile_and_have_a_stable_hash() {
        let rules = RuleSet::builtin().unwrap();
        assert_eq!(rules.hash().len(), 12);
        assert_eq!(rules.hash(), RuleSet::builtin().unwrap().hash());
        assert!(rules.reach().is_some(), "no rule needs whole objects yet");
    }

    #[test]
    fn builtin_patterns_compile() {
        for rule in RuleSet::builtin().unwrap().rules() {
            assert_eq!(rule.pattern.check(), Ok(()), "{}", rule.id);
        }
    }

    #[test]
    fn all_literals_together_fit_one_fast_pass() {
        // Measured: 18 literals that text seldom holds are found at 6.6 GB/s, 4 at 7.2 GB/s; what
        // costs is how often a literal is met. Above 32 the search takes half as many bytes at once.
        let rules = RuleSet::builtin().unwrap();
        let mut literals: Vec<_> = rules.rules().iter().flat_map(|r| &r.prefilter).collect();
        literals.sort();
        literals.dedup();
        assert!(literals.len() <= 32, "{} literals", literals.len());
    }
}
