//! Tags that may stand inside of a value: a word processor begins a new run wherever the spelling
//! checker or the last edit drew a line, and pages colour parts of what they show.

/// Most bytes of tags between two pieces.
pub(super) const MARKUP_MAX: usize = 240;
/// Longest name of a tag.
const NAME_MAX: usize = 16;

/// Elements inside of a line of text: none of them begins a new cell or paragraph.
const INLINE: [&[u8]; 19] = [
    b"w:t",
    b"w:r",
    b"w:rPr",
    b"w:rFonts",
    b"w:color",
    b"w:sz",
    b"w:szCs",
    b"w:lang",
    b"w:proofErr",
    b"w:noProof",
    b"a:t",
    b"a:r",
    b"a:rPr",
    b"text:span",
    b"span",
    b"font",
    b"b",
    b"em",
    b"strong",
];

/// Length of the tags that stand here, if there is nothing between them and at least one is closed
/// or opened inside of a line.
pub(super) fn inline_tags(bytes: &[u8]) -> Option<usize> {
    let rest = &bytes[..bytes.len().min(MARKUP_MAX)];
    let mut len = 0;
    while let Some(tag) = rest[len..].strip_prefix(b"<") {
        let name = tag.strip_prefix(b"/").unwrap_or(tag);
        let of_name = |b: &&u8| b.is_ascii_alphanumeric() || **b == b':';
        let name_len = name.iter().take(NAME_MAX).take_while(of_name).count();
        if !INLINE.contains(&&name[..name_len]) {
            return None;
        }
        len += memchr::memchr(b'>', &rest[len..])? + 1;
    }
    (len > 0).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_inside_of_a_line() {
        for (text, expected) in [
            ("</w:t></w:r><w:r w:rsidR=\"00A1\"><w:t>rest", Some(37)),
            ("</span><span class=\"x\">rest", Some(23)),
            ("<b>rest", Some(3)),
            ("</td><td>rest", None),
            ("</w:t></w:r></w:p><w:p>rest", None),
            ("</w:t> <w:t>rest", Some(6)),
            ("<bold>", None),
            ("<b", None),
            ("rest", None),
        ] {
            assert_eq!(inline_tags(text.as_bytes()), expected, "{text}");
        }
        let long = format!("<span {}>", "x".repeat(MARKUP_MAX));
        assert_eq!(inline_tags(long.as_bytes()), None);
    }
}
