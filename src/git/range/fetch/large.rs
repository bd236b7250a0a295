//! Large blobs, read piece by piece.

use super::{Fetcher, PIECE_LEN};
use crate::git::damage::Damage;
use crate::git::hash::Hasher;
use crate::git::loose::Loose;
use crate::git::pack::inflate::Stream;
use crate::git::range::shelf::{Opened, Spot};
use crate::model::{ObjectId, ObjectKind};

impl Fetcher<'_> {
    /// Reads a large blob piece by piece. An error says that what was shown is not all, or not what
    /// the name says.
    pub(crate) fn pour(
        &mut self,
        id: &ObjectId,
        spot: &Spot,
        mut show: impl FnMut(&[u8]),
    ) -> Result<u64, Damage> {
        let mut piece = vec![0; PIECE_LEN];
        let mut total = 0;
        let hash = self.shelf.hash;
        let mut hasher;
        match spot {
            Spot::Loose(path) => {
                let mut loose = Loose::open(path)?;
                hasher = Hasher::of_object(hash, loose.kind, loose.size);
                loop {
                    let got = loose.read(&mut piece)?;
                    if got == 0 {
                        break;
                    }
                    self.work.spend(got as u64)?;
                    hasher.update(&piece[..got]);
                    show(&piece[..got]);
                    total += got as u64;
                }
            }
            Spot::Packed { pack, offset } => {
                let opened = self.shelf.file(*pack).ok_or(Damage::Vanished)?;
                let header = self.header(&opened, *offset)?;
                hasher = Hasher::of_object(hash, ObjectKind::Blob, header.size);
                let mut source = Source::new(&opened, *offset + header.len as u64);
                while total < header.size {
                    let got = source.read(&mut piece)?;
                    if got == 0 || total + got as u64 > header.size {
                        return Err(Damage::Inflate("it has another size than declared"));
                    }
                    self.work.spend(got as u64)?;
                    hasher.update(&piece[..got]);
                    show(&piece[..got]);
                    total += got as u64;
                }
            }
        }
        if hasher.finish().as_ref() != Some(id) {
            return Err(Damage::Hash);
        }
        Ok(total)
    }
}

/// The data of an entry, inflated piece by piece.
struct Source<'o> {
    opened: &'o Opened,
    at: u64,
    stream: Stream,
    input: Vec<u8>,
    pending: std::ops::Range<usize>,
}

impl<'o> Source<'o> {
    fn new(opened: &'o Opened, at: u64) -> Source<'o> {
        Source {
            opened,
            at,
            stream: Stream::new(),
            input: vec![0; PIECE_LEN],
            pending: 0..0,
        }
    }

    /// Some more; 0 at the end.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Damage> {
        loop {
            if self.pending.is_empty() {
                let room = self.opened.end.saturating_sub(self.at);
                let want = room.min(self.input.len() as u64) as usize;
                let got = self
                    .opened
                    .file
                    .read_up_to(&mut self.input[..want], self.at)?;
                if got == 0 {
                    return Err(Damage::Truncated);
                }
                self.at += got as u64;
                self.pending = 0..got;
            }
            let step = self.stream.step(&self.input[self.pending.clone()], out)?;
            self.pending.start += step.consumed;
            if step.produced > 0 || step.done {
                return Ok(step.produced);
            }
        }
    }
}
