//! Finds what is packed inside of bytes: compressed streams and zip archives, at any offset.
//!
//! Archives that only string their members together (tar, ar, cpio) need no reader: their members
//! stand there as they are, and what is packed in them is found like anything else.

use std::ops::Range;

use crate::scan::literals::Literals;

use super::unpack::{Method, is_zlib_header};

/// Something packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Container {
    /// Where it begins.
    pub(super) start: usize,
    /// Where its compressed data begins.
    pub(super) data: usize,
    pub(super) kind: Kind,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A stream on its own, and whether its beginning leaves no doubt.
    Stream(Method, bool),
    /// A member of a zip archive.
    Member(Method),
    /// Something that cannot be read, with its name.
    Unread(&'static str),
}

/// Formats that nothing here reads, told by how an object begins.
const UNREAD: [(&[u8], &str); 6] = [
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"LZIP\x01", "an lzip file"),
    (b"\x04\x22\x4d\x18", "an lz4 file"),
    (b"\x1f\x9d", "a file of the old compress program"),
    (b"\x89LZO\0", "an lzop file"),
];

/// How far before a stream of a PDF its dictionary is looked for.
const DICTIONARY_LEN: usize = 256;

/// Most directories of zip archives that are told apart in one text.
const ARCHIVES_MAX: usize = 256;

/// What is searched for, with what it begins.
const MAGICS: [&[u8]; 7] = [
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"1AY&SY",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"stream\r",
    b"stream\n",
];

/// True if an object begins as something packed does.
pub(super) fn is_packed(head: &[u8]) -> bool {
    let unread = UNREAD.iter().any(|(magic, _)| head.starts_with(magic));
    let known = [
        b"BZh".as_slice(),
        b"%PDF-",
        b"PACK\0",
        b"# v2 git bundle",
        b"# v3 git bundle",
    ];
    unread
        || MAGICS.iter().take(5).any(|magic| head.starts_with(magic))
        || known.iter().any(|magic| head.starts_with(magic))
}

/// Finds containers; made once a thread.
pub(super) struct Finder {
    magics: Literals,
}

impl Finder {
    pub(super) fn new() -> Finder {
        Finder {
            magics: Literals::new(&MAGICS),
        }
    }

    /// Places at which something packed may begin, ascending. Most of them are checked by
    /// unpacking only.
    pub(super) fn find(&self, bytes: &[u8]) -> Vec<Container> {
        let mut found = Vec::new();
        let mut add = |start, data, kind| found.push(Container { start, data, kind });
        if let Some((_, name)) = UNREAD.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            add(0, 0, Kind::Unread(name));
        }
        if bytes.starts_with(b"\x5d\0\0") && bytes.len() > 13 {
            add(0, 0, Kind::Stream(Method::Lzma, false));
        }
        if is_zlib_header(bytes) {
            add(0, 0, Kind::Stream(Method::Zlib, false));
        }
        for (at, magic) in self.magics.all(bytes) {
            match magic {
                0 => add(at, at, Kind::Stream(Method::Gzip, true)),
                1 => {
                    if let Some((data, kind)) = member(bytes, at) {
                        add(at, data, kind);
                    }
                }
                2 if at >= 4 && bytes[at - 4..].starts_with(b"BZh") => {
                    add(at - 4, at - 4, Kind::Stream(Method::Bzip2, true));
                }
                3 => add(at, at, Kind::Stream(Method::Xz, true)),
                4 => add(at, at, Kind::Stream(Method::Zstd, true)),
                5 | 6 => {
                    // PDF: the line ends before the data.
                    let len = if bytes[at..].starts_with(b"stream\r\n") {
                        8
                    } else {
                        7
                    };
                    let data = at + len;
                    if is_zlib_header(&bytes[data..]) {
                        add(data, data, Kind::Stream(Method::Zlib, false));
                    } else if says_ascii85(&bytes[..at]) {
                        add(data, data, Kind::Stream(Method::Ascii85, false));
                    }
                }
                _ => {}
            }
        }
        streams_of_zlib(bytes, &mut found);
        found.sort_by_key(|one| one.data);
        found.dedup_by_key(|one| one.data);
        found
    }
}

/// True if the dictionary before a stream of a PDF says that it is written in ASCII85.
fn says_ascii85(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(DICTIONARY_LEN)..];
    let names: [&[u8]; 2] = [b"/ASCII85Decode", b"/A85"];
    names
        .iter()
        .any(|name| memchr::memmem::rfind(near, name).is_some())
}

/// Zlib's usual first two bytes, anywhere. A picture's pixels are left out.
fn streams_of_zlib(bytes: &[u8], found: &mut Vec<Container>) {
    let is_picture = bytes.starts_with(b"\x89PNG");
    let mut behind = 0;
    for at in memchr::memchr_iter(0x78, bytes) {
        let second = bytes.get(at + 1);
        if at < behind
            || !matches!(second, Some(0x01 | 0x5e | 0x9c | 0xda))
            || !is_zlib_header(&bytes[at..])
        {
            continue;
        }
        if is_picture
            && at >= 8
            && let [a, b, c, d, b'I', b'D', b'A', b'T'] = bytes[at - 8..at]
        {
            behind = at + u32::from_be_bytes([a, b, c, d]) as usize;
            continue;
        }
        found.push(Container {
            start: at,
            data: at,
            kind: Kind::Stream(Method::Zlib, false),
        });
    }
}

/// The member of a zip archive whose local header stands at `at`: where its data begins, and how
/// it is packed. Stored members stand there as they are.
fn member(bytes: &[u8], at: usize) -> Option<(usize, Kind)> {
    let word = |offset: usize| {
        let pair = bytes.get(at + offset..at + offset + 2)?;
        Some(u16::from_le_bytes([pair[0], pair[1]]))
    };
    let (flags, method) = (word(6)?, word(8)?);
    let data = at + 30 + usize::from(word(26)?) + usize::from(word(28)?);
    if data >= bytes.len() || word(4)? > 99 {
        return None;
    }
    let kind = match method {
        _ if flags & 1 != 0 => Kind::Unread("an encrypted member of a zip archive"),
        0 => return None,
        8 => Kind::Member(Method::Deflate),
        12 => Kind::Member(Method::Bzip2),
        // Bit 1 says that a mark stands at the end; bit 3, that the size stands behind.
        14 if flags & 0b1010 == 0 => {
            let [low, high] = [word(22)?, word(24)?].map(u64::from);
            Kind::Member(Method::ZipLzma(low | high << 16))
        }
        14 => Kind::Member(Method::ZipLzma(u64::MAX)),
        93 => Kind::Member(Method::Zstd),
        95 => Kind::Member(Method::Xz),
        _ => Kind::Unread("a member of a zip archive packed by a method that is not read"),
    };
    Some((data, kind))
}

/// The zip archives in the bytes, by their directories: each from its first byte to its last.
pub(super) fn archives(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in memchr::memmem::find_iter(bytes, b"PK\x05\x06").take(ARCHIVES_MAX) {
        let Some(end) = bytes.get(at..at + 22) else {
            continue;
        };
        let long =
            |i: usize| u32::from_le_bytes([end[i], end[i + 1], end[i + 2], end[i + 3]]) as usize;
        let comment = usize::from(u16::from_le_bytes([end[20], end[21]]));
        if let Some(start) = at
            .checked_sub(long(12))
            .and_then(|start| start.checked_sub(long(16)))
            && at + 22 + comment <= bytes.len()
        {
            found.push(start..at + 22 + comment);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_where() {
        let finder = Finder::new();
        let kinds = |bytes: &[u8]| -> Vec<(usize, Kind)> {
            finder
                .find(bytes)
                .into_iter()
                .map(|one| (one.data, one.kind))
                .collect()
        };
        assert_eq!(kinds(b"plain text, nothing packed"), []);
        assert_eq!(
            kinds(b"..\x1f\x8b\x08.."),
            [(2, Kind::Stream(Method::Gzip, true))]
        );
        assert_eq!(
            kinds(b"stream\r\n\x48\x89\x04.."),
            [(8, Kind::Stream(Method::Zlib, false))]
        );
        assert_eq!(
            kinds(b"7z\xbc\xaf\x27\x1c......"),
            [(0, Kind::Unread("a 7z archive"))]
        );
        assert_eq!(kinds(b"PK\x03\x04cut off"), []);
    }
}
