//! What a ref may be called.

use std::fmt::Write as _;

/// True for what `git check-ref-format` allows. One-level names pass too: HEAD is one.
pub(crate) fn is_legal(name: &[u8]) -> bool {
    let forbidden = |byte: u8| byte <= b' ' || byte == 0x7f || b"~^:?*[\\".contains(&byte);
    !name.is_empty()
        && name != b"@"
        && !name.ends_with(b".")
        && !name.iter().copied().any(forbidden)
        && !name.windows(2).any(|pair| pair == b".." || pair == b"@{")
        && name.split(|byte| *byte == b'/').all(|component| {
            !component.is_empty() && !component.starts_with(b".") && !component.ends_with(b".lock")
        })
}

/// True for names that each worktree has for itself: HEAD and its like, and three folders.
pub(crate) fn is_per_worktree(name: &[u8]) -> bool {
    !name.starts_with(b"refs/")
        || PER_WORKTREE
            .iter()
            .any(|prefix| name.starts_with(prefix.as_bytes()))
}

/// The folders below `refs/` that each worktree has for itself.
pub(crate) const PER_WORKTREE: [&str; 3] = ["refs/bisect/", "refs/rewritten/", "refs/worktree/"];

/// A name for reports. Bytes that are not UTF-8 become `\xff`, so that no two names look the same:
/// a backslash is in no legal name.
pub(crate) fn text(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            write!(text, "\\x{byte:02x}").ok();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::testrepo::TestRepo;
    use super::*;

    #[test]
    fn different_names_stay_different() {
        assert_eq!(text("refs/heads/ü".as_bytes()), "refs/heads/ü");
        assert_eq!(text(b"refs/heads/\xfe!"), "refs/heads/\\xfe!");
        assert_ne!(text(b"refs/heads/\xfe"), text(b"refs/heads/\xff"));
    }

    #[test]
    fn agrees_with_git() {
        let repo = TestRepo::new(&[]);
        let names = [
            "refs/heads/main",
            "refs/heads/.x",
            "refs/heads/x.lock",
            "refs/heads/x.lock/y",
            "refs/heads/a..b",
            "refs/heads/a b",
            "refs/heads/a~b",
            "refs/heads/a@{b",
            "refs/a@",
            "refs/heads/@",
            "refs/heads//x",
            "refs/heads/x/",
            "refs/heads/x.",
            "refs/heads/x.y",
            "refs/heads/ü",
            "refs/heads/a\\b",
            "refs/heads/a:b",
            "refs/heads/a?",
            "refs/heads/[a",
            "refs/heads/a\u{7f}",
            "refs/heads/a\tb",
            "refs/heads/-",
            "refs/heads/a./b",
        ];
        for name in names {
            let git = repo.try_git(&["check-ref-format", name]).status.success();
            assert_eq!(is_legal(name.as_bytes()), git, "{name:?}");
        }
    }
}
