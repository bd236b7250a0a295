//! What stands between two pieces of one value.

use super::markup::inline_tags;
use super::pieces::GLUE_MAX;

/// The kinds of glue. All pieces of one value are held together by one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glue {
    /// Quotes with an operator or call of the language between them, or nothing but white space.
    Operator,
    /// Quotes with a comma between them: the arguments of a call.
    Comma,
    /// A sign at the end of the line that continues it.
    Continued,
    /// A line break, with the sign of a comment or a quotation on the next line.
    Line,
    /// A space.
    Space,
    /// What shows nothing, or is there to allow a line break.
    Invisible,
    /// Tags inside of a line of text.
    Markup,
}

/// Marks that may stand inside a value and show nothing.
const INVISIBLE: &[&[u8]] = &[
    b"\xc2\xad",
    b"\xe2\x80\x8b",
    b"\xe2\x80\x8c",
    b"\xe2\x80\x8d",
    b"\xe2\x80\x8e",
    b"\xe2\x80\x8f",
    b"\xe2\x80\xaa",
    b"\xe2\x80\xab",
    b"\xe2\x80\xac",
    b"\xe2\x80\xad",
    b"\xe2\x80\xae",
    b"\xe2\x81\xa0",
    b"\xe2\x81\xa6",
    b"\xe2\x81\xa7",
    b"\xe2\x81\xa8",
    b"\xe2\x81\xa9",
    b"\xef\xbb\xbf",
    b"\xe1\xa0\x8e",
    b"<wbr>",
    b"<wbr/>",
    b"<wbr />",
    b"&shy;",
    b"&#173;",
    b"&#xad;",
    b"&#xAD;",
    b"&#8203;",
    b"&#x200b;",
    b"&#x200B;",
    b"&ZeroWidthSpace;",
    b"\\allowbreak ",
    b"\\allowbreak{}",
    b"\\-",
    b"<br>",
    b"<br/>",
    b"<br />",
];

/// Between quotes: an operator that joins strings, without the white space around it.
const OPERATORS: &[&[u8]] = &[
    b"",
    b"+",
    b".",
    b"..",
    b"&",
    b"||",
    b"^",
    b"~",
    b"<>",
    b"++",
    b"<<",
    b"\\",
    b"_",
    b"& _",
    b"+ _",
    b"+ \\",
    b". \\",
    b"`",
    b"+ `",
    b"}${",
    b"} ${",
    b"}#{",
    b").append(",
    b".concat(",
    b".append(",
    b") + (",
    b")+(",
    b"+(",
    b"^^",
    b"%%",
    b"//",
    b"#",
    b"##",
    b"@",
    b"<+>",
    b"<|>",
    b"$ +",
];

/// The glue that begins at `at`: its length and kind. Of several the first that fits.
pub(super) fn glue(bytes: &[u8], at: usize) -> Option<(usize, Glue)> {
    let rest = &bytes[at..bytes.len().min(at + GLUE_MAX)];
    let first = *rest.first()?;
    match first {
        b'"' | b'\'' | b'`' => quoted(rest).or_else(|| continued(rest)),
        b'\\' => continued(rest)
            .or_else(|| invisible(rest))
            .or_else(|| escaped_quotes(rest)),
        b'^' => continued(rest),
        b'$' => hollow(rest),
        b' ' => spaced(rest),
        b'\r' | b'\n' => line(rest),
        b'<' => {
            invisible(rest).or_else(|| inline_tags(&bytes[at..]).map(|len| (len, Glue::Markup)))
        }
        b'&' | 0x80.. => invisible(rest),
        _ => None,
    }
}

fn invisible(rest: &[u8]) -> Option<(usize, Glue)> {
    let mut len = 0;
    while let Some(mark) = INVISIBLE.iter().find(|m| rest[len..].starts_with(m)) {
        len += mark.len();
    }
    if len > 0 && rest[..len].ends_with(b">") {
        // Behind a break of the line its source may be broken too.
        len += white(&rest[len..]);
    }
    (len > 0).then_some((len, Glue::Invisible))
}

/// `\` and a line break, perhaps with another `\` behind the indentation; `^` and a backtick do the
/// same in shells of Windows.
fn continued(rest: &[u8]) -> Option<(usize, Glue)> {
    let after = &rest[1..];
    let spaces = after
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    let feed = match &after[spaces..] {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return None,
    };
    let mut len = 1 + spaces + feed;
    len += white(&rest[len..]);
    if rest[0] == b'\\' && rest.get(len) == Some(&b'\\') {
        len += 1;
    }
    Some((len, Glue::Continued))
}

/// A line break, and what begins lines of comments and quotations.
fn line(rest: &[u8]) -> Option<(usize, Glue)> {
    let feed = if rest.starts_with(b"\r\n") { 2 } else { 1 };
    if rest[0] == b'\r' && feed == 1 {
        return None;
    }
    let mut len = feed;
    len += blanks(&rest[len..]);
    for sign in [&b"//"[..], b"#", b"*", b">", b"--", b";", b"%", b"|"] {
        if rest[len..].starts_with(sign) {
            len += sign.len();
            break;
        }
    }
    len += blanks(&rest[len..]);
    Some((len, Glue::Line))
}

fn spaced(rest: &[u8]) -> Option<(usize, Glue)> {
    match blanks(rest) {
        1 => Some((1, Glue::Space)),
        _ => None,
    }
}

/// `${""}` and `#{''}` inside of a literal.
fn hollow(rest: &[u8]) -> Option<(usize, Glue)> {
    let hollow = [&b"${\"\"}"[..], b"${''}", b"${}"];
    let found = hollow.iter().find(|h| rest.starts_with(h))?;
    Some((found.len(), Glue::Operator))
}

/// The same as [`quoted`] with the quotes escaped, as inside of another literal.
fn escaped_quotes(rest: &[u8]) -> Option<(usize, Glue)> {
    if !rest.starts_with(b"\\\"") {
        return None;
    }
    let inner = &rest[2..];
    let end = inner.windows(2).position(|w| w == b"\\\"")?;
    let middle = inner[..end].trim_ascii();
    let kind = between(middle)?;
    Some((2 + end + 2, kind))
}

/// A closing quote, what joins, an opening quote.
fn quoted(rest: &[u8]) -> Option<(usize, Glue)> {
    let quote = rest[0];
    // The next quote opens: languages mix them, but seldom.
    let end = 1 + rest[1..].iter().position(|b| *b == quote)?;
    let mut middle = rest[1..end].trim_ascii_start();
    // A letter right before a quote says what kind of literal it is.
    if let [
        before @ ..,
        b'f' | b'r' | b'b' | b'u' | b'@' | b'$' | b'L' | b'q' | b'c',
    ] = middle
        && before.last().is_none_or(|b| !b.is_ascii_alphanumeric())
    {
        middle = before;
    }
    let kind = between(middle.trim_ascii())?;
    Some((end + 1, kind))
}

fn between(middle: &[u8]) -> Option<Glue> {
    if middle == b"," {
        return Some(Glue::Comma);
    }
    if OPERATORS.contains(&middle) {
        return Some(Glue::Operator);
    }
    adds_to_variable(middle).then_some(Glue::Operator)
}

/// `; name += `, with or without the semicolon, in the languages' spellings.
fn adds_to_variable(middle: &[u8]) -> bool {
    let operators = [&b"+="[..], b".=", b"<<", b"&=", b"..=", b"^=", b"~="];
    let Some(target) = operators.iter().find_map(|op| middle.strip_suffix(*op)) else {
        return false;
    };
    let target = target.strip_prefix(b";").unwrap_or(target).trim_ascii();
    let of_name =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.' | b'>' | b'-');
    !target.is_empty() && target.iter().all(of_name)
}

fn white(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

fn blanks(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count()
}
