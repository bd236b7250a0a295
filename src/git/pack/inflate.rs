//! Inflating: one-shot into a buffer of known size, and as a stream for what is large.
//!
//! One-shot inflating is more than half of a sweep's time. libdeflate does it 1.3 times faster
//! than zlib-rs (measured on git/git's entries); without the `libdeflate` feature zlib-rs does it,
//! and no C is compiled.

#[cfg(any(test, not(feature = "libdeflate")))]
use flate2::FlushDecompress::Finish;
use flate2::{Decompress, FlushDecompress, Status};

use crate::git::damage::Damage;

/// Inflates a zlib stream that must fill a buffer exactly.
pub(crate) trait Inflate {
    /// Inflates the stream at the start of `input` into `out`. The stream must produce exactly
    /// `out.len()` bytes and end within `input`; its Adler-32 is checked.
    fn inflate(&mut self, input: &[u8], out: &mut [u8]) -> Result<(), Damage> {
        self.inflate_roomy(input, out, out.len())
    }

    /// The same for a stream of exactly `len` bytes and a buffer that has more room: what lies
    /// behind `len` is garbage afterwards. [`ROOM`] bytes are enough to be faster.
    fn inflate_roomy(&mut self, input: &[u8], out: &mut [u8], len: usize) -> Result<(), Damage>;
}

/// libdeflate decodes without looking at the ends of its buffers as long as so many bytes may be
/// written: the longest match and a few words. Most entries are not much longer than that.
pub(crate) const ROOM: usize = 320;
/// The same for reading.
pub(super) const INPUT_ROOM: usize = 32;

/// The one-shot inflater this build uses.
#[cfg(feature = "libdeflate")]
pub(crate) type OneShot = Libdeflate;
/// The one-shot inflater this build uses.
#[cfg(not(feature = "libdeflate"))]
pub(crate) type OneShot = ZlibRs;

/// libdeflate. It keeps the tables of deflate's fixed code from one stream to the next, unless one
/// with a code of its own comes between, and making them takes longer than a short delta. So streams
/// that begin with the fixed code have their own decompressor (3 to 7 % of inflating git/git).
#[cfg(feature = "libdeflate")]
pub(crate) struct Libdeflate {
    fixed: libdeflater::Decompressor,
    other: libdeflater::Decompressor,
}

#[cfg(feature = "libdeflate")]
impl Default for Libdeflate {
    fn default() -> Self {
        Libdeflate {
            fixed: libdeflater::Decompressor::new(),
            other: libdeflater::Decompressor::new(),
        }
    }
}

#[cfg(feature = "libdeflate")]
impl Inflate for Libdeflate {
    fn inflate_roomy(&mut self, input: &[u8], out: &mut [u8], len: usize) -> Result<(), Damage> {
        // The type of the first block stands behind two bytes of zlib's own (RFC 1951, 3.2.3).
        let is_fixed = input.get(2).is_some_and(|bits| bits >> 1 & 3 == 1);
        let decompressor = if is_fixed {
            &mut self.fixed
        } else {
            &mut self.other
        };
        match decompressor.zlib_decompress(input, out) {
            Ok(made) if made == len => Ok(()),
            Ok(made) if made > len => Err(Damage::Inflate("it is longer than declared")),
            Ok(_) => Err(Damage::Inflate("it is shorter than declared")),
            Err(libdeflater::DecompressionError::BadData) => {
                Err(Damage::Inflate("bad data or checksum"))
            }
            Err(libdeflater::DecompressionError::InsufficientSpace) => {
                Err(Damage::Inflate("it is longer than declared"))
            }
        }
    }
}

/// zlib-rs, pure Rust; also what streams are read with.
#[cfg(any(test, not(feature = "libdeflate")))]
pub(crate) struct ZlibRs(Decompress);

#[cfg(any(test, not(feature = "libdeflate")))]
impl Default for ZlibRs {
    fn default() -> Self {
        ZlibRs(Decompress::new(true))
    }
}

#[cfg(any(test, not(feature = "libdeflate")))]
impl Inflate for ZlibRs {
    fn inflate_roomy(&mut self, input: &[u8], out: &mut [u8], len: usize) -> Result<(), Damage> {
        let out = &mut out[..len];
        self.0.reset(true);
        let mut at = 0;
        loop {
            let consumed = self.0.total_in() as usize;
            // Full, but the end marker and the checksum are still to come: offer one spare byte.
            let mut spare = [0];
            let target = if at < out.len() {
                &mut out[at..]
            } else {
                &mut spare[..]
            };
            let status = self.0.decompress(&input[consumed..], target, Finish);
            let produced = self.0.total_out() as usize;
            match status {
                _ if produced > out.len() => {
                    return Err(Damage::Inflate("it is longer than declared"));
                }
                Ok(Status::StreamEnd) if produced == out.len() => return Ok(()),
                Ok(Status::StreamEnd) => {
                    return Err(Damage::Inflate("it is shorter than declared"));
                }
                Ok(_) if produced == at && self.0.total_in() as usize == consumed => {
                    return Err(Damage::Inflate("it ends early"));
                }
                Ok(_) => at = produced,
                Err(_) => return Err(Damage::Inflate("bad data or checksum")),
            }
        }
    }
}

/// What one step of a stream did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamStep {
    pub(crate) consumed: usize,
    pub(crate) produced: usize,
    /// The stream has ended, its checksum is right.
    pub(crate) done: bool,
}

/// Inflates piece by piece: for what is too large to hold, and where the end is not known.
pub(crate) struct Stream(Decompress);

impl Stream {
    pub(crate) fn new() -> Stream {
        Stream(Decompress::new(true))
    }

    /// Begins another stream with the same memory.
    pub(crate) fn reset(&mut self) {
        self.0.reset(true);
    }

    /// Feeds some input and takes some output. No progress without `done` means that more input
    /// or more room is needed.
    pub(crate) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<StreamStep, Damage> {
        let (consumed, produced) = (self.0.total_in(), self.0.total_out());
        let status = self
            .0
            .decompress(input, out, FlushDecompress::None)
            .map_err(|_| Damage::Inflate("bad data or checksum"))?;
        Ok(StreamStep {
            consumed: (self.0.total_in() - consumed) as usize,
            produced: (self.0.total_out() - produced) as usize,
            done: status == Status::StreamEnd,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn check(inflater: &mut impl Inflate) {
        for len in [0usize, 1, 63, 1000, 100_000] {
            let plain: Vec<u8> = (0..len).map(|i| (i * i / 7) as u8).collect();
            let packed = deflate(&plain);
            let mut out = vec![0; len];
            inflater.inflate(&packed, &mut out).unwrap();
            assert_eq!(out, plain);
            let mut trailing = packed.clone();
            trailing.extend_from_slice(b"next entry");
            inflater.inflate(&trailing, &mut out).unwrap();
            assert!(
                inflater
                    .inflate(&packed[..packed.len() - 1], &mut out)
                    .is_err(),
                "cut short"
            );
            assert!(
                inflater.inflate(&packed, &mut vec![0; len + 1]).is_err(),
                "shorter than declared"
            );
            let mut roomy = vec![0; len + ROOM];
            inflater.inflate_roomy(&trailing, &mut roomy, len).unwrap();
            assert_eq!(roomy[..len], plain);
            for wrong in [len + 1, len.wrapping_sub(1), len + ROOM] {
                if wrong <= roomy.len() {
                    let made = inflater.inflate_roomy(&packed, &mut roomy, wrong);
                    assert!(made.is_err(), "{len} bytes, not {wrong}");
                }
            }
            if len > 0 {
                assert!(
                    inflater.inflate(&packed, &mut vec![0; len - 1]).is_err(),
                    "longer than declared"
                );
            }
            let mut damaged = packed.clone();
            *damaged.last_mut().unwrap() ^= 1;
            assert!(inflater.inflate(&damaged, &mut out).is_err(), "checksum");
        }
    }

    #[test]
    fn one_shot_inflaters_agree() {
        check(&mut OneShot::default());
        check(&mut ZlibRs::default());
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_input_never_panics(input in proptest::collection::vec(proptest::num::u8::ANY, 0..200), len in 0usize..300) {
            let mut out = vec![0; len];
            let one = OneShot::default().inflate(&input, &mut out).is_ok();
            let other = ZlibRs::default().inflate(&input, &mut vec![0; len]).is_ok();
            proptest::prop_assert_eq!(one, other);
        }
    }
}
