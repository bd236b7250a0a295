//! Comments that accept what stands on their line: keysweep's own and those of other scanners.

/// What counts, longest first where one begins like another.
pub const TAGS: [&str; 8] = [
    "keysweep:allow",
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "noseyparker:ignore",
    "pragma: allowlist secret",
    "ggignore",
];

/// Bytes of a line that are looked at, before and behind a finding.
const REACH: usize = 4096;

/// The tag on the lines that hold `start..end` of a content, if there is one.
pub fn tag_in(content: &[u8], start: usize, end: usize) -> Option<&'static str> {
    let (start, end) = (start.min(content.len()), end.min(content.len()));
    if start > end {
        return None;
    }
    let before = &content[start.saturating_sub(REACH)..start];
    let behind = &content[end..content.len().min(end.saturating_add(REACH))];
    let is_break = |b: &u8| matches!(b, b'\n' | b'\r');
    let head = before.iter().rposition(is_break).map_or(0, |at| at + 1);
    let tail = behind.iter().position(is_break).unwrap_or(behind.len());
    // Not between start and end: what is in the value itself is no comment.
    [&before[head..], &behind[..tail]]
        .into_iter()
        .find_map(tag_on)
}

/// The tag in a piece of a line.
fn tag_on(piece: &[u8]) -> Option<&'static str> {
    TAGS.into_iter().find(|tag| {
        let tag = tag.as_bytes();
        let found = memchr::memmem::find_iter(piece, tag);
        found.into_iter().any(|at| {
            let before = at.checked_sub(1).map(|i| piece[i]);
            let behind = piece.get(at + tag.len()).copied();
            let goes_on = |b: Option<u8>| {
                b.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            };
            !goes_on(before) && !goes_on(behind)
        })
    })
}
