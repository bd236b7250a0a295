//! Does what a decoding gives look like anything? Most strings of letters are no base64.

/// How a decoded piece is judged: a sample at its beginning and at its end. Fits a byte.
const SAMPLE: usize = 192;

/// True for text: nearly all of it printable ASCII, valid UTF-8, or text with zeros in between
/// (UTF-16, UTF-32).
pub(super) fn is_text(bytes: &[u8]) -> bool {
    if bytes.len() <= 2 * SAMPLE {
        return sample_is_text(bytes);
    }
    sample_is_text(&bytes[..SAMPLE]) || sample_is_text(&bytes[bytes.len() - SAMPLE..])
}

fn sample_is_text(sample: &[u8]) -> bool {
    let text = |b: &u8| u8::from(matches!(b, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
    // Sums in bytes take a few instructions for sixteen of them.
    let sums = sample
        .chunks(SAMPLE)
        .map(|part| part.iter().map(text).sum::<u8>());
    let printable: usize = sums.map(usize::from).sum();
    let zeros = memchr::memchr_iter(0, sample).count();
    if printable * 100 >= sample.len() * 92 {
        return true;
    }
    // Half or three quarters zeros, the rest printable.
    if zeros * 5 >= sample.len() * 2 && (printable + zeros) * 100 >= sample.len() * 92 {
        return printable * 5 >= sample.len();
    }
    // Other scripts; random bytes are hardly ever valid UTF-8.
    let may_be = zeros == 0 && sample.len() >= 16 && printable * 4 >= sample.len();
    may_be
        && match std::str::from_utf8(sample) {
            Ok(_) => true,
            Err(e) => e.valid_up_to() + 4 > sample.len(),
        }
}

/// How containers begin that may stand inside of encoded text.
const MAGICS: [&[u8]; 11] = [
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\x78\x01",
    b"\x78\x5e",
    b"\x78\x9c",
    b"\x78\xda",
    b"%PDF-",
    b"SQLite format 3\0",
];

/// True if the bytes begin as a container does.
pub(super) fn is_container(bytes: &[u8]) -> bool {
    // Hardly anything begins with one of these bytes.
    let may_be = |first: &u8| b"\x1fPB\xfd\x28\x78%S".contains(first);
    bytes.first().is_some_and(may_be) && MAGICS.iter().any(|magic| bytes.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_noise() {
        assert!(is_text(b"[default]\nkey = value\n"));
        assert!(is_text("Zugänge für Müller und Söhne".as_bytes()));
        assert!(is_text(b"k\0e\0y\0=\0v\0a\0l\0u\0e\0"));
        let noise: Vec<u8> = (0..60_u32).map(|n| (n * 167 % 256) as u8).collect();
        assert!(!is_text(&noise));
        assert!(!is_text(&[0; 40]));
    }
}
