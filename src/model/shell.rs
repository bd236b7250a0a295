//! Words for a shell: whatever a name holds, it stays one word, and shows what it is.

use std::fmt::Write as _;

/// One word that bash reads as exactly these characters.
///
/// Plain words stay as they are. What a terminal or a CI log would act on, and what cannot be seen,
/// is written with escapes (`$'\x1b'`), so that the command may be printed as it stands.
pub fn shell_word(text: &str) -> String {
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    if text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) && !text.contains("##") {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => {
                word.push('\\');
                word.push(c);
            }
            '#' => word.push_str("\\x23"),
            c if c == ' ' || c.is_ascii_graphic() => word.push(c),
            c if c.is_alphanumeric() => word.push(c),
            c => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a String cannot fail.
                    write!(word, "\\x{byte:02x}").ok();
                }
            }
        }
    }
    word.push('\'');
    // `\xff` takes two digits at most, so that what follows is never read as part of it.
    word
}

/// Nothing that any shell looks at.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_./:@=,+".contains(&byte)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn plain_words_stay_readable() {
        for word in [
            "alice",
            "arn:aws:iam::123456789012:role/x",
            "a=b,c",
            "--user-name=x",
        ] {
            assert_eq!(shell_word(word), word);
        }
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("$(id)"), "'$(id)'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word("a\nb\u{1b}[2J"), r"$'a\x0ab\x1b[2J'");
        assert_eq!(shell_word("##vso[x]"), r"$'\x23\x23vso[x]'");
        assert_eq!(shell_word("a\u{202e}b"), r"$'a\xe2\x80\xaeb'");
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config {
            cases: 48, failure_persistence: None, ..Default::default()
        })]
        #[test]
        fn bash_reads_back_what_went_in(text in "[ -~\u{e9}\u{202e}\u{7}\n\t\u{1b}#'\\\\$`]{0,24}") {
            let word = shell_word(&text);
            let script = format!("printf %s {word}");
            let out = Command::new("bash").args(["-c", &script]).output().unwrap();
            proptest::prop_assert_eq!(&out.stdout, text.as_bytes(), "{}", word);
            proptest::prop_assert!(word.chars().all(|c| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric()));
            proptest::prop_assert!(!word.contains("##"));
        }
    }
}
