//! What a delta is made of: two sizes, then instructions.

#![expect(
    clippy::unnecessary_lazy_evaluations,
    reason = "a fault that is made for each number only to be dropped is half a hundredth of a sweep"
)]

use std::ops::Range;

use crate::git::damage::Damage;

/// The two sizes at the start of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) base: u64,
    pub(crate) result: u64,
    /// Where the instructions begin.
    pub(crate) instructions: usize,
}

/// Reads the sizes a delta declares.
pub(crate) fn sizes(delta: &[u8]) -> Result<Sizes, Damage> {
    let mut at = 0;
    let base = size(delta, &mut at)?;
    let result = size(delta, &mut at)?;
    Ok(Sizes {
        base,
        result,
        instructions: at,
    })
}

fn size(delta: &[u8], at: &mut usize) -> Result<u64, Damage> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let byte = *delta
            .get(*at)
            .ok_or_else(|| Damage::Delta("it ends inside its sizes"))?;
        *at += 1;
        let part = u64::from(byte & 0x7f);
        if shift > 63 || (part << shift) >> shift != part {
            return Err(Damage::Delta("a size does not fit 64 bits"));
        }
        value |= part << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
}

/// One instruction.
pub(super) enum Step {
    Copy {
        offset: usize,
        len: usize,
    },
    /// Bytes of the delta itself.
    Insert(Range<usize>),
}

/// What is wrong with an instruction. Instructions are so many that a [`Damage`] for each, which
/// would have to be dropped, took 3 % of a sweep's time.
pub(super) type Fault = &'static str;

/// Reads the instruction at `at` and moves `at` behind it. There are millions a second: the way through
/// memory and back, where the compiler does not inline it, cost 2 % of a sweep.
#[inline(always)]
pub(super) fn step(delta: &[u8], at: &mut usize) -> Result<Step, Fault> {
    const SHORT: Fault = "it ends inside an instruction";
    let op = delta[*at];
    *at += 1;
    if op & 0x80 == 0 {
        let len = usize::from(op);
        if len == 0 {
            return Err("it has a reserved instruction");
        }
        let range = *at..*at + len;
        if range.end > delta.len() {
            return Err(SHORT);
        }
        *at = range.end;
        return Ok(Step::Insert(range));
    }
    let (offset, len) = match quick_copy(op, delta, at) {
        Some(copy) => copy,
        None => slow_copy(op, delta, at).ok_or(SHORT)?,
    };
    Ok(Step::Copy {
        offset,
        len: if len == 0 { 0x1_0000 } else { len },
    })
}

/// Bits that so many bytes have, by a mask of the lowest so many bits.
const BITS: [u32; 16] = [0, 8, 0, 16, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 32];

/// Offset and length of a copy with the code `op`, as nearly all have them: no byte is left out
/// below one that is there, and there are eight bytes to read at once. Branches for each byte would be
/// mispredicted most of the time.
#[inline]
fn quick_copy(op: u8, delta: &[u8], at: &mut usize) -> Option<(usize, usize)> {
    let (offset, len) = (op & 0xf, op >> 4 & 7);
    if offset & (offset + 1) | len & (len + 1) != 0 {
        return None;
    }
    let word = u64::from_le_bytes(*delta.get(*at..)?.first_chunk()?);
    let (of_offset, of_len) = (BITS[usize::from(offset)], BITS[usize::from(len)]);
    let low = |word: u64, bits: u32| (word & !(u64::MAX << bits)) as usize;
    *at += (of_offset + of_len) as usize / 8;
    Some((low(word, of_offset), low(word >> of_offset, of_len)))
}

/// Offset and length of any copy; `None` if its bytes are not all there.
fn slow_copy(op: u8, delta: &[u8], at: &mut usize) -> Option<(usize, usize)> {
    let mut operand = |bit: u32, shift: u32| {
        if op >> bit & 1 == 0 {
            return Some(0);
        }
        let byte = *delta.get(*at)?;
        *at += 1;
        Some(usize::from(byte) << shift)
    };
    let offset = operand(0, 0)? | operand(1, 8)? | operand(2, 16)? | operand(3, 24)?;
    let len = operand(4, 0)? | operand(5, 8)? | operand(6, 16)?;
    Some((offset, len))
}

/// Adds up what the instructions produce, without producing it: a hostile delta must not make us
/// allocate what it only declares.
pub(crate) fn produced(delta: &[u8], sizes: &Sizes) -> Result<u64, Damage> {
    let mut at = sizes.instructions;
    let mut total = 0u64;
    while at < delta.len() {
        total += match step(delta, &mut at).map_err(Damage::Delta)? {
            Step::Copy { len, .. } => len as u64,
            Step::Insert(range) => range.len() as u64,
        };
    }
    Ok(total)
}

/// A piece of what a delta makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it begins in the result.
    pub(crate) at: u64,
    pub(crate) len: u64,
    /// Where it begins in the base, or in the delta itself.
    pub(crate) from: u64,
    pub(crate) is_inserted: bool,
}

impl Piece {
    /// True if another piece is copied from where this one ends.
    fn goes_on_in(&self, next: &Piece) -> bool {
        !self.is_inserted && !next.is_inserted && self.from + self.len == next.from
    }
}

/// All pieces of what a delta makes.
pub(crate) struct Pieces {
    pub(crate) list: Vec<Piece>,
    pub(crate) size: u64,
}

/// The pieces of what a delta makes from a base of `base` bytes; `None` if there are more than
/// `max`. Everything is checked as [`apply`] does.
pub(crate) fn pieces(delta: &[u8], base: u64, max: usize) -> Result<Option<Pieces>, Damage> {
    let mut list: Vec<Piece> = Vec::new();
    let made = each_piece(delta, base, |piece| {
        let known = list.len();
        match list.last_mut() {
            Some(before) if before.goes_on_in(&piece) => before.len += piece.len,
            _ if known == max => return None,
            _ => list.push(piece),
        }
        Some(())
    });
    let size = made.map_err(Damage::Delta)?;
    Ok(size.map(|size| Pieces { list, size }))
}

/// Shows all pieces of what a delta makes, in order, and gives how much it is; `None` once `show`
/// gives none.
pub(super) fn each_piece(
    delta: &[u8],
    base: u64,
    mut show: impl FnMut(Piece) -> Option<()>,
) -> Result<Option<u64>, Fault> {
    let sizes = sizes(delta).map_err(|_| "its sizes are broken")?;
    if sizes.base != base {
        return Err("it was made for a base of another size");
    }
    let (mut at, mut size) = (sizes.instructions, 0);
    while at < delta.len() {
        let (from, len, is_inserted) = match step(delta, &mut at)? {
            Step::Copy { offset, len } => (offset as u64, len as u64, false),
            Step::Insert(range) => (range.start as u64, range.len() as u64, true),
        };
        if !is_inserted && from + len > base {
            return Err("it copies from outside its base");
        }
        let piece = Piece {
            at: size,
            len,
            from,
            is_inserted,
        };
        if show(piece).is_none() {
            return Ok(None);
        }
        size += len;
    }
    if size != sizes.result {
        return Err("it does not produce what it declares");
    }
    Ok(Some(size))
}
