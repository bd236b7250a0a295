//! The heading of the column that a value stands in: of a table in lines, or of a list of columns in
//! front of rows in brackets, as SQL has it. Looks only at what is near, and at the first line.

use std::ops::Range;

use super::naming::{BACK, line_start};

/// How far on a row is looked at.
const AHEAD: usize = 512;
/// Most bytes of a heading.
const HEADING_MAX: usize = 40;
/// What parts the cells of a row.
const SIGNS: [u8; 4] = [b'|', b'\t', b';', b','];

/// The heading of the column, without what quotes it.
pub(super) fn heading<'t>(text: &'t [u8], head: &'t [u8], span: &Range<usize>) -> Option<&'t [u8]> {
    in_list(text, span.start).or_else(|| in_table(text, head, span))
}

/// The heading in a table whose rows are lines.
fn in_table<'t>(text: &'t [u8], head: &'t [u8], span: &Range<usize>) -> Option<&'t [u8]> {
    let start = line_start(text, span.start)?;
    let rest = &text[span.end..text.len().min(span.end + AHEAD)];
    let end = span.end + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let row = text[start..end].trim_ascii_end();
    SIGNS.into_iter().find_map(|sign| {
        let len = parts(row, sign).len();
        if len < 2 {
            return None;
        }
        let column = parts(&text[start..span.start], sign).len() - 1;
        let above = first_of_table(text, start, sign, len);
        let lines = [above, Some(head.trim_ascii_end())];
        lines.into_iter().flatten().find_map(|line| {
            let cells = parts(line, sign);
            (cells.len() == len && names_columns(&cells))
                .then(|| cells.get(column).map(|cell| plain(cell)))?
        })
    })
}

/// The first of the lines above that have as many cells, if it is near.
fn first_of_table(text: &[u8], from: usize, sign: u8, len: usize) -> Option<&[u8]> {
    let floor = from.saturating_sub(BACK);
    let (mut first, mut end) = (None, from);
    while end > floor {
        let line = &text[floor..end - 1];
        let start = memchr::memrchr(b'\n', line).map_or(floor, |feed| floor + feed + 1);
        if start == floor && floor > 0 {
            break;
        }
        let line = text[start..end - 1].trim_ascii_end();
        if parts(line, sign).len() != len {
            break;
        }
        (first, end) = (Some(line), start);
    }
    first
}

/// The heading in a list of columns: `INSERT INTO t (a, b) VALUES ('…', '…'), ('…', '…')`.
fn in_list(text: &[u8], at: usize) -> Option<&[u8]> {
    let floor = at.saturating_sub(BACK);
    let before = &text[floor..at];
    let open = opening(before)?;
    let column = parts(&before[open + 1..], b',').len() - 1;
    let lower = before[..open].to_ascii_lowercase();
    let values = memchr::memmem::rfind(&lower, b"values")?;
    let list = before[..values].trim_ascii_end().strip_suffix(b")")?;
    let cells = parts(&list[opening(list)? + 1..], b',');
    (column < cells.len() && names_columns(&cells)).then(|| plain(cells[column]))
}

/// Where the bracket stands that is open at the end.
fn opening(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    text.iter().rposition(|byte| match byte {
        b')' => {
            depth += 1;
            false
        }
        b'(' if depth == 0 => true,
        b'(' => {
            depth -= 1;
            false
        }
        _ => false,
    })
}

/// The cells of a row; what is in quotes is not parted.
fn parts(row: &[u8], sign: u8) -> Vec<&[u8]> {
    let mut quote = None;
    row.split(|byte| match (byte, quote) {
        (b'"' | b'\'', None) => {
            quote = Some(*byte);
            false
        }
        (byte, Some(open)) => {
            quote = quote.filter(|_| *byte != open);
            false
        }
        (byte, None) => *byte == sign,
    })
    .collect()
}

/// True for short names, one of which speaks of keys.
fn names_columns(cells: &[&[u8]]) -> bool {
    let of_name =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b' ' | b'/');
    let is_name = |cell: &&[u8]| cell.len() <= HEADING_MAX && plain(cell).iter().all(of_name);
    let speaks = |cell: &&[u8]| {
        let lower = cell.to_ascii_lowercase();
        let words: [&[u8]; 3] = [b"key", b"secret", b"access"];
        words
            .iter()
            .any(|word| memchr::memmem::find(&lower, word).is_some())
    };
    cells.iter().all(is_name) && cells.iter().any(speaks)
}

/// A cell without spaces and what quotes it.
fn plain(cell: &[u8]) -> &[u8] {
    let quotes = |b: &u8| matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'[' | b']' | b'*');
    let start = cell.iter().position(|b| !quotes(b)).unwrap_or(cell.len());
    let end = cell
        .iter()
        .rposition(|b| !quotes(b))
        .map_or(start, |at| at + 1);
    &cell[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The heading of the cell that `@` stands for.
    fn of(text: &str) -> Option<String> {
        let at = text.find('@').unwrap();
        let head = text.split('\n').next().unwrap();
        let found = heading(text.as_bytes(), head.as_bytes(), &(at..at + 1))?;
        Some(String::from_utf8(found.to_vec()).unwrap())
    }

    #[test]
    fn headings_of_tables() {
        for (text, expected) in [
            ("key,checksum,secret\nA,B,@\nC,D,E\n", Some("secret")),
            (
                "\"key\";\"my sum\";\"secret\"\r\n\"A\";\"@\";\"C\"\r\n",
                Some("my sum"),
            ),
            (
                "x\n\n| key | secret |\n|--|--|\n| A | B |\n| C | `@` |\n",
                Some("secret"),
            ),
            ("key\thash\nA\t@\n", Some("hash")),
            ("key,secret\nA,B,@\n", None),
            ("red,green\nA,@\n", None),
            ("f(key, hash)\nf(A, @)\n", None),
            ("@,key\n", None),
        ] {
            assert_eq!(of(text).as_deref(), expected, "{text}");
        }
        let far = format!("key,secret\n{}A,@\n", "B,C\n".repeat(1000));
        assert_eq!(of(&far).as_deref(), Some("secret"));
    }

    #[test]
    fn headings_of_lists() {
        let list = "INSERT INTO `k` (`secret`, access_key, token) VALUES ";
        for (rows, expected) in [
            ("('@', 'B', 'C')", "secret"),
            ("('A, x', 'B', '@')", "token"),
            ("\n('A', 'B', 'C'),\n('A', '@', 'C')", "access_key"),
        ] {
            assert_eq!(
                of(&format!("{list}{rows};\n")).as_deref(),
                Some(expected),
                "{rows}"
            );
        }
        assert_eq!(of("f(a, b) values x ('A', '@')"), None);
    }
}
