//! The rules that `git filter-repo` replaces text by, for exact bytes.
//!
//! Format (its manual, "`--replace-text`"): a line for each, `literal:OLD==>NEW` or
//! `regex:OLD==>NEW`. It reads lines, and splits each at its last `==>`.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// What stands in place of a secret.
pub const REMOVED: &str = "***REMOVED***";

/// All rules, the longest first: what lies inside of another goes with it. They hold secrets: the
/// memory is zeroed.
pub fn lines(mut values: Vec<Zeroizing<Vec<u8>>>) -> Zeroizing<Vec<u8>> {
    values.retain(|value| !value.is_empty());
    values.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    values.dedup();
    let size = values.iter().map(|value| 4 * value.len() + 32).sum();
    // Of the final size from the start: growing would leave copies behind.
    let mut lines = Zeroizing::new(Vec::with_capacity(size));
    for value in &values {
        if is_literal(value) {
            lines.extend_from_slice(b"literal:");
            lines.extend_from_slice(value);
        } else {
            let mut regex = Zeroizing::new(String::with_capacity(4 * value.len()));
            for byte in value.iter() {
                // Writing to a String cannot fail.
                write!(regex, "\\x{byte:02x}").ok();
            }
            lines.extend_from_slice(b"regex:");
            lines.extend_from_slice(regex.as_bytes());
        }
        lines.extend_from_slice(b"==>");
        lines.extend_from_slice(REMOVED.as_bytes());
        lines.push(b'\n');
    }
    lines
}

/// True if a line of the file can hold the bytes as they are.
fn is_literal(value: &[u8]) -> bool {
    !value.iter().any(|b| matches!(b, b'\n' | b'\r' | 0)) && !value.windows(3).any(|w| w == b"==>")
}

/// True for what `git filter-repo` takes for binary, and does not replace in: a zero byte among the
/// first 8,192.
pub fn is_binary(content: &[u8]) -> bool {
    content.iter().take(8192).any(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(values: &[&[u8]]) -> String {
        let values = values.iter().map(|value| Zeroizing::new(value.to_vec()));
        String::from_utf8(lines(values.collect()).to_vec()).unwrap()
    }

    #[test]
    fn the_longest_comes_first_and_nothing_twice() {
        assert_eq!(
            shown(&[b"ab", b"abc", b"", b"ab"]),
            "literal:abc==>***REMOVED***\nliteral:ab==>***REMOVED***\n"
        );
    }

    #[test]
    fn what_would_break_a_line_is_written_otherwise() {
        assert_eq!(shown(&[b"a\nb"]), "regex:\\x61\\x0a\\x62==>***REMOVED***\n");
        assert!(shown(&[b"x==>y"]).starts_with("regex:\\x78\\x3d"));
        assert!(shown(&[b"regex:.*"]).starts_with("literal:regex:.*==>"));
    }

    #[test]
    fn binary_is_what_filter_repo_calls_so() {
        assert!(!is_binary(b"text"));
        assert!(is_binary(b"a\0"));
        let late = [vec![b'a'; 8192], vec![0]].concat();
        assert!(!is_binary(&late));
    }
}
