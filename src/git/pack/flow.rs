//! Inflating one entry piece by piece: for what is too large to hold, and for packs whose index
//! does not say where entries end.

use super::handle::PackFile;
use super::header::{self, HEADER_LEN_MAX, Header};
use super::inflate::Stream;
use crate::git::damage::Damage;
use crate::model::HashKind;

/// Compressed bytes read at once.
const READ_LEN: usize = 64 << 10;

/// Reads entries as streams, one after the other, with the same buffers.
pub(crate) struct Flow {
    stream: Stream,
    input: Vec<u8>,
    piece: Vec<u8>,
    /// Over all bytes of the entry that were read.
    crc: crc32fast::Hasher,
}

impl Flow {
    /// One that shows content in pieces of `piece_len` bytes.
    pub(crate) fn new(piece_len: usize) -> Flow {
        Flow {
            stream: Stream::new(),
            input: vec![0; READ_LEN],
            piece: vec![0; piece_len],
            crc: crc32fast::Hasher::new(),
        }
    }

    /// Begins with the entry at `start`: parses its header. Nothing at `limit` or after it is read.
    pub(crate) fn begin(
        &mut self,
        file: &PackFile,
        hash: HashKind,
        start: u64,
        limit: u64,
    ) -> Result<Header, Damage> {
        let room = limit.saturating_sub(start).min(HEADER_LEN_MAX as u64) as usize;
        let got = file.read_up_to(&mut self.input[..room], start)?;
        let header = header::parse(&self.input[..got], hash)?;
        self.stream.reset();
        self.crc = crc32fast::Hasher::new();
        self.crc.update(&self.input[..header.len]);
        Ok(header)
    }

    /// Shows the content of the entry that begins at `start` with `header`. It must have the size
    /// that the header declares. Gives where the entry ends.
    pub(crate) fn inflate(
        &mut self,
        file: &PackFile,
        (start, limit): (u64, u64),
        header: &Header,
        mut show: impl FnMut(&[u8]) -> Result<(), Damage>,
    ) -> Result<u64, Damage> {
        let Flow {
            stream,
            input,
            piece,
            crc,
        } = self;
        let mut at = start + header.len as u64;
        let (mut used, mut got, mut filled, mut produced) = (0, 0, 0, 0u64);
        loop {
            if used == got {
                let room = limit.saturating_sub(at).min(input.len() as u64) as usize;
                got = file.read_up_to(&mut input[..room], at)?;
                at += got as u64;
                used = 0;
            }
            let step = stream.step(&input[used..got], &mut piece[filled..])?;
            crc.update(&input[used..used + step.consumed]);
            used += step.consumed;
            filled += step.produced;
            produced += step.produced as u64;
            if produced > header.size {
                return Err(Damage::Inflate("it is longer than declared"));
            }
            if step.done {
                show(&piece[..filled])?;
                if produced != header.size {
                    return Err(Damage::Inflate("it is shorter than declared"));
                }
                return Ok(at - (got - used) as u64);
            }
            if filled == piece.len() {
                show(piece)?;
                filled = 0;
            } else if step.consumed == 0 && step.produced == 0 {
                return Err(match got {
                    0 => Damage::Truncated,
                    _ => Damage::Inflate("bad data or checksum"),
                });
            }
        }
    }

    /// Adds bytes between the end of the stream and the next entry to the checksum.
    pub(crate) fn skip(&mut self, file: &PackFile, mut at: u64, end: u64) -> Result<(), Damage> {
        while at < end {
            let room = (end - at).min(self.input.len() as u64) as usize;
            let got = file.read_up_to(&mut self.input[..room], at)?;
            if got == 0 {
                return Err(Damage::Truncated);
            }
            self.crc.update(&self.input[..got]);
            at += got as u64;
        }
        Ok(())
    }

    /// The CRC-32 of the entry as it lies in the pack, once it was read.
    pub(crate) fn crc(&self) -> u32 {
        self.crc.clone().finalize()
    }
}
