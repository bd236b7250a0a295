//! What is searched for in a text and its layers.

use std::ptr;

use super::flags::Flags;
use crate::scan::matcher::{Found, Matcher};

/// Searches texts; says what of them is worth looking into.
pub(in crate::scan) trait Search {
    /// False if [`Search::find`] finds nothing in a text. What says so looks no farther than
    /// [`crate::rules::GATE_REACH`] around a literal: a text has nothing if none of its pieces has.
    fn may_find(&self, bytes: &[u8]) -> bool;
    /// Values in a text, in the order of their places; some may be left out beyond
    /// [`Search::enough`].
    fn find(&self, bytes: &[u8]) -> Vec<Found>;
    /// True if something in a text may be worth decoding in place.
    fn has_sign(&self, bytes: &[u8], flags: &Flags) -> bool;
    /// True if bytes that are no text are worth being decoded.
    fn is_of_interest(&self, bytes: &[u8]) -> bool;
    /// Counts work, in bytes that are merely gone through.
    fn pay(&self, cost: u64);
    /// So many values are enough.
    fn enough(&self) -> usize;
}

impl Search for Matcher {
    fn may_find(&self, bytes: &[u8]) -> bool {
        self.may_match(bytes)
    }

    fn find(&self, bytes: &[u8]) -> Vec<Found> {
        Matcher::find(self, bytes)
    }

    fn has_sign(&self, bytes: &[u8], flags: &Flags) -> bool {
        // In what is no text these are told sooner.
        has_other_sign(bytes, flags) || Matcher::has_sign(self, bytes)
    }

    fn is_of_interest(&self, bytes: &[u8]) -> bool {
        self.has_literal(bytes)
    }

    fn pay(&self, cost: u64) {
        Matcher::pay(self, cost);
    }

    fn enough(&self) -> usize {
        self.enough
    }
}

/// Signs that no literal tells.
fn has_other_sign(bytes: &[u8], flags: &Flags) -> bool {
    flags.in_wide(bytes)
        || Flags::in_head_of_text(bytes)
        || Flags::in_page(bytes)
        || Flags::in_text(bytes, false)
}

/// A matcher that went through a text before, so that it need not look for literals in it once more. That
/// took 14 % of a sweep of large files that are no text.
pub(in crate::scan) struct Surveyed<'m> {
    pub(in crate::scan) matcher: &'m Matcher,
    pub(in crate::scan) text: &'m [u8],
    /// False if no literal in it is a sign.
    pub(in crate::scan) sign: bool,
    /// False if [`Search::may_find`] is.
    pub(in crate::scan) open: bool,
}

impl Search for Surveyed<'_> {
    fn may_find(&self, bytes: &[u8]) -> bool {
        if ptr::eq(bytes, self.text) {
            return self.open;
        }
        Search::may_find(self.matcher, bytes)
    }

    fn find(&self, bytes: &[u8]) -> Vec<Found> {
        Search::find(self.matcher, bytes)
    }

    fn has_sign(&self, bytes: &[u8], flags: &Flags) -> bool {
        if !self.sign && ptr::eq(bytes, self.text) {
            return has_other_sign(bytes, flags);
        }
        Search::has_sign(self.matcher, bytes, flags)
    }

    fn is_of_interest(&self, bytes: &[u8]) -> bool {
        Search::is_of_interest(self.matcher, bytes)
    }

    fn pay(&self, cost: u64) {
        self.matcher.pay(cost);
    }

    fn enough(&self) -> usize {
        self.matcher.enough
    }
}
