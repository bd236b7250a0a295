//! A text with its views: what it looks like decoded once, twice, and so on, and the way back.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::containers::Container;
use super::map::View;
use super::search::Search;
use super::transcode::Kinds;
use crate::model::{Encoding, SECTION_HARD};
use crate::rules::GATE_REACH;
use crate::scan::zones::widened;

/// A text that was unpacked, or the one everything began with.
pub(super) struct Frame<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Its views, each made from the one before.
    pub(super) levels: Vec<View>,
    /// How the last of them was decoded, if what was left as it is would be left so again.
    pub(super) kinds: Option<Kinds>,
    /// False if nothing is to be found in the last of them, or in the text itself.
    pub(super) open: bool,
    /// `None` for the text everything began with.
    pub(super) origin: Option<Origin>,
    /// What is packed in it: the level it was found on, and where. The last comes first.
    pub(super) packed: Vec<(usize, Container)>,
    /// Whole zip archives, by level.
    pub(super) archives: BTreeMap<usize, Vec<Range<usize>>>,
    /// Nothing before this offset of the level is unpacked any more.
    pub(super) behind: (usize, usize),
}

/// Where an unpacked text came from.
#[derive(Clone)]
pub(super) struct Origin {
    /// The bytes of the first text.
    pub(super) span: Range<usize>,
    /// What encodes it, outermost first.
    pub(super) chain: Vec<Encoding>,
    /// Its number.
    pub(super) view: u32,
}

impl Frame<'_> {
    /// A level's bytes: 0 is the text itself.
    pub(super) fn level(&self, level: usize) -> &[u8] {
        match level.checked_sub(1) {
            None => &self.bytes,
            Some(index) => &self.levels[index].bytes,
        }
    }

    /// Leads a range of a level back to the text itself; what encodes it, outermost first.
    pub(super) fn base(&self, level: usize, range: Range<usize>) -> (Range<usize>, Vec<Encoding>) {
        let mut range = range;
        let mut chains = Vec::new();
        for view in self.levels[..level].iter().rev() {
            chains.push(view.encodings(&range));
            range = view.source(&range);
        }
        (range, chains.into_iter().rev().flatten().collect())
    }

    /// The number of a section, from its place in a level to its place in the text.
    pub(super) fn section(&self, level: usize, section: u32) -> u32 {
        let Some(offset) = (section & !SECTION_HARD).checked_sub(1) else {
            return section;
        };
        let at = offset as usize;
        let (base, _) = self.base(level, at..at + 1);
        ((base.start as u32 + 1) & !SECTION_HARD) | (section & SECTION_HARD)
    }

    /// True if something may be found in a level: where there was nothing in the level before, only near
    /// to what is decoded.
    pub(super) fn may_hold(&self, level: usize, search: &dyn Search) -> bool {
        let bytes = self.level(level);
        let has_new = |view: &View| {
            let near = widened(&view.touched(), 2 * GATE_REACH, bytes.len());
            near.into_iter().any(|piece| search.may_find(&bytes[piece]))
        };
        let view = level.checked_sub(1).filter(|_| !self.open);
        view.is_none_or(|index| has_new(&self.levels[index])) && search.may_find(bytes)
    }

    /// Bytes held beside the first text.
    pub(super) fn live(&self) -> usize {
        let own = match &self.bytes {
            Cow::Borrowed(_) => 0,
            Cow::Owned(bytes) => bytes.len(),
        };
        own + self
            .levels
            .iter()
            .map(|view| view.bytes.len())
            .sum::<usize>()
    }
}
