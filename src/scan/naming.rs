//! What stands around a value says of it for pairing: its label or the heading of its column, and
//! whether its line is commented out.

use std::ops::Range;

use super::columns;
use super::stem::{label, words};
use crate::model::{Naming, Says};

/// How far back the beginning of a line is looked for.
pub(super) const BACK: usize = 1024;

/// Words for what is no secret key, though it may look like one.
const OTHER: &[&str] = &[
    "checksum",
    "fingerprint",
    "hash",
    "md",
    "sha",
    "digest",
    "signature",
    "csrf",
    "xsrf",
    "nonce",
    "salt",
    "remember",
    "etag",
    "integrity",
    "revision",
    "commit",
];

/// Words that mostly belong to secrets of something else.
const DOUBTFUL: &[&str] = &[
    "token",
    "session",
    "cookie",
    "cipher",
    "encryption",
    "encrypt",
    "crypt",
    "oauth",
    "jwt",
    "webhook",
    "client",
    "refresh",
    "bearer",
    "signing",
    "app",
    "django",
    "rails",
    "flask",
];

/// What a field's text says of the value at `span`. `head` is the first line of the field; without
/// it no heading is looked for.
pub(super) fn of(text: &[u8], head: Option<&[u8]>, span: &Range<usize>) -> Naming {
    // What is encoded may end behind its text.
    let end = span.end.min(text.len());
    let span = span.start.min(end)..end;
    let name = label(text, span.start);
    let says = match head.filter(|_| name.is_empty()) {
        Some(head) => columns::heading(text, head, &span).map_or(Says::Nothing, says),
        None => says(name),
    };
    let squeezed: Vec<u8> = name
        .iter()
        .filter(|b| b.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    let has = |word: &str| memchr::memmem::find(&squeezed, word.as_bytes()).is_some();
    Naming {
        says,
        commented: line_start(text, span.start).is_some_and(|at| is_comment(&text[at..span.start])),
        generic: has("key") && !["aws", "amazon", "amz", "s3"].iter().any(|word| has(word)),
    }
}

/// What a name says its value is. `session.secret_key` ends with a name of its own.
pub(super) fn says(name: &[u8]) -> Says {
    let last = name.rsplit(|b| *b == b'.').next().unwrap_or(name);
    let lower: Vec<Vec<u8>> = words(last).map(<[u8]>::to_ascii_lowercase).collect();
    let has = |list: &[&str]| {
        let mut all = lower.iter();
        all.any(|word| list.iter().any(|known| known.as_bytes() == &word[..]))
    };
    if has(OTHER) {
        Says::Other
    } else if has(DOUBTFUL) {
        Says::Doubtful
    } else if lower
        .iter()
        .any(|word| word.ends_with(b"secret") || word.starts_with(b"secret"))
    {
        Says::Secret
    } else {
        Says::Nothing
    }
}

/// Where the line of a place begins, if that is near.
pub(super) fn line_start(text: &[u8], at: usize) -> Option<usize> {
    let floor = at.saturating_sub(BACK);
    match memchr::memrchr(b'\n', &text[floor..at]) {
        Some(feed) => Some(floor + feed + 1),
        None => (floor == 0).then_some(0),
    }
}

/// True if a line that begins like this is a comment in any of the usual languages.
fn is_comment(line: &[u8]) -> bool {
    match line.trim_ascii_start() {
        // Words of the preprocessor.
        [b'#', rest @ ..] => !["define", "set", "if", "elif"].iter().any(|word| {
            let rest = rest.trim_ascii_start();
            let follows = rest
                .get(word.len())
                .is_some_and(|b| matches!(b, b' ' | b'\t'));
            follows && rest.starts_with(word.as_bytes())
        }),
        [b'-', b'-', rest @ ..] => rest.first().is_none_or(u8::is_ascii_whitespace),
        text => [&b"//"[..], b";", b"/*", b"<!--", b"REM ", b"rem "]
            .iter()
            .any(|sign| text.starts_with(sign)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_looked_at(
            text in "[aAk01,;|\\t\\n\"'()<>= :#.-]{0,60}|(key|secret|values|[(),;|\\n\"' x]){0,40}",
            start in 0_usize..80,
            len in 0_usize..50,
        ) {
            let span = start.min(text.len())..start + len;
            of(text.as_bytes(), Some(b"key,secret"), &span);
        }
    }

    #[test]
    fn what_names_say() {
        for (name, expected) in [
            ("secret_key", Says::Secret),
            ("secretAccessKey", Says::Secret),
            ("session.secret_key", Says::Secret),
            ("Secret access key", Says::Secret),
            ("SESSION_SECRET", Says::Doubtful),
            ("token", Says::Doubtful),
            ("remember_token", Says::Other),
            ("SHA256", Says::Other),
            ("key_fingerprint", Says::Other),
            ("password", Says::Nothing),
            ("", Says::Nothing),
        ] {
            assert_eq!(says(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn lines_that_are_commented_out() {
        let naming = |text: &str| of(text.as_bytes(), None, &(text.len()..text.len()));
        for text in [
            "#x = ",
            "a\n  // x: '",
            "; x = ",
            "-- x ",
            "<!-- x=\"",
            "# define it: ",
        ] {
            assert_eq!(naming(text).commented, !text.contains("define"), "{text}");
        }
        for text in ["x = # ", "#define X \"", "--key ", "a // x: '", "#a\nx = "] {
            assert!(!naming(text).commented, "{text}");
        }
    }

    #[test]
    fn keys_of_anybody() {
        let generic = |text: &str| of(text.as_bytes(), None, &(text.len()..text.len())).generic;
        assert!(generic("access_key = \"") && generic("SECRET_KEY: "));
        assert!(!generic("aws_access_key = \"") && !generic("user: ") && !generic("x\n"));
    }
}
