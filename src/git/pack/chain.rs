//! A large object made by deltas, read piece by piece: neither it nor any of its bases is ever held
//! whole. Deltas say where each byte comes from, down to the whole object that the chain begins
//! with; that one is inflated as far as it is needed, and again from its start when a delta goes
//! back farther than what is still at hand.

use super::delta::{self, Piece};
use super::forest::WHOLE;
use super::header::EntryKind;
use super::inflate::{Inflate, OneShot, Stream};
use super::window::Window;
use super::{Pack, forest};
use crate::git::damage::Damage;
use crate::git::work::Work;

/// Bytes of all deltas of a chain.
const DELTAS_MAX: u64 = 16 << 20;
/// Pieces that all deltas of a chain name.
const PIECES_MAX: usize = 1 << 20;
/// What stays at hand of the whole object.
const KEPT_LEN: usize = 16 << 20;
/// Inflated at once.
const STEP_LEN: usize = 256 << 10;
/// Compressed bytes read at once.
const READ_LEN: usize = 64 << 10;

/// An object at the end of a chain of deltas in one pack.
pub(crate) struct Chain<'p> {
    root: Root<'p>,
    /// From the delta against the whole object to the object itself.
    links: Vec<Link>,
    size: u64,
}

/// One delta: where the bytes of its result come from.
struct Link {
    delta: Vec<u8>,
    /// Ascending by their place in the result; the last one ends where the result does.
    pieces: Vec<Piece>,
}

impl<'p> Chain<'p> {
    /// Reads the deltas that lead to an entry. `None` if they are too many to be held, or one of
    /// their bases lies elsewhere.
    pub(crate) fn open(pack: &'p Pack, entry: u32) -> Result<Option<Chain<'p>>, Damage> {
        let mut path = Vec::new();
        let mut at = entry;
        while pack.forest.bases[at as usize] != WHOLE {
            if pack.forest.bases[at as usize] >= forest::FAR || path.len() > PIECES_MAX {
                return Ok(None);
            }
            path.push(at);
            at = pack.forest.bases[at as usize];
        }
        let (mut window, mut inflate) = (Window::default(), OneShot::default());
        let root = Root::open(pack, at, &mut window)?;
        let mut size = root.size;
        let (mut links, mut deltas_left, mut known) = (Vec::new(), DELTAS_MAX, 0);
        for entry in path.into_iter().rev() {
            let (header, data) = pack.entry(entry, &mut window)?;
            let Some(left) = deltas_left.checked_sub(header.size) else {
                return Ok(None);
            };
            deltas_left = left;
            let mut delta = vec![0; header.size as usize];
            inflate.inflate(data, &mut delta)?;
            let Some(pieces) = delta::pieces(&delta, size, PIECES_MAX - known)? else {
                return Ok(None);
            };
            known += pieces.list.len();
            size = pieces.size;
            links.push(Link {
                delta,
                pieces: pieces.list,
            });
        }
        Ok(Some(Chain { root, links, size }))
    }

    /// The object's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Fills `out` with what begins at byte `at` of the object, which must not end before.
    pub(crate) fn read(
        &mut self,
        mut at: u64,
        mut out: &mut [u8],
        work: &mut Work<'_>,
    ) -> Result<(), Damage> {
        while !out.is_empty() {
            let (mut from, mut len) = (at, out.len() as u64);
            let mut inserted = None;
            for link in self.links.iter().rev() {
                let behind = link.pieces.partition_point(|piece| piece.at <= from);
                let piece = link.pieces[behind - 1];
                let skipped = from - piece.at;
                len = len.min(piece.len - skipped);
                from = piece.from + skipped;
                if piece.is_inserted {
                    inserted = Some(&link.delta[from as usize..(from + len) as usize]);
                    break;
                }
            }
            let (now, rest) = out.split_at_mut(len as usize);
            match inserted {
                Some(bytes) => now.copy_from_slice(bytes),
                None => self.root.read(from, now, work)?,
            }
            work.spend(0)?;
            out = rest;
            at += len;
        }
        Ok(())
    }
}

/// The whole object that a chain begins with.
struct Root<'p> {
    pack: &'p Pack,
    size: u64,
    /// Where its compressed data begin and where the next entry does.
    data: (u64, u64),
    stream: Stream,
    input: Vec<u8>,
    used: usize,
    got: usize,
    read_to: u64,
    /// What is at hand, from byte `from` on.
    kept: Vec<u8>,
    from: u64,
}

impl<'p> Root<'p> {
    fn open(pack: &'p Pack, entry: u32, window: &mut Window) -> Result<Root<'p>, Damage> {
        let header = pack.header(entry, window)?;
        let EntryKind::Whole(_) = header.kind else {
            return Err(Damage::Header("it is a delta"));
        };
        let start = pack.offsets[entry as usize];
        let data = (start + header.len as u64, start + pack.entry_len(entry));
        Ok(Root {
            pack,
            size: header.size,
            data,
            stream: Stream::new(),
            input: vec![0; READ_LEN],
            used: 0,
            got: 0,
            read_to: data.0,
            kept: Vec::new(),
            from: 0,
        })
    }

    fn read(&mut self, at: u64, out: &mut [u8], work: &mut Work<'_>) -> Result<(), Damage> {
        if at < self.from {
            self.stream.reset();
            (self.used, self.got, self.read_to) = (0, 0, self.data.0);
            self.kept.clear();
            self.from = 0;
        }
        let end = at + out.len() as u64;
        while self.from + (self.kept.len() as u64) < end {
            let made = self.inflate()?;
            work.spend(made as u64)?;
            // Only now and then, since what stays is moved.
            if self.kept.len() > 2 * KEPT_LEN {
                let needless = (self.kept.len() - KEPT_LEN) as u64;
                let drop = needless.min(at.saturating_sub(self.from));
                self.kept.drain(..drop as usize);
                self.from += drop;
            }
        }
        let start = (at - self.from) as usize;
        out.copy_from_slice(&self.kept[start..start + out.len()]);
        Ok(())
    }

    /// Inflates some more; gives how much.
    fn inflate(&mut self) -> Result<usize, Damage> {
        let len = self.kept.len();
        self.kept.resize(len + STEP_LEN, 0);
        loop {
            if self.used == self.got {
                let room = self.data.1.saturating_sub(self.read_to);
                let room = room.min(self.input.len() as u64) as usize;
                self.got = self
                    .pack
                    .file
                    .read_up_to(&mut self.input[..room], self.read_to)?;
                self.read_to += self.got as u64;
                self.used = 0;
            }
            let input = &self.input[self.used..self.got];
            let step = self.stream.step(input, &mut self.kept[len..])?;
            self.used += step.consumed;
            if step.produced > 0 {
                self.kept.truncate(len + step.produced);
                return Ok(step.produced);
            }
            if step.done || step.consumed == 0 {
                return Err(Damage::Inflate("it is shorter than declared"));
            }
        }
    }
}
