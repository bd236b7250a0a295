//! Undoes compression, up to a bound. Nothing here trusts a declared size.

use std::io::{self, Read};

use crate::model::Encoding;

/// Bytes decoded at once, at most. What only looks like the beginning of a stream ends soon, so the
/// first steps are shorter.
const STEP: usize = 64 << 10;
/// The same for the first step; each is twice the one before.
const FIRST_STEP: usize = 1 << 10;
/// Window or dictionary of xz, LZMA and Zstandard: larger ones are not decoded.
#[cfg(feature = "archives")]
const WINDOW_MAX: u32 = 96 << 20;

/// How decoding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At the end of the stream, which says that all is right.
    Whole,
    /// At the bound.
    Full,
    /// In the middle: the stream is damaged or cut off.
    Damaged,
    /// At once: nothing here decodes this.
    #[cfg_attr(
        feature = "archives",
        expect(dead_code, reason = "this build decodes all")
    )]
    Unsupported,
}

/// What was decoded.
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// Bytes of the stream that were read.
    pub(super) used: usize,
    pub(super) end: End,
}

/// Ways of compressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Gzip,
    Zlib,
    Deflate,
    Bzip2,
    Xz,
    Lzma,
    /// LZMA as zip archives have it, and how long the unpacked text is; the largest number if a mark
    /// stands at its end instead.
    ZipLzma(u64),
    Zstd,
    /// Four bytes in five characters, as in PDF.
    Ascii85,
}

impl Method {
    /// What reports call it.
    pub(super) const fn encoding(self) -> Encoding {
        match self {
            Method::Gzip => Encoding::Gzip,
            Method::Zlib | Method::Deflate => Encoding::Zlib,
            Method::Bzip2 => Encoding::Bzip2,
            Method::Xz => Encoding::Xz,
            Method::Lzma | Method::ZipLzma(_) => Encoding::Lzma,
            Method::Zstd => Encoding::Zstd,
            Method::Ascii85 => Encoding::Ascii85,
        }
    }
}

/// Decodes the stream that `packed` begins with, at most `max` bytes of it.
pub(super) fn unpack(method: Method, packed: &[u8], max: usize) -> Unpacked {
    match method {
        Method::Gzip => gzip(packed, max),
        Method::Zlib => one(
            flate2::bufread::ZlibDecoder::new(packed),
            max,
            |d| d.get_ref().len(),
            packed,
        ),
        Method::Deflate => one(
            flate2::bufread::DeflateDecoder::new(packed),
            max,
            |d| d.get_ref().len(),
            packed,
        ),
        Method::Ascii85 => ascii85(packed, max),
        _ => archives(method, packed, max),
    }
}

/// Up to `~>`; white space counts for nothing, and `z` stands for four zeros.
fn ascii85(packed: &[u8], max: usize) -> Unpacked {
    let (mut bytes, mut end) = (Vec::new(), End::Damaged);
    let (mut group, mut count) = (0_u64, 0);
    let mut used = packed.len();
    for (at, byte) in packed.iter().enumerate() {
        match byte {
            b'!'..=b'u' => {
                group = group * 85 + u64::from(byte - b'!');
                count += 1;
            }
            b'z' if count == 0 => count = 5,
            b'~' => {
                // A rest of characters stands for one byte less.
                let padded = (count..5).fold(group, |group, _| group * 85 + 84);
                let rest = &(padded as u32).to_be_bytes()[..4_usize.min(count.max(1) - 1)];
                bytes.extend_from_slice(rest);
                (used, end) = ((at + 2).min(packed.len()), End::Whole);
                break;
            }
            b if b.is_ascii_whitespace() || *b == 0 => {}
            _ => {
                used = at;
                break;
            }
        }
        if count == 5 {
            bytes.extend_from_slice(&(group as u32).to_be_bytes());
            (group, count) = (0, 0);
        }
        if bytes.len() >= max {
            bytes.truncate(max);
            (used, end) = (at + 1, End::Full);
            break;
        }
    }
    Unpacked { bytes, used, end }
}

/// All members that follow each other are one text.
fn gzip(packed: &[u8], max: usize) -> Unpacked {
    let mut all = one(
        flate2::bufread::GzDecoder::new(packed),
        max,
        |d| d.get_ref().len(),
        packed,
    );
    while all.end == End::Whole && packed[all.used..].starts_with(b"\x1f\x8b\x08") {
        let rest = &packed[all.used..];
        let left = max - all.bytes.len();
        let next = one(
            flate2::bufread::GzDecoder::new(rest),
            left,
            |d| d.get_ref().len(),
            rest,
        );
        all.bytes.extend_from_slice(&next.bytes);
        all.used += next.used;
        all.end = next.end;
    }
    all
}

#[cfg(feature = "archives")]
fn archives(method: Method, packed: &[u8], max: usize) -> Unpacked {
    use lzma_rust2::{LzmaReader, XzReader};
    use ruzstd::decoding::StreamingDecoder;
    let failed = Unpacked {
        bytes: Vec::new(),
        used: 0,
        end: End::Damaged,
    };
    match method {
        Method::Bzip2 => one(
            bzip2::bufread::BzDecoder::new(packed),
            max,
            |d| d.get_ref().len(),
            packed,
        ),
        Method::Xz => {
            let reader = XzReader::new_mem_limit(packed, true, WINDOW_MAX / 1024);
            one(reader, max, |d| d.inner().len(), packed)
        }
        Method::Lzma => match LzmaReader::new_mem_limit(packed, WINDOW_MAX / 1024, None) {
            Ok(reader) => one(reader, max, |_| 0, packed),
            Err(_) => failed,
        },
        Method::ZipLzma(len) => match packed.split_at_checked(9) {
            // Two bytes of a version, the length of the properties, these.
            Some(([_, _, 5, 0, properties @ ..], data)) => {
                let header = [properties, &len.to_le_bytes()].concat();
                // It reads ahead: where the member ends is not known, and nothing behind is passed over.
                let whole = header.chain(data);
                match LzmaReader::new_mem_limit(whole, WINDOW_MAX / 1024, None) {
                    Ok(reader) => one(reader, max, |_| data.len(), packed),
                    Err(_) => failed,
                }
            }
            _ => failed,
        },
        Method::Zstd => {
            match StreamingDecoder::new_with_max_window_size(packed, u64::from(WINDOW_MAX)) {
                Ok(reader) => one(reader, max, |d| d.get_ref().len(), packed),
                Err(_) => failed,
            }
        }
        Method::Gzip | Method::Zlib | Method::Deflate | Method::Ascii85 => failed,
    }
}

#[cfg(not(feature = "archives"))]
fn archives(_: Method, _: &[u8], _: usize) -> Unpacked {
    Unpacked {
        bytes: Vec::new(),
        used: 0,
        end: End::Unsupported,
    }
}

/// Reads one decoder to its end or to the bound; `left` says how much of the input is unread.
fn one<R: Read>(mut reader: R, max: usize, left: impl Fn(&R) -> usize, packed: &[u8]) -> Unpacked {
    let mut bytes = Vec::new();
    let end = drain(&mut reader, max, &mut bytes);
    Unpacked {
        used: packed.len() - left(&reader).min(packed.len()),
        bytes,
        end,
    }
}

fn drain(reader: &mut impl Read, max: usize, bytes: &mut Vec<u8>) -> End {
    loop {
        let start = bytes.len();
        let room = STEP.min(FIRST_STEP.max(start)).min(max - start);
        if room == 0 {
            // Is there one more byte?
            return match read(reader, &mut [0]) {
                Ok(0) => End::Whole,
                Ok(_) => End::Full,
                Err(_) => End::Damaged,
            };
        }
        bytes.resize(start + room, 0);
        let result = read(reader, &mut bytes[start..]);
        bytes.truncate(start + result.as_ref().map_or(0, |n| *n));
        match result {
            Ok(0) => return End::Whole,
            Ok(_) => {}
            Err(_) => return End::Damaged,
        }
    }
}

fn read(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// True if a zlib stream may begin here: method, window and check bits fit.
pub(super) fn is_zlib_header(rest: &[u8]) -> bool {
    let [first, second, third, ..] = rest else {
        return false;
    };
    // The first block's type 3 does not exist; a preset dictionary is not known.
    first & 0x0f == 8
        && first >> 4 <= 7
        && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31)
        && second & 0x20 == 0
        && third & 0b110 != 0b110
}

/// True if much may come out of what `packed` begins with by chance. Zlib's first two bytes may be
/// characters that text has too (`x^`), and a first block of the fixed code gives something for
/// nearly all that follows them; the tables of other blocks do not fit by chance.
pub(super) fn may_be_chance(method: Method, packed: &[u8]) -> bool {
    let [first, second, third, ..] = packed else {
        return false;
    };
    let is_text = first.is_ascii_graphic() && second.is_ascii_graphic();
    method == Method::Zlib && is_text && third & 0b110 == 0b010
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn a_stream_ends_where_it_ends() {
        let mut packed = zlib(b"some text");
        let len = packed.len();
        packed.extend_from_slice(b"more");
        assert!(is_zlib_header(&packed));
        let whole = unpack(Method::Zlib, &packed, 1 << 20);
        assert_eq!(
            (&whole.bytes[..], whole.used, whole.end),
            (&b"some text"[..], len, End::Whole)
        );
        let full = unpack(Method::Zlib, &packed, 4);
        assert_eq!((&full.bytes[..], full.end), (&b"some"[..], End::Full));
        let exact = unpack(Method::Zlib, &packed, 9);
        assert_eq!(exact.end, End::Whole);
        let cut = unpack(Method::Zlib, &packed[..len - 3], 1 << 20);
        assert_eq!(cut.end, End::Damaged);
    }

    #[test]
    fn only_what_begins_as_text_may_be_chance() {
        let fixed = zlib(b"some text");
        assert_eq!(fixed[2] & 0b110, 0b010);
        assert!(!may_be_chance(Method::Zlib, &fixed));
        assert!(may_be_chance(Method::Zlib, b"x^\n"));
        assert!(!may_be_chance(Method::Gzip, b"x^\n"));
        assert!(!may_be_chance(Method::Zlib, b"x^"));
    }

    #[test]
    fn ascii85_as_python_writes_it() {
        for (packed, text, used, end) in [
            (
                &b"87cURD_*#4DfTZ)~>.."[..],
                &b"Hello, World"[..],
                17,
                End::Whole,
            ),
            (b"87cU\nRD_*#4DfTX~>", b"Hello, Worl", 17, End::Whole),
            (b"z~>", &[0; 4], 3, End::Whole),
            (b"~>", b"", 2, End::Whole),
            (b"", b"", 0, End::Damaged),
            (b"87cUR\x80", b"Hell", 5, End::Damaged),
        ] {
            let unpacked = unpack(Method::Ascii85, packed, 1 << 20);
            assert_eq!(unpacked.end, end, "{packed:?}");
            assert_eq!((&unpacked.bytes[..], unpacked.used), (text, used));
        }
        let full = unpack(Method::Ascii85, b"87cURD_*#4DfTZ)~>", 6);
        assert_eq!((&full.bytes[..], full.end), (&b"Hello,"[..], End::Full));
    }

    #[test]
    fn every_flipped_byte_ends_somehow() {
        let packed = zlib(&b"aws_access_key_id and more of the same ".repeat(20));
        for at in 0..packed.len() {
            for method in [
                Method::Zlib,
                Method::Gzip,
                Method::Deflate,
                Method::Bzip2,
                Method::Xz,
                Method::Lzma,
                Method::ZipLzma(u64::MAX),
                Method::Zstd,
                Method::Ascii85,
            ] {
                let mut damaged = packed.clone();
                damaged[at] ^= 0x55;
                let unpacked = unpack(method, &damaged, 1 << 16);
                assert!(unpacked.bytes.len() <= 1 << 16);
            }
        }
    }
}
