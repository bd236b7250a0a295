//! The one way from repository bytes to a terminal: nothing that moves a cursor, hides, reorders
//! or starts a line gets through.

use std::fmt::Write as _;

/// Longest name shown, in bytes of the original. Tree entries may be megabytes long.
const NAME_BYTES_MAX: usize = 512;

/// Bytes of a repository as visible text on one line.
///
/// Control characters, C1, bidirectional controls, zero-width and other invisible characters
/// become `\n`, `\x1b` or `\u{202e}`; bytes that are not UTF-8 become `\xff`; a backslash is
/// doubled, so that the result is unambiguous. What is longer than 512 bytes is cut, and says so.
pub fn escape(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(NAME_BYTES_MAX)];
    let mut text = String::with_capacity(shown.len());
    let mut chunks = shown.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        push_valid(&mut text, chunk.valid());
        // The cut may fall inside a character: its first half is no invalid byte of the name.
        let cut_in_character = chunks.peek().is_none() && shown.len() < bytes.len();
        if !cut_in_character {
            for byte in chunk.invalid() {
                // Writing to a String cannot fail.
                write!(text, "\\x{byte:02x}").ok();
            }
        }
    }
    if shown.len() < bytes.len() {
        write!(text, "… ({} bytes)", bytes.len()).ok();
    }
    text
}

/// The same of a message of several lines, whose ends stay.
pub fn escape_lines(message: &str) -> String {
    let lines = message.split_inclusive('\n');
    let lines = lines.map(|line| match line.strip_suffix('\n') {
        Some(line) => format!("{}\n", escape_text(line)),
        None => escape_text(line),
    });
    lines.collect()
}

/// The same of a whole message, which may be longer than any name.
pub fn escape_text(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    push_valid(&mut text, message);
    text
}

fn push_valid(text: &mut String, valid: &str) {
    let mut characters = valid.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // Azure Pipelines and old GitHub runners obey `##vso[` and `##[` anywhere in a line.
            '#' if characters.peek() == Some(&'#') => text.push_str("\\x23"),
            c if c.is_ascii_control() => {
                write!(text, "\\x{:02x}", u32::from(c)).ok();
            }
            c if is_deceptive(c) => {
                write!(text, "\\u{{{:x}}}", u32::from(c)).ok();
            }
            c => text.push(c),
        }
    }
}

/// True for characters that act on a terminal or cannot be seen, or that reorder what can.
///
/// Source: Unicode 16, categories Cc, Cf, Zl and Zp, and the default-ignorable code points that
/// fonts show as nothing.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x00ad | 0x034f | 0x061c | 0x0600..=0x0605 | 0x06dd | 0x070f | 0x08e2
            | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
            | 0x2800 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb
            | 0x110bd | 0x110cd | 0x13430..=0x1343f | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_plain_text_on_one_line() {
        let cases: &[(&[u8], &str)] = &[
            (b"src/main.rs", "src/main.rs"),
            ("grüße/日本.txt".as_bytes(), "grüße/日本.txt"),
            (b"a\nerror: clean", "a\\nerror: clean"),
            (b"a\r\tb", "a\\r\\tb"),
            (b"\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
            (b"\x7f", "\\x7f"),
            ("\u{9b}31m".as_bytes(), "\\u{9b}31m"),
            ("a\u{202e}txt.exe".as_bytes(), "a\\u{202e}txt.exe"),
            ("\u{2066}x\u{2069}".as_bytes(), "\\u{2066}x\\u{2069}"),
            ("a\u{200b}b\u{feff}".as_bytes(), "a\\u{200b}b\\u{feff}"),
            ("x\u{2028}y\u{85}z".as_bytes(), "x\\u{2028}y\\u{85}z"),
            ("\u{e0041}".as_bytes(), "\\u{e0041}"),
            (b"\xff\xfe ok \xc3", "\\xff\\xfe ok \\xc3"),
            (b"C:\\new", "C:\\\\new"),
            (b"##vso[task.complete]", "\\x23#vso[task.complete]"),
            (b"# heading", "# heading"),
            (b"", ""),
        ];
        for (bytes, expected) in cases {
            assert_eq!(escape(bytes), *expected);
        }
    }

    #[test]
    fn long_names_are_cut_and_say_how_long_they_are() {
        assert_eq!(escape(&[b'a'; 512]), "a".repeat(512));
        assert_eq!(
            escape(&[b'a'; 5000]),
            format!("{}… (5000 bytes)", "a".repeat(512))
        );
        // 511 + a two-byte character: the cut falls inside it and shows none of it.
        let name = [&[b'a'; 511][..], "é!".as_bytes()].concat();
        assert_eq!(escape(&name), format!("{}… (514 bytes)", "a".repeat(511)));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_one_visible_line(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let text = escape(&bytes);
            proptest::prop_assert!(!text.chars().any(is_deceptive), "{text:?}");
            proptest::prop_assert!(!text.contains("##"));
        }

        #[test]
        fn short_names_stay_distinct(a in "[\\\\nx0-9a\n\u{202e}#]{0,6}", b in "[\\\\nx0-9a\n\u{202e}#]{0,6}") {
            proptest::prop_assert_eq!(a == b, escape(a.as_bytes()) == escape(b.as_bytes()));
        }
    }
}
