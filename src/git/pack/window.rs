//! Positioned reads through a small window.
//!
//! A mapping would be 8 to 10 % cheaper (measured on git/git), but a pack that is truncated while
//! it is mapped ends the process with a signal; here it is an error that names the object.
//! Windows larger than the entries read over what is not needed, so they stay small.

use std::fs::File;
use std::io;

use super::handle::PackFile;

/// How much is read at once when less is asked for, in bytes.
const WINDOW_LEN: usize = 16 << 10;
/// The same if all of the file is asked for in order.
const ORDERLY_LEN: usize = 128 << 10;
/// The same after a jump.
const JUMP_LEN: usize = 2 << 10;
/// How many pieces are kept.
const PIECES: usize = 8;

/// Reads into `buf` from `offset`, until it is full or the file ends. Returns how much was read.
pub(crate) fn read_up_to(file: &File, mut buf: &mut [u8], mut offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while !buf.is_empty() {
        match read_at(file, buf, offset) {
            Ok(0) => break,
            Ok(n) => {
                done += n;
                offset += n as u64;
                buf = &mut buf[n..];
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

#[cfg(unix)]
fn read_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}

/// Pieces of several files that were read last. Deltas lie near others of their family, and a walk
/// through it goes back and forth between a few places.
pub(crate) struct Window {
    pieces: Vec<Piece>,
    /// Counts reads, to tell which piece was used last.
    clock: u32,
    /// See [`WINDOW_LEN`].
    len: usize,
}

impl Default for Window {
    fn default() -> Window {
        Window {
            pieces: (0..PIECES).map(|_| Piece::default()).collect(),
            clock: 0,
            len: WINDOW_LEN,
        }
    }
}

/// One of them.
#[derive(Default)]
struct Piece {
    buf: Vec<u8>,
    /// Which file, by the caller's number, and where in it the piece begins.
    key: Option<(u32, u64)>,
    len: usize,
    /// When it was used last.
    used: u32,
}

impl Piece {
    /// Where `offset` lies in it or behind it.
    fn place(&self, number: u32, offset: u64) -> Option<u64> {
        let (key, start) = self.key?;
        (key == number && offset >= start).then(|| offset - start)
    }
}

impl Window {
    /// A window for reading a file from one end to the other.
    pub(super) fn in_order() -> Window {
        Window {
            len: ORDERLY_LEN,
            ..Window::default()
        }
    }

    /// The bytes `offset..offset + len` of `file`, whose number is `number`; fewer if it ends.
    pub(crate) fn get(
        &mut self,
        number: u32,
        file: &PackFile,
        offset: u64,
        len: usize,
    ) -> io::Result<&[u8]> {
        self.get_more(number, file, offset, (len, 0))
    }

    /// The same, and up to `more` of what lies behind, if that was read anyway.
    pub(crate) fn get_more(
        &mut self,
        number: u32,
        file: &PackFile,
        offset: u64,
        (len, more): (usize, usize),
    ) -> io::Result<&[u8]> {
        self.clock = self.clock.wrapping_add(1);
        let holds = |piece: &Piece| {
            let place = piece.place(number, offset);
            place.is_some_and(|at| at + len as u64 <= piece.len as u64)
        };
        if let Some(index) = self.pieces.iter().position(holds) {
            let piece = &mut self.pieces[index];
            piece.used = self.clock;
            let at = piece.place(number, offset).unwrap_or(0) as usize;
            let end = (at + len + more).min(piece.len);
            return Ok(&piece.buf[at..end]);
        }
        // After a jump nothing says that what follows will be asked for.
        let goes_on = |piece: &Piece| {
            let place = piece.place(number, offset);
            place.is_some_and(|at| at <= 2 * piece.len as u64)
        };
        let following = self.pieces.iter().position(goes_on);
        let want = len.max(following.map_or(JUMP_LEN, |_| self.len));
        let age = |piece: &Piece| self.clock.wrapping_sub(piece.used);
        let oldest = (0..PIECES).max_by_key(|index| age(&self.pieces[*index]));
        let piece = &mut self.pieces[following.or(oldest).unwrap_or(0)];
        if piece.buf.len() < want {
            piece.buf.resize(want, 0);
        }
        piece.key = None;
        piece.used = self.clock;
        piece.len = file.read_up_to(&mut piece.buf[..want], offset)?;
        piece.key = Some((number, offset));
        Ok(&piece.buf[..(len + more).min(piece.len)])
    }

    /// Gives back the memory that one large entry needed.
    pub(crate) fn shrink(&mut self) {
        for piece in &mut self.pieces {
            if piece.buf.len() > 1 << 20 {
                *piece = Piece::default();
            }
        }
    }
}
