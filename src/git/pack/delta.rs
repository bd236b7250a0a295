//! Applying a delta: copy instructions from the base, insert instructions from the delta.
//!
//! Every offset and size comes from a file and is checked. Besides the result, [`apply`] says
//! which of its bytes are new: what was inserted, and the junctions of copied pieces.

use std::ops::Range;

use super::instructions::{Fault, Step, each_piece, step};
use crate::git::damage::Damage;
use crate::model::Copied;

pub(crate) use super::instructions::{Piece, Sizes, pieces, produced, sizes};

/// More pieces than this are not told apart: the result then counts as new, all of it.
const TRAIL_MAX: usize = 1 << 18;

/// Pieces up to this are copied without asking how long they are, in bytes.
const SHORT_LEN: usize = 64;

/// Where the bytes of a result came from.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// What was not copied in one piece from the base: ascending and disjoint, an empty range for
    /// a junction of two copies.
    pub(crate) fresh: Vec<Range<usize>>,
    /// What was copied, in the order of the result.
    pub(crate) copies: Vec<Copied>,
    /// Where two insert instructions meet: what is new goes on there, but not so in the delta.
    pub(crate) seams: Vec<usize>,
    /// What was inserted, in the order of the result, by where it stands in the delta.
    inserts: Vec<Range<usize>>,
    /// Each copy comes from where it goes, or from farther behind.
    ahead: bool,
    /// There are too many pieces to tell them apart.
    torn: bool,
}

impl Trail {
    fn clear(&mut self) {
        let Trail {
            fresh,
            copies,
            seams,
            inserts,
            ..
        } = self;
        fresh.clear();
        copies.clear();
        seams.clear();
        inserts.clear();
        self.ahead = true;
    }

    /// True if the result may be written over its base: nothing is overwritten before it is copied.
    /// Versions of a file mostly were packed from the longest to the shortest, and in most trees each
    /// entry stays where it is.
    pub(crate) fn goes_ahead(&self) -> bool {
        self.ahead && !self.torn
    }

    /// Shows all pieces in order with their places in the result.
    #[inline]
    fn each(&self, mut show: impl FnMut(Result<&Copied, &Range<usize>>, usize)) {
        let (mut inserts, mut done) = (self.inserts.iter(), 0);
        for copy in &self.copies {
            while done < copy.at
                && let Some(insert) = inserts.next()
            {
                show(Err(insert), done);
                done += insert.len();
            }
            show(Ok(copy), copy.at);
            done = copy.at + copy.len;
        }
        for insert in inserts {
            show(Err(insert), done);
            done += insert.len();
        }
    }
}

/// How much of what a delta copies is really copied. Nearly half of all bytes that deltas make are
/// in objects that no other delta is made from: of these only the surroundings of what is new are
/// ever looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extent<'a> {
    /// All of it.
    Whole,
    /// So many bytes at the start and at the end of each copy.
    Ends { start: usize, end: usize },
    /// Of a tree whose base has these bounds: entries that a copy does not hold as a whole.
    CutEntries(&'a [u32]),
}

impl Extent<'_> {
    /// How many bytes at the start and at the end of a copy are needed, if not all are. For `near` see
    /// [`whole_entries`].
    #[inline]
    fn ends(self, from: usize, len: usize, near: &mut usize) -> Option<(usize, usize)> {
        match self {
            Extent::Whole => None,
            Extent::Ends { start, end } => (len > start + end).then_some((start, end)),
            Extent::CutEntries(bounds) => {
                let (first, last) = whole_entries(bounds, from, len, near)?;
                let (start, end) = (bounds[first] as usize, bounds[last] as usize);
                Some((start - from, from + len - end))
            }
        }
    }
}

/// The entries of a tree with these `bounds` that lie whole in `from..from + len`: the number of
/// the first, and of the one behind the last. `None` if there is none. Copies mostly go on a little
/// behind the one before: `near` is where its entries ended, and becomes where these do.
#[inline]
pub(crate) fn whole_entries(
    bounds: &[u32],
    from: usize,
    len: usize,
    near: &mut usize,
) -> Option<(usize, usize)> {
    let is_before = |bound: &u32| (*bound as usize) < from;
    // A guess: what is right behind it, or anything.
    let guessed = bounds.get(*near).filter(|bound| is_before(bound));
    let start = guessed.map_or(0, |_| *near + 1);
    let window = &bounds[start..bounds.len().min(start + NEAR)];
    let first = match window.iter().position(|bound| !is_before(bound)) {
        Some(at) => start + at,
        None => start + bounds[start..].partition_point(is_before),
    };
    let rest = bounds.get(first..)?;
    let end = from + len;
    let behind = match rest.last() {
        Some(last) if *last as usize <= end => bounds.len(),
        _ => first + rest.partition_point(|bound| *bound as usize <= end),
    };
    let last = behind.checked_sub(1)?;
    *near = last;
    (last > first).then_some((first, last))
}

/// So many bounds are looked at one by one.
const NEAR: usize = 4;

/// Applies `delta` to `base`, writing exactly `out.len()` bytes, which must be the declared size.
/// `trail` is overwritten with where they came from.
pub(crate) fn apply(
    base: &[u8],
    delta: &[u8],
    sizes: &Sizes,
    out: &mut [u8],
    trail: &mut Trail,
) -> Result<(), Damage> {
    apply_extent(base, delta, sizes, out, trail, Extent::Whole)
}

/// The same as [`apply`], but of copies only `extent` is written; the rest of `out` keeps what it
/// held. All instructions are checked in any case.
pub(crate) fn apply_extent(
    base: &[u8],
    delta: &[u8],
    sizes: &Sizes,
    out: &mut [u8],
    trail: &mut Trail,
    extent: Extent<'_>,
) -> Result<(), Damage> {
    read(base.len() as u64, delta, sizes, trail)?;
    if sizes.result != out.len() as u64 {
        return Err(Damage::Delta("it produces less than it declares"));
    }
    write(base, delta, out, trail, extent);
    Ok(())
}

/// Reads and checks all instructions of a delta against a base of so many bytes, and overwrites
/// `trail` with what they say.
pub(crate) fn read(
    base: u64,
    delta: &[u8],
    sizes: &Sizes,
    trail: &mut Trail,
) -> Result<(), Damage> {
    if sizes.base != base {
        let fault = "it was made for a base of another size";
        return Err(Damage::Delta(fault));
    }
    trail.clear();
    let (base, len) = (base as usize, sizes.result as usize);
    trail.torn = delta.len() > TRAIL_MAX && steps(delta, sizes)? > TRAIL_MAX;
    if trail.torn {
        let made = each_piece(delta, sizes.base, |_| Some(())).map_err(Damage::Delta)?;
        trail.fresh.push(0..made.map_or(0, |made| made as usize));
        return Ok(());
    }
    instructions(base, delta, sizes.instructions, len, trail).map_err(Damage::Delta)
}

/// Writes the result of the delta that was read into `trail`; of copies only `extent`.
pub(crate) fn write(base: &[u8], delta: &[u8], out: &mut [u8], trail: &Trail, extent: Extent<'_>) {
    if trail.torn {
        return write_torn(base, delta, out);
    }
    let mut near = 0;
    trail.each(|piece, at| match piece {
        Ok(copy) => {
            let behind = copy.from + copy.len;
            match extent.ends(copy.from, copy.len, &mut near) {
                None => put(out, at, base, copy.from..behind),
                Some((start, end)) => {
                    put(out, at, base, copy.from..copy.from + start);
                    put(out, at + copy.len - end, base, behind - end..behind);
                }
            }
        }
        Err(insert) => put(out, at, delta, insert.clone()),
    });
}

/// Writes the result over its base, with which `bytes` begins: of a delta that
/// [goes ahead](Trail::goes_ahead).
pub(crate) fn write_in_place(bytes: &mut [u8], delta: &[u8], trail: &Trail) {
    trail.each(|piece, at| match piece {
        Ok(copy) if copy.from == at => {}
        Ok(copy) => bytes.copy_within(copy.from..copy.from + copy.len, at),
        Err(insert) => bytes[at..at + insert.len()].copy_from_slice(&delta[insert.clone()]),
    });
}

/// How many instructions a delta has.
fn steps(delta: &[u8], sizes: &Sizes) -> Result<usize, Damage> {
    let (mut at, mut steps) = (sizes.instructions, 0);
    while at < delta.len() {
        step(delta, &mut at).map_err(Damage::Delta)?;
        steps += 1;
    }
    Ok(steps)
}

/// Writes all of a result that has too many pieces to tell apart.
fn write_torn(base: &[u8], delta: &[u8], out: &mut [u8]) {
    // What could be wrong was found when it was read.
    let made = each_piece(delta, base.len() as u64, |piece| {
        let (from, to) = (piece.from as usize, piece.at as usize);
        let len = piece.len as usize;
        let source = if piece.is_inserted { delta } else { base };
        let room = out.get_mut(to..to + len);
        room.map(|room| room.copy_from_slice(&source[from..from + len]))
    });
    debug_assert!(made.is_ok(), "what was read is written");
}

/// Reads the instructions that begin at `at`, and says in an empty `trail` where each byte of a result
/// of `len` bytes comes from.
fn instructions(
    base: usize,
    delta: &[u8],
    mut at: usize,
    len: usize,
    trail: &mut Trail,
) -> Result<(), Fault> {
    let Trail {
        fresh,
        copies,
        seams,
        inserts,
        ahead,
        ..
    } = trail;
    let mut done = 0;
    // Where the last copy ended in the base, to see whether the next one continues it.
    let mut copied_to = None;
    while at < delta.len() {
        match step(delta, &mut at)? {
            Step::Copy { offset, len } => {
                match copies.last_mut() {
                    Some(last) if copied_to == Some(offset) => last.len += len,
                    _ => {
                        // At the start of the result, a copy from within the base has lost the
                        // neighbour that a token there was glued to.
                        if copied_to.is_some() || (done == 0 && offset != 0) {
                            fresh.push(done..done);
                        }
                        copies.push(Copied {
                            at: done,
                            from: offset,
                            len,
                        });
                    }
                }
                let behind = offset + len;
                if behind > base {
                    return Err("it copies from outside its base");
                }
                *ahead &= offset >= done;
                copied_to = Some(behind);
                done += len;
            }
            Step::Insert(range) => {
                let end = done + range.len();
                match fresh.last_mut() {
                    Some(last) if last.end == done => {
                        seams.push(done);
                        last.end = end;
                    }
                    _ => fresh.push(done..end),
                }
                inserts.push(range);
                copied_to = None;
                done = end;
            }
        }
        if done > len {
            return Err("it produces more than it declares");
        }
    }
    if done != len {
        return Err("it produces less than it declares");
    }
    // A copy that ends the result but not its base has lost a neighbour, as at the start.
    if copied_to.is_some_and(|end| end != base) {
        fresh.push(done..done);
    }
    Ok(())
}

/// Copies `range` of `source` to `at`. What is short, as most pieces are, is copied in one go with
/// what lies behind it: the garbage behind it is overwritten by the pieces that follow.
#[inline]
fn put(out: &mut [u8], at: usize, source: &[u8], range: Range<usize>) {
    let Range { start, end } = range;
    let len = end - start;
    if len <= SHORT_LEN
        && let (Some(to), Some(from)) = (
            out.get_mut(at..at + SHORT_LEN),
            source.get(start..start + SHORT_LEN),
        )
    {
        to.copy_from_slice(from);
        return;
    }
    out[at..at + len].copy_from_slice(&source[start..end]);
}

#[cfg(test)]
#[path = "delta_tests.rs"]
mod tests;
