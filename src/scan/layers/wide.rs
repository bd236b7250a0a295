//! Text in wide characters or in EBCDIC, anywhere in an object and at any alignment.

use std::ops::Range;

use crate::model::Encoding;

/// Fewer characters in a row are no text.
const RUN_MIN: usize = 6;
/// The same for EBCDIC, whose bytes may be anything.
const EBCDIC_MIN: usize = 16;

/// Text in wide characters.
pub(super) struct Wide {
    pub(super) encoding: Encoding,
    /// Bytes a character.
    pub(super) width: usize,
    /// Which of them is not zero.
    pub(super) index: usize,
    pub(super) range: Range<usize>,
}

const fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')
}

/// The run of wide ASCII that begins at `at`. Where the first zeros stand tells its form: this is
/// asked at every zero of everything that is no text.
pub(super) fn run(bytes: &[u8], at: usize) -> Option<Wide> {
    let bytes = &bytes[at..];
    let first: &[u8; 4] = bytes.first_chunk()?;
    let (encoding, width, index) = match first.map(|byte| byte == 0) {
        [false, true, true, true] => (Encoding::Utf32Le, 4, 0),
        [true, true, true, false] => (Encoding::Utf32Be, 4, 3),
        [false, true, false, true] => (Encoding::Utf16Le, 2, 0),
        [true, false, true, false] => (Encoding::Utf16Be, 2, 1),
        _ => return None,
    };
    let is_unit = |unit: &&[u8]| {
        let zeros = unit.iter().enumerate().all(|(i, b)| i == index || *b == 0);
        zeros && is_text(unit[index])
    };
    let units = bytes.chunks_exact(width).take_while(is_unit).count();
    (units >= RUN_MIN).then(|| Wide {
        encoding,
        width,
        index,
        range: at..at + units * width,
    })
}

/// What EBCDIC's bytes stand for; 0 for what is no text. Code pages 037 and 1047 agree on nearly
/// all of it.
const EBCDIC: [u8; 256] = {
    let mut table = [0; 256];
    let rows: [(usize, &[u8]); 18] = [
        (0x81, b"abcdefghi"),
        (0x91, b"jklmnopqr"),
        (0xa2, b"stuvwxyz"),
        (0xc0, b"{ABCDEFGHI"),
        (0xd0, b"}JKLMNOPQR"),
        (0xe2, b"STUVWXYZ"),
        (0xf0, b"0123456789"),
        (0x4b, b".<(+|&"),
        (0x5a, b"!$*);^"),
        (0x60, b"-/"),
        (0x6b, b",%_>?"),
        (0x79, b"`:#@'=\""),
        (0x40, b" "),
        (0x15, b"\n"),
        (0x25, b"\n"),
        (0x05, b"\t"),
        (0x0d, b"\r"),
        (0xe0, b"\\"),
    ];
    let mut row = 0;
    while row < rows.len() {
        let (start, text) = rows[row];
        let mut i = 0;
        while i < text.len() {
            table[start + i] = text[i];
            i += 1;
        }
        row += 1;
    }
    table[0xad] = b'[';
    table[0xbd] = b']';
    table[0xba] = b'[';
    table[0xbb] = b']';
    table[0xa1] = b'~';
    table
};

/// The character an EBCDIC byte stands for.
pub(super) fn of_ebcdic(byte: u8) -> u8 {
    EBCDIC[usize::from(byte)]
}

/// The end of the EBCDIC text that begins at `at`, if it is one: letters mostly, which have their
/// high bit set there.
pub(super) fn ebcdic_run(bytes: &[u8], at: usize) -> Option<usize> {
    let len = bytes[at..]
        .iter()
        .take_while(|b| of_ebcdic(**b) != 0)
        .count();
    let high = bytes[at..at + len].iter().filter(|b| **b >= 0x80).count();
    (len >= EBCDIC_MIN && high * 2 >= len).then_some(at + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_runs() {
        let text = "key = value";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let of = |bytes: &[u8]| run(bytes, 0).map(|wide| (wide.encoding, wide.range.len()));
        assert_eq!(of(&le), Some((Encoding::Utf16Le, 22)));
        assert_eq!(of(&be), Some((Encoding::Utf16Be, 22)));
        let le: Vec<u8> = text
            .chars()
            .flat_map(|c| (c as u32).to_le_bytes())
            .collect();
        assert_eq!(of(&le), Some((Encoding::Utf32Le, 44)));
        assert_eq!(of(b"key = value"), None);
        assert_eq!(of(b"k\0e\0"), None);
    }

    #[test]
    fn ebcdic_text() {
        // "KEY = AKIA0" in code page 037.
        let text = [
            0xd2, 0xc5, 0xe8, 0x40, 0x7e, 0x40, 0xc1, 0xd2, 0xc9, 0xc1, 0xf0,
        ];
        let read: Vec<u8> = text.iter().map(|b| of_ebcdic(*b)).collect();
        assert_eq!(read, b"KEY = AKIA0");
        assert_eq!(ebcdic_run(&text.repeat(2), 0), Some(22));
        assert_eq!(ebcdic_run(b"plain text is no EBCDIC", 0), None);
    }
}
