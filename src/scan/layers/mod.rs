//! What is encoded or packed inside of a text: decoded, searched, and led back to the exact bytes.
//!
//! Two kinds of layers. What decodes piece by piece (base64, escapes, UTF-16, …) is decoded in
//! place: the text becomes a [`View`] with everything around it, so that a label in front of an
//! encoded value still names it. That is repeated as long as something is left to decode. What
//! must be unpacked as a whole (gzip, zip, …) becomes a text of its own.
//!
//! Cheap signs ([`Flags`]) decide whether a text is looked into at all. Everything is bounded by
//! [`Bounds`], and a bound that is hit is a [`Notice`].

mod arrays;
mod bounds;
mod containers;
pub(super) mod escapes;
pub(super) mod flags;
mod frame;
mod map;
mod plausible;
mod runs;
mod search;
mod seen;
pub(super) mod signs;
#[cfg(test)]
pub(super) mod tests;
mod transcode;
mod unpack;
mod untouched;
mod wide;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::{Encoding, Inner, Span};

use super::locate::{self, Lines};
use super::naming;
use bounds::{Bounds, DEPTH_MAX, LEVELS_MAX, VIEW_MAX};
use containers::{Container, Finder, Kind};
use flags::Flags;
use frame::{Frame, Origin};
use map::View;
pub(super) use search::{Search, Surveyed};
use seen::{Deep, Seen};
pub(in crate::scan) use signs::is_encoded_text;
use transcode::{Kinds, Pass, transcode};
use unpack::{End, may_be_chance, unpack};
use untouched::Untouched;
pub(super) use untouched::{Earlier, Trace};

/// Looks into texts; owns what one thread reuses.
pub(super) struct Layers {
    pub(super) flags: Flags,
    finder: Finder,
    /// Every text is gone through as a whole, whatever is known of it: for the oracle.
    pub(super) thorough: bool,
}

/// What a notice says where unpacking ended at a bound.
const CUT: &str = "unpacking it came to its bound: the rest was not looked into";

/// One look into one text.
struct Look<'l, 'm> {
    layers: &'l Layers,
    search: &'m dyn Search,
    bounds: Bounds,
    views: u32,
    found: Vec<Deep>,
    /// Counted, so that one archive makes one notice of a kind.
    notices: BTreeMap<&'static str, (u64, String)>,
    /// What decoding told of the text that the first text was made from.
    earlier: Option<Earlier>,
    /// What decoding the first text told.
    trace: Option<Trace>,
}

impl Layers {
    pub(super) fn new() -> Layers {
        Layers {
            flags: Flags::new(),
            finder: Finder::new(),
            thorough: false,
        }
    }

    /// Looks into a text of which `plain` is what was found in it as it stands. `first_view` is
    /// the number before that of the first unpacked text, `earlier` what decoding the text told that
    /// this one was made from.
    pub(super) fn look(
        &self,
        search: &dyn Search,
        bytes: &[u8],
        plain: &[Range<usize>],
        first_view: u32,
        earlier: Option<Earlier>,
    ) -> Seen {
        let mut look = Look {
            layers: self,
            search,
            bounds: Bounds::of(bytes.len()),
            views: first_view,
            found: Vec::new(),
            notices: BTreeMap::new(),
            earlier,
            trace: None,
        };
        let root = look.open(Cow::Borrowed(bytes), None, plain.to_vec());
        let mut frames = vec![root];
        while let Some(frame) = frames.last_mut() {
            if look.found.len() >= search.enough() {
                break;
            }
            if let Some((level, container)) = frame.packed.pop() {
                let depth = frames.len();
                let frame = &mut frames[depth - 1];
                if let Some(child) = look.unpack(frame, level, &container, depth) {
                    frames.push(child);
                }
            } else {
                look.bounds.live -= frame.live();
                frames.pop();
            }
        }
        let notices = look
            .notices
            .into_iter()
            .map(|(kind, (count, detail))| match count {
                1 => (kind, detail),
                _ => (kind, format!("{detail} ({count} such places)")),
            });
        look.found
            .sort_by_key(|deep| (deep.span.start, deep.span.end, deep.inner));
        Seen {
            found: look.found,
            notices: notices.collect(),
            views: look.views,
            trace: look.trace,
        }
    }
}

impl Look<'_, '_> {
    fn notice(&mut self, kind: &'static str, detail: impl Into<String>) {
        let known = self
            .notices
            .entry(kind)
            .or_insert_with(|| (0, detail.into()));
        known.0 += 1;
    }

    /// Searches a text and everything that is decoded in place in it; notes what is packed in it.
    /// `taken` holds what is known of it already, ascending.
    fn open<'a>(
        &mut self,
        bytes: Cow<'a, [u8]>,
        origin: Option<Origin>,
        mut taken: Vec<Range<usize>>,
    ) -> Frame<'a> {
        let mut frame = Frame {
            bytes,
            levels: Vec::new(),
            kinds: None,
            open: true,
            origin,
            packed: Vec::new(),
            archives: BTreeMap::new(),
            behind: (0, 0),
        };
        // The first text was searched.
        if frame.origin.is_some() {
            self.search(&mut frame, 0, &mut taken);
        } else {
            frame.open = self.search.may_find(&frame.bytes);
        }
        self.note_packed(&mut frame, 0);
        while self.found.len() < self.search.enough()
            && (!taken.is_empty() || {
                let bytes = frame.level(frame.levels.len());
                self.search.has_sign(bytes, &self.layers.flags)
            })
            && let Some(view) = self.decode(&mut frame)
        {
            self.search.pay(view_cost(&frame.bytes));
            frame.levels.push(view);
            let level = frame.levels.len();
            self.search(&mut frame, level, &mut taken);
            self.note_packed(&mut frame, level);
        }
        frame.packed.reverse();
        self.bounds.live += frame.live();
        frame
    }

    /// The next view of a text, if anything is left to decode.
    fn decode(&mut self, frame: &mut Frame<'_>) -> Option<View> {
        let bytes = frame.level(frame.levels.len());
        if bytes.len() > VIEW_MAX {
            self.notice("encoded-size", "too large to be searched for encoded text");
            return None;
        }
        let search = self.search;
        let is_of_interest = |bytes: &[u8]| search.is_of_interest(bytes);
        let kinds = Kinds::of(bytes);
        let is_first = frame.levels.is_empty() && frame.origin.is_none();
        let untouched = match frame.levels.last() {
            _ if self.layers.thorough => Untouched::nothing(),
            Some(view) if frame.kinds == Some(kinds) => Untouched::between(view.touched()),
            None if is_first => Untouched::since(self.earlier.take(), kinds),
            _ => Untouched::nothing(),
        };
        let Pass {
            view,
            whole,
            repeats,
        } = transcode(bytes, kinds, &is_of_interest, untouched);
        if is_first && repeats {
            self.trace = Trace::of(kinds, view.as_ref(), bytes.len());
        }
        frame.kinds = repeats.then_some(kinds);
        if !whole {
            self.notice(
                "encoded-size",
                "too many encoded pieces: some were not decoded",
            );
        }
        if view.is_some() && frame.levels.len() == LEVELS_MAX {
            self.notice("encoded-depth", "text is encoded more often than is undone");
            return None;
        }
        view
    }

    /// Searches one level of a text for values that the levels before did not show.
    fn search(&mut self, frame: &mut Frame<'_>, level: usize, taken: &mut Vec<Range<usize>>) {
        frame.open = self.layers.thorough || frame.may_hold(level, self.search);
        if !frame.open {
            return;
        }
        let bytes = frame.level(level);
        let mut lines = Lines::new();
        let mut new = Vec::new();
        for mut found in self.search.find(bytes) {
            let (range, mut chain) = frame.base(level, found.span.clone());
            if overlaps(taken, &range) {
                continue;
            }
            let section = locate::section(bytes, 0, found.span.start);
            let section = frame.section(level, section);
            let head = locate::first_line(bytes);
            let naming = naming::of(bytes, Some(head), &found.span);
            chain.append(&mut found.encodings);
            new.push(range.clone());
            lines.advance(&frame.bytes, 0, range.start as u64);
            let inner = frame.origin.as_ref().map(|origin| Inner {
                view: origin.view,
                span: Span {
                    start: range.start as u64,
                    end: range.end as u64,
                },
                line: lines.position().line,
            });
            let span = match &frame.origin {
                Some(origin) => {
                    chain.splice(0..0, origin.chain.iter().copied());
                    origin.span.clone()
                }
                None => range,
            };
            found.encodings = chain;
            self.found.push(Deep {
                found,
                span,
                inner,
                section,
                naming,
            });
        }
        taken.append(&mut new);
        taken.sort_by_key(|range| (range.start, range.end));
    }

    /// Notes what is packed in a level of a text, unless it stands in the level before as well.
    fn note_packed(&mut self, frame: &mut Frame<'_>, level: usize) {
        let bytes = frame.level(level);
        let mut found = self.layers.finder.find(bytes);
        if let Some(index) = level.checked_sub(1) {
            let view = &frame.levels[index];
            found.retain(|one| !view.encodings(&(one.data..one.data + 1)).is_empty());
        }
        let is_member = |one: &Container| matches!(one.kind, Kind::Member(_));
        if found.iter().any(is_member) {
            frame.archives.insert(level, containers::archives(bytes));
        }
        frame
            .packed
            .extend(found.into_iter().map(|one| (level, one)));
    }

    /// Unpacks one thing; `None` if there is nothing in it.
    fn unpack<'f>(
        &mut self,
        frame: &mut Frame<'f>,
        level: usize,
        container: &Container,
        depth: usize,
    ) -> Option<Frame<'f>> {
        let at = container.data;
        if frame.behind.0 == level && at < frame.behind.1 {
            return None;
        }
        let (method, encoding, is_certain) = match container.kind {
            Kind::Stream(method, is_certain) => (method, method.encoding(), is_certain),
            Kind::Member(method) => (method, Encoding::Zip, true),
            Kind::Unread(name) => {
                self.notice("container-unread", format!("{name} was not looked into"));
                return None;
            }
        };
        if depth > DEPTH_MAX {
            self.notice("container-depth", "archives lie in each other too deep");
            return None;
        }
        let Some(room) = self.bounds.next() else {
            self.notice("container-size", CUT);
            return None;
        };
        let unpacked = unpack(method, &frame.level(level)[at..], room);
        self.bounds.spend(unpacked.bytes.len());
        self.search.pay(view_cost(&unpacked.bytes));
        let is_chance =
            unpacked.end == End::Damaged && may_be_chance(method, &frame.level(level)[at..]);
        let is_long = unpacked.bytes.len() >= 256 && !is_chance;
        let means_something = is_long || plausible::is_text(&unpacked.bytes);
        match unpacked.end {
            End::Whole => {}
            End::Full => self.notice("container-size", CUT),
            End::Damaged if unpacked.bytes.is_empty() || !means_something => {
                if is_certain && (at == 0 || encoding == Encoding::Zip) {
                    self.notice("container-damaged", "it cannot be unpacked");
                }
                return None;
            }
            // Searched, but nobody is told that something is damaged.
            End::Damaged if is_chance => {}
            End::Damaged => {
                self.notice("container-damaged", "it can be unpacked only in part");
            }
            End::Unsupported => {
                self.notice(
                    "container-unread",
                    "this build does not read its compression",
                );
                return None;
            }
        }
        if !is_chance {
            frame.behind = (level, at + unpacked.used);
        }
        let archives = frame.archives.get(&level);
        let whole = archives.and_then(|all| all.iter().find(|zip| zip.contains(&at)));
        let range = match whole {
            Some(zip) if encoding == Encoding::Zip => zip.clone(),
            _ => container.start..at + unpacked.used,
        };
        let (range, mut chain) = frame.base(level, range);
        chain.push(encoding);
        self.views += 1;
        let mut origin = Origin {
            span: range,
            chain,
            view: self.views,
        };
        if let Some(outer) = &frame.origin {
            origin.span = outer.span.clone();
            origin.chain.splice(0..0, outer.chain.iter().copied());
        }
        Some(self.open(Cow::Owned(unpacked.bytes), Some(origin), Vec::new()))
    }
}

/// What it costs to decode a text, or to look at what was unpacked.
fn view_cost(bytes: &[u8]) -> u64 {
    1024 + bytes.len() as u64 * 8
}

/// True if one of the ranges shares a byte with this one. They are sorted, and hardly ever overlap.
fn overlaps(sorted: &[Range<usize>], range: &Range<usize>) -> bool {
    let behind = sorted.partition_point(|one| one.start < range.end);
    sorted[behind.saturating_sub(4)..behind]
        .iter()
        .any(|one| one.end > range.start)
}
