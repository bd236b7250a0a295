//! Words for a shell and for Markdown, from bytes that nobody vouches for.

use std::fmt::Write as _;

/// One word of bash that means exactly these bytes. What a terminal might act on, and what is not
/// UTF-8, stands as `\xHH` in a `$'…'` string, so that a script holds visible text only.
pub(super) fn word(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_./:@%+,-".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(is_visible) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => ansi_c(bytes),
    }
}

/// True for what a reader sees as it is.
fn is_visible(c: char) -> bool {
    matches!(c, ' '..='~') || (!c.is_ascii() && c.is_alphanumeric())
}

/// `$'…'`.
fn ansi_c(bytes: &[u8]) -> String {
    let mut text = String::from("$'");
    for byte in bytes {
        match byte {
            b'\'' | b'\\' => {
                text.push('\\');
                text.push(char::from(*byte));
            }
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing to a String cannot fail. Three octal digits end by themselves, which `\xHH`
            // before another digit would not in every shell.
            other => {
                write!(text, "\\{other:03o}").ok();
            }
        }
    }
    text.push('\'');
    text
}

/// A code span of Markdown with these bytes, on one line: nothing in it is markup.
pub(super) fn code(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_visible(c) || (!c.is_ascii() && !c.is_control() && !is_deceptive(c)) {
                text.push(c);
            } else {
                write!(text, "\\u{{{:x}}}", u32::from(c)).ok();
            }
        }
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}").ok();
        }
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// What reorders or hides text.
fn is_deceptive(c: char) -> bool {
    matches!(u32::from(c), 0xad | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff
        | 0xfe00..=0xfe0f | 0xe0000..=0xe0fff | 0x115f..=0x1160 | 0x3164 | 0xffa0)
}

/// The longest run of backticks, so that a longer fence can go around it.
pub(super) fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn words_are_as_plain_as_they_can_be() {
        assert_eq!(word(b"refs/heads/main"), "refs/heads/main");
        assert_eq!(word(b""), "''");
        assert_eq!(word(b"a b"), "'a b'");
        assert_eq!(word(b"it's"), r"'it'\''s'");
        assert_eq!(word(b"$(x)"), "'$(x)'");
        assert_eq!(word(b"~"), "'~'");
        assert_eq!(word("鍵.txt".as_bytes()), "'鍵.txt'");
        assert_eq!(word(b"a\n1\xff'\\"), r"$'a\0121\377\'\\'");
        assert_eq!(word("\u{202e}".as_bytes()), r"$'\342\200\256'");
    }

    #[test]
    fn code_spans_cannot_be_left() {
        assert_eq!(code(b"a`b``c"), "```a`b``c```");
        assert_eq!(code(b"`"), "`` ` ``");
        assert_eq!(code(b"x\n# head"), "`x\\u{a}# head`");
        assert_eq!(code("\u{202e}a\u{1b}".as_bytes()), "`\\u{202e}a\\u{1b}`");
    }

    /// What bash makes of a word.
    fn read_back(word: &str) -> Vec<u8> {
        let script = format!("printf %s {word}");
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{word}");
        output.stdout
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config {
            failure_persistence: None, cases: 64, ..Default::default()
        })]

        #[test]
        fn bash_reads_back_what_was_quoted(
            bytes in proptest::collection::vec(1_u8..=255, 0..40),
            text in "[-~!$`(){}\\[\\]<>|&;*?#'\"\\\\ \t\r\na-c\u{3042}\u{202e}]{0,20}",
        ) {
            proptest::prop_assert_eq!(read_back(&word(&bytes)), bytes);
            proptest::prop_assert_eq!(read_back(&word(text.as_bytes())), text.as_bytes());
        }

        #[test]
        fn scripts_hold_visible_text_only(bytes: Vec<u8>) {
            proptest::prop_assert!(word(&bytes).chars().all(is_visible));
        }
    }
}
