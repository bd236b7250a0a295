//! What is searched for in a text and its layers.

use std::ptr;

use super::flags::Flags;
use crate::scan::matcher::{Found, Matcher};

/// Searches texts; says what of them is worth looking into.
pub(in crate::scan) trait Search {
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
    fn find(&self, bytes: &[u8]) -> Vec<Found> {
        if self.may_match(bytes) {
            Matcher::find(self, bytes)
        } else {
            Vec::new()
        }
    }

    fn has_sign(&self, bytes: &[u8], flags: &Flags) -> bool {
        Matcher::has_sign(self, bytes) || has_other_sign(bytes, flags)
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
    Flags::in_text(bytes, false)
        || flags.in_wide(bytes)
        || Flags::in_head_of_text(bytes)
        || Flags::in_page(bytes)
}

/// A matcher that went through a text before, so that it need not look for literals in it once more. That
/// took 14 % of a sweep of large files that are no text.
pub(in crate::scan) struct Surveyed<'m> {
    pub(in crate::scan) matcher: &'m Matcher,
    /// The text, if no literal in it is a sign.
    pub(in crate::scan) quiet: Option<&'m [u8]>,
}

impl Search for Surveyed<'_> {
    fn find(&self, bytes: &[u8]) -> Vec<Found> {
        Search::find(self.matcher, bytes)
    }

    fn has_sign(&self, bytes: &[u8], flags: &Flags) -> bool {
        if self.quiet.is_some_and(|quiet| ptr::eq(bytes, quiet)) {
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
