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
/// The same after a jump.
const JUMP_LEN: usize = 2 << 10;

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

/// A piece of one of several files, kept until another piece is asked for.
#[derive(Default)]
pub(crate) struct Window {
    buf: Vec<u8>,
    /// Which file, by the caller's number, and where in it the window begins.
    key: Option<(u32, u64)>,
    len: usize,
}

impl Window {
    /// The bytes `offset..offset + len` of `file`, whose number is `number`; fewer if it ends.
    pub(crate) fn get(
        &mut self,
        number: u32,
        file: &PackFile,
        offset: u64,
        len: usize,
    ) -> io::Result<&[u8]> {
        if let Some((key, start)) = self.key
            && key == number
            && offset >= start
            && offset - start + len as u64 <= self.len as u64
        {
            let at = (offset - start) as usize;
            return Ok(&self.buf[at..at + len]);
        }
        // After a jump nothing says that what follows will be asked for.
        let follows = self.key.is_some_and(|(key, start)| {
            key == number && offset >= start && offset - start <= 2 * self.len as u64
        });
        let want = len.max(if follows { WINDOW_LEN } else { JUMP_LEN });
        if self.buf.len() < want {
            self.buf.resize(want, 0);
        }
        self.key = None;
        self.len = file.read_up_to(&mut self.buf[..want], offset)?;
        self.key = Some((number, offset));
        Ok(&self.buf[..len.min(self.len)])
    }

    /// Gives back the memory that one large entry needed.
    pub(crate) fn shrink(&mut self) {
        if self.buf.len() > 1 << 20 {
            *self = Window::default();
        }
    }
}
